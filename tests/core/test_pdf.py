"""PDF: archive-grade and accessible by structure, no network, the same bytes, the right glyphs."""

import io
import re
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings
from fontTools.pens.recordingPen import DecomposingRecordingPen  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from core.pdf import MissingFonts, render_pdf
from core.typesetting import RefusedURL

FONTS = Path(__file__).parents[2] / "static" / "vendor" / "fonts"
SAMI = "čđŋšŧž"
CSS = """
@font-face { font-family: "S"; src: url("fonts:source-sans-3-latin-400-normal.woff2"); }
@font-face { font-family: "S Ext"; src: url("fonts:source-sans-3-latin-ext-400-normal.woff2"); }
html { font: 12pt "S", "S Ext"; }
"""
PAGE = """<!doctype html><html lang="nn"><head><meta charset="utf-8"><title>Brev om tilskot</title>
<meta name="dcterms.created" content="2026-03-24"></head>
<body><h1>Brev</h1><p>Til Kárášjoga: čđŋšŧž</p>{more}</body></html>"""


@pytest.fixture(scope="module")
def stylesheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("css") / "page.css"
    path.write_text(CSS, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def pdf_bytes(stylesheet: Path) -> bytes:
    return render_pdf(PAGE.format(more=""), stylesheet=stylesheet, fonts=FONTS)


def test_the_file_says_what_it_is(pdf_bytes: bytes) -> None:
    with pikepdf.open(io.BytesIO(pdf_bytes)) as pdf:
        xmp = pdf.Root.Metadata.read_bytes().decode()
        assert (str(pdf.Root.Lang), bool(pdf.Root.MarkInfo.Marked)) == ("nn", True)
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle) is True
        assert str(pdf.docinfo["/Title"]) == "Brev om tilskot"
        assert pdf.Root.StructTreeRoot.K is not None
        with pdf.open_metadata() as meta:
            assert (meta.get("pdfaid:part"), meta.get("pdfaid:conformance")) == ("2", "A")
            assert meta["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
        assert xmp.count("<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>") == 1
        assert [str(intent.S) for intent in pdf.Root.OutputIntents] == ["/GTS_PDFA1"]


def test_the_same_page_gives_the_same_bytes(pdf_bytes: bytes, stylesheet: Path) -> None:
    assert render_pdf(PAGE.format(more=""), stylesheet=stylesheet, fonts=FONTS) == pdf_bytes


def test_sami_letters_print_as_themselves(pdf_bytes: bytes) -> None:
    """Compares outlines: a wrong glyph with a right text layer would pass a test of the text."""
    source = TTFont(FONTS / "source-sans-3-latin-ext-400-normal.woff2")
    printed = _outlines(pdf_bytes)
    wanted = {letter: _outline(source, source.getBestCmap()[ord(letter)]) for letter in SAMI}
    assert {letter: printed[letter] for letter in SAMI} == wanted


@pytest.mark.parametrize(
    "more",
    [
        '<img src="http://127.0.0.1:9/logo.png" alt="">',
        '<img src="https://example.org/logo.png" alt="">',
        '<img src="file:///etc/hostname" alt="">',
        '<img src="fonts:../../manage.py" alt="">',
        '<link rel="stylesheet" href="http://127.0.0.1:9/a.css">',
    ],
)
def test_nothing_is_fetched_from_outside(stylesheet: Path, more: str) -> None:
    with pytest.raises(RefusedURL, match="A page for print may not fetch"):
        render_pdf(PAGE.format(more=more), stylesheet=stylesheet, fonts=FONTS)


def test_a_missing_font_names_the_command_that_fetches_it(stylesheet: Path, tmp_path: Path) -> None:
    with pytest.raises(MissingFonts, match=r"source-sans-3-latin-400-normal.woff2 is not in .* Run `make setup`"):
        render_pdf(PAGE.format(more=""), stylesheet=stylesheet, fonts=tmp_path)


def _outline(font: TTFont, glyph: str) -> list[object]:
    pen = DecomposingRecordingPen(font.getGlyphSet())
    font.getGlyphSet()[glyph].draw(pen)
    return [(name, tuple(tuple(round(x) for x in point) for point in points)) for name, points in pen.value]


def _outlines(pdf_bytes: bytes) -> dict[str, list[object]]:
    """Character by the text layer → the outline that is drawn for it, over every embedded font."""
    found: dict[str, list[object]] = {}
    with pikepdf.open(io.BytesIO(pdf_bytes)) as pdf:
        for font in _fonts(pdf):
            descriptor = font.DescendantFonts[0].FontDescriptor
            program = descriptor.FontFile2 if "/FontFile2" in descriptor else descriptor.FontFile3
            embedded = TTFont(io.BytesIO(program.read_bytes()))
            text_layer = font.ToUnicode.read_bytes().decode("ascii")
            for code, character in re.findall(r"<([0-9a-fA-F]{4})> <([0-9a-fA-F]{4})>", text_layer):
                name = embedded.getGlyphName(int(code, 16))
                found[chr(int(character, 16))] = _outline(embedded, name)
    return found


def _fonts(pdf: pikepdf.Pdf) -> list[pikepdf.Object]:
    return [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and item.get("/Subtype") == "/Type0"]


def test_a_process_that_draws_nothing_holds_nothing_to_draw_with() -> None:
    """What draws takes some 27 MB, of a web process and of an import."""
    code = "import django, sys; django.setup(); import config.urls; print({'weasyprint', 'pikepdf'} & {*sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["set()"]
