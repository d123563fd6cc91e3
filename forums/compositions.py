"""What the law asks of a forum's seats, and what keeps a forum or a term as it is: registered by the apps above.

The rule sets, the rounds and the answers live higher up (docs/architecture.md, «The ladder»), so they say here what
the forums need to know of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forums.models import Appointment, Forum


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both written forms."""

    nb: str
    nn: str

    def in_form(self, form: str) -> str:
        return self.nn if form == "nn" else self.nb


@dataclass(frozen=True, slots=True)
class Demand:
    """Who must (``required``) or may sit; ``law`` points at the paragraph («§ 8», «punkt 3.2»)."""

    code: str
    name: Words
    law: Words
    required: bool
    is_office: bool = False


@dataclass(frozen=True, slots=True)
class Composition:
    """Who a rule set says must and may sit. ``upper_secondary``: it has rules for upper secondary school."""

    code: str
    name: Words
    valid_from: date
    valid_to: date | None
    upper_secondary: bool
    demands: tuple[Demand, ...]

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


_compositions: list[Callable[[], Iterable[Composition]]] = []
_business: list[Callable[[Forum], Iterable[str]]] = []
_acts: list[Callable[[Appointment], Iterable[date]]] = []


def register_compositions(source: Callable[[], Iterable[Composition]]) -> None:
    """Let a higher app say what its rule sets ask for, the newest version of each, the newest law last."""
    if source not in _compositions:
        _compositions.append(source)


def register_business(source: Callable[[Forum], Iterable[str]]) -> None:
    """Let a higher app say, in whole sentences, what lies before a forum, so that it can't end now."""
    if source not in _business:
        _business.append(source)


def register_acts(source: Callable[[Appointment], Iterable[date]]) -> None:
    """Let a higher app say on which days somebody acted by an appointment: the term must cover them."""
    if source not in _acts:
        _acts.append(source)


def compositions() -> list[Composition]:
    """Every rule set's, the newest law first."""
    return sorted((one for source in _compositions for one in source()), key=lambda one: one.valid_from, reverse=True)


def composition_on(on: date) -> Composition | None:
    """What the law in force on a day asks for."""
    return next((one for one in compositions() if one.in_force(on)), None)


def business_of(forum: Forum) -> list[str]:
    """Why the forum can't end now."""
    return [text for source in _business for text in source(forum)]


def acts_of(appointment: Appointment) -> list[date]:
    """The days on which somebody acted by this appointment, in order."""
    return sorted({day for source in _acts for day in source(appointment)})
