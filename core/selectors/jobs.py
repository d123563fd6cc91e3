"""Reads jobs: those that stand still, for the operator and for the staff they concern."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q

from core import clock
from core.enums import JobState
from core.models import Job

LATE = timedelta(minutes=15)
"""So long after its time a job that isn't done stands still: no carrier runs, or what it needs is away."""


def stuck() -> list[Job]:
    """Jobs that were given up, that nobody has begun in a quarter of an hour, or that are tried in vain for as long."""
    return list(Job.objects.filter(_stands_still()).order_by("id"))


def summary() -> dict[str, Any]:
    """Counts by state, for the operator."""
    found = dict(Job.objects.values_list("state").annotate(count=Count("id")).order_by())
    return {state: found.get(state, 0) for state in JobState.values}


def troubled(office_ids: Collection[int]) -> list[Job]:
    """The offices' jobs that stand still, the last asked for first. One query."""
    found = Job.objects.filter(_stands_still(), office__in=office_ids)
    return list(found.select_related("office__anchor").order_by("-id"))


def _stands_still() -> Q:
    late = clock.now() - LATE
    tried = Q(state=JobState.WAITING, created_at__lt=late) & ~Q(last_error="")
    left = Q(state=JobState.WAITING, not_before__lt=late) | Q(state=JobState.RUNNING, lease_until__lt=late)
    return Q(state=JobState.FAILED) | tried | left
