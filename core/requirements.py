"""Obstacles: the sentences that say why a step isn't open, and who or what opens it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a step can't be taken now.

    ``code`` is stable and for tests and logs; ``text`` is a whole sentence for the person; ``anchor`` is the part of
    the page (an element id) where it is mended, empty if it can't be mended there.
    """

    code: str
    text: str | Promise
    anchor: str = ""


Guard = Callable[[Any, Any], Sequence[Obstacle]]
"""(object, facts) -> obstacles. Guards import no models and query nothing: the service gathers the facts."""


class StepRefused(Exception):
    """A step was asked for that isn't open; nothing was changed. ``obstacles`` hold the sentences."""

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        self.obstacles = tuple(obstacles)
        super().__init__(" ".join(str(obstacle.text) for obstacle in self.obstacles))


class StaleVersion(Exception):
    """Somebody saved after the page was opened; ``saved_by`` and ``saved_at`` say who and when."""

    def __init__(self, *, seen: int, current: int, saved_by: str = "", saved_at: Any = None) -> None:
        self.seen = seen
        self.current = current
        self.saved_by = saved_by
        self.saved_at = saved_at
        super().__init__(f"version {seen} was seen, version {current} is current")


class AlreadyDone(Exception):
    """The same person asked for the same step twice (a double click); the first time counted, nothing more is done."""
