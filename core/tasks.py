"""The low app's tasks."""

from __future__ import annotations

from core.jobs import task
from core.schedule import Tick, register
from core.services import mail, stash


@task("core.send_mail", quick=True)
def send_mail(*, message: int) -> None:
    """Hand one decided mail to the mail server."""
    mail.send(message_id=message)


@task("core.drop_expired_stashes")
def drop_expired_stashes() -> None:
    """Forget texts that nobody fetched within a day."""
    stash.drop_expired()


register(Tick("stashes", "core.drop_expired_stashes", hour=4))
