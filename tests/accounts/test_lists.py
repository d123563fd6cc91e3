"""«Bekreft listen deres»: the office asks, each place answers, and the office sees who has."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import ListConfirmation, RoleAssignment, User
from accounts.services import lists
from accounts.services.reminders import send_reminders
from core import clock
from core.actor import Actor
from core.authz import NotAllowed
from core.enums import Role
from core.models import Event, Message, Obligation, Question
from core.requirements import AlreadyDone, StepRefused
from core.services.obligations import rebuild
from tests.world import TODAY, World

DUE = date(2027, 3, 31)


def asked(world: World) -> ListConfirmation:
    """North's question."""
    lists.ask(office=world.a, due=DUE, by=world.actor("officer"))
    return ListConfirmation.objects.get(office=world.a, anchor=world.north.anchor)


def roles(world: World) -> dict[str, int]:
    """The roles of the north by the person's address."""
    rows = RoleAssignment.objects.filter(anchor=world.north.anchor, ended_at=None).select_related("user")
    return {row.user.email.split("@")[0]: row.pk for row in rows}


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_all_who_can_answer_are_asked_once(world: World) -> None:
    row = asked(world)
    rows = ListConfirmation.objects.filter(office=world.a)
    assert {one.anchor.name for one in rows} == {
        "Nettverk Nord", "Nettverk Sør", "Nordli kommune", "Norddal kommune", "Sørli kommune",
    }  # fmt: skip
    assert lists.ask(office=world.a, due=DUE, by=world.actor("administrator")) == []
    owed = Obligation.objects.get(kind="list_confirm", anchor=world.north.anchor)
    assert (owed.role, owed.due, owed.subject_id) == (Role.COORDINATOR, DUE, row.pk)
    assert Event.objects.filter(code="list.asked").count() == 5
    assert "Bekreft listen over folk i Nettverk Nord" in signed_in(world.north_coordinator).get("/").content.decode()
    assert rebuild() == []


def test_they_are_reminded_until_it_is_done(world: World) -> None:
    row = asked(world)
    lists.confirm(
        confirmation=row,
        by=world.actor("north_coordinator"),
        seen=roles(world).values(),  # type: ignore[arg-type]
    )
    with clock.frozen(date(2027, 3, 23)):
        send_reminders()
    mails = Message.objects.filter(key__startswith="reminder:", body__contains="listen")
    told = set(mails.values_list("to", flat=True))
    assert "south.coordinator@example.org" in told
    assert "north.coordinator@example.org" not in told


def test_a_list_is_confirmed_with_name_time_and_what_stood_there(world: World) -> None:
    row, known = asked(world), roles(world)
    client = signed_in(world.north_coordinator)
    url = f"/fjellfylket/folk/liste/{world.north.anchor_id}/"
    page = client.get(url).content.decode()
    assert "Stemmer listen? Svar innen onsdag 31." in page
    data = {f"seen-{pk}": "1" for pk in known.values()}
    data |= {f"role-{known['north.provider']}": "right", f"role-{known['north.network.reader']}": "gone"}
    answer = client.post(url, data | {"action": "confirm", "wish": "Sørli er med fra høsten."})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.confirmed_by, row.confirmed_name) == (world.north_coordinator, world.north_coordinator.name)
    assert {one["person"].split()[1]: one["stays"] for one in row.listed} == {
        "Coordinator": True, "Network": False, "Provider": True,
    }  # fmt: skip
    assert world.actor("north_network_reader").grants == frozenset()
    assert Question.objects.get(answered_at=None, office=world.a).text.startswith("Nettverk Nord: Sørli er med")
    assert Obligation.objects.get(kind="list_confirm", anchor=world.north.anchor).done_at is not None
    overview = signed_in(world.officer).get("/fjellfylket/folk/liste/").content.decode()
    assert "<strong>1 av 5</strong> har bekreftet" in overview
    assert world.north_coordinator.name in overview


def test_what_has_changed_meanwhile_is_looked_at_again(world: World) -> None:
    row, by = asked(world), world.actor("north_coordinator")
    with pytest.raises(StepRefused):
        lists.confirm(confirmation=row, by=by, seen=list(roles(world).values())[1:])
    own = roles(world)["north.coordinator"]
    with pytest.raises(StepRefused) as refused:
        lists.confirm(confirmation=row, by=by, seen=roles(world).values(), gone=[own])  # type: ignore[arg-type]
    assert [one.code for one in refused.value.obstacles] == ["own_role"]
    with pytest.raises(StepRefused):
        lists.confirm(confirmation=row, by=by, seen=roles(world).values(), gone=[999_999])  # type: ignore[arg-type]
    row.refresh_from_db()
    assert row.confirmed_at is None


