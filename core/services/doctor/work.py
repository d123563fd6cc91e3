"""What should be going on: jobs, the day's ticks, mails on their way, and the log nobody has touched."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from core import clock, schedule
from core.enums import JobState, MessageState
from core.health import Finding, fault, good
from core.models import Job, Message
from core.selectors.jobs import LATE, stuck, summary
from core.services.chain import audit

MAIL_LATE = timedelta(hours=1)


def jobs() -> Finding:
    """None was given up, and none stands still."""
    found = stuck()
    if not found:
        counts = summary()
        return good(
            f"{counts[JobState.WAITING]} waiting, {counts[JobState.RUNNING]} running, {counts[JobState.DONE]} done"
        )
    names = Counter(job.name for job in found)
    failed = sum(job.state == JobState.FAILED for job in found)
    what = ", ".join(f"{count} {name}" for name, count in names.most_common(3))
    return fault(
        f"{len(found)} stand still ({failed} given up): {what}; the oldest is job {found[0].pk}.",
        "Read its last_error and docs/operations.md, «Jobs».",
    )


def ticks() -> Finding:
    """What the clock asks for today has been asked for: beat runs, or run_jobs does."""
    moment = clock.now()
    due = {
        f"tick:{tick.name}:{moment.date().isoformat()}"
        for tick in schedule.SCHEDULE
        if moment - moment.replace(hour=tick.hour, minute=tick.minute, second=0, microsecond=0) > LATE
    }
    missing = due - set(Job.objects.filter(key__in=due).values_list("key", flat=True))
    if missing:
        return fault(
            f"{len(missing)} of today's were never asked for, the first is {sorted(missing)[0]}.",
            "Start beat (celery --app config beat), or manage.py run_jobs where there is no broker.",
        )
    return good(f"{len(due)} of {len(schedule.SCHEDULE)} due so far today, all asked for")


def undelivered() -> Finding:
    """Every mail that was decided has left."""
    late = Message.objects.filter(state=MessageState.DECIDED, decided_at__lt=clock.now() - MAIL_LATE).count()
    failed = Message.objects.filter(state=MessageState.FAILED).count()
    if late or failed:
        return fault(
            f"{late + failed} have not left within the hour.",
            "See the lines about the mail server and jobs; docs/operations.md, «Mail that doesn't leave».",
        )
    return good("all decided mails have left or are on their way")


def audit_chain() -> Finding:
    """Nothing binding was changed, taken away or put in: the longest look, every snapshot and file is read."""
    found = audit()
    if found.faults:
        return fault(
            f"{len(found.faults)} faults, the first: {found.faults[0]}",
            "Run manage.py check_audit, change nothing, and follow docs/operations.md, «When something is wrong».",
        )
    return good(f"{found.snapshots} snapshots in {len(found.chains)} chains and {found.files} files are as written")
