"""A table as it was read: sheets, lines and cells, each cell a text with an address."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from core.unreadable import Unreadable

MOST_LINES = 20_000
MOST_COLUMNS = 200
HEAD = 20
"""Lines with something in them among which the headings are looked for."""

Box = tuple[int, int, int, int]
"""First line, first column, last line, last column; columns are counted from 0."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line with something in it. ``number`` is its place in the sheet, from 1."""

    number: int
    cells: Sequence[str]
    hidden: bool = False

    def cell(self, column: int) -> str:
        return self.cells[column] if column < len(self.cells) else ""


@dataclass(slots=True)
class Sheet:
    """One sheet. ``formulas`` are (line, column) of cells that hold a formula, read as empty; ``merged`` are boxes.

    ``lettered``: its cells have addresses («C17»); what was pasted has lines alone.
    """

    title: str
    lines: list[Line] = field(default_factory=list)
    formulas: list[tuple[int, int]] = field(default_factory=list)
    merged: list[Box] = field(default_factory=list)
    lettered: bool = True


class Book(ABC):
    """What was sent: one sheet or several, read one by one when asked for."""

    titles: Sequence[str]
    """The sheets one can see, in their order."""
    hidden: Sequence[str] = ()
    """Those one can't: they are told of, never read."""

    @abstractmethod
    def sheet(self, title: str, *, head: bool = False) -> Sheet:
        """The sheet, or with ``head`` its first :data:`HEAD` lines. Raises Unreadable, KeyError for no such sheet."""


def letter(column: int) -> str:
    """«A» for 0, «AA» for 26."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def address(line: int, column: int) -> str:
    """«C17» for line 17, column 2."""
    return f"{letter(column)}{line}"


def too_long() -> Unreadable:
    return Unreadable(
        "too_many_rows",
        _("The table has more than %(most)s rows. Split it, and import one part at a time."),
        {"most": f"{MOST_LINES:,}".replace(",", "\N{NO-BREAK SPACE}")},
    )


def too_wide(line: int) -> Unreadable:
    return Unreadable(
        "too_many_columns",
        _("Row %(row)s has more than %(most)s columns. Remove the columns that aren’t part of the table."),
        {"row": line, "most": MOST_COLUMNS},
    )
