"""The jobs of the grant year. Each takes ids, may be run twice, and calls one service."""

from __future__ import annotations

from django.utils.translation import ngettext

from core.jobs import task
from core.schedule import Tick, register
from grants.services import deliveries, letters


def letters_wait(count: int) -> str:
    return ngettext("%(count)d letter isn’t made.", "%(count)d letters aren’t made.", count) % {"count": count}


def notices_wait(count: int) -> str:
    return ngettext(
        "The recipient of %(count)d letter isn’t told.", "The recipients of %(count)d letters aren’t told.", count
    ) % {"count": count}


@task("grants.make_letter", waits=letters_wait)
def make_letter(*, letter: int) -> None:
    """Make one letter's PDF and make it available."""
    letters.make_letter(letter_id=letter)


@task("grants.notice_letter", waits=notices_wait)
def notice_letter(*, letter: int) -> None:
    """Tell the recipient of one letter."""
    deliveries.notice_letter(letter_id=letter)


@task("grants.second_notices")
def second_notices() -> None:
    """Once a day: letters unopened for a week, and notices that left late."""
    deliveries.move_last_days()
    deliveries.ask_for_second_notices()


@task("grants.second_notice", waits=notices_wait)
def second_notice(*, letter: int) -> None:
    """Tell the recipient of one letter a second time."""
    deliveries.tell_again(letter_id=letter)


register(Tick(name="second_notices", task="grants.second_notices", hour=8))
