"""Seats taken in from a spreadsheet: what each row would do, done and taken back (core/imports.py)."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import User
from core.imports import Change, Plan, importer
from core.models import Event, Message
from core.requirements import StepRefused
from core.unreadable import Unreadable
from forums.exports import heads, members_workbook
from forums.imports import SeatsImporter, read_chair, read_email, read_kind, read_number
from forums.models import Appointment, Seat
from forums.selectors.registers import row
from forums.services.forums import add_seat_group, register_forum
from forums.services.terms import change_term
from tests.grants.rounds_world import SETUP, Rounds, actor

pytestmark = pytest.mark.django_db
SEATS = SeatsImporter()


@pytest.fixture
def world(rounds: Rounds) -> Rounds:
    return rounds


def nina(**more: Any) -> Mapping[str, Any]:
    return {
        "forum": "F1", "group": "Kommunale eigarar", "name": "Nina Ny", "email": "nina@hamre.example",
        "organisation": "Hamre kommune", "valid_from": date(2027, 1, 1), **more,
    }  # fmt: skip


BERIT = {"group": "kommunale eiere", "email": "BERIT.LIE@example.no"}


def planned(world: Rounds, *rows: Mapping[str, Any]) -> list[Plan]:
    return SEATS.plan(rows, office=world.office, by=actor(world.officer))


def faults(plan: Plan) -> dict[str, str]:
    return {fault.column: fault.text.replace("\xa0", " ") for fault in plan.faults}


def test_it_is_registered() -> None:
    assert isinstance(importer("seats"), SeatsImporter)


def test_a_row_is_new_same_or_changed(world: Rounds) -> None:
    new, same, changed = planned(
        world,
        nina(),
        {**BERIT, "valid_from": date(2026, 1, 1)},
        {**BERIT, "valid_to": date(2028, 6, 30), "chairs": False, "organisation": world.owners[1].orgnr},
    )
    assert (new.change, new.title, new.differences) == (Change.NEW, "Nina Ny, Samarbeidsforum", ())
    assert same.change == Change.SAME
    assert changed.change == Change.CHANGED
    assert [(one.before, one.after) for one in changed.differences] == [
        ("Hamre kommune", "Solvik barnehage 1"),
        ("Ja", "Nei"),
        ("31.12.2027", "30.06.2028"),
    ]
    assert same.key == changed.key != new.key
    assert Appointment.objects.count() == 2


@pytest.mark.parametrize(
    ("more", "column", "sentence"),
    [
        ({"forum": "Samarbeidsforumet"}, "forum", "Mente du «Samarbeidsforum»?"),
        ({"forum": "xyz"}, "forum", "Dette finnes: Samarbeidsforum."),
        ({"group": "Komunale eiere"}, "group", "Mente du «Kommunale eiere»?"),
        ({"organisation": "Hamre"}, "organisation", "Mente du «Hamre kommune»?"),
        ({"organisation": "Langtvekkistan"}, "organisation", "blant dem Statsforvalteren arbeider med"),
        ({"email": ""}, "email", "e-postadresse"),
        ({"name": ""}, "name", "Skriv navnet på personen også"),
        ({"email": "kari.moe@example.no"}, "email", "hører til Kari Moe, ikke Nina Ny"),
        ({"valid_from": None}, "valid_from", "Skriv første dag i perioden"),
        ({"valid_to": date(2026, 1, 1)}, "valid_to", "kan ikke slutte før den begynner"),
        ({"chairs": True}, "chairs", "Berit Lie leder forumet i denne perioden"),
        ({"number": 1}, "valid_from", "Berit Lie, 1. januar 2026 til 31. desember 2027"),
        ({"group": "Uten plasser"}, "group", "har ingen plasser ennå"),
        ({"number": 7}, "number", "har ingen plass nummer 7"),
        ({"region": "Valdres"}, "region", "Det finnes ikke noen region"),
    ],
)
def test_a_row_that_cannot_be_used_names_its_cell_and_the_mend(
    world: Rounds, more: dict[str, Any], column: str, sentence: str
) -> None:
    words = {"code": "uten", "name_nb": "Uten plasser", "name_nn": "Utan plassar", "min_seats": 0, "max_seats": 1}
    add_seat_group(forum=world.forum, by=SETUP, **words)
    [plan] = planned(world, nina(**more))
    assert plan.change == Change.FAULTY
    assert list(faults(plan)) == [column]
    assert sentence in faults(plan)[column]


def test_rows_see_the_rows_before_them(world: Rounds) -> None:
    first, full, twin = planned(world, nina(), nina(name="Per Ny", email="per@hamre.example"), nina())
    assert first.change == Change.NEW
    assert "Alle de 2 plassene i «Kommunale eiere» er opptatt" in faults(full)["group"]
    assert twin.key == first.key


def test_a_member_and_a_deputy_share_a_seat(world: Rounds) -> None:
    rows = [nina(), nina(name="Per Ny", email="per@hamre.example", kind="deputy", number=2)]
    assert [one.change for one in planned(world, *rows)] == [Change.NEW, Change.NEW]
    SEATS.apply(rows, office=world.office, by=actor(world.officer))
    seat = Seat.objects.get(group__code="owners", number=2)
    assert sorted(seat.appointments.values_list("kind", "user__name")) == [("deputy", "Per Ny"), ("member", "Nina Ny")]


def test_what_is_applied_leaves_an_event_and_a_mail_a_row_and_is_taken_back(world: Rounds) -> None:
    by, before = actor(world.officer), Event.objects.count()
    rows = [nina(), {**BERIT, "valid_to": date(2028, 6, 30)}, {**BERIT, "valid_from": date(2026, 1, 1)}][:2]
    done = SEATS.apply(rows, office=world.office, by=by)
    assert [(one.before, one.after) for one in done] == [
        (
            None,
            {
                "organisation": world.hosts[0].pk, "chairs": False, "valid_from": "2027-01-01",
                "valid_to": "2028-12-31",
            },
        ),
        ({"valid_to": "2027-12-31"}, {"valid_to": "2028-06-30"}),
    ]  # fmt: skip
    codes = Event.objects.order_by("pk").values_list("code", flat=True)[before:]
    assert list(codes) == ["person.registered", "seat.filled", "seat.term_changed"]
    assert Message.objects.filter(key__startswith="appointment:").count() == 1
    assert [one.change for one in planned(world, *rows)] == [Change.SAME, Change.SAME]
    SEATS.undo(done, office=world.office, by=by)
    assert Appointment.objects.get(user=world.member).valid_to == date(2027, 12, 31)
    assert not Appointment.objects.filter(user__email="nina@hamre.example").exists()
    assert User.objects.filter(email="nina@hamre.example").exists()


def test_what_was_changed_since_is_not_taken_back(world: Rounds) -> None:
    by = actor(world.officer)
    done = SEATS.apply([nina()], office=world.office, by=by)
    made = Appointment.objects.get(user__email="nina@hamre.example")
    change_term(
        appointment=made, organisation=None, chairs=False, valid_from=made.valid_from, valid_to=made.valid_to, by=by
    )
    with pytest.raises(StepRefused) as refused:
        SEATS.undo(done, office=world.office, by=by)
    assert [one.code for one in refused.value.obstacles] == ["changed_since"]


def test_the_list_of_members_can_be_taken_in_again(world: Rounds) -> None:
    """Every head is one the import knows, and every row is the same as what there is."""
    sheet = load_workbook(io.BytesIO(members_workbook(row(SETUP, world.office, world.forum.pk)))).active
    assert sheet is not None
    top, *lines = sheet.iter_rows(values_only=True)
    labels = {str(column.label): column.name for column in SEATS.columns}
    assert [labels[str(head)] for head in top] == [column.name for column in SEATS.columns]
    readers = {column.name: column.read for column in SEATS.columns}
    rows = []
    for line in lines:
        cells = {labels[str(head)]: cell for head, cell in zip(top, line, strict=True) if cell not in (None, "")}
        rows.append({name: as_read(readers[name], cell) for name, cell in cells.items()})
    assert [one.change for one in planned(world, *rows)] == [Change.SAME] * 3
    assert len(heads()) == 11


def as_read(read: Any, cell: Any) -> Any:
    return read(cell.strftime("%d.%m.%Y") if hasattr(cell, "strftime") else str(cell))


@pytest.mark.parametrize("count", [1, 500])
def test_planning_costs_the_same_however_many_rows(world: Rounds, count: int) -> None:
    rows = [nina(email=f"n{number}@hamre.example") for number in range(count)]
    forum = register_forum(office=world.office, code="F2", name="Et annet", sectors="both", by=SETUP)
    add_seat_group(forum=forum, code="x", name_nb="x", name_nn="x", min_seats=0, max_seats=9, by=SETUP)
    by = actor(world.officer)
    with CaptureQueriesContext(connection) as caught:
        SEATS.plan(rows, office=world.office, by=by)
    assert len(caught) == 6


@pytest.mark.parametrize(
    ("text", "kind"), [("Medlem", "member"), ("VARA", "deputy"), ("varamedlem", "deputy"), ("fast medlem", "member")]
)
def test_member_or_deputy_is_read(text: str, kind: str) -> None:
    assert read_kind(text) == kind


@pytest.mark.parametrize("text", ["nestleder", "?", "medlm"])
def test_what_is_neither_member_nor_deputy_is_said(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_kind(text)
    assert caught.value.code == "kind"


def test_the_other_cells_are_read() -> None:
    assert (read_chair("Ja"), read_chair("leiar"), read_chair("nei"), read_number("3")) == (True, True, False, 3)
    assert read_email(" mailto:Kari@Hamre.no ") == "Kari@Hamre.no"
    for read, text in ((read_chair, "kanskje"), (read_number, "tre"), (read_number, "0"), (read_email, "kari")):
        with pytest.raises(Unreadable):
            read(text)
