"""The office's networks by code and name, with those a file is about to make; nothing is written here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from core.collation import fold as _fold
from core.models import Office
from core.nearness import Names
from networks.models import Network

fold = lru_cache(maxsize=4096)(_fold)
"""A file says a network's name once a row: each is folded once."""

LONGEST_CODE = 20
SLIP = 0.65
"""So near another name (core.nearness) that one of the two is probably a slip."""


@dataclass
class Book:
    """Which network a text means. One query."""

    office: Office
    known: dict[int, Network] = field(default_factory=dict)
    _by_word: dict[str, Network] = field(default_factory=dict)
    _codes: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        related = ("anchor", "parent__anchor", "coordinator_organisation__anchor")
        for one in Network.objects.filter(office=self.office).select_related(*related):
            self.add(one)

    def add(self, network: Network) -> None:
        """A network that is there (now)."""
        self.known[network.pk] = network
        self._codes.add(fold(network.code))
        for word in (network.code, network.anchor.name):
            there = self._by_word.get(fold(word))
            if there is None or there.ended_on is not None:
                self._by_word[fold(word)] = network

    def find(self, text: str) -> Network | None:
        """By code or name; None where it isn't there yet."""
        return self._by_word.get(fold(text))

    def near(self, text: str, also: Iterable[str] = ()) -> str:
        """A name that looks so much like it that it may be a slip."""
        names = [one.anchor.name for one in self.known.values() if one.ended_on is None]
        near = Names([*names, *also], enough=SLIP).nearest(text)
        return near if fold(near) != fold(text) else ""

    def free_code(self, name: str) -> str:
        """A code made of the name: «Nordhordland og Gulen» → «NORDHORDLAND-OG-GUL», with a number where it is taken."""
        stem = re.sub(r"[^0-9A-ZÆØÅ]+", "-", name.upper()).strip("-")[: LONGEST_CODE - 3].strip("-") or "NETTVERK"
        code, number = stem, 2
        while fold(code) in self._codes:
            code, number = f"{stem}-{number}", number + 1
        self._codes.add(fold(code))
        return code
