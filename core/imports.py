"""What can be taken in from a spreadsheet, and what its rows mean.

One engine serves the whole program: it reads the file or what was pasted, matches columns, shows what each row would
do, mends cells, applies in one transaction and undoes. An app that has something to take in registers an
:class:`Importer` from ``AppConfig.ready()`` and says only what its rows mean.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.utils.functional import Promise

from core.actor import Actor

if TYPE_CHECKING:
    from core.models import Office

Text = str | Promise
Values = Mapping[str, Any]
"""A row as its columns read it: column name → value; an empty cell is absent."""


class Change(StrEnum):
    """What a row would do."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    FAULTY = "faulty"


@dataclass(frozen=True, slots=True)
class Column:
    """A column an importer knows.

    ``headings`` are other ways of writing its head, in bokmål, nynorsk and as other programs do; they are compared
    folded. ``read`` makes a value of the cell's text and raises core.unreadable.Unreadable with what to write instead.
    """

    name: str
    label: Text
    headings: tuple[str, ...] = ()
    required: bool = False
    read: Callable[[str], Any] = str
    example: str = ""
    hint: Text = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row can't be used, and the mend. ``column`` is empty where the row as a whole is at fault.

    ``suggestions``: what the cell may have been meant to say; the page asks «Did you mean …?» and takes one at a press.
    """

    column: str
    text: str
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """What a row would change, as people read it."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What one row would do. ``title`` is what it is about («Bergen kommune»).

    ``key`` is the thing it writes; two rows of one import with the same key can't both be right (the engine says so).
    """

    change: Change
    title: str
    key: str = ""
    differences: tuple[Difference, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """What one row did: the row of a table it made (``before`` is None) or changed, with the values before and after
    as primitives, by which an undo sees whether somebody has changed it since."""

    subject: models.Model
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]


class Importer(ABC):
    """Reads rows of one kind. Registered once; holds nothing of a run."""

    code: ClassVar[str]
    """In addresses and rows: «organisations»."""
    label: ClassVar[Text]
    """«Organisations»."""
    lead: ClassVar[Text]
    """One sentence: what a row is, and what it does."""
    perm: ClassVar[str]
    """Asked with the office before anything is read, and again before it is applied."""
    columns: ClassVar[tuple[Column, ...]]

    @abstractmethod
    def plan(self, rows: Sequence[Values], *, office: Office, by: Actor) -> list[Plan]:
        """What each row would do, one plan a row, in as many queries for 5 000 rows as for one. Writes nothing."""

    @abstractmethod
    def apply(self, rows: Sequence[Values], *, office: Office, by: Actor) -> list[Applied]:
        """Write the rows that are new or changed, through services, one event a row. In the engine's transaction.

        ``rows`` are those alone, in their order; what is unchanged, faulty or left out isn't among them. What it did
        comes back in the order it was done, as many as it touched; ``before`` and ``after`` are kept as JSON.
        """

    @abstractmethod
    def undo(self, done: Sequence[Applied], *, office: Office, by: Actor) -> None:
        """Take it all back, in the engine's transaction. Raises core.requirements.StepRefused with what depends on it
        or was changed since. ``done`` is what :meth:`apply` gave, in the same order, each subject as it is now."""


_importers: dict[str, Importer] = {}


def register(importer: Importer) -> None:
    _importers[importer.code] = importer


def importer(code: str) -> Importer | None:
    return _importers.get(code)


def importers() -> dict[str, Importer]:
    return dict(_importers)
