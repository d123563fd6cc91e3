"""Jobs: once asked for they are done, at least once, and never by two at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction

from core import clock, jobs, schedule
from core.enums import JobState, MessageState
from core.models import Job, Message
from core.schedule import Tick
from core.services import mail
from core.services.outbox import LEASE, MAX_ATTEMPTS, claim, enqueue, run, run_due, stuck, summary
from tests.accounts.conftest import Small

pytestmark = pytest.mark.django_db


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    calls: list[object] = []

    def note(**ids: object) -> None:
        calls.append((ids.get("number"), clock.today()))
        if ids.get("number") == 13:
            raise RuntimeError("unlucky")

    monkeypatch.setattr(jobs, "_tasks", {**jobs._tasks, "test.note": note})
    return calls


def test_the_same_key_is_one_job(seen: list[object]) -> None:
    first = enqueue("test.note", key="k", number=1)
    assert enqueue("test.note", key="k", number=2) == first
    assert run_due() == 1
    assert [number for number, _day in seen] == [1]  # type: ignore[misc]


def test_an_unknown_task_is_an_error_at_once() -> None:
    with pytest.raises(KeyError, match=r"no task is called 'test\.typo'"):
        enqueue("test.typo", key="k")
    assert Job.objects.count() == 0


def test_a_task_name_belongs_to_one_function(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_tasks", {})
    jobs.task("test.a")(print)
    jobs.task("test.a")(print)
    with pytest.raises(ValueError, match="registered twice"):
        jobs.task("test.a")(repr)
    assert jobs.names() == {"test.a"}


def test_what_the_transaction_takes_back_was_never_asked_for(seen: list[object]) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        enqueue("test.note", key="k", number=1)
        raise ZeroDivisionError
    assert (run_due(), seen) == (0, [])


def test_a_job_runs_as_of_the_day_it_was_asked_for(seen: list[object]) -> None:
    with clock.frozen(date(2027, 1, 25)):
        enqueue("test.note", key="k", number=1)
    with clock.frozen(date(2027, 6, 1)):
        assert run_due() == 1
    assert seen == [(1, date(2027, 1, 25))]


def test_not_before_its_time(seen: list[object]) -> None:
    start = datetime(2027, 1, 25, 9, tzinfo=clock.OSLO)
    with clock.frozen(start):
        enqueue("test.note", key="k", number=1, not_before=start + timedelta(hours=1))
        assert run_due() == 0
    with clock.frozen(start + timedelta(hours=1)):
        assert run_due() == 1


def test_a_claimed_job_is_nobody_elses_until_its_lease_runs_out(seen: list[object]) -> None:
    start = datetime(2027, 1, 25, 9, tzinfo=clock.OSLO)
    with clock.frozen(start):
        enqueue("test.note", key="k", number=1)
        assert [job.attempts for job in claim(limit=5)] == [1]
        assert claim(limit=5) == []
    with clock.frozen(start + LEASE + timedelta(seconds=1)):
        (job,) = claim()
        assert (job.attempts, run(job)) == (2, True)
        assert claim() == []


def test_a_failing_job_comes_back_later_and_is_given_up_at_last(seen: list[object]) -> None:
    moment = datetime(2027, 1, 25, 9, tzinfo=clock.OSLO)
    with clock.frozen(moment):
        enqueue("test.note", key="k", number=13)
    waits = []
    for _attempt in range(MAX_ATTEMPTS):
        with clock.frozen(moment):
            assert (run_due(), run_due()) == (0, 0)
        job = Job.objects.get()
        waits.append(job.not_before - moment)
        moment = job.not_before
    assert waits[:5] == [
        timedelta(seconds=10),
        timedelta(minutes=1),
        timedelta(minutes=10),
        timedelta(hours=1),
        timedelta(hours=1),
    ]
    assert (job.state, job.last_error, len(seen)) == (JobState.FAILED, "RuntimeError: unlucky", MAX_ATTEMPTS)
    assert stuck() == [job]
    assert summary() == {"waiting": 0, "running": 0, "done": 0, "failed": 1}


def test_one_wake_message_per_transaction(
    seen: list[object],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    woken: list[int] = []
    waker = jobs.Waker()
    waker.use(lambda: woken.append(1))
    monkeypatch.setattr("core.services.outbox.waker", waker)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        enqueue("test.note", key="a", number=1)
        enqueue("test.note", key="b", number=2)
        assert woken == []
    assert woken == [1]


def test_a_broker_that_is_down_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[float] = []
    now = [100.0]
    monkeypatch.setattr("core.jobs.time.monotonic", lambda: now[0])

    def send() -> None:
        tries.append(now[0])
        raise ConnectionError

    waker = jobs.Waker()
    waker.wake()
    waker.use(send)
    for moment in (100.0, 101.0, 129.9, 130.0, 131.0):
        now[0] = moment
        waker.wake()
    assert tries == [100.0, 130.0]


def test_a_tick_is_asked_for_once_a_day_however_often_it_beats(
    seen: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "SCHEDULE", [])
    schedule.register(Tick("t", "test.note", hour=7))
    schedule.register(Tick("t", "test.note", hour=7))
    for day in (25, 26):
        for hour, minute in ((6, 59), (7, 0), (7, 1), (23, 59)):
            with clock.frozen(datetime(2027, 1, day, hour, minute, tzinfo=clock.OSLO)):
                schedule.ask_for_due()
    assert [job.key for job in Job.objects.order_by("id")] == ["tick:t:2027-01-25", "tick:t:2027-01-26"]


def test_a_mail_is_decided_once_and_leaves_under_one_id(small: Small, mailoutbox: list[object]) -> None:
    facts = {"key": "k", "to": "kari@example.no", "subject": "Måndag", "body": "Hei, Kari.\n", "form": "nn"}
    message, made = mail.decide(**facts, user=small.kari, office=small.office)  # type: ignore[arg-type]
    again, remade = mail.decide(**facts, office=small.office)  # type: ignore[arg-type]
    assert (again, made, remade) == (message, True, False)
    assert run_due() == 1
    Message.objects.update(state=MessageState.DECIDED)
    mail.send(message_id=message.pk)
    mail.send(message_id=message.pk)
    assert [
        (sent.to, sent.reply_to, sent.extra_headers["Message-ID"], sent.extra_headers["Auto-Submitted"])  # type: ignore[attr-defined]
        for sent in mailoutbox
    ] == [(["kari@example.no"], ["post@lia.example.no"], message.message_id, "auto-generated")] * 2
    assert Message.objects.get().state == MessageState.SENT
