"""What a person may open in an office, by kind: each app answers with the very questions its pages ask.

Filled from ``AppConfig.ready()``; :mod:`accounts.selectors.sees` shows it («Hva ser Kari?»). A source is handed an
actor as it would be on a day, and reads what there is now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise

from core.actor import Actor

if TYPE_CHECKING:
    from core.models import Office

Named = tuple[str, str]
"""(what it is called, the path of its page)"""


@dataclass(frozen=True, slots=True)
class Opening:
    """A kind of thing with a page. ``things``: those of the office the actor may open, each by name."""

    code: str
    label: str | Promise
    order: int
    things: Callable[[Actor, Office], Iterable[Named]]


_openings: dict[str, Opening] = {}


def register(opening: Opening) -> None:
    _openings[opening.code] = opening


def openings() -> list[Opening]:
    return sorted(_openings.values(), key=lambda one: one.order)
