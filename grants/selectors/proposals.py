"""What a proposal is made of: pots, what is sought and promised, and what stands in its way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from core.dates import interface_form
from forums.models import Forum
from grants.enums import MeasureKind
from grants.models import (
    BudgetLine,
    Commitment,
    MeasureYear,
    NeedsReport,
    Participation,
    Pot,
    ProposalLine,
    ProposalVersion,
    RecommendationLine,
    Round,
)
from grants.requirements import ProposalFacts
from grants.selectors.forums import Reported, forum_of_report, forums_taking_part, forums_without_vote
from grants.selectors.rounds import rule_set_of
from networks.models import Organisation

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """A pot with its frame in whole kroner: the sum of its entries."""

    pot: Pot
    amount: int
    name_nb: str
    name_nn: str

    def name_in(self, form: str) -> str:
        """The scheme, and the forum where the pot belongs to one."""
        scheme = self.name_nn if form == "nn" else self.name_nb
        return f"{scheme}, {self.pot.forum}" if self.pot.forum else scheme


class SumLine(NamedTuple):
    """A proposal's line without the words of its measure and payee: all that sums, pots and places ask of it. Read for
    every line, so it is little. ``forum_id`` and ``network_id`` are those of the needs report."""

    pk: int
    measure_year_id: int
    scheme: str
    sector: str
    kind: str
    payee_id: int
    beneficiary_id: int | None
    sought: int
    amount: int
    priority: int
    reference: str
    report_id: int | None
    forum_id: int | None
    network_id: int | None

    @property
    def place(self) -> tuple[int, str, int, int, int]:
        """As :func:`order_of`, and the line."""
        return self.priority, self.reference, self.report_id or 0, self.measure_year_id, self.pk


@dataclass(frozen=True, slots=True)
class PotUse:
    """What is given of a pot. ``rest`` is negative when it is overspent."""

    frame: Frame
    given: int
    lines: int

    @property
    def rest(self) -> int:
        return self.frame.amount - self.given


def frames(round_: Round) -> list[Frame]:
    """The round's pots with their frames, by scheme. One query."""
    schemes = {scheme.code: scheme.name for scheme in rule_set_of(round_).schemes}
    pots = (
        Pot.objects.filter(round=round_)
        .select_related("forum__anchor")
        .annotate(total=Coalesce(Sum("entries__amount"), 0))
        .order_by("scheme", "forum__sort_key", "id")
    )
    return [
        Frame(
            pot,
            pot.total,
            schemes[pot.scheme].nb if pot.scheme in schemes else pot.scheme,
            schemes[pot.scheme].nn if pot.scheme in schemes else pot.scheme,
        )
        for pot in pots
    ]


class Purse:
    """Finds the pot a line draws on: the forum's own pot of the scheme, else the scheme's."""

    def __init__(self, round_: Round, frames_: Iterable[Frame]) -> None:
        self.round = round_
        self.frames = list(frames_)
        self._by_key = {(frame.pot.scheme, frame.pot.forum_id): frame.pot.pk for frame in self.frames}
        self._split = any(forum_id for _scheme, forum_id in self._by_key)

    @cached_property
    def forums(self) -> list[Forum]:
        """The forums with a part in the round, asked for once."""
        return forums_taking_part(self.round)

    def pot_of(self, scheme: str, report: Reported | None) -> int | None:
        """The pot's id, or None where the round has none for the scheme."""
        forum = forum_of_report(report, self.forums) if self._split and self.forums else None
        return self._by_key.get((scheme, forum.pk if forum else None), self._by_key.get((scheme, None)))


def key_of(row: Any) -> Key:
    """The MoneyKey of a row as a tuple."""
    return tuple(row.money_key().values())


def wanted_measures(round_: Round) -> QuerySet[MeasureYear]:
    """The measures a proposal is about: assessed ones, of assessed reports whose lead has not opted out.

    A joint measure has no report.
    """
    out = opted_out(round_)
    return (
        MeasureYear.objects.filter(round=round_)
        .filter(Q(report__state="assessed", state="assessed") | Q(report__isnull=True, kind=MeasureKind.JOINT))
        .exclude(report__network__isnull=True, report__lead__in=out)
        .select_related("report__network__anchor", "report__lead__anchor", "report__forum")
    )


def wanted_lines(round_: Round, measures: Iterable[MeasureYear]) -> list[BudgetLine]:
    """What is sought for the round's own budget year. An owner that has opted out gets no line."""
    out = opted_out(round_)
    return list(
        BudgetLine.objects.filter(measure_year__in=measures, budget_year=round_.year, payee__isnull=False, amount__gt=0)
        .exclude(payee__in=out)
        .exclude(beneficiary__isnull=False, beneficiary__in=out)
        .order_by("id")
    )


def opted_out(round_: Round) -> QuerySet[Organisation, dict[str, Any]]:
    """The owners that don't take part in this round."""
    return Participation.objects.filter(round=round_, opted_out=True).values("organisation")  # type: ignore[return-value]


