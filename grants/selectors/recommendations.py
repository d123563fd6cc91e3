"""What lies before the forum, for whom, and what came of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from core import clock
from core.workflow import Machine
from forums.enums import AppointmentKind
from forums.models import Appointment, Forum
from forums.selectors.seats import in_term
from grants.enums import DeadlineKind, RoundKind
from grants.models import Deadline, Evidence, Recommendation, RecommendationForum, RecommendationLine, Round
from grants.models.money import KEY_COLUMNS
from grants.rulesets import ForumRole
from grants.selectors.rounds import deadline, rule_set_of
from grants.workflow import recommendation_machine

FORUM_IS_DONE = ("concluded", "changed", "upheld", "decided")


def forum_concludes(round_: Round) -> bool:
    """True where the forum delivers the recommendation (pkt 7.3), False where it gives input (§ 12)."""
    return rule_set_of(round_).procedure.forum_role == ForumRole.CONCLUDES


def machine_of(recommendation: Recommendation) -> Machine:
    """The table the recommendation moves by: the rule set's flow."""
    return recommendation_machine(rule_set_of(recommendation.round).flow)


def final_lines(round_: Round) -> list[RecommendationLine]:
    """What the decision starts from: the live lines of every recommendation its forum has finished with.

    Empty while nothing is concluded. Line by line, those the office refused and the forum upheld included (pkt 7.4).
    """
    return list(
        RecommendationLine.objects.filter(
            recommendation__round=round_, recommendation__state__in=FORUM_IS_DONE, live=True
        )
        .select_related("measure_year__report", "proposal_line", "recommendation", "payee", "beneficiary")
        .order_by("measure_year__report__reference", "measure_year__priority", "measure_year_id", "id")
    )


def recommendations_of(round_: Round) -> QuerySet[Recommendation]:
    """The round's recommendations with their forums."""
    return (
        Recommendation.objects.filter(round=round_)
        .select_related("round__office", "proposal")
        .prefetch_related("forums__forum__anchor", "forums__concluded_by__user")
        .order_by("number")
    )


def recommendation_for(office_id: int, pk: int) -> Recommendation | None:
    """One recommendation of an office, with what every page about it needs. Two queries; read along with
    it are its dates (:func:`dates_of`), and whether its round is the one the menu leads to (``in_current_round``)."""
    dates = Deadline.objects.filter(round=OuterRef("round")).order_by("date").values("date")
    newer = Round.objects.filter(
        office=office_id, kind=RoundKind.MAIN, state="announced", year__gt=OuterRef("round__year")
    ).order_by()
    meetings = dates.filter(kind=DeadlineKind.FORUM_MEETING, date__gte=OuterRef("put_forward_at__date"))
    return next(
        iter(
            Recommendation.objects.filter(round__office_id=office_id, pk=pk)
            .select_related("round__office__anchor", "round__rule_set", "round__profile", "proposal")
            .prefetch_related(
                Prefetch("forums", RecommendationForum.objects.select_related("forum__anchor", "concluded_by__user"))
            )
            .annotate(
                answer_by=Subquery(dates.filter(kind=DeadlineKind.FORUM_ANSWER)[:1]),
                meets=Subquery(meetings[:1]),
                due=Subquery(dates.filter(kind=DeadlineKind.RECOMMENDATION)[:1]),
                in_current_round=Q(round__kind=RoundKind.MAIN, round__state="announced") & ~Exists(newer),
            )
            .order_by()
        ),
        None,
    )


def dates_of(recommendation: Recommendation) -> tuple[date | None, date | None]:
    """(when the seats answer, when the chair concludes) of a recommendation from :func:`recommendation_for`; the same
    as :func:`conclusion_date` of one with its round's dates."""
    found: Any = recommendation
    return found.answer_by, found.meets or found.due


ORDER = ("measure_year__priority", "measure_year__report__reference", "measure_year_id")
"""The order money is given in."""


class Placed(NamedTuple):
    """A measure in the order money is given in; read for all of them, so it is little."""

    number: int
    pk: int
    title: str


