"""The build of static/vendor/: what it writes, and what it says when the packages are not there."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings

from core.ui.icons import AKSEL, NAMES, OWN

ROOT = Path(settings.BASE_DIR)


@pytest.fixture
def builder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """`bin/build_assets.py` with packages of our own making in a folder of the test."""
    spec = importlib.util.spec_from_file_location("build_assets", ROOT / "bin" / "build_assets.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    for name in ("DESIGNSYSTEMET", "VARIABLE_FONT", "STATIC_FONT", "ICONS", "VENDOR"):
        monkeypatch.setattr(module, name, tmp_path / name.lower())
        (tmp_path / name.lower()).mkdir()
    return module


def fill(builder: ModuleType) -> None:
    """Every file the build asks for, each with something to know it by."""
    for name in ("base", *builder.COMPONENTS):
        (builder.DESIGNSYSTEMET / f"{name}.css").write_text(f".{name}{{}}", encoding="utf-8")
    for folder, names in ((builder.VARIABLE_FONT, builder.SCREEN_FONTS), (builder.STATIC_FONT, builder.LETTER_FONTS)):
        for name in names:
            (folder / name).write_bytes(b"font")
    for drawing in AKSEL.values():
        (builder.ICONS / f"{drawing}.svg").write_text(
            '<svg><path fill="currentColor" d="M1 1"/></svg>', encoding="utf-8"
        )


def test_the_build_writes_layers_icons_and_fonts(builder: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    fill(builder)
    builder.build()
    sheet = (builder.VENDOR / "designsystemet.css").read_text(encoding="utf-8")
    assert sheet.startswith("@layer ds.theme, ds.base, ds.components, app;\n@layer ds.base {\n.base{}\n}\n")
    assert [f".{name}{{}}" in sheet for name in builder.COMPONENTS] == [True] * len(builder.COMPONENTS)
    sprite = (builder.VENDOR / "icons.svg").read_text(encoding="utf-8")
    assert re.findall(r'symbol id="([^"]+)"', sprite) == [*sorted(AKSEL), *sorted(OWN)]
    assert "currentColor" not in sprite
    assert sorted(path.name for path in (builder.VENDOR / "fonts").iterdir()) == sorted(
        (*builder.SCREEN_FONTS, *builder.LETTER_FONTS)
    )
    assert capsys.readouterr().out == f"static/vendor: designsystemet.css, icons.svg ({len(NAMES)} icons), 6 fonts\n"


def test_a_missing_package_is_said_in_a_sentence(builder: ModuleType) -> None:
    with pytest.raises(
        SystemExit, match=r"button.css is missing\. Run `make setup`: it installs the npm packages first\."
    ):
        builder.build()


def test_a_missing_font_is_said_in_a_sentence_and_nothing_is_written(builder: ModuleType) -> None:
    fill(builder)
    (builder.STATIC_FONT / builder.LETTER_FONTS[-1]).unlink()
    with pytest.raises(SystemExit, match=r"woff2 is missing\. Run `make setup`"):
        builder.build()
    assert list(builder.VENDOR.iterdir()) == []


def test_templates_name_only_icons_of_the_table() -> None:
    named = {
        name
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'\bicon(?: name)?="([a-z-]+)"', path.read_text(encoding="utf-8"))
    }
    assert sorted(named - NAMES) == []


def test_the_theme_links_only_fonts_the_build_makes(builder: ModuleType) -> None:
    theme = (ROOT / "static" / "css" / "theme.css").read_text(encoding="utf-8")
    assert re.findall(r'url\("\.\./vendor/fonts/([^"]+)"\)', theme) == list(builder.SCREEN_FONTS)
