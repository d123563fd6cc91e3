"""Reminders: five working days before, once, in one's own language, never after done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from accounts.services.reminders import send_reminders
from accounts.services.roles import end_role, grant_role
from core import clock, obligations, schedule
from core.enums import AnchorKind, Role
from core.models import AccessLink, Anchor, Job, Message, Obligation
from core.models.subjects import subject_key
from core.obligations import Kind
from core.services.outbox import run_due
from tests.accounts.conftest import SYSTEM, Small

KIND = Kind("t_send", "Send for %(name)s", "%(name)s: send", "core:help", minutes=20, purpose="needs_report")
QUIET = Kind("t_quiet", "Look at %(name)s", "%(name)s: look", "core:help", reminded=False)
DUE = date(2027, 2, 1)
DAY = date(2027, 1, 25)


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(obligations, "_kinds", {KIND.code: KIND, QUIET.code: QUIET})
    with clock.frozen(date(2027, 1, 4)):
        yield


def owe(small: Small, key: str = "a", **changes: Any) -> Obligation:
    facts: dict[str, Any] = {
        "kind": "t_send",
        "office": small.office,
        "role": Role.COORDINATOR,
        "anchor": small.network,
        "due": DUE,
        "data": {"name": "Hadeland"},
        "since": clock.now(),
        **subject_key(small.network),
    }
    return Obligation.objects.create(key=key, **{**facts, **changes})


def days_of_mail(first: date, last: date) -> list[date]:
    """On which days a mail is decided when the job runs every morning from first to last."""
    days = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        with clock.frozen(day):
            if send_reminders():
                days.append(day)
    return days


@pytest.mark.parametrize(
    ("due", "reminded"),
    [
        (date(2027, 2, 1), date(2027, 1, 25)),  # Monday: the Monday before
        (date(2027, 1, 29), date(2027, 1, 22)),  # Friday: the Friday before
        (date(2027, 1, 30), date(2027, 1, 25)),  # Saturday: five working days lie between
        (date(2027, 3, 31), date(2027, 3, 19)),  # the Wednesday after Easter (25, 26 and 29 March are red)
        (date(2027, 5, 18), date(2027, 5, 10)),  # 17 May is red (and Whit Monday)
    ],
)
def test_the_mail_leaves_five_working_days_before(small: Small, due: date, reminded: date) -> None:
    owe(small, due=due)
    assert days_of_mail(due - timedelta(days=20), due + timedelta(days=5)) == [reminded]
    assert Message.objects.count() == 1


def test_twice_on_one_day_is_once(small: Small) -> None:
    owe(small)
    with clock.frozen(DAY):
        assert (send_reminders(), send_reminders()) == (1, 0)
    assert Message.objects.count() == 1


def test_what_is_done_is_not_reminded_of(small: Small) -> None:
    owe(small, done_at=clock.now())
    assert send_reminders(on=DAY) == 0


def test_what_is_past_is_not_reminded_of(small: Small) -> None:
    owe(small)
    assert send_reminders(on=DUE + timedelta(days=1)) == 0


def test_a_moved_deadline_is_reminded_of_anew(small: Small) -> None:
    row = owe(small)
    assert send_reminders(on=DAY) == 1
    Obligation.objects.filter(pk=row.pk).update(due=date(2027, 2, 15))
    assert days_of_mail(DAY, date(2027, 2, 20)) == [date(2027, 2, 8)]


def test_a_job_that_did_not_run_catches_up(small: Small) -> None:
    owe(small)
    assert send_reminders(on=date(2027, 1, 28)) == 1


def test_never_on_a_weekend_or_a_red_day(small: Small) -> None:
    owe(small)
    assert send_reminders(on=date(2027, 1, 30)) == 0
    owe(small, "b", due=date(2027, 3, 26))
    assert send_reminders(on=date(2027, 3, 25)) == 0


def test_a_role_that_ended_yesterday_gets_nothing_and_its_heir_does(small: Small) -> None:
    row = owe(small)
    role = small.kari.roles.get()
    role.ends = DAY - timedelta(days=1)
    role.save(update_fields=["ends"])
    assert send_reminders(on=DAY) == 0
    row.refresh_from_db()
    assert row.reminded_for is None
    grant_role(user=small.per, role=Role.COORDINATOR, anchor=small.network, by=SYSTEM)
    assert send_reminders(on=DAY + timedelta(days=1)) == 1
    assert Message.objects.get().user == small.per


def test_a_role_taken_away_gets_nothing(small: Small) -> None:
    owe(small)
    end_role(assignment=small.kari.roles.get(), by=SYSTEM)
    assert send_reminders(on=DAY) == 0


def test_someone_who_has_left_gets_nothing(small: Small) -> None:
    owe(small)
    small.kari.is_active = False
    small.kari.save(update_fields=["is_active"])
    assert send_reminders(on=DAY) == 0


def test_kinds_nobody_is_reminded_of(small: Small) -> None:
    owe(small, kind="t_quiet")
    assert send_reminders(on=DAY) == 0


def test_one_task_is_one_mail_with_a_personal_link(small: Small) -> None:
    owe(small)
    send_reminders(on=DAY)
    mail = Message.objects.get()
    assert (mail.form, mail.subject) == ("nn", "Måndag 1.\u00a0februar: send for Hadeland")
    assert mail.body.startswith(
        "Hei, Kari.\n\nDette ventar på deg, og fristen er måndag 1.\u00a0februar:\n\n– Send for Hadeland\n\n"
        "Det tek om lag 20 minutt.\n\nhttp://127.0.0.1:8000/lenke/"
    )
    link = AccessLink.objects.get()
    assert (link.user, link.subject, link.url) == (small.kari, small.network, "/hjelp/")


def test_several_tasks_are_one_mail(small: Small) -> None:
    other = Anchor.objects.create(kind=AnchorKind.NETWORK, name="Valdres", office=small.office)
    grant_role(user=small.kari, role=Role.COORDINATOR, anchor=other, by=SYSTEM)
    owe(small)
    owe(small, "b", anchor=other, data={"name": "Valdres"}, due=date(2027, 1, 29))
    assert send_reminders(on=DAY) == 1
    mail = Message.objects.get()
    assert mail.subject == "Fredag 29.\u00a0januar: 2 oppgåver ventar på deg"
    assert (
        "– Fredag 29.\u00a0januar: Send for Valdres\nhttp://127.0.0.1:8000/hjelp/\n\n"
        "– Måndag 1.\u00a0februar: Send for Hadeland\nhttp://127.0.0.1:8000/hjelp/\n\n"
    ) in mail.body
    assert AccessLink.objects.count() == 0


def test_everyone_who_holds_the_role_is_reminded(small: Small) -> None:
    grant_role(user=small.per, role=Role.COORDINATOR, anchor=small.network, by=SYSTEM)
    owe(small)
    assert send_reminders(on=DAY) == 2
    assert sorted(mail.user.name for mail in Message.objects.all() if mail.user) == ["Kari Moe", "Per Vik"]


def test_the_tick_runs_it_as_of_its_own_day(small: Small) -> None:
    owe(small)
    morning = datetime(2027, 1, 25, 7, 0, tzinfo=clock.OSLO)
    with clock.frozen(morning - timedelta(minutes=1)):
        schedule.ask_for_due()
        assert Job.objects.filter(name="accounts.send_reminders").count() == 0
    with clock.frozen(morning):
        schedule.ask_for_due()
        schedule.ask_for_due()
        job = Job.objects.get(name="accounts.send_reminders")
        assert job.as_of == morning
    with clock.frozen(date(2027, 6, 1)):
        run_due()
    assert Message.objects.get().decided_at == morning
    assert Job.objects.get(pk=job.pk).state == "done"
