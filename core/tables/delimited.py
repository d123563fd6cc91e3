"""Text with separators: .csv as Norwegian and other programs save it, and what is pasted from a spreadsheet."""

from __future__ import annotations

import csv
import io

from django.utils.translation import gettext_lazy as _

from core.tables.cells import clean
from core.tables.sheets import HEAD, MOST_COLUMNS, MOST_LINES, Book, Line, Sheet, too_long, too_wide
from core.unreadable import Unreadable

SEPARATORS = (";", "\t", ",")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
LONGEST = 100_000
"""Characters in one cell: more is a quotation mark that was never closed."""
csv.field_size_limit(LONGEST)


class Text(Book):
    """One sheet without a name. ``separator`` is told by the first lines where it isn't given."""

    def __init__(self, text: str, *, title: str, separator: str = "", lettered: bool = True) -> None:
        self.text, separator_line = _without_mark(text)
        self.titles = (title,)
        self.separator = separator or separator_line or _separator_of(self.text)
        self.lettered = lettered
        self.skipped = 1 if separator_line else 0

    def sheet(self, title: str, *, head: bool = False) -> Sheet:
        if title not in self.titles:
            raise KeyError(title)
        sheet = Sheet(title, lettered=self.lettered)
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.separator)
        try:
            # An address is the line of the spreadsheet one sees it in, not the line of the file.
            for number, cells in enumerate(reader, start=1 + self.skipped):
                _take(sheet, number, [clean(cell) for cell in cells])
                if head and len(sheet.lines) >= HEAD:
                    break
        except csv.Error as error:
            raise Unreadable(
                "broken_text",
                _("We can’t read row %(row)s. Look for a quotation mark that isn’t closed, or save as .xlsx."),
                {"row": len(sheet.lines) + 1},
            ) from error
        return sheet


def _take(sheet: Sheet, number: int, cells: list[str]) -> None:
    while cells and not cells[-1]:
        cells.pop()
    if not cells:
        return
    if len(cells) > MOST_COLUMNS:
        raise too_wide(number)
    if len(sheet.lines) > MOST_LINES:
        raise too_long()
    sheet.lines.append(Line(number, cells))


def decoded(data: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 with its mark, or as older Excel writes. Raises Unreadable for what is none."""
    if data.startswith(_UTF16):
        return data.decode("utf-16", errors="replace")
    if b"\0" in data:
        raise Unreadable("not_text", _("This isn’t a table. Choose an Excel file (.xlsx) or a text file (.csv)."))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _without_mark(text: str) -> tuple[str, str]:
    """Excel may say the separator in a first line, «sep=;»."""
    first, _end, rest = text.partition("\n")
    mark = first.strip()
    return (rest, mark[4:]) if mark[:4].lower() == "sep=" and len(mark) == 5 else (text, "")


def _separator_of(text: str) -> str:
    """The one that divides the first lines in most parts, outside quotation marks."""
    first = [line for line in text[:20_000].splitlines() if line.strip()][:HEAD]
    counts = {mark: sum(_outside_quotes(line).count(mark) for line in first) for mark in SEPARATORS}
    found = max(SEPARATORS, key=lambda mark: counts[mark])
    return found if counts[found] else ";"


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])
