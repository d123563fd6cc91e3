"""Which known name somebody meant: «Bergn kommune» is nearest «Bergen kommune»."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache

from core.collation import fold

ENOUGH = 0.5
"""The share of letter triples two names must have in common (Dice); below it a guess is worse than none."""


class Names:
    """Names to choose among. Looking one up costs as much as the names that share letters with it, not as all of them:
    an import of five thousand rows may ask a thousand times."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = list(dict.fromkeys(names))
        self._sizes: list[int] = []
        self._with: dict[str, list[int]] = defaultdict(list)
        for number, name in enumerate(self._names):
            triples = _triples(name)
            self._sizes.append(len(triples))
            for triple in triples:
                self._with[triple].append(number)

    def nearest(self, typed: str) -> str:
        """The one name that is near enough; empty where none is, or where it is the name itself."""
        wanted = _triples(typed)
        shared: Counter[int] = Counter()
        for triple in wanted:
            shared.update(self._with.get(triple, ()))
        best, name = ENOUGH, ""
        for number, count in shared.items():
            share = 2 * count / (len(wanted) + self._sizes[number])
            if share > best:
                best, name = share, self._names[number]
        return name


@lru_cache(maxsize=8192)
def _triples(name: str) -> frozenset[str]:
    padded = f"  {fold(name)} "
    return frozenset(padded[place : place + 3] for place in range(len(padded) - 2))
