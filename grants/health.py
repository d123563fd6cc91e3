"""What the letters need of the machine they are written on, for `manage.py doctor`."""

from __future__ import annotations

from core import health
from core.pdf import MissingFonts, fonts_in, render_pdf
from grants.letters.document import STYLESHEET

FAMILIES = ("Source-Sans-3", "Source-Sans-3-Ext")
"""The two font families a letter is set in, as they are named inside the PDF: one for Norwegian, one for Sami."""

SAMPLE = """<!doctype html><html lang="nb"><head><meta charset="utf-8"><title>Prøve</title>
<meta name="dcterms.created" content="2027-01-01"></head><body><p>Blåbærsyltetøy čđŋšŧž</p></body></html>"""


def register() -> None:
    """Add the check of the fonts."""
    health.register(health.Check("fonts", fonts))


def fonts() -> health.Finding:
    """A line is set as a letter is, and the fonts that came out are looked at.

    Where fontconfig doesn't find the letters' own files, Pango takes another font without a word.
    """
    try:
        used = fonts_in(render_pdf(SAMPLE, stylesheet=STYLESHEET))
    except MissingFonts as error:
        return health.fault(str(error), "Run make setup. No letter can be made until then.")
    strange = sorted(name for name in used if not name.startswith(FAMILIES))
    lacking = [family for family in FAMILIES if family not in used]
    if strange or lacking:
        return health.fault(
            f"letters come out in {', '.join(sorted(used)) or 'no font'}, not in {' and '.join(FAMILIES)}.",
            "Check that fontconfig is installed and that its cache folder can be written.",
        )
    return health.good(f"letters are set in {' and '.join(FAMILIES)}")
