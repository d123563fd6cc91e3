"""What one person can hand over to another: each app says what it keeps in a person's name.

The app registers its :class:`Part` from ``AppConfig.ready()``; :mod:`accounts.services.handovers` asks them all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from core.actor import Actor

if TYPE_CHECKING:
    from accounts.models import User
    from core.models import Office


@dataclass(frozen=True, slots=True)
class Item:
    """A thing in the person's name. ``row`` is unique within its part; 0 for what is only counted and never moves.

    ``why_not``: why it can't be handed over. ``note``: what one should know if it is. ``covers``: keys of items in
    lower parts that move with this one and aren't shown by themselves. ``ends``: its last day.
    """

    part: str
    row: int
    what: str
    where: str
    starts: date | None = None
    ends: date | None = None
    why_not: str = ""
    note: str = ""
    covers: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.part}:{self.row}"


class Part(ABC):
    """One app's things in a person's name, at one office."""

    code: ClassVar[str]

    @abstractmethod
    def items(self, person: User, *, office: Office | None, on: date, by: Actor) -> list[Item]:
        """What the person has from the day ``on``. ``office`` None: everywhere (two registrations of one person)."""

    @abstractmethod
    def move(
        self, rows: Mapping[int, User | None], *, person: User, office: Office | None, on: date, by: Actor
    ) -> None:
        """Give each row to the person named, from a day; None ends it the day before.

        In the caller's transaction, which has asked for the right by :meth:`items`. Raises StepRefused.
        """


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    _parts[part.code] = part


def parts() -> list[Part]:
    """The highest app first: what it moves covers what lower ones have of it."""
    return list(reversed(_parts.values()))
