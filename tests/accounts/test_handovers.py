"""What somebody leaves behind goes to who comes after; two registrations become one person."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Notice, RoleAssignment, User
from accounts.selectors.people import user_at
from accounts.services import handovers, people
from accounts.services.notices import notify
from accounts.services.people import register_person
from core import clock
from core.actor import Actor
from core.authz import NotAllowed
from core.dates import format_date
from core.enums import Role
from core.models import Event, Message
from core.requirements import StaleVersion, StepRefused
from forums.models import Appointment
from networks.models import OfficeOrganisation, ProviderContact
from reporting.models import AnnualReport
from tests.world import TODAY, World

SOON = TODAY + timedelta(days=20)


def moves(world: World, who: str, on: date = TODAY) -> list[str]:
    by = world.actor("administrator")
    return [item.key for item in handovers.estate_of(getattr(world, who), office=world.a, on=on, by=by).moves]


def hand_over(world: World, who: str, to: str, on: date = SOON, by: str = "administrator") -> None:
    choices: dict[str, User | None] = dict.fromkeys(moves(world, who, on), getattr(world, to))
    handovers.hand_over(person=getattr(world, who), office=world.a, choices=choices, on=on, by=world.actor(by))


def test_a_coordinators_role_and_reports_go_to_the_next(world: World) -> None:
    hand_over(world, "north_coordinator", "stranger")
    assert {row.contact for row in AnnualReport.objects.filter(round=world.past_round)} == {world.stranger}
    for day, old, new in ((SOON - timedelta(days=1), True, False), (SOON, False, True)):
        with clock.frozen(day):
            held = [world.actor(who).holds(world.north.anchor_id, Role.COORDINATOR) for who in
                    ("north_coordinator", "stranger")]  # fmt: skip
        assert held == [old, new]
    assert Event.objects.get(code="person.handed_over").data["person"] == world.north_coordinator.name


def test_a_providers_contact_takes_the_role_along(world: World) -> None:
    assert [key.split(":")[0] for key in moves(world, "north_provider")] == ["contact"]
    hand_over(world, "north_provider", "stranger", on=TODAY)
    rows = ProviderContact.objects.filter(network=world.north).order_by("pk")
    assert [(row.user, row.valid_to) for row in rows] == [
        (world.north_provider, TODAY - timedelta(days=1)), (world.stranger, None),
    ]  # fmt: skip
    assert world.actor("north_provider").grants == frozenset()
    assert world.actor("stranger").holds_for(world.north.anchor_id, world.university.anchor_id, Role.PROVIDER_CONTACT)


def test_a_seat_goes_with_the_rest_of_its_term_but_not_the_chair(world: World) -> None:
    seat = Appointment.objects.get(user=world.kindergarten_chair)
    seat.valid_to = SOON + timedelta(days=100)
    seat.save(update_fields=["valid_to"])
    hand_over(world, "kindergarten_chair", "stranger")
    old, new = Appointment.objects.filter(seat=seat.seat, kind="member").order_by("valid_from")
    assert (old.user, old.valid_to, old.chairs) == (world.kindergarten_chair, SOON - timedelta(days=1), True)
    assert (new.user, new.valid_from, new.valid_to, new.chairs, new.organisation_id) == (
        world.stranger, SOON, SOON + timedelta(days=100), False, seat.organisation_id,
    )  # fmt: skip


def test_what_is_signed_stays(world: World) -> None:
    by = world.actor("administrator")
    estate = handovers.estate_of(world.kindergarten_chair, office=world.a, on=TODAY, by=by)
    assert [(item.part, item.row) for item in estate.stays] == [("signed", 0)]


def test_the_name_in_the_register_follows(world: World) -> None:
    row = OfficeOrganisation.objects.get(office=world.a, organisation=world.nordli)
    row.contact_name = world.nordli_owner.name
    row.save(update_fields=["contact_name"])
    hand_over(world, "nordli_owner", "stranger")
    row.refresh_from_db()
    assert row.contact_name == world.stranger.name


def test_who_takes_over_is_told_what_and_from_when(world: World) -> None:
    world.stranger.form = "nn"
    world.stranger.save(update_fields=["form"])
    hand_over(world, "north_coordinator", "stranger")
    message = Message.objects.get(user=world.stranger)
    assert message.subject == f"Du tek over etter {world.north_coordinator.name}"
    assert f"Frå {format_date(SOON, 'nn')} tek du over dette etter {world.north_coordinator.name}:" in message.body
    assert "- Nettverkskoordinator" in message.body
    assert Notice.objects.get(user=world.stranger).url == reverse("accounts:home")
    assert not Message.objects.filter(user=world.north_coordinator, subject__contains="tar over").exists()


def test_nobody_takes_over_and_the_role_ends(world: World) -> None:
    by = world.actor("officer")
    [key] = moves(world, "norddal_owner")
    handovers.hand_over(person=world.norddal_owner, office=world.a, choices={key: None}, on=TODAY, by=by)
    assert world.actor("norddal_owner").grants == frozenset()


def test_a_case_officer_hands_over_no_role_of_the_office(world: World) -> None:
    estate = handovers.estate_of(world.approver, office=world.a, on=TODAY, by=world.actor("officer"))
    assert (estate.moves, [item.part for item in estate.stays]) == ([], ["role", "signed"])


@pytest.mark.parametrize("key", ["role:999999", "seat:1", "nonsense", "report:x"])
def test_what_isnt_theirs_isnt_moved(world: World, key: str) -> None:
    before = list(RoleAssignment.objects.values_list("pk", "user_id", "ended_at"))
    with pytest.raises(StepRefused):
        handovers.hand_over(
            person=world.north_coordinator, office=world.a, choices={key: world.stranger}, on=TODAY,
            by=world.actor("administrator"),
        )  # fmt: skip
    assert list(RoleAssignment.objects.values_list("pk", "user_id", "ended_at")) == before


def test_another_office_hands_over_nothing_of_ours(world: World) -> None:
    with pytest.raises(NotAllowed):
        hand_over(world, "north_coordinator", "stranger", by="b_officer")
    by = world.actor("b_officer")
    estate = handovers.estate_of(world.north_coordinator, office=world.b, on=TODAY, by=by)
    assert (estate.moves, estate.stays) == ([], [])


def test_it_isnt_handed_to_oneself(world: World) -> None:
    with pytest.raises(StepRefused):
        hand_over(world, "north_coordinator", "north_coordinator")


# --- one person of two ------------------------------------------------------------------------------------------------


def merged(world: World, gone: str = "north_coordinator", kept: str = "south_coordinator", by: str = "officer") -> User:
    return handovers.merge(
        gone=getattr(world, gone), kept=getattr(world, kept), office=world.a, by=world.actor(by)
    )  # fmt: skip


def test_the_one_kept_has_all_and_the_old_address_opens_it(world: World, client: Client) -> None:
    merged(world)
    old = User.objects.get(pk=world.north_coordinator.pk)
    assert (old.is_active, old.merged_into) == (False, world.south_coordinator)
    assert world.actor("south_coordinator").anchors(Role.COORDINATOR) == {world.north.anchor_id, world.south.anchor_id}
    assert user_at(old.email) == world.south_coordinator
    assert register_person(email=old.email, name="X", by=Actor.for_system("tests")) == world.south_coordinator
    client.post("/logg-inn/", {"email": old.email})
    mail = Message.objects.get(key__startswith="code:")
    assert (mail.to, mail.user) == (world.south_coordinator.email, world.south_coordinator)
    code = mail.subject.split()[0]
    assert client.post("/logg-inn/kode/", {"code": code}).status_code == 302
    assert client.session["_auth_user_id"] == str(world.south_coordinator.pk)


def test_history_stays_and_notices_move(world: World) -> None:
    acts = Event.objects.filter(by_user=world.north_coordinator).count()
    assert Notice.objects.filter(user=world.north_coordinator).exists()
    merged(world)
    assert Event.objects.filter(by_user=world.north_coordinator).count() == acts
    assert not Notice.objects.filter(user=world.north_coordinator).exists()
    told = notify(
        users=[User.objects.get(pk=world.north_coordinator.pk)], code="x", key="x", subject=world.a, office=world.a,
        texts=lambda _p, _f: ("Emne", "Tekst"), url="/",
    )  # fmt: skip
    assert (told, Message.objects.get(key__startswith="x:").to) == (1, world.south_coordinator.email)


def test_a_merge_is_no_way_to_what_another_office_gave(world: World) -> None:
    """The chair of B's forum is in A's sight too: A must not be able to sit down in B's chair."""
    by = world.actor("officer")
    people_of_a = RoleAssignment.objects.filter(user=world.coast_chair)
    assert not people_of_a.exists()
    for gone in ("coast_chair", "administrator"):
        with pytest.raises(StepRefused) as refused:
            handovers.merge(gone=getattr(world, gone), kept=world.officer, office=world.a, by=by)
        assert [one.code for one in refused.value.obstacles] == ["answers_elsewhere"]
    assert User.objects.filter(merged_into__isnull=False).count() == 0


