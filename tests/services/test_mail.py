"""A real database, a real broker, a real worker and a real SMTP conversation: what happens when one of them dies."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

from bin.processes import Child
from core import clock
from core.enums import JobState, MessageState
from core.models import Job, Message
from core.services import mail
from tests.services.sink import Sink, listening

ROOT = Path(settings.BASE_DIR)
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not os.environ.get("BROKER_URL"), reason="needs the broker and database `make test` brings"),
]


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A mail server that takes its time, so that there is a middle to be killed in."""
    with listening(takes=0.02) as server:
        yield server


@pytest.fixture
def start_worker(sink: Sink, tmp_path: Path) -> Iterator[Callable[[], Child]]:
    """Starts Celery workers on this run's database, broker and mail server; none is left behind."""
    started: list[Child] = []
    where = connection.settings_dict
    database = f"postgres://{where['USER']}:{where['PASSWORD']}@{where['HOST']}:{where['PORT']}/{where['NAME']}"
    env = os.environ | {
        "DATABASE_URL": database,
        "EMAIL_URL": sink.url,
        "ARSHJUL_VAR_DIR": str(tmp_path),
        "ARSHJUL_DEMO": "true",
    }

    def start() -> Child:
        words = ["-m", "celery", "--app=config", "worker", "--pool=solo", "--loglevel=warning", "--without-gossip"]
        child = Child([sys.executable, *words], env=env, cwd=ROOT, stop_with=signal.SIGTERM)
        started.append(child)
        return child

    yield start
    for child in started:
        child.kill()


def decide(count: int) -> None:
    """Mails decided in one transaction: one wake message leaves when it is committed."""
    with transaction.atomic():
        for number in range(count):
            mail.decide(key=f"test:{number}", to="noen@example.org", subject="Hei", body="Hei.", form="nb")


def until(true: Callable[[], bool], seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, Counter(Message.objects.values_list("state", flat=True))
        time.sleep(0.1)


def all_sent() -> bool:
    return not Message.objects.exclude(state=MessageState.SENT).exists()


def test_a_mail_leaves_by_worker_and_server(sink: Sink, start_worker: Callable[[], Child]) -> None:
    start_worker()
    decide(3)
    until(all_sent)
    assert sorted(sink.got) == sorted(Message.objects.values_list("message_id", flat=True))


def test_what_was_decided_while_nobody_worked_leaves_later(sink: Sink, start_worker: Callable[[], Child]) -> None:
    decide(3)
    assert sink.got == []
    start_worker()
    until(all_sent)
    assert len(sink.got) == 3


def test_a_worker_killed_in_the_middle_loses_no_mail(sink: Sink, start_worker: Callable[[], Child]) -> None:
    """At least once, under the same Message-ID: at most the mail in its hands leaves twice."""
    worker = start_worker()
    decide(60)
    until(lambda: len(sink.got) > 5)
    worker.kill()
    assert not all_sent()
    Job.objects.filter(state=JobState.RUNNING).update(lease_until=clock.now() - timedelta(seconds=1))  # five minutes on
    start_worker()
    decide(61)  # the next thing that happens wakes it; otherwise beat does, within a minute
    until(all_sent)
    times = Counter(sink.got)
    assert set(times) == set(Message.objects.values_list("message_id", flat=True))
    assert sum(times.values()) <= 62
