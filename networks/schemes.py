"""The schemes a network can cover: the rule sets are above this app, and register them here."""

from __future__ import annotations

from collections.abc import Callable, Iterable

SchemeSource = Callable[[], Iterable[tuple[str, str]]]
"""() -> (code, name in the language of the page)."""

_sources: list[SchemeSource] = []


def register_source(source: SchemeSource) -> None:
    """Let a higher app say which schemes there are."""
    if source not in _sources:
        _sources.append(source)


def choices() -> list[tuple[str, str]]:
    """(code, name) of every scheme, as the page writes it."""
    return [one for source in _sources for one in source()]
