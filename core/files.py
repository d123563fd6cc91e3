"""How large a file may be that comes in, and the one way one goes out: never as a page of ours, whatever it holds."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

LARGEST = 10 * 1024 * 1024
"""Bytes of a file somebody sends up."""
UNPACKED = 100 * 1024 * 1024
"""Bytes an office document may hold when it is unpacked: more is no document."""
PDF = "application/pdf"
SHOWN = frozenset({PDF, "text/plain", "text/plain; charset=utf-8"})
"""What a browser may show; everything else is saved."""
SANDBOX = "default-src 'none'; sandbox"
"""If a browser shows it after all: no script, no form, nothing fetched, and not as one of our pages."""


def file_response(*, content: bytes, name: str, media_type: str, show: bool = False) -> HttpResponse:
    """The bytes under their name. ``show``: let the browser show it, where its type can't run anything."""
    shown = show and media_type in SHOWN
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(not shown, one_line(name)) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    if not (shown and media_type == PDF):  # browsers refuse to show a PDF in a sandbox; it runs in one of their own
        response["Content-Security-Policy"] = SANDBOX
    return response


def one_line(name: str) -> str:
    """A file's name without folders, line breaks and other control characters."""
    bare = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in bare if letter.isprintable()).strip(". ") or "fil"