def test_one_is_not_merged_into_oneself_or_into_the_closed(world: World) -> None:
    with pytest.raises(StepRefused):
        merged(world, "north_coordinator", "north_coordinator")
    merged(world)
    with pytest.raises(StepRefused):
        merged(world)
    with pytest.raises(StepRefused):
        merged(world, "norddal_owner", "north_coordinator")


def test_a_chain_of_merges_ends_at_the_last(world: World) -> None:
    merged(world)
    merged(world, "south_coordinator", "sorli_owner")
    assert user_at(world.north_coordinator.email) == world.sorli_owner


# --- name and address -------------------------------------------------------------------------------------------------


def change(world: World, who: str, email: str, by: str = "officer", seen: int | None = None) -> User:
    person = getattr(world, who)
    return people.change_person(
        user=person, name=person.name, email=email, office=world.a, by=world.actor(by), seen_version=seen
    )


def test_both_addresses_are_told(world: World) -> None:
    change(world, "north_coordinator", "ny@example.org", seen=world.north_coordinator.version)
    mails = Message.objects.filter(key__startswith="person.changed").order_by("to")
    assert [mail.to for mail in mails] == ["north.coordinator@example.org", "ny@example.org"]
    assert all("north.coordinator@example.org til ny@example.org" in mail.body for mail in mails)
    event = Event.objects.get(code="person.changed")
    assert (event.data["before"], event.data["after"]) == ("north.coordinator@example.org", "ny@example.org")
    assert user_at("north.coordinator@example.org") is None
    with pytest.raises(StaleVersion):
        change(world, "north_coordinator", "x@example.org", seen=1)


@pytest.mark.parametrize("who", ["coast_chair", "administrator", "b_officer"])
def test_an_address_is_no_way_to_what_one_couldnt_give(world: World, who: str) -> None:
    with pytest.raises(StepRefused):
        change(world, who, "mine@example.org")
    assert User.objects.get(pk=getattr(world, who).pk).email != "mine@example.org"


def test_an_address_is_one_persons(world: World) -> None:
    with pytest.raises(StepRefused) as refused:
        change(world, "north_coordinator", "SOUTH.coordinator@example.org")
    assert [one.code for one in refused.value.obstacles] == ["address_taken"]
