"""What the carriers run for people."""

from __future__ import annotations

from accounts.services import reminders
from core.jobs import task
from core.schedule import Tick, register


@task("accounts.send_reminders")
def send_reminders() -> None:
    """Remind those who still owe something, as of the day the job was asked for."""
    reminders.send_reminders()


register(Tick("reminders", "accounts.send_reminders", hour=7))
