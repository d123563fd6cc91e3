"""The one door to the time.

Nothing else in the program asks the machine what time it is. The clock can be set only where nothing real depends on
it: in the demo, in tests and in the throw-away database of a rehearsal (architecture.md §2.9).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings

OSLO = ZoneInfo("Europe/Oslo")
"""All dates of the program are dates in Norway."""

START_OF_DAY = time(9, 0)
"""The hour a clock stands at when it is set to a day and no hour is said: an office is open then."""

_frozen: ContextVar[datetime | None] = ContextVar("arshjul_clock_frozen", default=None)
_allowed: ContextVar[bool] = ContextVar("arshjul_clock_allowed", default=False)


class ClockMayNotBeSet(RuntimeError):
    """Somebody tried to set the clock of an installation where real deadlines run."""


def now() -> datetime:
    """The moment, aware, in Norwegian time."""
    moment = _frozen.get()
    return moment if moment is not None else datetime.now(OSLO)


def today() -> date:
    """The day it is in Norway."""
    return now().date()


def local(moment: datetime) -> datetime:
    """An aware moment (as the database gives it, in UTC) on a Norwegian clock. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone says nothing")
    return moment.astimezone(OSLO)


def may_be_set() -> bool:
    """Whether the clock may be set here: by the setting, or within ``allow_setting()``."""
    return _allowed.get() or bool(getattr(settings, "ARSHJUL_CLOCK_MAY_BE_SET", False))


@contextmanager
def allow_setting() -> Iterator[None]:
    """Let the clock be set inside the block: for a rehearsal, which works in a database of its own."""
    token = _allowed.set(True)
    try:
        yield
    finally:
        _allowed.reset(token)


def frozen_at() -> datetime | None:
    """The moment the clock was set to, or None when it runs: what a job or an event stores as ``as_of``."""
    return _frozen.get()


@contextmanager
def frozen(moment: datetime | date) -> Iterator[datetime]:
    """Let the clock stand at a moment inside the block; a day means nine in the morning of it.

    Raises ClockMayNotBeSet where the clock must run, ValueError for a moment without a time zone.
    """
    if not may_be_set():
        raise ClockMayNotBeSet(
            "The clock may be set only in the demo, in tests and in a rehearsal (setting ARSHJUL_CLOCK_MAY_BE_SET)."
        )
    standing = local(moment) if isinstance(moment, datetime) else datetime.combine(moment, START_OF_DAY, tzinfo=OSLO)
    token = _frozen.set(standing)
    try:
        yield standing
    finally:
        _frozen.reset(token)


@contextmanager
def carried(as_of: datetime | None) -> Iterator[None]:
    """Work at the moment a job carries; None, as in every real installation, leaves the clock running."""
    if as_of is None:
        yield
        return
    with frozen(as_of):
        yield
