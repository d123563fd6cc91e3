"""The forum's handling: who answers, what counts, how it concludes, and what the office may refuse."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.utils import translation

from core import authz, clock
from core.models import Document, Event, Message, Obligation
from core.requirements import AlreadyDone, StaleVersion, StepRefused
from core.services import archive, obligations
from forums.enums import ForumOutcome
from forums.models import Appointment
from forums.services.forums import appoint
from grants.models import Recommendation, RecommendationLine, SeatAnswer
from grants.selectors.answers import standing
from grants.selectors.recommendations import final_lines
from grants.services.proposals import make_first_proposal, put_forward, set_amounts
from grants.services.recommendations import answer, change, conclude_forum, refuse_parts, step_back, uphold
from tests.grants.forum_world import DAY, SYSTEM, World, actor, make_measure, make_report, make_world, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def day() -> Iterator[None]:
    with clock.allow_setting(), clock.frozen(DAY), translation.override("nb"):
        yield


@pytest.fixture
def world(forum_year: World) -> World:
    return forum_year


@pytest.fixture
def older() -> Iterator[World]:
    with clock.frozen(date(2022, 2, 24)):
        yield make_world("eldre", rule_set="GUIDE2021", year=2022, frames={"desentralisert": 300_000})


def before_forum(world: World, scheme: str = "kollektiv") -> Recommendation:
    report = make_report(world, f"{world.round.year}-BM-001")
    make_measure(world, report, "A", network=100_000, provider=200_000, scheme=scheme)
    make_measure(world, report, "B", priority=2, provider=50_000, scheme=scheme)
    (made,) = put_forward(proposal=make_first_proposal(round=world.round, by=world.by), by=world.by)
    return made


def lines(recommendation: Recommendation, title: str = "") -> list[int]:
    rows = recommendation.lines.filter(live=True).order_by("id")
    return list((rows.filter(measure_year__title=title) if title else rows).values_list("pk", flat=True))


def everyone_agrees(world: World, recommendation: Recommendation) -> None:
    for member in world.members:
        answer(
            recommendation=recommendation,
            seat=member.seat,
            answers=dict.fromkeys(lines(recommendation), ("agree", "")),
            by=actor(member.user),
        )


def code(refused: pytest.ExceptionInfo[StepRefused]) -> list[str]:
    return [obstacle.code for obstacle in refused.value.obstacles]


def deputy_of(world: World, member: Appointment) -> Appointment:
    return appoint(
        seat=member.seat, user=person("Vara Moe"), organisation=member.organisation, by=SYSTEM, kind="deputy",
        valid_from=date(2020, 1, 1),
    )  # fmt: skip


def test_a_member_answers_for_the_seat_and_may_change_it(world: World) -> None:
    recommendation = before_forum(world)
    member = world.members[1]
    first, *rest = lines(recommendation)
    by = actor(member.user)
    answer(recommendation=recommendation, seat=member.seat, answers={first: ("agree", "")}, by=by)

    answer(recommendation=recommendation, seat=member.seat, answers={first: ("disagree", "For lite")}, by=by)

    row = SeatAnswer.objects.get()
    assert (row.answer, row.reason, row.appointment, row.organisation) == (
        "disagree", "For lite", member, member.organisation,
    )  # fmt: skip
    assert Obligation.objects.get(kind="seat_answer", user=member.user).done_at is None
    answer(recommendation=recommendation, seat=member.seat, answers=dict.fromkeys(rest, ("agree", "")), by=by)
    assert Obligation.objects.get(kind="seat_answer", user=member.user).done_at is not None
    assert obligations.rebuild() == []


def test_nobody_answers_for_a_seat_they_do_not_sit_in_today(world: World) -> None:
    recommendation = before_forum(world)
    first = lines(recommendation)[0]
    with pytest.raises(StepRefused) as refused:
        answer(
            recommendation=recommendation, seat=world.members[1].seat, answers={first: ("agree", "")}, by=world.chair
        )
    assert code(refused) == ["not_your_seat"]
    with pytest.raises(authz.NotAllowed):
        answer(recommendation=recommendation, seat=world.members[1].seat, answers={first: ("agree", "")}, by=world.by)
    Appointment.objects.filter(pk=world.members[1].pk).update(valid_to=date(2027, 2, 23))
    with pytest.raises(authz.NotAllowed):
        answer(
            recommendation=recommendation,
            seat=world.members[1].seat,
            answers={first: ("agree", "")},
            by=actor(world.members[1].user),
        )


def test_the_offices_people_have_no_vote_in_code_and_in_the_database(world: World) -> None:
    recommendation = before_forum(world)
    first = lines(recommendation)[0]
    sitting = appoint(
        seat=world.office_seat, user=world.officer, organisation=None, by=SYSTEM, valid_from=date(2020, 1, 1)
    )
    with pytest.raises(StepRefused) as refused:
        answer(
            recommendation=recommendation,
            seat=world.office_seat,
            answers={first: ("agree", "")},
            by=actor(world.officer),
        )
    assert code(refused) == ["no_vote"]
    with pytest.raises(DatabaseError), transaction.atomic():
        SeatAnswer.objects.create(
            seat=world.office_seat, appointment=sitting, line_id=first, line_hash="x", seat_votes=False,
            answer="agree", at=clock.now(), **SYSTEM.columns(),
        )  # fmt: skip


def test_a_dissent_needs_its_reason_and_a_changed_line_is_told(world: World) -> None:
    recommendation = before_forum(world)
    member = world.members[0]
    old = lines(recommendation)
    with pytest.raises(StepRefused) as refused:
        answer(recommendation=recommendation, seat=member.seat, answers={old[0]: ("disagree", " ")}, by=world.chair)
    assert code(refused) == ["reason_missing"]
    network = recommendation.proposal.lines.get(kind="network")
    put_forward(
        proposal=set_amounts(proposal=recommendation.proposal, amounts={network.pk: 1}, reasons={}, by=world.by),
        by=world.by,
    )
    gone = next(pk for pk in old if pk not in lines(recommendation))
    with pytest.raises(StepRefused) as changed:
        answer(recommendation=recommendation, seat=member.seat, answers={gone: ("agree", "")}, by=world.chair)
    assert code(changed) == ["unknown_line"]


def test_an_unchanged_line_keeps_its_answer_and_a_changed_one_is_asked_anew(world: World) -> None:
    recommendation = before_forum(world)
    everyone_agrees(world, recommendation)
    assert all(seat.answered for seat in standing(recommendation).seats)
    network = recommendation.proposal.lines.get(kind="network")

    put_forward(
        proposal=set_amounts(proposal=recommendation.proposal, amounts={network.pk: 90_000}, reasons={}, by=world.by),
        by=world.by,
    )

    fresh = lines(recommendation)[-1]
    assert [(len(seat.answers), seat.missing) for seat in standing(recommendation).seats] == [(2, {fresh})] * 3
    assert Obligation.objects.filter(kind="seat_answer", done_at__isnull=True).count() == 3
    assert Message.objects.filter(key__startswith="recommendation.put_forward").count() == 6


def test_a_recused_member_is_not_counted_and_the_deputy_may_answer(world: World) -> None:
    recommendation = before_forum(world)
    member = world.members[1]
    everyone_agrees(world, recommendation)
    measure = RecommendationLine.objects.get(pk=lines(recommendation, "B")[0]).measure_year
    (of_b,) = lines(recommendation, "B")

    step_back(recommendation=recommendation, measure_year=measure, seat=member.seat, by=actor(member.user))

    seat = standing(recommendation).seat(member.seat_id)
    assert seat is not None
    assert (of_b in seat.answers, seat.missing) == (False, set())
    with pytest.raises(StepRefused) as refused:
        answer(recommendation=recommendation, seat=member.seat, answers={of_b: ("agree", "")}, by=actor(member.user))
    assert code(refused) == ["recused"]
    deputy = deputy_of(world, member)
    obligations.sync(recommendation)
    assert Obligation.objects.get(user=deputy.user, done_at__isnull=True).kind == "seat_answer"
    answer(recommendation=recommendation, seat=member.seat, answers={of_b: ("disagree", "Nei")}, by=actor(deputy.user))
    seat = standing(recommendation).seat(member.seat_id)
    assert seat is not None
    assert seat.answers[of_b].appointment == deputy
    assert standing(recommendation).suggested(world.forum.pk) == ForumOutcome.AGREED_WITH_DISSENT


def test_the_chair_concludes_with_snapshot_and_minutes(world: World) -> None:
    recommendation = before_forum(world)
    everyone_agrees(world, recommendation)
    assert final_lines(world.round) == []

    part = conclude_forum(
        recommendation=recommendation, forum=world.forum, by=world.chair, outcome="agreed", remark="Godt arbeid",
        seen_version=1,
    )  # fmt: skip

    recommendation.refresh_from_db()
    assert recommendation.state == "concluded"
    assert part.concluded_by == world.members[0]
    assert part.snapshot is not None
    assert '"outcome":"agreed"' in part.snapshot.body
    document = Document.objects.get(case=world.round.case)
    assert part.minutes == document
    text = archive.read(document.files.get()).decode()
    assert "Godt arbeid" in text
    assert "A: 300\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}kr" in text
    assert sum(line.amount for line in final_lines(world.round)) == 350_000
    assert Obligation.objects.filter(kind__in=["seat_answer", "forum_conclude"], done_at__isnull=True).count() == 0
    assert Event.objects.filter(code="recommendation.conclude").count() == 1
    assert obligations.rebuild() == []


def test_after_the_conclusion_nothing_changes(world: World) -> None:
    recommendation = before_forum(world)
    everyone_agrees(world, recommendation)
    conclude_forum(recommendation=recommendation, forum=world.forum, by=world.chair, outcome="agreed", seen_version=1)

    with pytest.raises(AlreadyDone):
        conclude_forum(
            recommendation=recommendation, forum=world.forum, by=world.chair, outcome="agreed", seen_version=1
        )
    with pytest.raises(StepRefused) as again:
        conclude_forum(recommendation=recommendation, forum=world.forum, by=world.chair, outcome="not_agreed")
    with pytest.raises(StepRefused) as late:
        answer(
            recommendation=recommendation,
            seat=world.members[0].seat,
            answers={lines(recommendation)[0]: ("agree", "")},
            by=world.chair,
        )
    with pytest.raises(StepRefused) as sums:
        set_amounts(proposal=recommendation.proposal, amounts={}, reasons={}, by=world.by)
    with pytest.raises(StepRefused) as rules:
        refuse_parts(
            recommendation=recommendation, refusals={lines(recommendation)[0]: ("local_need", "Nei")}, by=world.by
        )
    assert [code(refused) for refused in (again, late, sums, rules)] == [
        ["already_concluded"], ["forum_concluded"], ["forum_concluded"], ["not_in_these_rules"],
    ]  # fmt: skip


def test_only_the_chair_concludes_and_never_as_agreed_over_a_dissent(world: World) -> None:
    recommendation = before_forum(world)
    everyone_agrees(world, recommendation)
    member = world.members[2]
    with pytest.raises(authz.NotAllowed):
        conclude_forum(recommendation=recommendation, forum=world.forum, by=actor(member.user), outcome="agreed")
    with pytest.raises(authz.NotAllowed):
        conclude_forum(recommendation=recommendation, forum=world.forum, by=world.by, outcome="agreed")
    answer(
        recommendation=recommendation,
        seat=member.seat,
        answers={lines(recommendation)[0]: ("disagree", "For mye")},
        by=actor(member.user),
    )
    with pytest.raises(StepRefused) as refused:
        conclude_forum(recommendation=recommendation, forum=world.forum, by=world.chair, outcome="agreed")
    assert code(refused) == ["there_is_dissent"]
    with pytest.raises(StaleVersion):
        conclude_forum(
            recommendation=recommendation, forum=world.forum, by=world.chair, outcome="agreed_with_dissent",
            seen_version=7,
        )  # fmt: skip
    part = conclude_forum(
        recommendation=recommendation, forum=world.forum, by=world.chair, outcome="agreed_with_dissent"
    )
    assert part.minutes is not None
    text = archive.read(part.minutes.files.get()).decode()
    assert "For mye" in text
    assert member.user.name in text


def concluded(older: World) -> Recommendation:
    recommendation = before_forum(older, scheme="desentralisert")
    everyone_agrees(older, recommendation)
    conclude_forum(recommendation=recommendation, forum=older.forum, by=older.chair, outcome="agreed")
    recommendation.refresh_from_db()
    return recommendation


def test_the_office_refuses_parts_and_the_forum_changes_them(older: World) -> None:
    recommendation = concluded(older)
    of_a = lines(recommendation, "A")
    with pytest.raises(StepRefused) as empty:
        refuse_parts(recommendation=recommendation, refusals={of_a[0]: ("nonsense", "")}, by=older.by)
    assert code(empty) == ["criterion_missing", "reason_missing"]

    refuse_parts(
        recommendation=recommendation, refusals=dict.fromkeys(of_a, ("local_need", "Behovet mangler")), by=older.by
    )

    assert recommendation.state == "part_refused"
    assert Obligation.objects.get(kind="refusal_handle", done_at__isnull=True).user == older.members[0].user
    assert final_lines(older.round) == []
    with pytest.raises(StepRefused) as other:
        change(recommendation=recommendation, by=older.chair, amounts={lines(recommendation, "B")[0]: 1})
    with pytest.raises(StepRefused) as over:
        change(recommendation=recommendation, by=older.chair, amounts={of_a[0]: 900_000})
    with pytest.raises(StepRefused) as nothing:
        change(recommendation=recommendation, by=older.chair, amounts={})
    assert [code(refused) for refused in (other, over, nothing)] == [
        ["not_refused"], ["overspent"], ["nothing_changed"],
    ]  # fmt: skip
    change(recommendation=recommendation, by=older.chair, amounts={of_a[0]: 10_000})
    assert recommendation.state == "changed"
    rows = final_lines(older.round)
    assert sorted(line.amount for line in rows) == [0, 10_000, 200_000]
    assert [line.upheld for line in rows if line.amount == 200_000] == [True]
    assert Obligation.objects.filter(kind="refusal_handle", done_at__isnull=True).count() == 0
    assert obligations.rebuild() == []


def test_the_forum_may_uphold_what_was_refused(older: World) -> None:
    recommendation = concluded(older)
    (of_b,) = lines(recommendation, "B")
    refuse_parts(recommendation=recommendation, refusals={of_b: ("local_need", "Behovet mangler")}, by=older.by)
    with pytest.raises(authz.NotAllowed):
        uphold(recommendation=recommendation, by=older.by)

    uphold(recommendation=recommendation, by=older.chair)

    assert recommendation.state == "upheld"
    assert [line.upheld for line in final_lines(older.round) if line.pk == of_b] == [True]
