"""Tells by its content what was sent, and opens it. What isn't a table is refused with what to do instead."""

from __future__ import annotations

import zipfile
from io import BytesIO

from django.utils.translation import gettext_lazy as _

from core.files import LARGEST, UNPACKED
from core.tables.delimited import Text, decoded
from core.tables.sheets import Book
from core.tables.workbooks import BROKEN, Workbook
from core.unreadable import Unreadable

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ZIP = b"PK\x03\x04"
_MARKUP = (b"<html", b"<!doctype", b"<?xml", b"<table")


def read_file(name: str, data: bytes) -> Book:
    """The sheets of a file. Raises Unreadable."""
    if not data:
        raise Unreadable("empty_file", _("The file is empty. Choose another one."))
    if len(data) > LARGEST:
        raise Unreadable("file_too_large", _("The file is larger than 10 MB. Remove what isn’t part of the table."))
    if data.startswith(_OLD_OFFICE):
        raise _old(data)
    if data.startswith(_ZIP):
        _look_into(data)
        return Workbook(data)
    start = data.lstrip()[:20].lower()
    if data.startswith(b"%PDF-") or start.startswith(_MARKUP):
        raise Unreadable(
            "not_a_table",
            _("“%(name)s” isn’t a spreadsheet. Open it, save it as .xlsx, and choose that file."),
            {"name": name},
        )
    return Text(decoded(data), title=name)


def read_pasted(text: str) -> Book:
    """What was pasted: cells divided by tabs, as spreadsheets give them; or by semicolons."""
    return Text(text, title="", lettered=False)


def _old(data: bytes) -> Unreadable:
    """A container of older Office programs: also what an .xlsx with a password lies in."""
    if _ENCRYPTED in data:
        return Unreadable("password", _("The file has a password. Save it without one, and choose it again."))
    return Unreadable(
        "old_workbook",
        _("The file is in the old Excel format (.xls). Open it, save it as .xlsx, and choose that file."),
    )


def _look_into(data: bytes) -> None:
    """Raise Unreadable for an archive that isn't a workbook, has macros, or swells when it is unpacked."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = {one.filename for one in archive.infolist()}
            unpacked = sum(one.file_size for one in archive.infolist())
            encrypted = any(one.flag_bits & 1 for one in archive.infolist())
    except (zipfile.BadZipFile, ValueError, RuntimeError) as error:
        raise Unreadable("broken_workbook", BROKEN) from error
    if unpacked > UNPACKED:
        raise Unreadable(
            "swells",
            _("The file becomes far too large when it is unpacked. Copy the table to a new file, and save it."),
        )
    if any("vbaProject" in name for name in names):
        raise Unreadable("macros", _("The file has macros. Save it as .xlsx, without macros, and choose it again."))
    if encrypted:
        raise Unreadable("password", _("The file has a password. Save it without one, and choose it again."))
    if "xl/workbook.xml" not in names:
        raise Unreadable("other_program", _("We can’t read this kind of file. Save it as .xlsx, and choose that file."))
