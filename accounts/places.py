"""At which places an office sees people, and what those are called: higher apps fill it from ``AppConfig.ready()``.

Networks, forums and the office itself are the office's by their anchor. Organisations belong to none; the app that
keeps them says which of them an office works with.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

if TYPE_CHECKING:
    from core.models import Office


@dataclass(frozen=True, slots=True)
class Member:
    """An organisation in a network today."""

    network_id: int
    anchor_id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSource:
    """``anchors``: ids of the shared anchors an office works with, as a subquery. ``other_names``: (anchor, what else
    it is known by: number, code, a name from before). ``members``: who belongs to the networks with these anchors
    today. ``networks_of``: the anchors of the networks an anchor's organisation belongs to today. ``keepers_of``: ids
    of the offices that keep an anchor's organisation (docs/adr/0026); none for one that no office keeps.
    """

    anchors: Callable[[Office], QuerySet[Any, int]]
    other_names: Callable[[Collection[int]], Iterable[tuple[int, str]]]
    members: Callable[[Collection[int]], Iterable[Member]]
    networks_of: Callable[[int], Iterable[int]]
    keepers_of: Callable[[int], Iterable[int]]


_sources: list[PlaceSource] = []


def register(source: PlaceSource) -> None:
    if source not in _sources:
        _sources.append(source)


def sources() -> tuple[PlaceSource, ...]:
    return tuple(_sources)


def members(network_ids: Collection[int]) -> list[Member]:
    """Who belongs to the networks with these anchors today. One query a source; none for no network."""
    return [one for source in _sources for one in source.members(network_ids)] if network_ids else []


def networks_of(anchor_id: int) -> set[int]:
    """The anchors of the networks an organisation belongs to today."""
    return {pk for source in _sources for pk in source.networks_of(anchor_id)}


def keepers_of(anchor_id: int) -> set[int]:
    """Ids of the offices that keep an organisation; none for one that no office keeps."""
    return {pk for source in _sources for pk in source.keepers_of(anchor_id)}