@pytest.mark.parametrize("who", ["south_coordinator", "north_network_reader", "nordli_owner", "officer", "b_officer"])
def test_others_confirm_nothing(world: World, who: str) -> None:
    row = asked(world)
    with pytest.raises(NotAllowed):
        lists.confirm(confirmation=row, by=world.actor(who), seen=roles(world).values())  # type: ignore[arg-type]


def test_it_is_confirmed_once_and_taken_back_by_the_office(world: World) -> None:
    row, by = asked(world), world.actor("north_coordinator")
    seen = list(roles(world).values())
    lists.confirm(confirmation=row, by=by, seen=seen)
    with pytest.raises(AlreadyDone):
        lists.confirm(confirmation=row, by=by, seen=seen)
    south = ListConfirmation.objects.get(office=world.a, anchor=world.south.anchor)
    with pytest.raises(NotAllowed):
        lists.withdraw(confirmation=south, by=world.actor("b_officer"))
    theirs = signed_in(world.b_officer).post(
        "/kystfylket/folk/liste/", {"action": "withdraw", "confirmation": str(south.pk)}
    )
    assert theirs.status_code == 404
    lists.withdraw(confirmation=south, by=world.actor("officer"))
    assert Obligation.objects.get(kind="list_confirm", anchor=world.south.anchor).done_at is not None


def test_a_day_that_is_past_is_refused(world: World) -> None:
    with pytest.raises(StepRefused):
        lists.ask(office=world.a, due=TODAY - timedelta(days=1), by=world.actor("officer"))
    with pytest.raises(NotAllowed):
        lists.ask(office=world.a, due=DUE, by=world.actor("approver"))
    page = signed_in(world.officer).post("/fjellfylket/folk/liste/", {"action": "ask", "due": "1.1.2020"})
    assert "Siste dag kan ikke være passert." in page.content.decode()


def test_the_pages_cost_the_same_for_one_place_and_for_many(world: World) -> None:
    office, place = "/fjellfylket/folk/liste/", f"/fjellfylket/folk/liste/{world.north.anchor_id}/"
    client = signed_in(world.officer)
    asked(world)
    ListConfirmation.objects.exclude(anchor=world.north.anchor).update(withdrawn_at=clock.now())
    client.get(office)

    def cost(url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    few = [cost(office), cost(place)]
    ListConfirmation.objects.update(withdrawn_at=None)
    for person in (world.stranger, world.school_chair):
        RoleAssignment.objects.create(
            user=person, role=Role.NETWORK_READER, anchor=world.north.anchor, starts=TODAY, granted_at=clock.now(),
            confirmed_at=clock.now(), by_system="tests",
        )  # fmt: skip
    assert [cost(office), cost(place)] == few
    assert max(few) <= 14


def test_a_person_page_costs_the_same_for_one_role_and_for_three(world: World) -> None:
    client = signed_in(world.officer)
    url = f"/fjellfylket/folk/{world.north_coordinator.pk}/"
    client.get(url)
    counts = []
    for anchors in ([], [world.nordli.anchor, world.norddal.anchor]):
        for anchor in anchors:
            RoleAssignment.objects.create(
                user=world.north_coordinator, role=Role.LETTER_READER, anchor=anchor, starts=TODAY,
                granted_at=clock.now(), confirmed_at=clock.now(), **Actor.for_user(world.officer).columns(),
            )  # fmt: skip
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 12


@pytest.mark.parametrize("meanwhile", ["withdrawn", "confirmed"])
def test_a_wish_is_given_back_when_nobody_asks_any_more(world: World, meanwhile: str) -> None:
    wish = "Sørli er med fra høsten, og Norddal går ut."
    row, known = asked(world), roles(world)
    if meanwhile == "withdrawn":
        lists.withdraw(confirmation=row, by=world.actor("officer"))
    else:
        lists.confirm(confirmation=row, by=world.actor("north_coordinator"), seen=list(known.values()))
    sent = {f"seen-{pk}": "1" for pk in known.values()} | {"action": "confirm", "wish": wish}
    page = signed_in(world.north_coordinator).post(f"/fjellfylket/folk/liste/{world.north.anchor_id}/", sent)
    assert (page.status_code, wish in page.content.decode()) == (409, True)
