"""Which known name somebody meant: «Bergn kommune» is nearest «Bergen kommune»."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache
from heapq import nlargest

from core.collation import fold

ENOUGH = 0.5
"""The share of letter triples two names must have in common (Dice); below it a guess is worse than none."""


class Names:
    """Names to choose among. Looking one up costs as much as the names that share letters with it, not as all of them:
    an import of five thousand rows may ask a thousand times."""

    def __init__(self, names: Iterable[str], enough: float = ENOUGH) -> None:
        self._enough = enough
        self._names = list(dict.fromkeys(names))
        self._sizes: list[int] = []
        self._with: dict[str, list[int]] = defaultdict(list)
        for number, name in enumerate(self._names):
            triples = _triples(name)
            self._sizes.append(len(triples))
            for triple in triples:
                self._with[triple].append(number)

    def nearest(self, typed: str) -> str:
        """The name that is nearest; empty where none is near enough."""
        return next(iter(self.near(typed, most=1)), "")

    def near(self, typed: str, most: int) -> list[str]:
        """At most so many names that are near enough, the nearest first."""
        wanted = _triples(typed)
        shared: Counter[int] = Counter()
        for triple in wanted:
            shared.update(self._with.get(triple, ()))
        shares = {number: 2 * count / (len(wanted) + self._sizes[number]) for number, count in shared.items()}
        found = nlargest(most, shares, key=lambda number: (shares[number], -number))
        return [self._names[number] for number in found if shares[number] > self._enough]


@lru_cache(maxsize=8192)
def _triples(name: str) -> frozenset[str]:
    padded = f"  {fold(name)} "
    return frozenset(padded[place : place + 3] for place in range(len(padded) - 2))
