"""Sets a page for print: tagged, archive-grade, without the network, and the same bytes for the same page.

Asked for through :mod:`core.pdf`, which loads this module when the first page is to be set: a process holds some 27 MB
more with it.
The files say PDF/A-2a (ISO 19005-2) and PDF/UA-1 (ISO 14289-1). Forskrift om IT-standarder (FOR-2013-04-05-959) accepts
PDF/A-2 and no PDF 2.0. Structure is checked by tests; no independent validator certifies it.
"""

import io
import logging
import re
import threading
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
from django.conf import settings
from weasyprint import CSS, HTML
from weasyprint.css.counters import CounterStyle
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from core.pdf import MissingFonts

FONT_SCHEME = "fonts:"
"""How a style sheet names a font file: ``url("fonts:name.woff2")``."""

for _chatty in ("weasyprint.progress", "fontTools", "pikepdf._core"):
    logging.getLogger(_chatty).setLevel(logging.WARNING)  # they tell of every step of every page

_RENDERING = threading.Lock()
"""Pango's font map is shared by all pages of a process and is not made for two threads at once."""

# PDF/A-2 lets a file hold only properties whose schema it describes, unless they are the standard's own; PDF/UA's
# identifier is not (ISO 19005-2, 6.6.2.3).
_PDF_UA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""


class RefusedURL(FatalURLFetchingError):
    """The page asked for something from outside: the network, or a file that is not a font."""


def typeset(html: str, *, stylesheet: Path, fonts: Path | None) -> bytes:
    """What :func:`core.pdf.render_pdf` promises."""
    folder = fonts or Path(settings.BASE_DIR) / "static" / "vendor" / "fonts"
    with _RENDERING, warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # WeasyPrint leaves its colour profile's file to the collector
        sheet, counters = _sheet(stylesheet, folder)
        page = HTML(string=html, url_fetcher=_FontsOnly(folder))
        raw = page.write_pdf(
            stylesheets=[sheet],
            font_config=_font_configuration(),
            counter_style=counters,
            pdf_variant="pdf/a-2a",
            pdf_identifier=False,  # pikepdf writes one made from the content
        )
    return _accessible(raw)


@cache
def _font_configuration() -> Any:
    """One per process: a new one per page costs twice the time and leaks."""
    return FontConfiguration()


@cache
def _sheet(stylesheet: Path, fonts: Path) -> tuple[Any, Any]:
    """The parsed style sheet and the list markers it defines; parsing also loads its fonts."""
    text = stylesheet.read_text(encoding="utf-8")
    for name in re.findall(rf'url\("{FONT_SCHEME}([^"]+)"\)', text):
        if not (fonts / name).is_file():
            raise MissingFonts(f"The font {name} is not in {fonts}. Run `make setup`, which fetches the fonts.")
    counters = CounterStyle()
    fetcher = _FontsOnly(fonts)
    return CSS(string=text, url_fetcher=fetcher, font_config=_font_configuration(), counter_style=counters), counters


def embedded_fonts(pdf: bytes) -> set[str]:
    """What :func:`core.pdf.fonts_in` promises."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return {
            str(thing.BaseFont).lstrip("/").rpartition("+")[2].rstrip(",")
            for thing in opened.objects
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/Font" and "/BaseFont" in thing
        }


class _FontsOnly(URLFetcher):
    """Hands out font files by name and refuses everything else."""

    def __init__(self, folder: Path) -> None:
        super().__init__(allowed_protocols=())
        self._folder = folder

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        name = url.removeprefix(FONT_SCHEME)
        if name == url or Path(name).name != name or Path(name).suffix != ".woff2":
            raise RefusedURL(f"A page for print may not fetch {url}")
        return URLFetcherResponse(url, (self._folder / name).read_bytes(), {"Content-Type": "font/woff2"})


def _accessible(raw: bytes) -> bytes:
    """Adds the PDF/UA-1 identifier and an identifier of the file made from its content."""
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(raw)) as pdf:
        metadata = pdf.Root.Metadata.read_bytes()
        head, tail = metadata.rsplit(b"</rdf:RDF>", 1)
        pdf.Root.Metadata = pdf.make_stream(
            head + _PDF_UA + b"</rdf:RDF>" + tail, Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML
        )
        pdf.save(target, deterministic_id=True)
    return target.getvalue()
