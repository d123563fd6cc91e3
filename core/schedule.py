"""What happens by the clock, in one table, ticked by Celery beat or by ``manage.py run_jobs`` alike.

A tick only asks for a job, under a key with the minute or day in it: two beats at once give one job.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from core import clock
from core.services.outbox import enqueue, straighten


@dataclass(frozen=True, slots=True)
class Tick:
    """A task asked for once a day at ``hour``:``minute`` (Norwegian time)."""

    name: str
    task: str
    hour: int
    minute: int = 0


SCHEDULE: list[Tick] = []


def register(tick: Tick) -> None:
    """Add a tick; called by apps when they are ready."""
    if tick not in SCHEDULE:
        SCHEDULE.append(tick)


def ask_for_due(now: datetime | None = None) -> int:
    """Put right what stands crooked, and ask for every tick whose time has come today; returns how many there are.

    What has been asked for already is not asked for again. A day nobody ticked is not made up for: what the ticks ask
    for looks at how things stand, not at what day it was.
    """
    straighten()
    moment = now or clock.now()
    due = [tick for tick in SCHEDULE if (tick.hour, tick.minute) <= (moment.hour, moment.minute)]
    with transaction.atomic():
        for tick in due:
            enqueue(tick.task, key=f"tick:{tick.name}:{moment.date().isoformat()}")
    return len(due)
