"""The low app's tasks."""

from __future__ import annotations

from core.jobs import task
from core.services import mail


@task("core.send_mail")
def send_mail(*, message: int) -> None:
    """Hand one decided mail to the mail server."""
    mail.send(message_id=message)
