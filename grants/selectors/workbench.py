"""The allocation workbench: measures as rows, pots with what is left of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import groupby

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from core.actor import Actor
from core.dates import interface_form
from core.money import NBSP
from core.paging import Leaf, leaf_of
from core.selectors.steps import StepView, steps_for
from core.ui.bars import Part
from grants.enums import DeadlineKind, LineKind, MeasureKind
from grants.models import (
    Deadline,
    MeasureYear,
    ProposalLine,
    ProposalVersion,
    Recommendation,
    RecommendationForum,
    Round,
)
from grants.selectors import proposals as selector
from grants.selectors.proposals import SumLine
from grants.workflow import PROPOSAL

ROWS = 30
"""On one page: a row has two or three sums to type, and their reason."""


def slot(line: SumLine | ProposalLine) -> str:
    """A line's name in a form: the same in every version, so that what was typed outlives somebody else's save."""
    return f"{line.measure_year_id}-{line.scheme}-{line.sector}-{line.kind}-{line.payee_id}-{line.beneficiary_id or 0}"


@dataclass(slots=True)
class Row:
    """A measure in one scheme: its lines for the partner (UH and others) and for the owners' side."""

    number: int
    measure_year_id: int
    scheme: str
    pot: int | None
    lines: list[SumLine]
    words: list[ProposalLine] = field(default_factory=list)
    """The same lines with their words, for a row that is shown (:meth:`Bench.read`)."""

    @property
    def key(self) -> str:
        """The row's name in a form and in the page."""
        return f"{self.measure_year_id}-{self.scheme}"

    @property
    def measure(self) -> MeasureYear:
        return self.words[0].measure_year

    @property
    def sought(self) -> int:
        return sum(line.sought for line in self.lines)

    @property
    def promised(self) -> bool:
        return any(line.promised for line in self.words)

    @property
    def flagged(self) -> bool:
        return any(line.flagged for line in self.words)

    @property
    def reason(self) -> str:
        return next((line.reason for line in self.words if line.reason), "")

    @property
    def year_words(self) -> tuple[int, int] | None:
        """Year n of m, None for a new measure of one year or in its first."""
        own = self.measure
        return None if own.year_no == 1 and own.kind == MeasureKind.NEW else (own.year_no, own.year_count)

    @property
    def whose(self) -> str:
        report = self.measure.report
        if report is None:
            return ""
        return (report.network or report.lead).anchor.name

    def amount(self, tried: Mapping[int, int]) -> int:
        return sum(tried.get(line.pk, line.amount) for line in self.lines)

    def provider_amount(self, tried: Mapping[int, int]) -> int:
        return sum(tried.get(line.pk, line.amount) for line in self.lines if line.kind == LineKind.PROVIDER)


@dataclass(frozen=True, slots=True)
class PotView:
    """A pot as it is drawn."""

    id: int
    name: str
    use: selector.PotUse
    provider: int
    given_to: int
    """How many measures get something of it."""

    @property
    def parts(self) -> list[Part]:
        """The bar: given to partners, to the owners' side, and what is left."""
        rest = max(self.use.rest, 0)
        return [Part(self.provider, "navy"), Part(self.use.given - self.provider, "blue"), Part(rest, "green")]

    @property
    def overspent(self) -> int:
        return max(-self.use.rest, 0)

    @property
    def provider_percent(self) -> str:
        """The partners' part of what is given, «62 %»; empty while nothing is given."""
        return f"{round(100 * self.provider / self.use.given)}{NBSP}%" if self.use.given else ""


@dataclass
class Bench:
    """All the workbench shows."""

    round: Round
    proposal: ProposalVersion | None
    rows: list[Row]
    purse: selector.Purse
    unassessed: int
    """How many needs reports are sent, but not assessed."""
    assessed: int
    recommendations: Sequence[Recommendation]
    concluded: bool
    papers: date | None
    versions: list[ProposalVersion]
    chosen: int | None = None
    tried: Mapping[int, int] = field(default_factory=dict)
    page: int = 1
    """Which page of the rows is shown."""

    def read(self, rows: Iterable[Row]) -> list[Row]:
        """The rows with the words of their lines. One query."""
        found = list(rows)
        words: dict[int, ProposalLine] = {}
        if self.proposal is not None and found:
            ids = {line.pk for row in found for line in row.lines}
            words = {line.pk: line for line in _words_of(self.proposal, ids)}
        for row in found:
            row.words = [words[line.pk] for line in row.lines]
        return found

    @cached_property
    def leaf(self) -> Leaf[Row]:
        return leaf_of(self.shown, self.page, size=ROWS)

    @cached_property
    def shown(self) -> list[Row]:
        """The rows of the chosen pot; all where none is chosen."""
        return self.rows if self.chosen is None else [row for row in self.rows if row.pot == self.chosen]

    @cached_property
    def pots(self) -> list[PotView]:
        """Every pot with the sums that are tried now."""
        form = interface_form()
        one_scheme = len({frame.pot.scheme for frame in self.purse.frames}) == 1
        by_pot: dict[int | None, list[tuple[int, int]]] = defaultdict(list)
        for row in self.rows:
            by_pot[row.pot].append((row.amount(self.tried), row.provider_amount(self.tried)))
        return [
            PotView(
                frame.pot.pk,
                str(frame.pot.forum) if one_scheme and frame.pot.forum else frame.name_in(form),
                selector.PotUse(frame, sum(amount for amount, _provider in sums), len(sums)),
                sum(provider for _amount, provider in sums),
                sum(amount > 0 for amount, _provider in sums),
            )
            for frame, sums in ((frame, by_pot[frame.pot.pk]) for frame in self.purse.frames)
        ]

    @property
    def in_sight(self) -> list[PotView]:
        """The chosen pot, else all of them."""
        return [pot for pot in self.pots if self.chosen in {None, pot.id}]

    @property
    def choices(self) -> list[tuple[PotView, str, bool]]:
        """Each pot with its address and whether it is the chosen one."""
        return [(pot, f"{self.url}?pott={pot.id}", pot.id == self.chosen) for pot in self.pots]

    @property
    def overspent(self) -> list[PotView]:
        """The pots that give more than they hold."""
        return [pot for pot in self.pots if pot.overspent]

    @property
    def total(self) -> dict[str, int]:
        """Sums of the rows shown."""
        shown = self.shown
        amount = sum(row.amount(self.tried) for row in shown)
        provider = sum(row.provider_amount(self.tried) for row in shown)
        return {
            "sought": sum(row.sought for row in shown),
            "amount": amount,
            "provider": provider,
            "owners": amount - provider,
        }

    @property
    def number(self) -> int:
        """The newest version's number, 0 before the first."""
        return self.proposal.number if self.proposal else 0

    @property
    def url(self) -> str:
        return reverse("grants:workbench", kwargs={"office": self.round.office.slug, "year": self.round.slug})