def measures_in_order(recommendation: Recommendation) -> list[Placed]:
    """The measures before the forum, numbered from 1. One query."""
    rows = recommendation.lines.filter(live=True).order_by(*ORDER)
    found = rows.values_list("measure_year_id", "measure_year__title", *ORDER[:2]).distinct()
    return [Placed(number, row[0], row[1]) for number, row in enumerate(found, start=1)]


def worded_lines(
    recommendation: Recommendation, *, measures: Collection[int] | None = None
) -> list[RecommendationLine]:
    """The live lines with all a card shows, in the order money is given in; each says whether its measure has any
    evidence. One query. ``measures``: of these measure-years only."""
    rows = recommendation.lines.filter(live=True)
    if measures is not None:
        rows = rows.filter(measure_year__in=measures)
    return list(
        rows.annotate(has_evidence=Exists(Evidence.objects.filter(measure_year=OuterRef("measure_year")).order_by()))
        .select_related(
            "proposal_line",
            "payee__anchor",
            "beneficiary__anchor",
            "measure_year__measure",
            "measure_year__report__network__anchor",
            "measure_year__report__lead__anchor",
        )
        .order_by(*ORDER, "id")
    )


class Laid(NamedTuple):
    """A line without the words of its measure and payee, live or not: all that sums and answers ask of it. Read for
    every line, so it is little."""

    pk: int
    measure_year_id: int
    report_id: int | None
    live: bool
    amount: int
    measure_id: int
    budget_year: int
    scheme: str
    sector: str
    kind: str
    payee_id: int
    beneficiary_id: int | None

    @property
    def key(self) -> tuple[Any, ...]:
        """The MoneyKey as a tuple."""
        return self[5:]


def laid_lines(recommendation: Recommendation, *, measures: Collection[int] | None = None) -> list[Laid]:
    """All lines in the order money is given in. One query. ``measures``: of these measure-years only."""
    rows = recommendation.lines.all() if measures is None else recommendation.lines.filter(measure_year__in=measures)
    found = rows.order_by(*ORDER, "id").values_list(
        "pk", "measure_year_id", "measure_year__report_id", "live", "amount", *KEY_COLUMNS
    )
    return [Laid(*row) for row in found]


def conclusion_date(recommendation: Recommendation) -> date | None:
    """When the chair concludes: the first forum meeting after it was put forward, else the recommendation's date."""
    since = clock.local(recommendation.put_forward_at).date()
    meetings = [
        row.date
        for row in recommendation.round.deadlines.all()
        if row.kind == DeadlineKind.FORUM_MEETING and row.date >= since
    ]
    return min(meetings, default=None) or deadline(recommendation.round, DeadlineKind.RECOMMENDATION)


def sitting(forums: Iterable[Forum], on: date | None = None) -> QuerySet[Appointment]:
    """Who sits in a voting seat of the forums on a day (today): members and deputies."""
    return (
        Appointment.objects.filter(in_term(on or clock.today()), seat__group__forum__in=list(forums))
        .filter(seat__group__votes=True, seat__group__is_office=False)
        .select_related("user", "organisation__anchor", "seat__group__forum__anchor", "seat__region__anchor")
        .order_by("seat__group__forum_id", "seat__group__order", "seat__number", "-kind", "id")
    )


def sitting_members(forums: Iterable[Forum], on: date | None = None) -> QuerySet[Appointment]:
    """The members, without deputies."""
    return sitting(forums, on).filter(kind=AppointmentKind.MEMBER)


def chairs(forums: Iterable[Forum], on: date | None = None) -> QuerySet[Appointment]:
    """Who chairs the forums on a day (today)."""
    return (
        Appointment.objects.filter(in_term(on or clock.today()), seat__group__forum__in=list(forums), chairs=True)
        .select_related("user", "seat__group__forum")
        .order_by("id")
    )


def forums_of(recommendation: Recommendation) -> list[RecommendationForum]:
    """The forums it lies before, by name."""
    return sorted(recommendation.forums.all(), key=lambda row: row.forum.sort_key)
