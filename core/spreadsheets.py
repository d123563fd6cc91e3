"""The one door through which spreadsheets are written: a text is never a formula.

What a stranger wrote in a needs report is opened in a spreadsheet by a case officer. A cell that begins with ``=``,
``+``, ``-``, ``@``, a tab or a line break would be worked out there, and could fetch and send. In a workbook each text
is stored as text; in a CSV file, where there are no kinds of cells, it gets an apostrophe in front.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from core.validators import strip_control

Value = str | int | date | None
"""What a cell may hold: sums are whole kroner, days are days."""

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
LONGEST_TEXT = 32_767
"""Characters a cell of a workbook can hold."""
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BAD_IN_TITLES = str.maketrans("", "", "[]:*?/\\'")


def workbook(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Value]]]]) -> bytes:
    """An .xlsx of (title, heads, rows). Texts stay exactly as they are, and are texts."""
    book = Workbook(write_only=True)
    for title, heads, rows in sheets:
        sheet = book.create_sheet(title.translate(_BAD_IN_TITLES)[:31] or None)
        for row in (heads, *rows):
            sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv_file(heads: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """The same as text with semicolons, as Norwegian spreadsheets read it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in (heads, *rows):
        writer.writerow([guarded(value) if isinstance(value, str) else "" if value is None else value for value in row])
    return out.getvalue().encode("utf-8-sig")


def guarded(text: str) -> str:
    """A text no spreadsheet takes for a formula."""
    text = strip_control(text, keep_lines=True)
    return f"'{text}" if text.startswith(_RISKY) or text.lstrip().startswith(_RISKY) else text


def _cell(sheet: WriteOnlyWorksheet, value: Value) -> Cell:
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)  # type: ignore[arg-type] # the stubs forget date
    cell = WriteOnlyCell(sheet, strip_control(value, keep_lines=True)[:LONGEST_TEXT])
    cell.data_type = "s"  # openpyxl makes a formula of what begins with «=»
    # Excel keeps it a text also when somebody edits the cell.
    cell.quotePrefix = True
    return cell
