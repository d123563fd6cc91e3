"""Opens what was sent: finds the sheet and the headings, and drafts the rows when nobody needs to look."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.imports import Importer
from core.models import ImportHeading, ImportRun, Office
from core.services.imports.drafting import NO_ROWS, Draft, Note, drafts
from core.tables import Book, read_file, read_pasted
from core.tables.headings import Match, best, best_sheet, key, known, match
from core.unreadable import Unreadable


@dataclass(frozen=True, slots=True)
class Source:
    """A file's name and bytes, or what was pasted."""

    name: str = ""
    data: bytes = b""
    pasted: str = ""

    def book(self) -> Book:
        """Raises Unreadable."""
        return read_pasted(self.pasted) if self.pasted else read_file(self.name, self.data)


@dataclass(frozen=True, slots=True)
class Opened:
    """What was found in a source. ``rows`` is None where a person must say first what the columns are."""

    source: Source
    sheet: str
    match: Match
    rows: list[Draft] | None
    notes: list[Note] = field(default_factory=list)


def open_source(source: Source, *, office: Office, importer: Importer) -> Opened:
    """Read what was sent. Raises Unreadable, with what to do instead."""
    book = source.book()
    names, remembered = known(importer.columns), remembered_for(office, importer)
    title, found = best_sheet(book, names, remembered)
    notes: list[Note] = [["hidden_sheets", list(book.hidden)]] if book.hidden else []
    if title != book.titles[0]:
        notes.append(["other_sheet", title])
    sheet = book.sheet(title)
    if found.doubts or missing(importer, found.columns):
        if not any(line.number > found.line for line in sheet.lines):
            raise Unreadable("no_rows", NO_ROWS)
        return Opened(source, title, found, None, notes)
    made = drafts(sheet, head_line=found.line, columns=found.columns)
    return Opened(source, title, found, made.rows, notes + made.notes)


def remembered_for(office: Office, importer: Importer) -> dict[str, str]:
    """What headings meant the last time; a column the importer no longer has is forgotten."""
    names = {"", *(column.name for column in importer.columns)}
    rows = ImportHeading.objects.filter(office=office, kind=importer.code).values_list("heading", "column")
    return {heading: column for heading, column in rows if column in names}


def missing(importer: Importer, columns: tuple[str, ...] | list[str]) -> list[str]:
    """The columns that must be there and aren't."""
    return [str(column.label) for column in importer.columns if column.required and column.name not in columns]


def source_of(run: ImportRun) -> Source:
    """What the run was begun with."""
    if run.upload is None:
        return Source(pasted=run.pasted)
    with run.upload.file.open("rb") as file:
        return Source(run.upload.name, file.read())


def heads_at(run: ImportRun, importer: Importer, *, sheet: str, line: int) -> tuple[str, Match]:
    """The headings of another sheet or line; where there is no such line, the best one. Raises Unreadable."""
    book = source_of(run).book()
    title = sheet if sheet in book.titles else run.sheet
    names, remembered = known(importer.columns), remembered_for(run.office, importer)
    read = book.sheet(title, head=True)
    chosen = next((one for one in read.lines if one.number == line), None)
    if chosen is None or title != run.sheet:
        return title, best(read, names, remembered)
    return title, match(chosen, names, remembered)


def meanings(run: ImportRun, columns: list[str]) -> dict[str, str]:
    """What each heading of the run is, as it is remembered: the first of two that are written alike."""
    found: dict[str, str] = {}
    for head, column in zip(run.heads, columns, strict=True):
        if key(head):
            found[key(head)] = found.get(key(head)) or column
    return found
