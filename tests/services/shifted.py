"""The program's Celery application on a machine whose clock goes wrong by ``SHIFT_SECONDS``."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from config.celery import app
from core import clock

SHIFT = timedelta(seconds=float(os.environ["SHIFT_SECONDS"]))
_right = clock.now


def now() -> datetime:
    """The moment as the machine takes it to be; a clock that was set stands as it was set."""
    return _right() if clock.frozen_at() else _right() + SHIFT


clock.now = now  # whoever asks, asks the module

__all__ = ["app"]
