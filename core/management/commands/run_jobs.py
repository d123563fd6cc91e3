"""Carry the jobs where there is no broker: one process that works off what is due and asks for what the clock says."""

from __future__ import annotations

import logging
import signal
import threading
import time
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from core.schedule import ask_for_due
from core.services.outbox import run_due

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 1.0
TICK_EVERY_SECONDS = 60.0


class Command(BaseCommand):
    """Two of these at once, or one beside Celery's workers, do no harm: a job is claimed by one of them only."""

    help = "Run jobs as they become due, and ask for those of the schedule, until told to stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--once` for a cron line or a test."""
        parser.add_argument("--once", action="store_true", help="Run what is due now, and end.")

    def handle(self, *_args: Any, once: bool, **_options: Any) -> None:
        """Until SIGTERM or Ctrl-C; the job in hand is finished first."""
        if once:
            ask_for_due()
            self.stdout.write(f"{run_due()} jobs done")
            return
        stop = threading.Event()

        def leave(_number: int, _frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, leave)
        signal.signal(signal.SIGINT, leave)
        next_tick = 0.0
        while not stop.is_set():
            try:
                if time.monotonic() >= next_tick:
                    next_tick = time.monotonic() + TICK_EVERY_SECONDS
                    ask_for_due()
                # One at a time, so that a stop waits for one job and not for all of them.
                while not stop.is_set() and run_due(limit=1):
                    pass
            except DatabaseError:
                logger.exception("the database did not answer; looking again in a moment")
            finally:
                close_old_connections()
            stop.wait(LOOK_EVERY_SECONDS)
