"""The carrier without a broker, run once."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from core import jobs, schedule
from core.enums import JobState
from core.models import Job
from core.services.outbox import enqueue


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What the task of this test was called with."""
    calls: list[int] = []
    monkeypatch.setattr(jobs, "_tasks", {**jobs._tasks, "test.note": lambda *, number: calls.append(number)})
    monkeypatch.setattr(schedule, "SCHEDULE", [])
    return calls


@pytest.mark.django_db
def test_it_runs_what_is_due_once_and_says_how_much(seen: list[int]) -> None:
    with transaction.atomic():
        enqueue("test.note", key="a", number=1)
        enqueue("test.note", key="a", number=1)
        enqueue("test.note", key="b", number=2)
    said = StringIO()
    call_command("run_jobs", once=True, stdout=said)
    assert seen == [1, 2]
    assert said.getvalue() == "2 jobs done\n"
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.DONE}
    call_command("run_jobs", once=True, stdout=said)
    assert seen == [1, 2]
