"""People from a spreadsheet, against core.imports: what each row would do, doing it, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.models import Invitation, RoleAssignment
from accounts.services import invitations
from accounts.services.importing import PeopleImporter, read_email, read_role
from core.enums import Role
from core.imports import Change, Plan, importer
from core.models import Event, Job, Message
from core.requirements import StepRefused
from core.services.outbox import run_due
from core.unreadable import Unreadable
from tests.world import TODAY, World

PEOPLE = PeopleImporter()
NEW = {"name": "Ny Nes", "email": "ny@example.org", "role": Role.COORDINATOR, "place": "Nettverk Nord"}


def plan(world: World, *rows: Mapping[str, Any], by: str = "officer") -> list[Plan]:
    return PEOPLE.plan(rows, office=world.a, by=world.actor(by))


def faults(found: Plan) -> list[tuple[str, str]]:
    return [(fault.column, fault.text) for fault in found.faults]


def test_it_is_registered() -> None:
    assert isinstance(importer("people"), PeopleImporter)


@pytest.mark.parametrize(
    ("typed", "role"),
    [
        ("nettverkskoordinator", Role.COORDINATOR),
        ("  Koordinator ", Role.COORDINATOR),
        ("saksbehandlar", Role.CASE_OFFICER),
        ("Saksbehandler", Role.CASE_OFFICER),
        ("UH-kontakt", Role.PROVIDER_CONTACT),
        ("eigarkontakt", Role.OWNER_CONTACT),
        ("brevlesar", Role.LETTER_READER),
        ("network_reader", Role.NETWORK_READER),
    ],
)
def test_a_role_is_read_in_both_written_forms(typed: str, role: Role) -> None:
    for form in ("nb", "nn"):
        with translation.override(form):
            assert read_role(typed) == role


def test_what_cant_be_read_says_what_to_write() -> None:
    with translation.override("nb"), pytest.raises(Unreadable) as wrong:
        read_role("sjef")
    assert "Vi kjenner ikke rollen «sjef»" in str(wrong.value)
    with pytest.raises(Unreadable):
        read_email("kari.kommune.no")
    assert read_email("Kari Moe <kari@x.no>") == read_email("mailto:kari@x.no") == "kari@x.no"


def test_what_each_row_would_do(world: World) -> None:
    coordinator = RoleAssignment.objects.get(user=world.north_coordinator)
    same = {"email": "NORTH.coordinator@example.org", "role": Role.COORDINATOR, "place": "nettverk nord"}
    found = plan(world, NEW, same, {**same, "ends": date(2027, 12, 31)}, {**same, "starts": coordinator.starts})
    assert [one.change for one in found] == [Change.NEW, Change.SAME, Change.CHANGED, Change.SAME]
    assert found[1].key == found[2].key != found[0].key
    assert [(one.column, one.before, one.after) for one in found[2].differences] == [
        ("ends", "–", "31.\N{NO-BREAK SPACE}desember\N{NO-BREAK SPACE}2027")
    ]


def test_a_row_that_cant_be_used_says_why(world: World) -> None:
    provider = {**NEW, "role": Role.PROVIDER_CONTACT}
    with translation.override("nb"):
        found = plan(
            world,
            {**NEW, "place": "Nettverk Nor"},
            {**NEW, "place": "Nettverk Nordd"},
            {**NEW, "place": "Samarbeidsforum"},
            {**NEW, "place": "Havnes kommune"},
            {**NEW, "role": Role.OWNER_CONTACT},
            provider,
            {**NEW, "held_for": "Universitetet i Midten"},
            {**provider, "held_for": "Nettverk Sør"},
            {**NEW, "role": Role.APPROVER, "place": "Statsforvalteren i Fjellfylket"},
            {**NEW, "ends": TODAY - timedelta(days=1)},
            {**NEW, "starts": TODAY + timedelta(days=9), "ends": TODAY + timedelta(days=8)},
        )
    assert [one.change for one in found] == [Change.FAULTY] * 11
    assert [faults(one)[0][0] for one in found] == [
        "place", "place", "place", "place", "role", "held_for", "held_for", "held_for", "role", "ends", "ends",
    ]  # fmt: skip
    assert faults(found[0])[0][1] == "Vi finner ikke «Nettverk Nor» her. Mente du «Nettverk Nord»?"
    assert faults(found[1])[0][1] == "Vi finner ikke «Nettverk Nordd» her. Mente du «Nettverk Nord», «Nettverk Sør»?"
    assert faults(found[2])[0][1].endswith("Mente du «Samarbeidsforum barnehage», «Samarbeidsforum skole»?")


def test_an_administrator_may_bring_in_the_offices_own(world: World) -> None:
    row = {**NEW, "role": Role.APPROVER, "place": "Statsforvalteren i Fjellfylket"}
    assert [one.change for one in plan(world, row, by="administrator")] == [Change.NEW]


def test_a_number_and_a_code_are_names_too(world: World) -> None:
    number = f"{world.nordli.orgnr[:3]} {world.nordli.orgnr[3:6]} {world.nordli.orgnr[6:]}"
    rows = [{**NEW, "place": "north"}, {**NEW, "role": Role.OWNER_CONTACT, "place": number}]
    assert [one.change for one in plan(world, *rows)] == [Change.NEW, Change.NEW]


def test_it_is_applied_and_taken_back(world: World) -> None:
    by, role = world.actor("officer"), RoleAssignment.objects.get(user=world.north_coordinator)
    changed = {"email": role.user.email, "role": Role.COORDINATOR, "place": "north", "ends": date(2027, 12, 31)}
    done = PEOPLE.apply([NEW, changed], office=world.a, by=by)
    assert sorted(type(one.subject).__name__ for one in done) == ["Invitation", "RoleAssignment"]
    assert Event.objects.filter(code="invitation.sent", data__email="ny@example.org").count() == 1
    role.refresh_from_db()
    assert role.ends == date(2027, 12, 31)
    assert not Message.objects.filter(key__startswith="invitation:").exists()
    while run_due():
        pass
    assert [one.to for one in Message.objects.filter(key__startswith="invitation:")] == ["ny@example.org"]
    PEOPLE.undo(done, office=world.a, by=by)
    role.refresh_from_db()
    assert (role.ends, Invitation.objects.get(email="ny@example.org").revoked_at is None) == (None, False)


def test_a_row_again_replaces_what_waits_and_undo_puts_it_back(world: World) -> None:
    by = world.actor("officer")
    [first] = PEOPLE.apply([NEW], office=world.a, by=by)
    assert PEOPLE.apply([NEW], office=world.a, by=by) == []
    second = PEOPLE.apply([{**NEW, "ends": date(2028, 1, 1)}], office=world.a, by=by)
    first.subject.refresh_from_db()
    assert first.subject.revoked_at is not None  # type: ignore[attr-defined]
    PEOPLE.undo(second, office=world.a, by=by)
    first.subject.refresh_from_db()
    assert first.subject.revoked_at is None  # type: ignore[attr-defined]


@pytest.mark.parametrize("what", ["accepted", "sent again", "days moved"])
def test_what_others_rest_on_isnt_taken_back(world: World, what: str) -> None:
    by = world.actor("officer")
    row = RoleAssignment.objects.get(user=world.north_coordinator)
    changed = {"email": row.user.email, "role": Role.COORDINATOR, "place": "north", "ends": date(2027, 12, 31)}
    done = PEOPLE.apply([NEW, changed], office=world.a, by=by)
    invitation = Invitation.objects.get(email="ny@example.org")
    if what == "days moved":
        RoleAssignment.objects.filter(pk=row.pk).update(ends=date(2027, 11, 30))
    else:
        invitations.send_again(invitation=invitation, by=by)
        if what == "accepted":
            Invitation.objects.filter(pk=invitation.pk).update(accepted_at=invitation.created_at)
    with pytest.raises(StepRefused):
        PEOPLE.undo(done, office=world.a, by=by)


def test_five_thousand_rows_cost_as_many_queries_as_one(world: World) -> None:
    rows = [{**NEW, "email": f"ny{number}@example.org"} for number in range(5_000)]
    counts, by = [], world.actor("officer")
    PEOPLE.plan(rows[:1], office=world.a, by=by)
    for some in (rows[:1], rows):
        with CaptureQueriesContext(connection) as captured:
            found = PEOPLE.plan(some, office=world.a, by=by)
        counts.append(len(captured))
    assert (counts[0], {one.change for one in found}) == (counts[1], {Change.NEW})
    assert counts[0] == 6
    done = PEOPLE.apply(rows, office=world.a, by=by)
    assert len(done) == 5_000
    assert Event.objects.filter(code="invitation.sent", at__date=TODAY).count() == 5_000
    assert Job.objects.filter(name="accounts.mail_invitations").count() == 25
