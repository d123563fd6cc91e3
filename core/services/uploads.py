"""Takes in a file somebody sends up: its kind is told by what is in it, and it is never served by its address."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from core import clock
from core.actor import Actor
from core.files import LARGEST, UNPACKED, one_line
from core.models import Office, Upload
from core.requirements import Obstacle, StepRefused

OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS: dict[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    f"{OFFICE}.wordprocessingml.document": (".docx",),
    f"{OFFICE}.spreadsheetml.sheet": (".xlsx",),
}
"""What is taken: media type → how its names end. Nothing a browser runs, and no document with macros."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that is taken: its name on one line, its bytes, and its kind as they tell it."""

    name: str
    data: bytes
    media_type: str


@transaction.atomic
def take_in(*, office: Office, name: str, content: BinaryIO, by: Actor) -> Upload:
    """Keep a file. The caller asks for the right. Raises StepRefused with what to do instead.

    It lies outside what the web server serves, under a name of ours; only core.files hands it out again.
    """
    file = examine(name=name, content=content)
    ending = KINDS[file.media_type][0]
    return keep(office=office, name=file.name, data=file.data, media_type=file.media_type, ending=ending, by=by)


def examine(*, name: str, content: BinaryIO) -> Examined:
    """Look at a file that is sent up, without keeping it: one that is journaled at once is kept by the archive.

    Raises StepRefused with what to do instead.
    """
    data = content.read(LARGEST + 1)
    shown = one_line(name)[-150:]
    if len(data) > LARGEST:
        raise _refused("upload_too_large", _("The file is larger than 10 MB. Send a smaller one."))
    if not data:
        raise _refused("upload_empty", _("The file is empty. Choose another one."))
    media_type = kind_of(data)
    if media_type is None:
        raise _refused("upload_kind", _("Send a PDF, a picture (PNG or JPEG), or a Word or Excel file without macros."))
    if not shown.lower().endswith(KINDS[media_type]):
        text = _("The file's name doesn't fit what is in it. Give it a name that ends with %(ending)s.")
        raise _refused("upload_name", text % {"ending": KINDS[media_type][0]})
    return Examined(shown, data, media_type)


@transaction.atomic
def keep(*, office: Office, name: str, data: bytes, media_type: str, ending: str, by: Actor) -> Upload:
    """Keep bytes whose kind the caller has told, under a name of ours: a folder nobody guesses, and their SHA-256."""
    sha256 = hashlib.sha256(data).hexdigest()
    path = f"uploads/{clock.today().year}/{get_random_string(32)}/{sha256}{ending}"
    return Upload.objects.create(
        office=office,
        file=default_storage.save(path, ContentFile(data)),
        name=one_line(name)[-150:],
        sha256=sha256,
        size=len(data),
        media_type=media_type,
        at=clock.now(),
        **by.columns(),
    )


def kind_of(data: bytes) -> str | None:
    """The media type, told by the content; None for what isn't taken."""
    if data.startswith(b"%PDF-"):
        return "application/pdf"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return _office_kind(data) if data.startswith(b"PK\x03\x04") else None


def _office_kind(data: bytes) -> str | None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = {one.filename for one in archive.infolist()}
            unpacked = sum(one.file_size for one in archive.infolist())
    except (zipfile.BadZipFile, ValueError, RuntimeError):
        return None
    if unpacked > UNPACKED or "[Content_Types].xml" not in names or any("vbaProject" in name for name in names):
        return None
    return next((f"{OFFICE}.{kind}" for part, kind in _PARTS.items() if part in names), None)


_PARTS = {"word/document.xml": "wordprocessingml.document", "xl/workbook.xml": "spreadsheetml.sheet"}


def _refused(code: str, text: str) -> StepRefused:
    return StepRefused([Obstacle(code, text)])
