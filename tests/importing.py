"""An importer of the tests' own: a list of places, each a row of `Section` at the office. Registered for every test."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any, ClassVar

from openpyxl import Workbook

from core import audit, clock
from core.actor import Actor
from core.dates import parse_date
from core.imports import Applied, Change, Column, Difference, Fault, Importer, Plan, Values, register
from core.models import Office, Section
from core.models.subjects import subject_key
from core.requirements import Obstacle, StepRefused
from core.services.events import record_many
from core.unreadable import Unreadable

PROVIDERS = ("HVL", "NTNU", "UiB")


def read_number(text: str) -> str:
    """Four digits; a spreadsheet has taken the zeros in front."""
    if not text.isdecimal() or len(text) > 4:
        raise Unreadable("number", "Skriv nummeret med fire siffer, for eksempel 0301.")
    return text.zfill(4)


class Places(Importer):
    code: ClassVar[str] = "places"
    label: ClassVar[str] = "Steder"
    lead: ClassVar[str] = "En rad er et sted. Steder som ikke finnes, blir registrert."
    perm: ClassVar[str] = "networks.keep_registers"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", "Nummer", ("Kommunenr", "Nr."), required=True, read=read_number, example="0301"),
        Column("name", "Navn", ("Namn", "Kommune"), required=True, example="Oslo kommune"),
        Column("provider", "Lærested", ("Lærestad",), example="HVL", hint="Kortnavnet"),
        Column("day", "Fra dato", ("Frå dato",), read=parse_date, example="2027-01-01"),
    )

    def plan(self, rows: Sequence[Values], *, office: Office, by: Actor) -> list[Plan]:
        known = self._known(office)
        return [self._plan(row, known.get(row["number"])) for row in rows]

    def _plan(self, row: Values, there: Section | None) -> Plan:
        faults: tuple[Fault, ...] = ()
        if row.get("provider") and row["provider"] not in PROVIDERS:
            near = tuple(one for one in PROVIDERS if one[:2] == row["provider"][:2])
            faults = (Fault("provider", f"Vi kjenner ikke lærestedet «{row['provider']}».", near),)
        new, old = data_of(row), there.data if there else {}
        names = {"name": "name", "provider": "provider", "day": "day"}
        differences = tuple(
            Difference(column, old.get(key, ""), new[key])
            for key, column in names.items()
            if new[key] != old.get(key, "")
        )
        change = Change.NEW if there is None else Change.CHANGED if differences else Change.SAME
        return Plan(change, row["name"], row["number"], differences if there else (), faults)

    def apply(self, rows: Sequence[Values], *, office: Office, by: Actor) -> list[Applied]:
        known, done = self._known(office), []
        made = [
            Section(
                name=row["number"], data=data_of(row), saved_by=by.person, saved_at=clock.now(), **subject_key(office)
            )
            for row in rows
            if row["number"] not in known
        ]
        Section.objects.bulk_create(made)
        done = [Applied(one, None, one.data) for one in made]
        for row in rows:
            if there := known.get(row["number"]):
                before, there.data = there.data, data_of(row)
                there.save(update_fields=["data"])
                done.append(Applied(there, before, there.data))
        record_many(
            code="tests.place_saved",
            subjects=[one.subject for one in done],
            by=by,
            office=office,
            data=[{}] * len(done),
        )
        return done

    def undo(self, done: Sequence[Applied], *, office: Office, by: Actor) -> None:
        changed = [one.subject.name for one in done if one.subject.data != one.after]  # type: ignore[attr-defined]
        if changed:
            raise StepRefused([Obstacle("changed_since", f"Noen har endret {', '.join(changed)} etter importen.")])
        for one in done:
            assert isinstance(one.subject, Section)
            if one.before is None:
                one.subject.delete()
            else:
                one.subject.data = dict(one.before)
                one.subject.save(update_fields=["data"])

    def _known(self, office: Office) -> dict[str, Section]:
        return {one.name: one for one in Section.objects.filter(**subject_key(office))}


def data_of(row: Values) -> dict[str, str]:
    """What a place holds, as primitives."""
    day = row.get("day")
    return {"name": row["name"], "provider": row.get("provider", ""), "day": day.isoformat() if day else ""}


PLACES = Places()
register(PLACES)
audit.register({"tests.place_saved": "lagret et sted"})

HEADS = ("Nummer", "Navn", "Lærested", "Fra dato")


def book(*rows: Sequence[Any], title: str = "Ark1", heads: Sequence[Any] = HEADS) -> bytes:
    """An .xlsx with one sheet."""
    made = Workbook()
    sheet = made.worksheets[0]
    sheet.title = title
    for row in (heads, *rows):
        sheet.append(list(row))
    return saved(made)


def saved(made: Workbook) -> bytes:
    out = BytesIO()
    made.save(out)
    return out.getvalue()
