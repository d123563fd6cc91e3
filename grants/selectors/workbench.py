"""The allocation workbench: measures as rows, pots with what is left of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse

from core.actor import Actor
from core.dates import interface_form
from core.money import NBSP
from core.paging import Leaf, leaf_of
from core.selectors.steps import StepView, steps_for
from core.ui.bars import Part
from grants.enums import DeadlineKind, LineKind, MeasureKind
from grants.models import (
    MeasureYear,
    NeedsReport,
    ProposalLine,
    ProposalVersion,
    Recommendation,
    RecommendationForum,
    Round,
)
from grants.selectors import proposals as selector
from grants.selectors.rounds import deadline
from grants.workflow import PROPOSAL


def slot(line: ProposalLine) -> str:
    """A line's name in a form: the same in every version, so that what was typed outlives somebody else's save."""
    return f"{line.measure_year_id}-{line.scheme}-{line.sector}-{line.kind}-{line.payee_id}-{line.beneficiary_id or 0}"


@dataclass(slots=True)
class Row:
    """A measure in one scheme: its lines for the partner (UH and others) and for the owners' side."""

    number: int
    measure: MeasureYear
    scheme: str
    pot: int | None
    lines: list[ProposalLine]

    @property
    def key(self) -> str:
        """The row's name in a form and in the page."""
        return f"{self.measure.pk}-{self.scheme}"

    @property
    def sought(self) -> int:
        return sum(line.sought for line in self.lines)

    @property
    def promised(self) -> bool:
        return any(line.promised for line in self.lines)

    @property
    def flagged(self) -> bool:
        return any(line.flagged for line in self.lines)

    @property
    def reason(self) -> str:
        return next((line.reason for line in self.lines if line.reason), "")

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


@dataclass(slots=True)
class Bench:
    """All the workbench shows."""

    round: Round
    proposal: ProposalVersion | None
    rows: list[Row]
    frames: list[selector.Frame]
    reports: dict[str, int]
    recommendations: Sequence[Recommendation]
    concluded: bool
    papers: date | None
    versions: list[ProposalVersion]
    chosen: int | None = None
    tried: Mapping[int, int] = field(default_factory=dict)
    page: int = 1
    """Which fifty of the rows are shown."""

    @property
    def leaf(self) -> Leaf[Row]:
        return leaf_of(self.shown, self.page)

    @property
    def shown(self) -> list[Row]:
        """The rows of the chosen pot; all where none is chosen."""
        return self.rows if self.chosen is None else [row for row in self.rows if row.pot == self.chosen]

    @property
    def pots(self) -> list[PotView]:
        """Every pot with the sums that are tried now."""
        form = interface_form()
        one_scheme = len({frame.pot.scheme for frame in self.frames}) == 1
        return [
            PotView(
                frame.pot.pk,
                str(frame.pot.forum) if one_scheme and frame.pot.forum else frame.name_in(form),
                selector.PotUse(
                    frame,
                    sum(row.amount(self.tried) for row in self.rows if row.pot == frame.pot.pk),
                    sum(row.pot == frame.pot.pk for row in self.rows),
                ),
                sum(row.provider_amount(self.tried) for row in self.rows if row.pot == frame.pot.pk),
                sum(row.amount(self.tried) > 0 for row in self.rows if row.pot == frame.pot.pk),
            )
            for frame in self.frames
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
    def unassessed(self) -> int:
        return self.reports.get("sent", 0)

    @property
    def assessed(self) -> int:
        return self.reports.get("assessed", 0)

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
    lines = selector.lines_of(proposal) if proposal else []
    frames = selector.frames(round_)
    states = NeedsReport.objects.filter(round=round_).values_list("state", flat=True)
    reports: dict[str, int] = {}
    for state in states:
        reports[state] = reports.get(state, 0) + 1
    concluded = RecommendationForum.objects.filter(recommendation=OuterRef("pk"), concluded_at__isnull=False)
    first_forum = RecommendationForum.objects.filter(recommendation=OuterRef("pk")).order_by("pk")
    recommendations = list(
        Recommendation.objects.filter(round=round_)
        .annotate(any_concluded=Exists(concluded), forum_name=Subquery(first_forum.values("forum__anchor__name")[:1]))
        .order_by("number")
    )
    known = {str(frame.pot.pk): frame.pot.pk for frame in frames}
    return Bench(
        round=round_,
        proposal=proposal,
        rows=_rows(lines, selector.Purse(round_, frames)),
        frames=frames,
        reports=reports,
        recommendations=recommendations,
        concluded=any(row.any_concluded for row in recommendations),
        papers=deadline(round_, DeadlineKind.FORUM_PAPERS),
        versions=versions,
        chosen=known.get(pot),
        page=page,
    )


def put_forward_step(bench_: Bench, actor: Actor) -> StepView | None:
    """The step «send to the forum» with what stands in its way; None where there is nothing to send."""
    if bench_.proposal is None or bench_.proposal.state != PROPOSAL.initial:
        return None
    lines = [line for row in bench_.rows for line in row.lines]
    facts = selector.facts(bench_.proposal, lines, frames_=bench_.frames, unassessed=bench_.unassessed)
    views = {view.name: view for view in steps_for(PROPOSAL, bench_.proposal, actor, facts)}
    return views["put_forward"]


def _rows(lines: Sequence[ProposalLine], purse: selector.Purse) -> list[Row]:
    rows: list[Row] = []
    for (_pk, scheme), group in groupby(lines, key=lambda line: (line.measure_year_id, line.scheme)):
        own = list(group)
        pot = purse.pot_of(scheme, own[0].measure_year.report)
        rows.append(Row(len(rows) + 1, own[0].measure_year, scheme, pot, own))
    return rows
