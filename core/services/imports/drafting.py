"""From a sheet to rows: what is taken along, what is left out and told of, and what the whole file is refused for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from core.tables import Line, Sheet, address
from core.tables.sheets import letter
from core.unreadable import Unreadable

Note = list[Any]
"""[code, values]: what was passed by; its words stand in core.selectors.imports."""
NAMED = 5
"""Cells or rows a sentence names; the others it counts."""
NO_ROWS = _("There are no rows under the headings. Choose a table with at least one row.")


@dataclass(slots=True)
class Draft:
    """A row before it has been judged."""

    number: int
    texts: dict[str, str]
    left_out: bool = False


@dataclass(slots=True)
class Drafts:
    """The rows of a sheet, and what is to be told of them."""

    rows: list[Draft]
    notes: list[Note] = field(default_factory=list)


def drafts(sheet: Sheet, *, head_line: int, columns: Sequence[str]) -> Drafts:
    """The rows below the headings, by the names of their columns.

    Hidden rows, and rows that say the same as an earlier one, are left out and told of; they can be taken along again.
    Raises Unreadable for formulas and merged cells in columns that are used, and where there is no row.
    """
    used = {place: name for place, name in enumerate(columns) if name}
    _refuse_formulas(sheet, head_line, used)
    _refuse_merged(sheet, head_line, used)
    rows, hidden, same = [], [], []
    seen: dict[tuple[tuple[str, str], ...], int] = {}
    for line in sheet.lines:
        texts = _texts(line, used) if line.number > head_line else {}
        if not texts:
            continue
        earlier = seen.setdefault(tuple(texts.items()), line.number)
        if line.hidden:
            hidden.append(line.number)
        elif earlier != line.number:
            same.append([line.number, earlier])
        rows.append(Draft(line.number, texts, line.hidden or earlier != line.number))
    if not rows:
        raise Unreadable("no_rows", NO_ROWS)
    notes: list[Note] = [["hidden_rows", hidden]] if hidden else []
    return Drafts(rows, notes + ([["same_rows", same]] if same else []))


def _texts(line: Line, used: dict[int, str]) -> dict[str, str]:
    return {name: text for place, name in used.items() if (text := line.cell(place))}


def _refuse_formulas(sheet: Sheet, head_line: int, used: dict[int, str]) -> None:
    found = [cell for cell in sheet.formulas if cell[0] >= head_line and cell[1] in used]
    if found:
        raise Unreadable(
            "formulas",
            ngettext_lazy(
                "Cell %(cells)s holds a formula. Paste the sheet as values, save, and choose the file again.",
                "The cells %(cells)s hold formulas. Paste the sheet as values, save, and choose the file again.",
                len(found),
            ),
            {"cells": _named([address(*cell) for cell in found])},
        )


def _refuse_merged(sheet: Sheet, head_line: int, used: dict[int, str]) -> None:
    """A merged cell says one thing of several rows or columns, and we can't know of which. A title may be merged."""
    last = sheet.lines[-1].number if sheet.lines else 0
    found = [
        f"{address(top, left)}:{letter(right)}{bottom}"
        for top, left, bottom, right in sheet.merged
        if bottom >= head_line and top <= last and any(left <= place <= right for place in used)
    ]
    if found:
        raise Unreadable(
            "merged",
            ngettext_lazy(
                "The cells %(cells)s are merged. Split them, fill in each, save, and choose the file again.",
                "These cells are merged: %(cells)s. Split them, fill in each, save, and choose the file again.",
                len(found),
            ),
            {"cells": _named(found)},
        )


def _named(cells: Sequence[str]) -> str:
    return ", ".join(_shortened(cells))


def _shortened(cells: Sequence[str]) -> Iterator[str]:
    yield from cells[:NAMED]
    if len(cells) > NAMED:
        yield "…"
