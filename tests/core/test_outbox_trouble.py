"""What goes wrong around a job: carriers that overlap, a clock set back, a mail server or a disk that refuses."""

from __future__ import annotations

import errno
import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.mail import EmailMessage
from django.db import OperationalError

from core import clock, jobs, storage
from core.enums import JobState
from core.jobs import Away, NotNow
from core.models import Job, Message
from core.services import mail, outbox
from core.services.outbox import LEASE, MAX_ATTEMPTS, claim, enqueue, run, run_due, straighten, stuck
from core.storage import WholeFiles

START = datetime(2027, 1, 25, 9, tzinfo=clock.OSLO)
FULL = OSError(errno.ENOSPC, "No space left on device")


class Tasks:
    """A task that notes its number and meets what ``meets`` says."""

    def __init__(self) -> None:
        self.ran: list[int] = []
        self.meets: dict[int, Exception] = {}

    def __call__(self, *, number: int) -> None:
        self.ran.append(number)
        if number in self.meets:
            raise self.meets[number]


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch, db: None) -> Tasks:
    made = Tasks()
    monkeypatch.setattr(jobs, "_tasks", {"test.note": made, "test.other": made, "test.quick": made})
    monkeypatch.setattr(jobs, "_quick", {"test.quick"})
    return made


def ask(*numbers: int, name: str = "test.note") -> None:
    for number in numbers:
        enqueue(name, key=f"{name}:{number}", number=number)


def states() -> list[tuple[int, str]]:
    return [(job.args["number"], job.state) for job in Job.objects.order_by("id")]


def test_quick_jobs_go_first_and_the_others_in_the_order_they_fell_due(tasks: Tasks) -> None:
    with clock.frozen(START + timedelta(minutes=1)):
        ask(1)
    with clock.frozen(START):
        ask(2, 3)
    with clock.frozen(START + timedelta(minutes=2)):
        ask(4, name="test.quick")
    with clock.frozen(START + timedelta(minutes=3)):
        run_due()
    assert tasks.ran == [4, 2, 3, 1]


def test_a_carrier_whose_lease_ran_out_cannot_put_back_what_another_has(tasks: Tasks) -> None:
    with clock.frozen(START):
        ask(1)
        [slow] = claim()
    with clock.frozen(START + LEASE + timedelta(seconds=1)):
        [quick] = claim()
        tasks.meets = {1: RuntimeError("too late")}
        assert run(slow) is False
        assert states() == [(1, JobState.RUNNING)]
        tasks.meets = {}
        assert run(quick) is True
        tasks.meets = {1: RuntimeError("later still")}
        assert run(slow) is False
    assert states() == [(1, JobState.DONE)]


def test_a_job_that_kills_its_process_again_and_again_is_given_up(tasks: Tasks) -> None:
    moment = START
    with clock.frozen(moment):
        ask(1)
    for _attempt in range(MAX_ATTEMPTS):
        with clock.frozen(moment):
            straighten()
            assert len(claim()) == 1
        moment += LEASE + timedelta(seconds=1)
    with clock.frozen(moment):
        straighten()
        assert claim() == []
        assert [job.last_error for job in stuck()] == ["the process that ran it ended in the middle"]


def test_a_clock_set_back_holds_up_what_was_asked_for_at_once_not_at_all(tasks: Tasks) -> None:
    with clock.frozen(START + timedelta(days=1)):
        ask(1)
        enqueue("test.note", key="later", number=2, not_before=START + timedelta(days=2))
    with clock.frozen(START):
        assert run_due() == 1
    assert tasks.ran == [1]


def test_a_clock_set_back_holds_up_a_second_try_and_a_lease_no_longer_than_they_last(tasks: Tasks) -> None:
    tasks.meets = {1: RuntimeError("unlucky")}
    with clock.frozen(START + timedelta(days=1)):
        ask(1)
        run_due()
        ask(2)
        claim()
    tasks.meets = {}
    with clock.frozen(START):
        straighten()
        assert claim() == [], "the one that runs isn't taken from its carrier"
    with clock.frozen(START + LEASE + timedelta(seconds=1)):
        run_due()
        assert tasks.ran == [1, 2]
    with clock.frozen(START + outbox.RETRY_AFTER[-1]):
        run_due()
    assert states() == [(1, JobState.DONE), (2, JobState.DONE)]


@pytest.mark.parametrize(
    "error", [NotNow("greylisted"), OperationalError("connection lost")], ids=["later", "database"]
)
def test_what_is_not_the_jobs_fault_is_never_given_up(tasks: Tasks, error: Exception) -> None:
    tasks.meets = {1: error}
    moment = START
    with clock.frozen(moment):
        ask(1, 2)
    for _attempt in range(MAX_ATTEMPTS + 3):
        with clock.frozen(moment):
            run_due()
            moment = Job.objects.get(key="test.note:1").not_before
    assert states() == [(1, JobState.WAITING), (2, JobState.DONE)]
    with clock.frozen(moment):
        assert [job.key for job in stuck()] == ["test.note:1"]
        tasks.meets = {}
        assert run_due() == 1


@pytest.mark.parametrize("error", [Away("closed"), FULL], ids=["away", "full"])
def test_the_others_of_the_name_rest_when_one_meets_what_all_would_meet(tasks: Tasks, error: Exception) -> None:
    tasks.meets = {1: error}
    with clock.frozen(START):
        ask(1, 2, 3)
        ask(4, name="test.other")
        assert run_due() == 1
    assert tasks.ran == [1, 4]
    assert states() == [(1, "waiting"), (2, "waiting"), (3, "waiting"), (4, "done")]
    assert Job.objects.exclude(last_error="").count() == 3
    with clock.frozen(START + outbox.REST):
        assert run_due() == 2
    assert tasks.ran == [1, 4, 2, 3, 1], "the one that met it is out of the way of the others"


