"""The low app's tasks."""

from __future__ import annotations

from django.utils.translation import ngettext

from core.jobs import task
from core.schedule import Tick, register
from core.services import mail, stash
from core.services.imports import cleaning


def mails_wait(count: int) -> str:
    return ngettext("%(count)d mail hasn’t left.", "%(count)d mails haven’t left.", count) % {"count": count}


@task("core.send_mail", quick=True, waits=mails_wait)
def send_mail(*, message: int) -> None:
    """Hand one decided mail to the mail server."""
    mail.send(message_id=message)


@task("core.drop_expired_stashes")
def drop_expired_stashes() -> None:
    """Forget texts that nobody fetched within a day."""
    stash.drop_expired()


@task("core.empty_unused_imports")
def empty_unused_imports() -> None:
    """Forget tables that were begun a month ago and never used."""
    cleaning.empty_unused()


register(Tick("imports", "core.empty_unused_imports", hour=4))
register(Tick("stashes", "core.drop_expired_stashes", hour=4))
