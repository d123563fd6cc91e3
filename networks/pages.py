"""What a network's page leads to beside its own parts: a higher app registers its links here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from networks.models import Network


@dataclass(frozen=True, slots=True)
class Link:
    """Words, address, and a hint under them."""

    label: str
    url: str
    hint: str = ""


Links = Callable[[Any, Network], Iterable[Link]]
"""(actor, network) -> links. At most two queries."""

_sources: list[Links] = []


def register_source(source: Links) -> None:
    """Let a higher app link from a network's page."""
    if source not in _sources:
        _sources.append(source)


def links_for(actor: Any, network: Network) -> list[Link]:
    """What the person may go on to."""
    return [link for source in _sources for link in source(actor, network)]
