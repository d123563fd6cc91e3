"""What is owed because of a round's proposal and of a recommendation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.enums import LinkPurpose, Role
from core.obligations import Kind, Owed
from grants.enums import DeadlineKind
from grants.models import NeedsReport, Recommendation, Round
from grants.selectors.answers import SeatState, owing
from grants.selectors.recommendations import chairs, conclusion_date, forums_of
from grants.selectors.rounds import deadline

FORUM_KINDS = [
    Kind(
        code="proposal_put_forward",
        verb=_("Share the money for %(year)s and send the proposal to the forum"),
        waiting=_("The office: send the proposal for %(year)s to the forum"),
        url_name="grants:workbench",
        minutes=60,
    ),
    Kind(
        code="seat_answer",
        verb=_("Read and answer the proposal for %(year)s in %(forum)s"),
        waiting=_("%(person)s: answer the proposal for %(year)s in %(forum)s"),
        url_name="grants:recommendation",
        minutes=30,
        purpose=LinkPurpose.RECOMMENDATION,
    ),
    Kind(
        code="forum_conclude",
        verb=_("Conclude for %(forum)s, %(year)s"),
        waiting=_("%(person)s: conclude for %(forum)s, %(year)s"),
        url_name="grants:recommendation",
        minutes=15,
        purpose=LinkPurpose.RECOMMENDATION,
    ),
    Kind(
        code="refusal_handle",
        verb=_("Change or uphold what the office refused for %(year)s"),
        waiting=_("The forum’s chair: change or uphold what was refused for %(year)s"),
        url_name="grants:recommendation",
        minutes=15,
    ),
]


def owed_for_proposal(round_: Any) -> Iterator[Owed]:
    """The case officers put the proposal forward when every sent report is assessed and no forum has it yet."""
    if not isinstance(round_, Round) or round_.state != "announced":
        return
    states = set(NeedsReport.objects.filter(round=round_).exclude(state="draft").values_list("state", flat=True))
    if states != {"assessed"} or Recommendation.objects.filter(round=round_).exists():
        return
    yield Owed(
        kind="proposal_put_forward",
        office_id=round_.office_id,
        due=deadline(round_, DeadlineKind.FORUM_PAPERS),
        role=Role.CASE_OFFICER,
        anchor_id=round_.office.anchor_id,
        data={"year": round_.year, "url": {"office": round_.office.slug, "year": round_.slug}},
    )


def owed_for_recommendation(recommendation: Any) -> Iterator[Owed]:
    """Members answer, chairs conclude, and chairs handle what the office has refused."""
    if not isinstance(recommendation, Recommendation):
        return
    if recommendation.state == "with_forum":
        yield from _while_with_forum(recommendation)
    elif recommendation.state == "part_refused":
        forums = [part.forum for part in forums_of(recommendation)]
        for user_id in sorted({row.user_id for row in chairs(forums)}):
            yield Owed(
                kind="refusal_handle",
                office_id=recommendation.round.office_id,
                due=deadline(recommendation.round, DeadlineKind.DECISION),
                user_id=user_id,
                party=f"chair{user_id}",
                data=_data(recommendation, "", ""),
            )


def _while_with_forum(recommendation: Recommendation) -> Iterator[Owed]:
    open_parts = {part.forum_id: part for part in forums_of(recommendation) if part.concluded_at is None}
    names = {pk: part.forum.anchor.name for pk, part in open_parts.items()}
    measures = dict(recommendation.lines.filter(live=True).values_list("pk", "measure_year_id"))
    due = deadline(recommendation.round, DeadlineKind.FORUM_ANSWER)
    for seat in owing(recommendation):
        if seat.forum_id not in open_parts:
            continue
        for user_id, person, party in _who_answers(seat, measures):
            yield Owed(
                kind="seat_answer",
                office_id=recommendation.round.office_id,
                due=due,
                user_id=user_id,
                party=party,
                data=_data(recommendation, names[seat.forum_id], person),
            )
    for row in chairs([part.forum for part in open_parts.values()]):
        forum_id = row.seat.group.forum_id
        yield Owed(
            kind="forum_conclude",
            office_id=recommendation.round.office_id,
            due=conclusion_date(recommendation),
            user_id=row.user_id,
            party=f"forum{forum_id}-{row.user_id}",
            data=_data(recommendation, names[forum_id], row.user.name),
        )


def _who_answers(seat: SeatState, measures: dict[int, int]) -> Iterator[tuple[int, str, str]]:
    """The member for what is missing; the deputies for what the member has stepped back from."""
    missing = {measures[line] for line in seat.missing}
    if missing - seat.recused:
        yield seat.member.user_id, seat.member.user.name, f"seat{seat.seat_id}"
    if missing & seat.recused:
        for deputy in seat.deputies:
            yield deputy.user_id, deputy.user.name, f"seat{seat.seat_id}-deputy{deputy.user_id}"


def _data(recommendation: Recommendation, forum: str, person: str) -> dict[str, Any]:
    return {
        "year": recommendation.round.year,
        "forum": forum,
        "person": person,
        "url": {"office": recommendation.round.office.slug, "pk": recommendation.pk},
    }
