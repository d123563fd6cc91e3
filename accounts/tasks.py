"""What the carriers run for people."""

from __future__ import annotations

from django.utils.translation import ngettext

from accounts.services import invitations, reminders
from core.jobs import task
from core.schedule import Tick, register


def invitations_wait(count: int) -> str:
    """How many lists of invitations stand still, in words."""
    return ngettext(
        "%(count)d list of invitations hasn’t been mailed.",
        "%(count)d lists of invitations haven’t been mailed.",
        count,
    ) % {"count": count}


@task("accounts.send_reminders")
def send_reminders() -> None:
    """Remind those who still owe something, as of the day the job was asked for."""
    reminders.send_reminders()


@task("accounts.mail_invitations", waits=invitations_wait)
def mail_invitations(*, first: int, last: int) -> None:
    """Mail the invitations of a list that was taken in, which have no mail yet."""
    invitations.mail_waiting(first=first, last=last)


register(Tick("reminders", "accounts.send_reminders", hour=7))
