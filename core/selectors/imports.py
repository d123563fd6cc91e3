"""Imports as their pages show them: what can be imported, earlier runs, and a run's rows fifty at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import authz, clock
from core.actor import Actor
from core.imports import Change, Importer, importer, importers
from core.models import ImportRow, ImportRun, Office
from core.paging import Leaf, leaf_of_query
from core.tables import address
from core.tables.sheets import letter

NAMED = 10
"""Rows a note names; the others it counts."""
UNDO_WITHIN = timedelta(hours=24)
LEFT_OUT = "left_out"
"""Counted beside the changes."""
FILTERS = {
    "alle": "",
    "feil": Change.FAULTY.value,
    "ny": Change.NEW.value,
    "endret": Change.CHANGED.value,
    "lik": Change.SAME.value,
    "utelatt": LEFT_OUT,
}
"""The word in the address → what is shown."""
WRITES = (Change.NEW.value, Change.CHANGED.value)


def kinds_for(actor: Actor | None, office: Office | None) -> list[Importer]:
    """What the actor may import into the office, by name."""
    found = [one for one in importers().values() if office is not None and authz.allowed(actor, one.perm, office)]
    return sorted(found, key=lambda one: str(one.label))


def kind_for(actor: Actor | None, office: Office, code: str) -> Importer | None:
    found = importer(code)
    return found if found and authz.allowed(actor, found.perm, office) else None


def runs(office: Office, kinds: Sequence[Importer]) -> QuerySet[ImportRun]:
    """The office's imports of these kinds, newest first."""
    found = ImportRun.objects.filter(office=office, kind__in=[one.code for one in kinds])
    return found.select_related("upload", "by_user", "applied_by", "undone_by").order_by("-started_at", "-pk")


def run_for(actor: Actor | None, office: Office, pk: int) -> ImportRun | None:
    """The office's run, if the actor may import its kind."""
    found = runs(office, kinds_for(actor, office)).filter(pk=pk).first()
    if found is not None:
        found.office = office
    return found


# --- A run in words ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as a list or a page head shows it."""

    run: ImportRun
    importer: Importer

    @property
    def name(self) -> str:
        """What was sent."""
        return self.run.upload.name if self.run.upload else _("Pasted table")

    @property
    def counts(self) -> dict[str, int]:
        return {name: self.run.counts.get(name, 0) for name in (*[one.value for one in Change], LEFT_OUT)}

    @property
    def total(self) -> int:
        return sum(self.run.counts.values())

    @property
    def taken(self) -> int:
        """Rows that are written, or would be."""
        return sum(self.run.counts.get(name, 0) for name in WRITES)

    @property
    def untaken(self) -> int:
        """Rows the reader may fetch as a file: faulty ones and those left out."""
        return self.counts[Change.FAULTY] + self.counts[LEFT_OUT]

    @property
    def state(self) -> tuple[str, str]:
        """(kind of mark, words)."""
        if self.run.undone_at:
            return "off", _("Undone")
        if self.run.applied_at:
            return "done", _("Taken into use")
        if self.run.emptied_at:
            return "none", _("Removed, never used")
        return ("going", _("To be looked through")) if self.run.matched_at else ("going", _("Columns to be matched"))

    @property
    def undo_until(self) -> datetime | None:
        """Until when it can be undone; None when it can't any more."""
        applied = self.run.applied_at
        open_still = applied is not None and self.run.undone_at is None and clock.now() <= applied + UNDO_WITHIN
        return applied + UNDO_WITHIN if applied is not None and open_still else None

    @property
    def notes(self) -> list[str]:
        return [text for note in self.run.notes if (text := note_in_words(*note))]


