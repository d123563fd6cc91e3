"""Jobs: asked for in a transaction, woken on commit, claimed with a lease, run, swept up until done."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q

from core import clock
from core.enums import JobState
from core.jobs import find, names, waker
from core.models import Job

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""How long a claimed job is left alone. Longer than any task takes; a task that outlives it may run twice."""

RETRY_AFTER = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
MAX_ATTEMPTS = 12


def enqueue(name: str, *, key: str, not_before: datetime | None = None, **ids: int | str) -> Job:
    """Ask for a job in the current transaction; asking again with the same ``key`` changes nothing.

    Raises KeyError for a task nobody registered. The carrier is woken once per transaction, after commit.
    """
    if name not in names():
        raise KeyError(f"no task is called {name!r}")
    moment = clock.now()
    job, _made = Job.objects.get_or_create(
        key=key,
        defaults={
            "name": name,
            "args": ids,
            "not_before": not_before or moment,
            "as_of": clock.frozen_at(),
            "created_at": moment,
        },
    )
    _wake_once()
    return job


def _wake_once() -> None:
    """One wake message per transaction, however many jobs it asked for."""
    if any(getattr(entry[1], "__self__", None) is waker for entry in connection.run_on_commit):
        return
    transaction.on_commit(waker.wake)


def claim(*, limit: int = 1) -> list[Job]:
    """Take up to ``limit`` jobs that are due or whose lease ran out. Two carriers never get the same one."""
    moment = clock.now()
    due = Job.objects.filter(not_before__lte=moment).filter(
        Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, lease_until__lt=moment)
    )
    claimed: list[Job] = []
    for job_id in due.order_by("id").values_list("id", flat=True)[:limit]:
        taken = due.filter(pk=job_id).update(
            state=JobState.RUNNING, lease_until=moment + LEASE, attempts=F("attempts") + 1
        )
        if taken:
            claimed.append(Job.objects.get(pk=job_id))
    return claimed


def run(job: Job) -> bool:
    """Run a claimed job, as of the day it was asked for where the clock was set; returns whether it was done.

    Never raises for a task's error.
    """
    try:
        with clock.carried(job.as_of):
            find(job.name)(**job.args)
    except Exception as error:
        logger.exception("job %s failed", job.name)
        _put_back(job, error)
        return False
    Job.objects.filter(pk=job.pk).update(state=JobState.DONE, done_at=clock.now(), lease_until=None, last_error="")
    return True


def _put_back(job: Job, error: Exception) -> None:
    given_up = job.attempts >= MAX_ATTEMPTS
    wait = RETRY_AFTER[min(job.attempts, len(RETRY_AFTER)) - 1]
    Job.objects.filter(pk=job.pk).update(
        state=JobState.FAILED if given_up else JobState.WAITING,
        not_before=clock.now() + wait,
        lease_until=None,
        last_error=f"{type(error).__name__}: {error}"[:2000],
    )


def run_due(*, limit: int = 1000) -> int:
    """Run what is due, one claim at a time, until nothing is left or ``limit`` is reached; how many were done."""
    done = 0
    for _turn in range(limit):
        jobs = claim()
        if not jobs:
            break
        done += run(jobs[0])
    return done


def stuck() -> list[Job]:
    """Jobs that were given up or that have waited more than an hour past their time."""
    late = clock.now() - timedelta(hours=1)
    return list(Job.objects.filter(Q(state=JobState.FAILED) | Q(state=JobState.WAITING, not_before__lt=late)))


def summary() -> dict[str, Any]:
    """Counts by state, for the operator."""
    return {state: Job.objects.filter(state=state).count() for state in JobState.values}
