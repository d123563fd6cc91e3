"""A cell's value as text, without what only looks like nothing."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from core.validators import strip_control

_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
"""Soft hyphens, spaces without width and byte order marks: they make two equal names different."""
ERROR = re.compile(
    r"#(N/A|I/T|REF!|VALUE!|VERDI!|NAME\?|NAVN\?|DIV/0!|NULL!|NUM!|SPILL!|OVERFLYT!|CALC!)", re.IGNORECASE
)
"""What a spreadsheet writes where it could work nothing out, in English and Norwegian."""


def clean(text: str) -> str:
    """No control characters and no stray spaces; a no-break space is a space. Lines stay lines."""
    if text.isalnum() and text.isascii():
        return text
    bare = strip_control(_INVISIBLE.sub("", text), keep_lines=True)
    return "\n".join(line for line in (" ".join(part.split()) for part in bare.split("\n")) if line)


def text_of(value: object) -> str:
    """A workbook's value as a Norwegian would have typed it: 301.0 is «301», a day is «2027-02-01»."""
    if value is None:
        return ""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return "ja" if value else "nei"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.12g}".replace(".", ",")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(" ", "minutes")
    return value.isoformat() if isinstance(value, date) else clean(str(value))
