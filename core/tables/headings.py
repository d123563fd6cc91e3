"""Which column of a table is which: told by the headings, and by what was chosen the last time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation

from core.collation import fold
from core.imports import Column
from core.tables.sheets import HEAD, Book, Line, Sheet

_NOT_A_LETTER = re.compile(r"[\W_]+")
_IN_BRACKETS = re.compile(r"\(.*?\)")
NOTHING = ""
"""A column that isn't used."""


@dataclass(frozen=True, slots=True)
class Match:
    """Headings with what each column is; ``line`` is the place of the headings in the sheet."""

    line: int
    heads: tuple[str, ...]
    columns: tuple[str, ...]
    doubts: bool = False
    """A person should look: a heading nobody knows, one that stands twice, or none at all."""

    @property
    def score(self) -> int:
        return sum(1 for one in self.columns if one)


def key(text: str) -> str:
    """A heading as it is compared: «Org.nr.» and «orgnr» are the same."""
    return _NOT_A_LETTER.sub("", fold(text))[:100]


def known(columns: Sequence[Column]) -> dict[str, str]:
    """Heading → column, in both written forms and by its other names."""
    found: dict[str, str] = {}
    for column in columns:
        names = [column.name, *column.headings]
        for form, _name in settings.LANGUAGES:
            with translation.override(form):
                names.append(str(column.label))
        for name in names:
            found.setdefault(key(name), column.name)
    return found


def match(line: Line, names: Mapping[str, str], remembered: Mapping[str, str]) -> Match:
    """What each column of a line of headings is. The first of two that claim the same gets it."""
    columns: list[str] = []
    doubts = False
    for head in line.cells:
        found = _meaning(head, names, remembered)
        if found and found in columns:
            found, doubts = NOTHING, True
        doubts = doubts or bool(head and found is None)
        columns.append(found or NOTHING)
    return Match(line.number, tuple(line.cells), tuple(columns), doubts)


def _meaning(head: str, names: Mapping[str, str], remembered: Mapping[str, str]) -> str | None:
    """The column's name, nothing for one that is left out, None for one nobody knows."""
    for text in (key(head), key(_IN_BRACKETS.sub("", head))):
        if text in remembered:
            return remembered[text]
        if text in names:
            return names[text]
    return None


def best(sheet: Sheet, names: Mapping[str, str], remembered: Mapping[str, str]) -> Match:
    """The headings of a sheet: the first of its lines that knows most columns, so that a title may stand above them."""
    first = [match(line, names, remembered) for line in sheet.lines[:HEAD]]
    if not first:
        return Match(0, (), (), doubts=True)
    found = max(first, key=lambda one: one.score)
    if found.score:
        return found
    wide = next((one for one in first if sum(1 for head in one.heads if head) > 1), first[0])
    return Match(wide.line, wide.heads, wide.columns, doubts=True)


def best_sheet(book: Book, names: Mapping[str, str], remembered: Mapping[str, str]) -> tuple[str, Match]:
    """The sheet whose headings fit best; of those that fit alike, the first."""
    found = [(title, best(book.sheet(title, head=True), names, remembered)) for title in book.titles[:HEAD]]
    return max(found, key=lambda one: one[1].score)
