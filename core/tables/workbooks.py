"""Workbooks (.xlsx), through openpyxl's streaming parser; whichever program saved them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet._reader import WorkSheetParser

from core.tables.cells import text_of
from core.tables.sheets import HEAD, MOST_COLUMNS, MOST_LINES, Book, Line, Sheet, too_long, too_wide
from core.unreadable import Unreadable

FORMULA = "f"
HIDDEN = ("1", "true")


class Workbook(Book):
    """The sheets of an .xlsx. Raises Unreadable for one no program could have saved."""

    def __init__(self, data: bytes) -> None:
        with _readable():
            self._book = load_workbook(BytesIO(data), read_only=True, keep_links=False)
        sheets = self._book.worksheets
        self.titles = [one.title for one in sheets if one.sheet_state == "visible"]
        self.hidden = [one.title for one in sheets if one.sheet_state != "visible"]
        if not self.titles:
            raise Unreadable("all_hidden", ALL_HIDDEN) if self.hidden else Unreadable("broken_workbook", BROKEN)

    def sheet(self, title: str, *, head: bool = False) -> Sheet:
        if title not in self.titles:
            raise KeyError(title)
        with _readable():
            return _read(self._book[title], HEAD if head else None)


class _Parser(WorkSheetParser):
    """openpyxl's parser, which passes by rows without content and never works a formula out."""

    def parse_row(self, row: Any) -> tuple[int, list[dict[str, Any]]]:
        if any(len(cell) for cell in row):
            return super().parse_row(row)
        self.row_counter = int(row.get("r") or self.row_counter + 1)
        return self.row_counter, []

    def parse_formula(self, _element: Any) -> str:
        return "="


def _read(source: Any, most: int | None) -> Sheet:
    sheet, book = Sheet(source.title), source.parent
    with source._get_source() as stream:
        parser = _Parser(
            stream,
            source._shared_strings,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for number, cells in parser.parse():
            texts = _texts(sheet, number, cells)
            if texts:
                if len(sheet.lines) > MOST_LINES:
                    raise too_long()
                hidden = parser.row_dimensions.get(str(number), {}).get("hidden", "") in HIDDEN
                sheet.lines.append(Line(number, texts, hidden))
                if most and len(sheet.lines) >= most:
                    return sheet
    for one in parser.merged_cells.mergeCell if parser.merged_cells else ():
        left, top, right, bottom = range_boundaries(one.ref)
        sheet.merged.append((int(top or 1), int(left or 1) - 1, int(bottom or 1), int(right or 1) - 1))
    return sheet


def _texts(sheet: Sheet, number: int, cells: list[dict[str, Any]]) -> list[str]:
    """The row's cells without the empty ones at its end; its formulas are noted."""
    texts: list[str] = []
    for cell in cells:
        column = cell["column"] - 1
        if cell["data_type"] == FORMULA:
            sheet.formulas.append((number, column))
            text = "="
        else:
            text = text_of(cell["value"])
        if not text:
            continue
        if column >= MOST_COLUMNS:
            raise too_wide(number)
        texts += [""] * (column - len(texts))
        if column < len(texts):
            raise Unreadable("broken_workbook", BROKEN)
        texts.append(text)
    return texts


ALL_HIDDEN = _("Every sheet of the file is hidden. Show the one with the table, and save.")
BROKEN = _("We can’t read the file. Open it in a spreadsheet, save it as .xlsx, and choose it again.")


@contextmanager
def _readable() -> Iterator[None]:
    """What openpyxl trips over is the file's fault, and is said so; what it merely wonders at is nobody's affair."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (Unreadable, MemoryError):
        raise
    except (BadZipFile, Exception) as error:
        raise Unreadable("broken_workbook", BROKEN) from error
