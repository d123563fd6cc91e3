#!/usr/bin/env python3
"""Fill static/vendor/ from node_modules: style sheet, fonts and icons, so that no page asks a foreign server.

Only the standard library, so that it runs before anything is installed but the npm packages. `make setup` calls it.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NODE = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"
sys.path.insert(0, str(ROOT))

from core.ui.icons import AKSEL, OWN  # noqa: E402 - the table lies beside the program, not in a package of its own

DESIGNSYSTEMET = NODE / "@digdir" / "designsystemet-css" / "dist" / "src"
COMPONENTS = [
    *("button", "breadcrumbs", "details", "error-summary", "field", "fieldset", "heading", "input", "label", "link"),
    *("list", "pagination", "paragraph", "skip-link", "table", "tag", "alert", "validation-message"),
]
VARIABLE_FONT = NODE / "@fontsource-variable" / "source-sans-3" / "files"
STATIC_FONT = NODE / "@fontsource" / "source-sans-3" / "files"
ICONS = NODE / "@navikt" / "aksel-icons" / "dist" / "svg"

SCREEN_FONTS = tuple(f"source-sans-3-{part}-wght-normal.woff2" for part in ("latin", "latin-ext"))
LETTER_FONTS = tuple(f"source-sans-3-{part}-{w}-normal.woff2" for part in ("latin", "latin-ext") for w in (400, 600))


def read(path: Path) -> str:
    """The text of `path`; a missing file stops with what to do about it."""
    if not path.is_file():
        sys.exit(f"{path.relative_to(ROOT)} is missing. Run `make setup`: it installs the npm packages first.")
    return path.read_text(encoding="utf-8")


def style_sheet() -> str:
    """The part of Designsystemet our components use, in its own cascade layers."""
    components = "\n".join(read(DESIGNSYSTEMET / f"{name}.css") for name in COMPONENTS)
    return (
        "@layer ds.theme, ds.base, ds.components, app;\n"
        f"@layer ds.base {{\n{read(DESIGNSYSTEMET / 'base.css')}\n}}\n"
        f"@layer ds.components {{\n{components}\n}}\n"
    )


def sprite() -> str:
    """One SVG with a symbol per icon. The colour is the text's: the fill is set where the icon is used."""
    symbols = []
    for name, drawing in sorted(AKSEL.items()):
        paths = re.findall(r'\sd="([^"]+)"', read(ICONS / f"{drawing}.svg"))
        body = "".join(f'<path fill-rule="evenodd" clip-rule="evenodd" d="{path}"/>' for path in paths)
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>')
    symbols += [f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>' for name, body in sorted(OWN.items())]
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def build() -> None:
    """Write everything anew; what was there before is replaced."""
    sheet, icons = style_sheet(), sprite()
    fonts = [VARIABLE_FONT / name for name in SCREEN_FONTS] + [STATIC_FONT / name for name in LETTER_FONTS]
    for font in fonts:
        if not font.is_file():
            sys.exit(f"{font.relative_to(ROOT)} is missing. Run `make setup`: it installs the npm packages first.")
    (VENDOR / "fonts").mkdir(parents=True, exist_ok=True)
    (VENDOR / "designsystemet.css").write_text(sheet, encoding="utf-8")
    (VENDOR / "icons.svg").write_text(icons, encoding="utf-8")
    for font in fonts:
        shutil.copyfile(font, VENDOR / "fonts" / font.name)
    print(f"static/vendor: designsystemet.css, icons.svg ({len(AKSEL) + len(OWN)} icons), {len(fonts)} fonts")


if __name__ == "__main__":
    build()
