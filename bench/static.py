"""The style sheets and scripts a page asks for."""

from __future__ import annotations

import re

ASKED = re.compile(r'<(?:link rel="stylesheet"[^>]*? href|script[^>]*? src)="/static/([^"]+)"')
HASH = re.compile(r"\.[0-9a-f]{12}(\.\w+)$")


def sent_with(page: str) -> list[str]:
    """The files' names as they stand in the source, without the hash of their content."""
    return [HASH.sub(r"\1", path) for path in ASKED.findall(page)]
