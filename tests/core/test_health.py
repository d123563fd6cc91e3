"""The three probes, and how checks are gone through."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, override_settings
from pytest_django import DjangoAssertNumQueries

from core import clock, health
from core.enums import JobState
from core.models import Job
from core.selectors.jobs import LATE

READY = {"ready": True, "database": "ok", "migrations": "ok", "jobs": "ok", "oldest_job_seconds": 0}


def waiting(key: str, since: timedelta, **more: object) -> Job:
    """A job whose time came that long ago."""
    moment = clock.now()
    return Job.objects.create(name="x", key=key, not_before=moment - since, created_at=moment, **more)


def test_alive_asks_no_database(client: Client) -> None:
    """Without the mark that lets a test reach the database, a question would end it."""
    answer = client.get("/helse/lever/")
    assert (answer.status_code, answer.json()) == (200, {"alive": True})


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/helse/lever/", "/helse/klar/", "/helse/jobber/"])
@override_settings(ALLOWED_HOSTS=["arshjul.example.no"], SECURE_SSL_REDIRECT=True)
def test_a_probe_comes_by_any_name_without_tls_and_gets_no_session(client: Client, address: str) -> None:
    answer = client.get(address, headers={"host": "10.0.0.7:8000"})
    assert (answer.status_code, answer.headers["Content-Type"], dict(answer.cookies)) == (200, "application/json", {})
    assert answer.headers["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert client.head(address, headers={"host": "10.0.0.7:8000"}).status_code == 200
    assert client.post(address, headers={"host": "10.0.0.7:8000"}).status_code == 400  # no probe: turned away as others


@pytest.mark.django_db
def test_ready_says_so_in_few_queries(client: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    client.get("/helse/klar/")
    with django_assert_max_num_queries(3):
        answer = client.get("/helse/klar/")
    assert (answer.status_code, answer.json()) == (200, READY)


@pytest.mark.django_db
def test_a_pending_migration_is_not_ready(client: Client) -> None:
    MigrationRecorder(connection).record_unapplied("core", "0001_initial")
    answer = client.get("/helse/klar/")
    wanted = {"ready": False, "database": "ok", "migrations": "pending", "jobs": "unknown", "oldest_job_seconds": 0}
    assert (answer.status_code, answer.json()) == (503, wanted)


@pytest.mark.django_db
def test_a_database_that_is_away_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("password authentication failed for user kari")

    monkeypatch.setattr(connection, "ensure_connection", away)
    monkeypatch.setattr(connection, "close", lambda: None)  # the test's own connection is still wanted
    answer = client.get("/helse/klar/")
    assert (answer.status_code, answer.json()["database"], b"kari" in answer.content) == (503, "away", False)
    assert client.get("/helse/lever/").status_code == 200


@pytest.mark.django_db
def test_late_jobs_are_told_but_stop_no_pages(client: Client) -> None:
    waiting("a", LATE - timedelta(minutes=1))
    waiting("later", -timedelta(hours=1))
    waiting("done", timedelta(days=1), state=JobState.DONE)
    assert client.get("/helse/jobber/").json()["jobs"] == "ok"
    lease = clock.now() - LATE - timedelta(minutes=1)
    waiting("b", timedelta(), state=JobState.RUNNING, lease_until=lease)
    found = client.get("/helse/jobber/")
    assert (found.status_code, found.json()["jobs"]) == (503, "late")
    assert 960 <= found.json()["oldest_job_seconds"] < 1000
    assert client.get("/helse/klar/").status_code == 200


def test_what_breaks_while_looking_is_a_fault_and_not_the_end() -> None:
    def raises(error: Exception) -> Callable[[], health.Finding]:
        def look() -> health.Finding:
            raise error

        return look

    found = health.examine(
        [
            health.Check("one", raises(ValueError("kari@example.no"))),
            health.Check("gate", raises(OperationalError("secret")), asks_database=True, gate=True),
            health.Check("behind", lambda: health.good("never asked"), asks_database=True),
            health.Check("last", lambda: health.good("fine")),
        ]
    )
    assert [(name, finding.level, finding.what) for name, finding in found] == [
        ("one", "fault", "looking failed (ValueError)."),
        ("gate", "fault", "the database does not answer (OperationalError)."),
        ("behind", "mind", "not looked at."),
        ("last", "good", "fine"),
    ]
