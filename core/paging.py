"""A long list is shown fifty rows at a time; the address says which fifty («?side=2»)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Count, Model, QuerySet, Window
from django.http import QueryDict

T = TypeVar("T")
M = TypeVar("M", bound=Model)

SIZE = 50
PARAMETER = "side"
AROUND = 1
"""How many pages on each side of this one have a link of their own; the first and the last always have."""


@dataclass(frozen=True, slots=True)
class Leaf(Generic[T]):
    """Some rows of a list of ``total``: page ``number`` of :attr:`pages`. ``parameter`` names the page in the address,
    so that two lists on one page can be leafed through by themselves."""

    rows: Sequence[T]
    number: int
    total: int
    size: int = SIZE
    parameter: str = PARAMETER

    def __iter__(self) -> Iterator[T]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """The place of the first row shown, from 1."""
        return (self.number - 1) * self.size + 1

    @property
    def before(self) -> int:
        """How many rows stand on the pages before this one."""
        return self.first - 1

    @property
    def last(self) -> int:
        return min(self.number * self.size, self.total)

    @property
    def is_long(self) -> bool:
        return self.pages > 1

    def shown_pages(self) -> list[int | None]:
        """The numbers with a link, with None where some are left out."""
        near = range(self.number - AROUND, self.number + AROUND + 1)
        wanted = sorted({1, self.pages, *(page for page in near if 1 <= page <= self.pages)})
        shown: list[int | None] = []
        for page in wanted:
            if shown and shown[-1] is not None and page - shown[-1] > 1:
                shown.append(None)
            shown.append(page)
        return shown

    def with_rows(self, rows: Sequence[Any]) -> Leaf[Any]:
        """The same leaf with its rows made into something else."""
        return Leaf(rows, self.number, self.total, self.size, self.parameter)


def asked_for(asked: QueryDict | None, parameter: str = PARAMETER) -> int:
    """The page in an address; 1 where there is none, or nonsense."""
    typed = asked.get(parameter, "") if asked is not None else ""
    return max(1, int(typed)) if typed.isascii() and typed.isdecimal() and len(typed) < 7 else 1


def leaf_of(rows: Sequence[T], number: int = 1, *, size: int = SIZE, parameter: str = PARAMETER) -> Leaf[T]:
    """A page of a list in memory; beyond the end, the last one."""
    total = len(rows)
    number = min(number, max(1, -(-total // size)))
    return Leaf(rows[(number - 1) * size : number * size], number, total, size, parameter)


def leaf_of_query(rows: QuerySet[M], number: int = 1, *, size: int = SIZE, parameter: str = PARAMETER) -> Leaf[M]:
    """A page of a query, counted in the same statement; beyond the end, the first one."""
    counted = rows.annotate(total_of_list=Window(Count("*")))
    found = list(counted[(number - 1) * size : number * size])
    if not found and number > 1:
        return leaf_of_query(rows, 1, size=size, parameter=parameter)
    total = found[0].total_of_list if found else 0  # type: ignore[attr-defined]
    return Leaf(found, number, total, size, parameter)
