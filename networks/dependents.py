"""What depends on a network: what is high registers it here, so that no network ends under a report or a seat."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from networks.models import Network

Dependents = Callable[[Network], Iterable[str]]
"""(network) -> sentences that say what depends on it, and what to do first."""

_sources: list[Dependents] = []


def register_source(source: Dependents) -> None:
    """Let a higher app say what of its own rests on a network."""
    if source not in _sources:
        _sources.append(source)


def sentences_about(network: Network) -> list[str]:
    """Why the network can't go, as the higher apps say it."""
    return [text for source in _sources for text in source(network)]
