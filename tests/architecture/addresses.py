"""Every address of the program by its full name, read from the URLconf."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


def named(patterns: list[Any], namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every pattern of the URLconf by its full name."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from named(pattern.url_patterns, inner)
        else:
            yield f"{namespace}{pattern.name}", pattern


ADDRESSES = dict(named(get_resolver().url_patterns))