def note_in_words(code: str, values: Any) -> str:
    """What was passed by when the table was read."""
    if code == "hidden_rows":
        words = ngettext(
            "Row %(rows)s is hidden in the file and is left out.",
            "These rows are hidden in the file and are left out: %(rows)s.",
            len(values),
        )
        return words % {"rows": _numbers(values)}
    if code == "same_rows":
        words = ngettext(
            "Row %(rows)s says the same as an earlier row and is left out.",
            "These rows say the same as an earlier row and are left out: %(rows)s.",
            len(values),
        )
        return words % {"rows": _numbers([row for row, _earlier in values])}
    if code == "hidden_sheets":
        words = ngettext(
            "The sheet %(sheets)s is hidden in the file and isn’t read.",
            "These sheets are hidden in the file and aren’t read: %(sheets)s.",
            len(values),
        )
        return words % {"sheets": ", ".join(f"«{title}»" for title in values)}
    if code == "other_sheet":
        return _("We read the sheet “%(sheet)s”: its headings fit best.") % {"sheet": values}
    return ""


def _numbers(rows: Sequence[int]) -> str:
    shown = ", ".join(str(row) for row in rows[:NAMED])
    return f"{shown} …" if len(rows) > NAMED else shown


# --- A run's rows -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """A cell a person should look at: where it stands, and its column's name."""

    column: str
    address: str
    label: str

    def __str__(self) -> str:
        return " ".join(part for part in (self.address, self.label) if part)


@dataclass(frozen=True, slots=True)
class FaultView:
    """Why a cell, or the whole row, can't be used."""

    place: Place | None
    text: str
    suggestions: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class RowView:
    """A row as the preview shows it."""

    row: ImportRow
    differences: list[tuple[str, str, str]]
    faults: list[FaultView]
    places: list[Place]
    """The cells that can be mended: those at fault, or all when the row as a whole is."""


def row_leaf(run: ImportRun, shown: str, page: int) -> Leaf[ImportRow]:
    """A page of the rows; ``shown`` is a word of :data:`FILTERS`."""
    found = ImportRow.objects.filter(run=run).order_by("number")
    change = FILTERS[shown]
    if change == LEFT_OUT:
        found = found.filter(left_out=True)
    elif change:
        found = found.filter(change=change, left_out=False)
    return leaf_of_query(found, page)


def view_of(run: ImportRun, by_importer: Importer, row: ImportRow) -> RowView:
    labels = {column.name: str(column.label) for column in by_importer.columns}
    faults = [
        FaultView(place_of(run, row, column, labels) if column else None, text, suggestions)
        for column, text, suggestions in row.faults
    ]
    at_fault = {fault.place.column for fault in faults if fault.place}
    whole = any(fault.place is None for fault in faults)
    return RowView(
        row=row,
        differences=[(labels.get(column, column), before, after) for column, before, after in row.differences],
        faults=faults,
        places=[
            place_of(run, row, name, labels)
            for name in labels
            if name in at_fault or (whole and (name in run.columns or name in row.texts))
        ],
    )


def place_of(run: ImportRun, row: ImportRow, column: str, labels: dict[str, str]) -> Place:
    """«C17» in a file; in what was pasted the row's number is all there is."""
    there = run.upload_id is not None and column in run.columns
    found = address(row.number, run.columns.index(column)) if there else ""
    return Place(column, found, labels.get(column, column))


def heading_of(run: ImportRun, place: int) -> str:
    """A column's heading as the file has it, with its letter."""
    head = run.heads[place] or _("(no heading)")
    return f"{letter(place)} {head}" if run.upload_id else head


def untaken_rows(view: RunView) -> Iterator[list[str]]:
    """The rows that weren't used, as they stand now, each with why; under :func:`untaken_heads`."""
    run, names = view.run, [column.name for column in view.importer.columns]
    for row in ImportRow.objects.filter(run=run).order_by("number").iterator():
        if row.left_out or row.change == Change.FAULTY:
            seen = view_of(run, view.importer, row)
            why = [f"{fault.place}: {fault.text}" if fault.place else fault.text for fault in seen.faults]
            yield [*(row.texts.get(name, "") for name in names), " ".join(why) or _("Left out")]


def untaken_heads(view: RunView) -> list[str]:
    return [*(str(column.label) for column in view.importer.columns), _("What must be mended")]
