"""Who is paid in a round: what is high registers it here, so that the account page can show them first."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from core.models import Office

PayeeSource = Callable[[Office], Iterable[int]]
"""(office) -> ids of the organisations money is going to. At most two queries."""

_sources: list[PayeeSource] = []


def register_source(source: PayeeSource) -> None:
    """Let a higher app say who is paid."""
    if source not in _sources:
        _sources.append(source)


def payees_of(office: Office) -> set[int]:
    """Ids of the organisations the office is about to pay."""
    return {pk for source in _sources for pk in source(office)}
