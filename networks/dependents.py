"""What depends on a network or a membership: what is high registers it here, so that none goes from under a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from networks.models import Membership, Network

Dependents = Callable[[Network], Iterable[str]]
"""(network) -> sentences that say what depends on it, and what to do first."""

MemberDependents = Callable[[Membership], Iterable[str]]
"""(membership) -> sentences that say what rests on it."""

_sources: list[Dependents] = []
_member_sources: list[MemberDependents] = []


def register_source(source: Dependents) -> None:
    """Let a higher app say what of its own rests on a network."""
    if source not in _sources:
        _sources.append(source)


def sentences_about(network: Network) -> list[str]:
    """Why the network can't go, as the higher apps say it."""
    return [text for source in _sources for text in source(network)]


def register_member_source(source: MemberDependents) -> None:
    """Let a higher app say what of its own rests on a membership."""
    if source not in _member_sources:
        _member_sources.append(source)


def sentences_about_member(membership: Membership) -> list[str]:
    """Why the membership can't be taken away, as the higher apps say it."""
    return [text for source in _member_sources for text in source(membership)]
