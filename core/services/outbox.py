"""Jobs: asked for in a transaction, woken on commit, claimed with a lease, run, swept up until done."""

from __future__ import annotations

import logging
import math
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, F, Q, QuerySet, When

from core import clock
from core.enums import JobState
from core.jobs import find, is_passing, names, others_rest, quick_names, waker
from core.models import Job, Office
from core.selectors.jobs import stuck, summary

__all__ = ["claim", "enqueue", "run", "run_due", "straighten", "stuck", "summary", "try_again"]

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=settings.JOB_LEASE_SECONDS)
"""How long a claimed job is left alone. Longer than any task takes; a task that outlives it may run twice."""

RETRY_AFTER = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
REST = timedelta(minutes=1)
"""How long the other jobs of a name wait when one has met a mail server that is away or a full disk."""
LONGEST_REST = timedelta(minutes=10)
"""And how long the one that met it waits at most: it must not sleep an hour when the server is back."""
MAX_ATTEMPTS = 12
CALL_EVERY_SECONDS = 1.0


def enqueue(
    name: str, *, key: str, not_before: datetime | None = None, office: Office | int | None = None, **ids: int | str
) -> Job:
    """Ask for a job in the current transaction; asking again with the same ``key`` changes nothing.

    ``office``: whose staff are told when it can't be done. Raises KeyError for a task nobody registered. The carrier is
    woken once per transaction, after commit.
    """
    if name not in names():
        raise KeyError(f"no task is called {name!r}")
    moment = clock.now()
    job, made = Job.objects.get_or_create(
        key=key,
        defaults={
            "name": name,
            "args": ids,
            "office_id": office.pk if isinstance(office, Office) else office,
            "not_before": not_before or moment,
            "as_of": clock.frozen_at(),
            "created_at": moment,
        },
    )
    if made:
        _wake_once()
    return job


def _wake_once() -> None:
    """One wake message per transaction, however many jobs it asked for."""
    if any(getattr(entry[1], "__self__", None) is waker for entry in connection.run_on_commit):
        return
    transaction.on_commit(waker.wake)


def _due(moment: datetime) -> QuerySet[Job]:
    """Jobs nobody works on whose time has come. One asked for at once is due whatever the clock says since then."""
    come = Q(not_before__lte=moment) | Q(attempts=0, not_before__lte=F("created_at"))
    return Job.objects.filter(
        Q(state=JobState.WAITING) & come | Q(state=JobState.RUNNING, lease_until__lt=moment),
        state__in=[JobState.WAITING, JobState.RUNNING],  # says what the index of open jobs says
    )


def claim(*, limit: int = 1) -> list[Job]:
    """Take up to ``limit`` jobs that are due or whose lease ran out: quick ones first, then those tried least, then
    those due the longest, so that one that fails again and again holds up nobody.

    Two carriers never get the same one, and neither waits for the other.
    """
    moment = clock.now()
    turn = Case(When(name__in=quick_names(), then=0), default=1)
    with transaction.atomic():
        free = _due(moment).order_by(turn, "attempts", "not_before", "id")
        jobs = list(free.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)[:limit])
        claimed = Job.objects.filter(pk__in=[job.pk for job in jobs])
        claimed.update(state=JobState.RUNNING, lease_until=moment + LEASE, attempts=F("attempts") + 1)
    for job in jobs:
        job.state, job.lease_until, job.attempts = JobState.RUNNING, moment + LEASE, job.attempts + 1
    return jobs


def run(job: Job) -> bool:
    """Run a claimed job, as of the day it was asked for where the clock was set; returns whether it was done.

    Never raises for a task's error. A carrier whose lease ran out meanwhile may still say that the job is done, but
    not that it failed: another carrier has it now.
    """
    try:
        with clock.carried(job.as_of):
            find(job.name)(**job.args)
    except Exception as error:
        if is_passing(error):
            logger.warning("job %s (%s) must wait: %s", job.pk, job.name, type(error).__name__)
        else:
            logger.exception("job %s (%s) failed", job.pk, job.name)
        _put_back(job, error)
        return False
    Job.objects.filter(pk=job.pk).exclude(state=JobState.DONE).update(
        state=JobState.DONE, done_at=clock.now(), lease_until=None, last_error=""
    )
    return True


def _put_back(job: Job, error: Exception) -> None:
    moment = clock.now()
    words = f"{type(error).__name__}: {error}"[:2000]
    given_up = job.attempts >= MAX_ATTEMPTS and not is_passing(error)
    wait = RETRY_AFTER[min(job.attempts, len(RETRY_AFTER)) - 1]
    # The number of the attempt tells whether the job is still ours.
    Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts).update(
        state=JobState.FAILED if given_up else JobState.WAITING,
        not_before=moment + (min(wait, LONGEST_REST) if others_rest(error) else wait),
        lease_until=None,
        last_error=words,
    )
    if others_rest(error):
        _let_rest(job.name, until=moment + REST, why=words)


def _let_rest(name: str, *, until: datetime, why: str) -> None:
    """The others of the name aren't tried before ``until``; those another carrier holds just now are left out."""
    with transaction.atomic():
        others = Job.objects.filter(name=name, state=JobState.WAITING, not_before__lt=until).select_for_update(
            skip_locked=connection.features.has_select_for_update_skip_locked
        )
        Job.objects.filter(pk__in=list(others.values_list("pk", flat=True))).update(not_before=until, last_error=why)


def straighten() -> None:
    """Put right what a clock that was set back, or a job that kills its process, would leave standing.

    No lease and no wait lies further ahead than we ever set one: if it does, the clock was set back, and the time is
    counted from now. A job that has taken its process with it again and again is given up. Each tick does this.
    """
    moment = clock.now()
    running = Job.objects.filter(state=JobState.RUNNING)
    running.filter(lease_until__lt=moment, attempts__gte=MAX_ATTEMPTS).update(
        state=JobState.FAILED, lease_until=None, last_error="the process that ran it ended in the middle"
    )
    running.filter(lease_until__gt=moment + LEASE).update(lease_until=moment + LEASE)
    put_off = Job.objects.filter(state=JobState.WAITING, not_before__gt=moment + RETRY_AFTER[-1]).exclude(last_error="")
    put_off.update(not_before=moment + RETRY_AFTER[-1])


def run_due(*, limit: int = 1000, seconds: float = math.inf) -> int:
    """Run what is due, one claim at a time, until nothing is left or ``limit`` or ``seconds`` is reached.

    Returns how many were done. While there is more than it can hold, it calls for other carriers.
    """
    began, called = time.monotonic(), -math.inf
    done = 0
    with waker.silent():
        for _turn in range(limit):
            jobs = claim()
            if not jobs:
                return done
            if time.monotonic() >= called + CALL_EVERY_SECONDS and _due(clock.now()).exists():
                called = time.monotonic()
                waker.call()
            done += run(jobs[0])
            if time.monotonic() >= began + seconds:
                waker.call()
                return done
    return done


def try_again(*, office: Office) -> int:
    """Try the office's jobs that failed or wait for another try now; returns how many. No event: nothing is decided."""
    with transaction.atomic():
        count = (
            Job.objects.filter(office=office, state__in=[JobState.FAILED, JobState.WAITING])
            .exclude(last_error="")
            .update(state=JobState.WAITING, attempts=0, not_before=clock.now())
        )
        _wake_once()
    return count