def test_a_mail_that_chases_the_server_away_holds_up_the_others_for_a_minute_at_a_time(tasks: Tasks) -> None:
    """Its own waits grow to ten minutes; between them the others get through."""
    tasks.meets = {1: Away("hung up")}
    with clock.frozen(START):
        ask(*range(1, 30))
    for minute in range(20):
        with clock.frozen(START + timedelta(minutes=minute)):
            run_due()
    assert Job.objects.filter(state=JobState.DONE).count() == 28
    assert tasks.ran.count(1) <= 5


def test_a_busy_carrier_calls_for_others_and_wakes_nobody_for_its_own(
    tasks: Tasks, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    called: list[int] = []
    waker = jobs.Waker()
    waker.use(lambda: called.append(len(tasks.ran)))
    monkeypatch.setattr(outbox, "waker", waker)
    seconds = [100.0]
    monkeypatch.setattr("core.services.outbox.time.monotonic", lambda: seconds[0])

    def slow(*, number: int) -> None:
        tasks(number=number)
        seconds[0] += 0.4
        with django_capture_on_commit_callbacks(execute=True):
            ask(number + 100, name="test.other")

    monkeypatch.setitem(jobs._tasks, "test.note", slow)
    ask(*range(6))
    assert run_due() == 12
    assert called == [0, 3, 6], "at once and each second while more is due; not for each job it asks for itself"


def test_a_spell_ends_and_somebody_else_is_called(tasks: Tasks, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[int] = []
    waker = jobs.Waker()
    waker.use(lambda: called.append(len(tasks.ran)))
    monkeypatch.setattr(outbox, "waker", waker)
    ask(1, 2, 3)
    assert run_due(seconds=0) == 1
    assert called == [0, 1]


def test_only_one_thread_knocks_on_a_broker_that_was_down(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("core.jobs.time.monotonic", lambda: now[0])
    waker = jobs.Waker()
    knocks: list[float] = []

    def send() -> None:
        knocks.append(now[0])
        waker.wake()  # as another thread would, while this one waits
        if len(knocks) == 1:
            raise ConnectionError

    waker.use(send)
    monkeypatch.setattr(waker, "_open_until", 99.0)
    waker.wake()
    assert (knocks, waker.resting) == ([100.0], True)
    now[0] = 130.0
    waker.wake()
    assert (knocks, waker.resting) == ([100.0, 130.0], False)


# --- mail -------------------------------------------------------------------------------------------------------------

TO = "kari@example.no"
REFUSALS = [
    (smtplib.SMTPRecipientsRefused({TO: (550, b"<kari@example.no> is nobody")}), mail.MailRefused, "550 <…> is nobody"),
    (smtplib.SMTPRecipientsRefused({TO: (451, b"later")}), mail.MailPutOff, "451 later"),
    (smtplib.SMTPDataError(554, b"no"), mail.MailRefused, "554 no"),
    (smtplib.SMTPDataError(421, b"closing"), mail.MailServerAway, "421 closing"),
    (smtplib.SMTPAuthenticationError(535, b"who?"), mail.MailServerAway, "SMTPAuthenticationError 535"),
    (smtplib.SMTPServerDisconnected("gone"), mail.MailServerAway, "SMTPServerDisconnected"),
    (ConnectionRefusedError(111, "refused"), mail.MailServerAway, "ConnectionRefusedError"),
    (TimeoutError("slow"), mail.MailServerAway, "TimeoutError"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("met", "meant", "words"), REFUSALS, ids=lambda value: getattr(value, "__name__", ""))
def test_what_the_mail_server_says_is_understood_and_names_nobody(
    met: Exception, meant: type[Exception], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    message, _made = mail.decide(key="k", to=TO, subject="Hei", body="Hei.", form="nb")

    def refuse(_self: EmailMessage) -> int:
        raise met

    monkeypatch.setattr(EmailMessage, "send", refuse)
    with pytest.raises(meant) as caught:
        mail.send(message_id=message.pk)
    assert (type(caught.value), str(caught.value)) == (meant, words)
    assert Message.objects.get().state == "decided"


# --- files ------------------------------------------------------------------------------------------------------------


def folder_of(place: Path) -> list[str]:
    return sorted(path.name for path in place.rglob("*") if path.is_file())


def test_a_disk_that_runs_full_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = WholeFiles(location=tmp_path)

    def full(_number: int) -> None:
        raise FULL

    monkeypatch.setattr(storage.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        files.save("a/b/letter.pdf", ContentFile(b"%PDF- and so on"))
    assert (folder_of(tmp_path), files.exists("a/b/letter.pdf")) == ([], False)
    monkeypatch.undo()
    assert files.save("a/b/letter.pdf", ContentFile(b"%PDF- and so on")) == "a/b/letter.pdf"
    assert (tmp_path / "a/b/letter.pdf").read_bytes() == b"%PDF- and so on"


def test_a_name_that_is_taken_in_the_same_moment_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = WholeFiles(location=tmp_path, file_permissions_mode=0o600, directory_permissions_mode=0o700)
    first = files.save("letter.pdf", ContentFile(b"one"))
    monkeypatch.setattr(files, "get_available_name", lambda name, max_length=None: "other.pdf")
    assert (first, files._save("letter.pdf", ContentFile(b"two"))) == ("letter.pdf", "other.pdf")
    assert (tmp_path / "letter.pdf").read_bytes() == b"one"
    assert folder_of(tmp_path) == ["letter.pdf", "other.pdf"]
    assert [path.stat().st_mode & 0o777 for path in (tmp_path / "letter.pdf",)] == [0o600]
