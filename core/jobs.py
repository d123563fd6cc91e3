"""The task registry and the carriers that wake it.

A job is a row (:class:`core.models.Job`); the row is the truth. Two carriers run the same tasks: Celery workers where
there is a broker, ``manage.py run_jobs`` where there is none. A carrier is only woken; what isn't woken is swept up.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

logger = logging.getLogger(__name__)

Task = Callable[..., None]
_tasks: dict[str, Task] = {}

BREAKER_SECONDS = 30.0
"""How long nobody tries to wake a carrier after it couldn't be reached: a failed publish costs over half a second."""


def task(name: str) -> Callable[[Task], Task]:
    """Register a task. It takes ids, is idempotent and calls one service."""

    def register(function: Task) -> Task:
        if name in _tasks and _tasks[name] is not function:
            raise ValueError(f"task {name!r} is registered twice")
        _tasks[name] = function
        return function

    return register


def find(name: str) -> Task:
    """The task by name; KeyError for a name nobody registered."""
    return _tasks[name]


def names() -> frozenset[str]:
    return frozenset(_tasks)


class Waker:
    """Leaves one wake message at a carrier; after a failure it rests, and the sweep does the work."""

    def __init__(self) -> None:
        self._send: Callable[[], Any] | None = None
        self._open_until = 0.0

    def use(self, send: Callable[[], Any] | None) -> None:
        """How to wake the carrier; None where there is nobody to wake."""
        self._send = send
        self._open_until = 0.0

    def wake(self) -> None:
        if self._send is None or time.monotonic() < self._open_until:
            return
        try:
            self._send()
        except Exception:  # whatever the broker's client raises, the row is safe and will be swept up
            self._open_until = time.monotonic() + BREAKER_SECONDS
            logger.warning("the broker could not be reached; jobs wait for the sweep")


waker = Waker()
