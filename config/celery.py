"""The Celery carrier: workers and beat, used when `BROKER_URL` is set.

Without a broker nothing here runs and `manage.py run_jobs` carries the same tasks on the same schedule. The schedule
itself is one table, `core.schedule.SCHEDULE`.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("arshjul")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