def bench(round_: Round, *, pot: str = "", page: int = 1) -> Bench:
    """The workbench of a round; ``pot`` and ``page`` come from the address. The same queries for 3 rows and 300."""
    versions = list(selector.versions(round_))
    proposal = versions[0] if versions else None
    if proposal is not None:
        proposal.round = round_
    lines = selector.sums_of(proposal) if proposal else []
    purse = selector.Purse(round_, selector.frames(round_))
    sent, assessed, papers, is_before_forums = _said_of(round_)
    concluded = RecommendationForum.objects.filter(recommendation=OuterRef("pk"), concluded_at__isnull=False)
    first_forum = RecommendationForum.objects.filter(recommendation=OuterRef("pk")).order_by("pk")
    recommendations = (
        Recommendation.objects.filter(round=round_)
        .annotate(any_concluded=Exists(concluded), forum_name=Subquery(first_forum.values("forum__anchor__name")[:1]))
        .order_by("number")
    )
    before_forums = list(recommendations) if is_before_forums else []
    known = {str(frame.pot.pk): frame.pot.pk for frame in purse.frames}
    return Bench(
        round=round_,
        proposal=proposal,
        rows=_rows(lines, purse),
        purse=purse,
        unassessed=sent,
        assessed=assessed,
        recommendations=before_forums,
        concluded=any(row.any_concluded for row in before_forums),
        papers=papers,
        versions=versions,
        chosen=known.get(pot),
        page=page,
    )


def put_forward_step(bench_: Bench, actor: Actor) -> StepView | None:
    """The step «send to the forum» with what stands in its way; None where there is nothing to send."""
    if bench_.proposal is None or bench_.proposal.state != PROPOSAL.initial:
        return None
    lines = [line for row in bench_.rows for line in row.lines]
    facts = selector.facts(bench_.proposal, lines, purse=bench_.purse, unassessed=bench_.unassessed)
    views = {view.name: view for view in steps_for(PROPOSAL, bench_.proposal, actor, facts)}
    return views["put_forward"]


def _words_of(proposal: ProposalVersion, ids: Collection[int]) -> QuerySet[ProposalLine]:
    """Lines with what a row says of them."""
    return (
        proposal.lines.filter(pk__in=ids)
        .order_by()
        .select_related("payee__anchor", "measure_year__report__network__anchor", "measure_year__report__lead__anchor")
    )


def _said_of(round_: Round) -> tuple[int, int, date | None, bool]:
    """How many needs reports are sent and how many assessed, when the forum gets its papers, and whether anything lies
    before a forum yet. One query."""
    dates = Deadline.objects.filter(round=OuterRef("pk"), kind=DeadlineKind.FORUM_PAPERS).order_by("date")
    rows = Round.objects.filter(pk=round_.pk).order_by()
    counted = rows.annotate(
        sent=Count("needs_reports", filter=Q(needs_reports__state="sent")),
        assessed=Count("needs_reports", filter=Q(needs_reports__state="assessed")),
        papers=Subquery(dates.values("date")[:1]),
        before_forums=Exists(Recommendation.objects.filter(round=OuterRef("pk"))),
    )
    return counted.values_list("sent", "assessed", "papers", "before_forums").get()


def _rows(lines: Sequence[SumLine], purse: selector.Purse) -> list[Row]:
    rows: list[Row] = []
    for (_pk, scheme), group in groupby(lines, key=lambda line: (line.measure_year_id, line.scheme)):
        own = list(group)
        pot = purse.pot_of(scheme, own[0] if own[0].report_id else None)
        rows.append(Row(len(rows) + 1, own[0].measure_year_id, scheme, pot, own))
    return rows