def promises(round_: Round, measures: Iterable[MeasureYear]) -> dict[int, dict[Key, int]]:
    """Promises from earlier years for this budget year that still stand, by measure and money key.

    A promise stands on the scheme and sector the measure has this year: in 2026 three schemes became one.
    """
    here = {row.measure_id: row for row in measures}
    rows = Commitment.objects.filter(measure__in=here, budget_year=round_.year, withdrawn_at__isnull=True)
    found: dict[int, dict[Key, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        now = here[row.measure_id]
        row.scheme, row.sector = now.scheme, now.sector
        found[row.measure_id][key_of(row)] += row.amount
    return found


def newest(round_: Round) -> ProposalVersion | None:
    """The newest version: the one worked on, or the one put forward when nobody has begun a new one."""
    return ProposalVersion.objects.filter(round=round_).select_related("by_user").order_by("-number").first()


def versions(round_: Round) -> QuerySet[ProposalVersion]:
    """All versions with their sums, newest first."""
    return (
        ProposalVersion.objects.filter(round=round_)
        .select_related("by_user")
        .annotate(total=Coalesce(Sum("lines__amount"), 0))
        .order_by("-number")
    )


def sums_of(proposal: ProposalVersion) -> list[SumLine]:
    """The lines without their words, in the same order as :func:`lines_of`. One query."""
    rows = proposal.lines.order_by().values_list(
        "pk", "measure_year_id", "scheme", "sector", "kind", "payee_id", "beneficiary_id", "sought", "amount",
        "measure_year__priority", Coalesce("measure_year__report__reference", Value("")), "measure_year__report_id",
        "measure_year__report__forum_id", "measure_year__report__network_id",
    )  # fmt: skip
    return sorted((SumLine(*row) for row in rows), key=lambda line: line.place)


def lines_of(proposal: ProposalVersion) -> list[ProposalLine]:
    """The lines with measure, network and payee, in the order money is given in. One query."""
    lines = list(
        proposal.lines.order_by().select_related(
            "measure_year__report__network__anchor",
            "measure_year__report__lead__anchor",
            "measure_year__report__forum",
            "measure_year__measure",
            "payee__anchor",
            "beneficiary__anchor",
        )
    )
    return sorted(lines, key=lambda line: (order_of(line.measure_year), line.pk))


def order_of(row: MeasureYear) -> tuple[int, str, int, int]:
    """Priority, the report's reference, the report, the measure: the order in which money is given."""
    return row.priority, row.report.reference if row.report else "", row.report_id or 0, row.pk


def _report_of(line: SumLine | ProposalLine | RecommendationLine) -> Reported | None:
    if isinstance(line, SumLine):
        return line if line.report_id else None
    return line.measure_year.report


def pot_use(
    round_: Round,
    lines: Iterable[SumLine | ProposalLine | RecommendationLine],
    amounts: Mapping[int, int] | None = None,
    *,
    purse: Purse | None = None,
) -> list[PotUse]:
    """Each pot with what the lines take of it; ``amounts`` (line id → kroner) are tried instead of the saved ones."""
    purse = purse or Purse(round_, frames(round_))
    given: dict[int | None, int] = defaultdict(int)
    count: dict[int | None, int] = defaultdict(int)
    for line in lines:
        pot = purse.pot_of(line.scheme, _report_of(line))
        given[pot] += (amounts or {}).get(line.pk, line.amount)
        count[pot] += 1
    return [PotUse(frame, given[frame.pot.pk], count[frame.pot.pk]) for frame in purse.frames]


def facts(
    proposal: ProposalVersion,
    lines: Sequence[SumLine] | None = None,
    *,
    purse: Purse | None = None,
    unassessed: int | None = None,
) -> ProposalFacts:
    """What putting the proposal before the forum rests on. Names are in the language of the screen.

    What the caller already has, it hands in.
    """
    form = interface_form()
    rows = sums_of(proposal) if lines is None else lines
    if unassessed is None:
        unassessed = NeedsReport.objects.filter(round=proposal.round, state="sent").count()
    round_ = proposal.round
    joint = round_.profile.joint_conclusion
    purse = purse or Purse(round_, frames(round_))
    forums = purse.forums
    uses = pot_use(round_, rows, purse=purse)
    reports = {} if joint else {row.report_id: row for row in rows}
    homeless = [row.reference for row in reports.values() if forum_of_report(_report_of(row), forums) is None]
    return ProposalFacts(
        unassessed_reports=unassessed,
        has_lines=any(row.amount for row in rows),
        overspent=tuple((use.frame.name_in(form), -use.rest) for use in uses if use.rest < 0),
        forums_without_seats=tuple(forum.anchor.name for forum in forums_without_vote(forums)),
        has_forum=bool(forums),
        reports_without_forum=tuple(sorted(homeless)),
    )
