"""HTML written straight away: what :func:`django.utils.html.format_html` gives, for pages with hundreds of pieces."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString


def escaped(value: Any) -> str:
    """The value as text or as the value of an attribute. Plain text, which most are, goes straight."""
    return html.escape(value) if type(value) is str else conditional_escape(value)


def attributes(values: Mapping[str, object]) -> SafeString:
    """HTML attributes, each with a space before it; `True` gives the bare name, None and `False` nothing."""
    return SafeString(
        "".join(
            f" {name}" if value is True else f' {name}="{escaped(value)}"'
            for name, value in values.items()
            if value is not None and value is not False
        )
    )
