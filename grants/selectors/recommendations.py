"""What lies before the forum, for whom, and what came of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import Prefetch, QuerySet

from core import clock
from core.workflow import Machine
from forums.enums import AppointmentKind
from forums.models import Appointment, Forum
from forums.selectors.seats import in_term
from grants.enums import DeadlineKind
from grants.models import Recommendation, RecommendationForum, RecommendationLine, Round
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


def recommendation_for(office_id: int, pk: int, *, dates: bool = True) -> Recommendation | None:
    """One recommendation of an office, with what every page about it needs. Three queries."""
    return (
        Recommendation.objects.filter(round__office_id=office_id, pk=pk)
        .select_related("round__office__anchor", "round__rule_set", "round__profile", "proposal")
        .prefetch_related(
            Prefetch("forums", RecommendationForum.objects.select_related("forum__anchor", "concluded_by__user")),
            *(["round__deadlines"] if dates else []),
        )
        .first()
    )


def live_lines(recommendation: Recommendation) -> list[RecommendationLine]:
    """The lines as they stand now, in the order money is given in, with all a card shows. One query."""
    return [line for line in all_lines(recommendation) if line.live]


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


def all_lines(recommendation: Recommendation, *, measures: Collection[int] | None = None) -> list[RecommendationLine]:
    """The same with the lines that no longer count. ``measures``: of these measure-years only."""
    rows = recommendation.lines.all()
    if measures is not None:
        rows = rows.filter(measure_year__in=measures)
    return list(
        rows.select_related(
            "proposal_line",
            "payee__anchor",
            "beneficiary__anchor",
            "measure_year__measure",
            "measure_year__report__network__anchor",
            "measure_year__report__lead__anchor",
        ).order_by(*ORDER, "id")
    )


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
