"""What Celery's workers run: look into the database for jobs, and at the clock for ticks."""

from config.celery import CARRY, TICK, app
from core.schedule import ask_for_due
from core.services.outbox import run_due

SPELL_SECONDS = 5.0
"""A carrier works so long for one message, then another takes over: a stop doesn't wait for a whole dispatch.

Less than the ten seconds Docker gives a worker that is told to stop."""


@app.task(name=CARRY)
def carry() -> int:
    """Run what is due; how many jobs were done."""
    return run_due(seconds=SPELL_SECONDS)


@app.task(name=TICK)
def tick() -> int:
    """Ask for what the clock says, then run what is due; how many jobs were done."""
    ask_for_due()
    return run_due(seconds=SPELL_SECONDS)
