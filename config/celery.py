"""The Celery carrier: workers and beat, used when `BROKER_URL` is set.

Without a broker nothing here runs, and `manage.py run_jobs` carries the same rows through the same tasks. A message
carries no work, only "look": the row in the database is the truth, so a lost or doubled message changes nothing.
"""

import os
from importlib import import_module

from celery import Celery
from celery.signals import worker_init
from django.conf import settings

from core.jobs import waker
from core.pdf import TYPESETTING

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

CARRY = "config.tasks.carry"
TICK = "config.tasks.tick"

app = Celery("arshjul")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["config"])
# The times of day stand in core.schedule; beat only looks there every minute, and sweeps up what no message woke.
# A message nobody took before the next sweep is of no use any more.
SWEEP = settings.JOB_SWEEP_SECONDS
app.conf.beat_schedule = {"tick": {"task": TICK, "schedule": SWEEP, "options": {"expires": SWEEP}}}


def wake() -> None:
    """Tell a worker that there is something to do; without a broker there is nobody to tell."""
    if app.conf.broker_url:
        app.send_task(CARRY, retry=False, expires=SWEEP)


@worker_init.connect
def load_before_dividing(**_more: object) -> None:
    """A worker's processes share what it has loaded before it divides."""
    import_module(TYPESETTING)


waker.use(wake)
