"""The letters' fonts: what came out in the PDF is what counts."""

from pathlib import Path

import pytest

from grants import health

OTHER = """@font-face { font-family: "A"; src: url("fonts:source-sans-3-latin-400-normal.woff2"); }
html { font-family: "A", monospace; }"""


def test_letters_come_out_in_their_own_fonts() -> None:
    assert health.fonts().what == "letters are set in Source-Sans-3 and Source-Sans-3-Ext"


def test_another_font_in_the_letter_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file for Sami is not loaded, so another font draws those letters."""
    sheet = tmp_path / "letter.css"
    sheet.write_text(OTHER, encoding="utf-8")
    monkeypatch.setattr(health, "STYLESHEET", sheet)
    assert health.fonts().level == "fault"


def test_a_font_file_that_is_missing_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = tmp_path / "letter.css"
    sheet.write_text('@font-face { font-family: "A"; src: url("fonts:nowhere.woff2"); }', encoding="utf-8")
    monkeypatch.setattr(health, "STYLESHEET", sheet)
    assert health.fonts().what.startswith("The font nowhere.woff2 is not in ")
