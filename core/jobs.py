"""The task registry and the carriers that wake it.

A job is a row (:class:`core.models.Job`); the row is the truth. Two carriers run the same tasks: Celery workers where
there is a broker, ``manage.py run_jobs`` where there is none. A carrier is only woken; what isn't woken is swept up.
"""

from __future__ import annotations

import errno
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import InterfaceError, OperationalError
from django.utils.translation import ngettext

logger = logging.getLogger(__name__)

Task = Callable[..., None]
_tasks: dict[str, Task] = {}
_quick: set[str] = set()
Waits = Callable[[int], str]
"""Count -> the sentence that says that so many of these jobs aren't done («2 mails haven't left.»)."""
_waits: dict[str, Waits] = {}

BREAKER_SECONDS = 30.0
"""How long nobody tries to wake a carrier after it couldn't be reached: a failed publish costs over half a second."""


class NotNow(Exception):
    """It can't be done now, and that isn't the job's fault: it is tried again and never given up."""


class Away(NotNow):
    """What all jobs of this name need doesn't answer: the others rest too, instead of each waiting for it in turn."""


NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
"""The disk takes nothing more. That is nobody's fault but the disk's, and no job of the name will do better."""


def is_passing(error: BaseException) -> bool:
    """Whether the trouble is the surroundings' and not the job's: mail server, disk or database."""
    return isinstance(error, (NotNow, OperationalError, InterfaceError)) or others_rest(error)


def others_rest(error: BaseException) -> bool:
    """Whether the other jobs of the name would meet the same."""
    return isinstance(error, Away) or (isinstance(error, OSError) and error.errno in NO_ROOM)


def task(name: str, *, quick: bool = False, waits: Waits | None = None) -> Callable[[Task], Task]:
    """Register a task. It takes ids, is idempotent and calls one service.

    A ``quick`` one goes before the others: somebody waits for a code by mail while two hundred letters are made.
    ``waits`` tells an office's staff when some of these stand still.
    """

    def register(function: Task) -> Task:
        if name in _tasks and _tasks[name] is not function:
            raise ValueError(f"task {name!r} is registered twice")
        _tasks[name] = function
        if quick:
            _quick.add(name)
        if waits is not None:
            _waits[name] = waits
        return function

    return register


def find(name: str) -> Task:
    """The task by name; KeyError for a name nobody registered."""
    return _tasks[name]


def names() -> frozenset[str]:
    return frozenset(_tasks)


def quick_names() -> frozenset[str]:
    """The tasks that go first."""
    return frozenset(_quick)


def in_words(name: str, count: int) -> str:
    """That so many jobs of the name aren't done, in the language of the page."""
    return _waits[name](count) if name in _waits else _others_wait(count)


def _others_wait(count: int) -> str:
    words = ngettext("%(count)d task of the program isn’t done.", "%(count)d tasks of the program aren’t done.", count)
    return words % {"count": count}


class Waker:
    """Leaves one wake message at a carrier; after a failure it rests, and the sweep does the work."""

    def __init__(self) -> None:
        self._send: Callable[[], Any] | None = None
        self._open_until = 0.0
        self._silent: ContextVar[bool] = ContextVar("arshjul_waker_silent", default=False)

    def use(self, send: Callable[[], Any] | None) -> None:
        """How to wake the carrier; None where there is nobody to wake."""
        self._send = send
        self._open_until = 0.0

    @property
    def resting(self) -> bool:
        """Whether the broker couldn't be reached a moment ago, and nobody tries just now."""
        return time.monotonic() < self._open_until

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Inside, asking for a job wakes nobody: for a carrier, which will find the job itself."""
        token = self._silent.set(True)
        try:
            yield
        finally:
            self._silent.reset(token)

    def wake(self) -> None:
        """Leave a message, unless silent or resting. Never raises."""
        if not self._silent.get():
            self.call()

    def call(self) -> None:
        """Leave a message even though one is a carrier oneself: more hands are wanted. Never raises."""
        if self._send is None or self.resting:
            return
        if self._open_until:  # it was down: one of the threads tries whether it is back, the others don't wait for it
            self._open_until = time.monotonic() + BREAKER_SECONDS
        try:
            self._send()
        except Exception:  # whatever the broker's client raises, the row is safe and will be swept up
            self._open_until = time.monotonic() + BREAKER_SECONDS
            logger.warning("the broker could not be reached; jobs wait for the sweep")
        else:
            self._open_until = 0.0


waker = Waker()
