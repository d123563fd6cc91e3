"""Seats and terms: nobody sits twice, the office never votes, the right follows the term (FOR-2026-01-12-23 § 8)."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AnchorPermission
from core import clock
from core.authz import NotAllowed
from core.requirements import StepRefused
from forums.models import Appointment, Seat, SeatGroup
from forums.selectors.registers import row
from forums.services.forums import add_seat, add_seat_group, appoint, end_appointment, register_forum
from tests.grants.rounds_world import SETUP, TODAY, Rounds, actor, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(rounds: Rounds) -> Rounds:
    return rounds


def seat_of(world: Rounds, number: int = 1) -> Seat:
    return Seat.objects.get(group__forum=world.forum, group__code="owners", number=number)


def refusal(caught: pytest.ExceptionInfo[StepRefused]) -> list[str]:
    return [obstacle.code for obstacle in caught.value.obstacles]


@pytest.mark.parametrize(
    ("first", "last", "kind", "codes"),
    [
        (date(2027, 12, 31), None, "member", ["term_overlaps"]),
        (date(2025, 1, 1), date(2026, 1, 1), "member", ["term_overlaps"]),
        (date(2025, 1, 1), None, "member", ["term_overlaps"]),
        (date(2026, 6, 1), date(2026, 5, 1), "member", ["ends_before_start"]),
    ],
)
def test_terms_in_one_seat_never_overlap(
    world: Rounds, first: date, last: date | None, kind: str, codes: list[str]
) -> None:
    with pytest.raises(StepRefused) as refused:
        appoint(
            seat=seat_of(world),
            user=person("Ny Person"),
            organisation=None,
            by=SETUP,
            kind=kind,
            valid_from=first,
            valid_to=last,
        )
    assert refusal(refused) == codes


def test_the_next_term_may_begin_the_day_after(world: Rounds) -> None:
    made = appoint(
        seat=seat_of(world), user=person("Ny Person"), organisation=None, by=SETUP, valid_from=date(2028, 1, 1)
    )
    assert AnchorPermission.objects.get(source=f"appointment:{made.pk}").starts == date(2028, 1, 1)


def test_nobody_is_ones_own_deputy(world: Rounds) -> None:
    with pytest.raises(StepRefused) as refused:
        appoint(
            seat=seat_of(world),
            user=world.member,
            organisation=None,
            by=SETUP,
            kind="deputy",
            valid_from=date(2026, 6, 1),
        )
    assert refusal(refused) == ["own_deputy"]


def test_one_chairs_and_never_without_a_vote(world: Rounds) -> None:
    with pytest.raises(StepRefused) as refused:
        appoint(
            seat=seat_of(world, 2),
            user=person("Ny Leder"),
            organisation=None,
            by=SETUP,
            chairs=True,
            valid_from=date(2026, 6, 1),
        )
    assert refusal(refused) == ["chair_overlaps"]
    forum = register_forum(office=world.office, code="F2", name="Nytt forum", sectors="school", by=SETUP)
    group = add_seat_group(
        forum=forum, code="o", name_nb="SF", name_nn="SF", min_seats=0, max_seats=1, is_office=True, by=SETUP
    )
    with pytest.raises(StepRefused) as refused:
        appoint(
            seat=add_seat(group=group, by=SETUP),
            user=world.officer,
            organisation=None,
            by=SETUP,
            chairs=True,
            valid_from=TODAY,
        )
    assert refusal(refused) == ["chair_without_vote"]


def test_the_offices_group_never_votes(world: Rounds) -> None:
    group = SeatGroup.objects.get(forum=world.forum, is_office=True)
    assert group.votes is False
    with pytest.raises(IntegrityError), transaction.atomic():
        SeatGroup.objects.filter(pk=group.pk).update(votes=True)


def test_a_group_has_its_size_and_its_regions(world: Rounds) -> None:
    with pytest.raises(StepRefused) as refused:
        add_seat(group=SeatGroup.objects.get(forum=world.forum, code="owners"), by=SETUP)
    assert refusal(refused) == ["group_full"]
    group = add_seat_group(
        forum=world.forum,
        code="r",
        name_nb="Per region",
        name_nn="Per region",
        min_seats=1,
        max_seats=1,
        per_region=True,
        by=SETUP,
    )
    with pytest.raises(StepRefused) as refused:
        add_seat(group=group, by=SETUP)
    assert refusal(refused) == ["region_missing"]
    assert [add_seat(group=group, by=SETUP, region=network).number for network in world.networks] == [1, 2]


def test_ending_a_term_moves_the_right_with_it(world: Rounds) -> None:
    term = Appointment.objects.get(user=world.member)
    end_appointment(appointment=term, by=actor(world.officer), last_day=date(2026, 11, 30))
    assert AnchorPermission.objects.get(source=f"appointment:{term.pk}").ends == date(2026, 11, 30)
    with clock.frozen(date(2026, 12, 1)):
        assert actor(world.member).holds(world.forum.anchor_id, "member", "chair") is False
    with pytest.raises(StepRefused):
        end_appointment(appointment=term, by=SETUP, last_day=date(2025, 1, 1))
    with pytest.raises(NotAllowed):
        end_appointment(appointment=term, by=actor(world.member), last_day=date(2026, 12, 1))


def test_the_register_counts_members_votes_and_empty_seats(world: Rounds) -> None:
    found = row(actor(world.officer), world.office, world.forum.pk)
    assert (found.members, found.votes, found.vacant) == (2, 1, 1)
    assert found.chair is not None
    assert found.chair.user == world.member


@pytest.mark.parametrize(
    ("who", "status"), [("officer", 200), ("member", 200), ("coordinator", 404), ("stranger", 404)]
)
def test_the_forum_and_the_office_see_it(world: Rounds, who: str, status: int) -> None:
    client = Client(HTTP_ACCEPT_LANGUAGE="nn")
    client.force_login(getattr(world, who))
    assert client.get("/innlandet/forum/").status_code == status
    assert client.get(f"/innlandet/forum/{world.forum.pk}/").status_code == status


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_at_one_and_at_three_rows(world: Rounds, count: int) -> None:
    for number in range(1, count):
        register_forum(office=world.office, code=f"N{number}", name=f"Forum {number}", sectors="both", by=SETUP)
    client = Client(HTTP_ACCEPT_LANGUAGE="nb")
    client.force_login(world.officer)
    client.get("/innlandet/forum/")
    with CaptureQueriesContext(connection) as caught:
        client.get("/innlandet/forum/")
    assert len(caught) == 9
