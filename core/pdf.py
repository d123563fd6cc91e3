"""The one door to PDF. What draws it is loaded when the first page is drawn: most processes never draw one."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

TYPESETTING = "core.typesetting"
"""The module with WeasyPrint and pikepdf. A worker loads it before it divides, so that its processes share it."""


class MissingFonts(Exception):
    """A font file that the style sheet names is not there."""


def render_pdf(html: str, *, stylesheet: Path, fonts: Path | None = None) -> bytes:
    """Renders one HTML page as PDF/A-2a with the PDF/UA-1 identifier.

    ``html`` brings its own ``lang``, ``title`` and ``dcterms.created``; with these fixed the bytes are the same every
    time. ``fonts`` is the folder of the font files (by default static/vendor/fonts).
    Raises MissingFonts when a font is not there, :class:`core.typesetting.RefusedURL` when the page asks for anything
    but a font.
    """
    drawn: bytes = import_module(TYPESETTING).typeset(html, stylesheet=stylesheet, fonts=fonts)
    return drawn


def fonts_in(pdf: bytes) -> set[str]:
    """The names of the embedded fonts, without the prefix of a part of a font («ABCDEF+»)."""
    found: set[str] = import_module(TYPESETTING).embedded_fonts(pdf)
    return found
