"""Each line of `manage.py doctor`, with the thing it looks at whole and broken."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import kombu
import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import write_po
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import override_settings

from core import clock, schedule
from core.enums import JobState, MessageState
from core.health import Finding
from core.models import Job, Message
from core.services.backup import making
from core.services.doctor import stores, surroundings, work
from tests.world import World

ON_SQLITE = connection.vendor == "sqlite"
SMTP = "django.core.mail.backends.smtp.EmailBackend"


def seen(finding: Finding) -> tuple[str, str]:
    """How it stands, and the first words of what it says."""
    return str(finding.level), finding.what.split(",")[0].split("(")[0].split(":")[0].strip()


# --- the command


def installation(var: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """The command in a real installation's settings, with servers that don't answer."""
    address = f"sqlite:///{var}/real.sqlite3"
    return subprocess.run(
        [sys.executable, "manage.py", "doctor", *words],
        env={name: value for name, value in os.environ.items() if not name.startswith("ARSHJUL_")}
        | {
            "DATABASE_URL": address,
            "ARSHJUL_VAR_DIR": str(var),
            "ARSHJUL_DEMO": "false",
            "ARSHJUL_SECRET_KEY": "aB3-" * 20 + "xyz",
            "ARSHJUL_ALLOWED_HOSTS": "arshjul.example.no",
            "ARSHJUL_BASE_URL": "https://arshjul.example.no",
            "EMAIL_URL": "smtp://kari:hemmelig@127.0.0.1:9",
            "BROKER_URL": "redis://:hemmelig@127.0.0.1:9/0",
        }
        | more,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_real_installation_with_nothing_around_it(tmp_path: Path) -> None:
    """Everything is told at once, nothing secret is said, and the program ends with 1."""
    done = installation(tmp_path, "--json")
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    levels = {line["name"]: line["level"] for line in found["checks"]}
    del levels["texts"]  # as fresh as whoever runs this has compiled them; their own test is below
    assert (done.returncode, found["ok"], "hemmelig" in done.stdout + done.stderr) == (1, False, False)
    assert levels == {
        "settings": "good",
        "database": "fault",
        "migrations": "mind",
        "triggers": "mind",
        "broker": "fault",
        "mail server": "fault",
        "storage": "good",
        "clock": "mind",
        "static files": "fault",
        "jobs": "mind",
        "ticks": "mind",
        "mails": "mind",
        "backups": "mind",
        "fonts": "good",
        "audit": "mind",
    }
    assert [line["name"] for line in found["checks"] if line["level"] != "good" and not line["do"]] == []


@pytest.mark.django_db
def test_lines_have_a_shape_and_say_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "SCHEDULE", [])
    said = StringIO()
    call_command("doctor", skip=["fonts", "texts"], stdout=said)
    lines = said.getvalue().splitlines()
    assert [line[0] for line in lines] == ["!", *["✓"] * 13]
    assert lines[0].startswith("! settings      a demo: ") and " → Right for trying out." in lines[0]
    Job.objects.create(name="x", key="x", state=JobState.FAILED, not_before=clock.now(), created_at=clock.now())
    said = StringIO()
    with pytest.raises(CommandError, match="1 of 14 are wrong: jobs"):
        call_command("doctor", skip=["fonts", "texts"], stdout=said)
    (line,) = (line for line in said.getvalue().splitlines() if line.startswith("✗"))
    assert line.startswith("✗ jobs          1 stand still (1 given up): 1 x; the oldest is job ")


def test_an_unknown_line_is_told_which_there_are() -> None:
    with pytest.raises(CommandError, match=r"There is no line «chain»\. Choose among settings, database, "):
        call_command("doctor", skip=["chain"])


# --- stores


@pytest.mark.django_db
@pytest.mark.skipif(not ON_SQLITE, reason="SQLite's own settings")
def test_sqlite_without_its_log_or_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    assert seen(stores.database())[0] == "good"
    ask = stores._ask
    monkeypatch.setattr(stores, "_ask", lambda words: "delete" if words == "PRAGMA journal_mode" else ask(words))
    assert stores.database().level == "fault"
    monkeypatch.setattr(stores, "_ask", lambda words: "row 1 missing" if "quick_check" in words else ask(words))
    assert stores.database().what.endswith("finds its file damaged.")


@pytest.mark.parametrize(
    ("answers", "wanted"),
    [
        ({}, ("good", "PostgreSQL 15.8")),
        ({"SHOW server_version": "13.1"}, ("fault", "PostgreSQL 13.1 is too old.")),
        ({"SHOW server_encoding": "LATIN1"}, ("fault", "PostgreSQL 15.8 stores LATIN1.")),
        ({"SHOW fsync": "off"}, ("fault", "PostgreSQL 15.8 does not wait for the disk")),
    ],
)
def test_postgresql_as_it_is_set(
    monkeypatch: pytest.MonkeyPatch, answers: dict[str, str], wanted: tuple[str, str]
) -> None:
    usual = {"SHOW server_version": "15.8", "SHOW server_encoding": "UTF8", "SHOW fsync": "on"}
    monkeypatch.setattr(stores, "_ask", (usual | answers).__getitem__)
    with override_settings(DEMO=False):
        assert seen(stores._postgresql()) == wanted


@pytest.mark.django_db
def test_a_migration_that_was_not_run() -> None:
    assert seen(stores.migrations()) == ("good", "all run")
    MigrationRecorder(connection).record_unapplied("core", "0001_initial")
    assert seen(stores.migrations()) == ("fault", "1 not run")


@pytest.mark.django_db
@pytest.mark.skipif(ON_SQLITE, reason="triggers live on PostgreSQL only")
def test_a_trigger_that_was_switched_off_or_dropped() -> None:
    assert stores.triggers().level == "good"
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = 'core_event'::regclass AND NOT tgisinternal")
        (name,) = cursor.fetchone()
        cursor.execute(f'ALTER TABLE core_event DISABLE TRIGGER "{name}"')
        assert "the first is core_event.event_append_only" in stores.triggers().what
        cursor.execute(f'DROP TRIGGER "{name}" ON core_event')
        assert "the first is core_event.event_append_only" in stores.triggers().what


def test_the_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    with override_settings(CELERY_BROKER_URL=None):
        assert stores.broker().level == "good"
    app: Any = SimpleNamespace(connection_for_write=lambda: kombu.Connection("redis://127.0.0.1:9/0"))
    monkeypatch.setattr(stores, "current_app", app)
    with override_settings(CELERY_BROKER_URL="redis://127.0.0.1:9/0"):
        assert seen(stores.broker()) == ("fault", "does not answer")
        app.connection_for_write = lambda: kombu.Connection("memory://")
        app.control = SimpleNamespace(ping=lambda timeout: [])
        assert stores.broker().what == "answers, but no worker does."
        app.control = SimpleNamespace(ping=lambda timeout: [{"celery@a": {"ok": "pong"}}])
        assert stores.broker().what == "answers, and 1 worker"


def test_storage_that_is_served_full_or_not_writable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with override_settings(MEDIA_ROOT=tmp_path / "files", STATIC_ROOT=tmp_path / "static"):
        assert stores.storage().level == "good"
        assert list((tmp_path / "files").iterdir()) == []
        monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(free=10**8))
        assert stores.storage().what.endswith("has 0.1 GB left.")
    for served in (tmp_path, tmp_path / "files" / "static"):
        with override_settings(MEDIA_ROOT=tmp_path / "files", STATIC_ROOT=served):
            assert "served to everybody" in stores.storage().what
    (tmp_path / "file").touch()
    with override_settings(MEDIA_ROOT=tmp_path / "file" / "files"):
        assert stores.storage().what.endswith("can't be written (Not a directory).")


@pytest.mark.django_db(transaction=True)
def test_backups_that_are_not_asked_for_missing_fresh_and_old(tmp_path: Path) -> None:
    with override_settings(DEMO=False, BACKUP_DIR=""):
        assert seen(stores.backups()) == ("mind", "nobody said where they lie.")
    with override_settings(BACKUP_DIR=str(tmp_path), MEDIA_ROOT=tmp_path / "no-files"):
        assert stores.backups().what == f"there is none in {tmp_path}."
        making.make(tmp_path / "tonight")
        assert seen(stores.backups()) == ("good", "the last is 0 h old")
        with clock.frozen(clock.now() + timedelta(hours=51)):
            assert seen(stores.backups()) == ("fault", "the last is 2 d 3 h old.")


# --- surroundings


def test_a_real_installation_that_lets_every_host_in() -> None:
    assert surroundings.configuration().level == "mind"
    with override_settings(DEMO=False, ALLOWED_HOSTS=["*"]):
        assert surroundings.configuration().what == "ARSHJUL_ALLOWED_HOSTS lets every name in."
    with override_settings(DEMO=False, ALLOWED_HOSTS=["a"], SECURE_HSTS_SECONDS=0, SECRET_KEY="short"):
        assert "security.W0" in surroundings.configuration().what


@pytest.fixture
def greeting() -> Iterator[int]:
    """The port of a mail server that greets."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            taken, _who = listening.accept()
            with taken, taken.makefile("rwb", buffering=0) as lines:
                lines.write(b"220 here\r\n")
                while line := lines.readline():
                    lines.write(b"221 bye\r\n" if line.upper().startswith(b"QUIT") else b"250 here\r\n")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(timeout=5)


def test_the_mail_server(greeting: int) -> None:
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend"):
        assert surroundings.mail_server().level == "good"
        with override_settings(DEMO=False):
            assert surroundings.mail_server().what == "mails go to no server."
    with override_settings(EMAIL_BACKEND=SMTP, EMAIL_HOST="127.0.0.1", EMAIL_PORT=greeting):
        assert surroundings.mail_server().what == f"127.0.0.1:{greeting} answers"
    with override_settings(EMAIL_BACKEND=SMTP, EMAIL_HOST="127.0.0.1", EMAIL_PORT=9):
        assert surroundings.mail_server().what == "127.0.0.1:9 does not let us in (ConnectionRefusedError)."


@pytest.mark.django_db
@pytest.mark.skipif(not ON_SQLITE, reason="PostgreSQL's own clock is looked at first: the next test")
def test_a_clock_that_was_set_back(world: World) -> None:
    assert surroundings.clocks().what == "2027-02-25 09:00 in Norway (08:00 UTC)"
    with clock.frozen(date(2025, 7, 1)):
        assert surroundings.clocks().level == "good"  # a demo's clock may be set
    with clock.frozen(date(2025, 7, 1)), override_settings(ARSHJUL_CLOCK_MAY_BE_SET=False):
        assert surroundings.clocks().what.startswith("it is 2025-07-01 09:00 here, but something happened at 2027-")


@pytest.mark.django_db
@pytest.mark.skipif(ON_SQLITE, reason="SQLite has no clock of its own")
def test_a_clock_that_is_not_the_databases() -> None:
    assert surroundings.clocks().level == "good"
    with clock.frozen(clock.now() - timedelta(hours=1)):
        assert surroundings.clocks().what == "this machine and the database are 3600 s apart."


def test_catalogues_that_are_missing_or_behind_their_sources(tmp_path: Path) -> None:
    with override_settings(LOCALE_PATHS=[tmp_path]):
        assert surroundings.texts().level == "fault"
        for code in ("nb", "nn"):
            folder = tmp_path / code / "LC_MESSAGES"
            folder.mkdir(parents=True)
            words = Catalog(locale=code)
            words.add("Send", "Send", context="button")
            words.add(("%(n)s row", "%(n)s rows"), ("%(n)s rad", "%(n)s rader"))
            with (folder / "django.mo").open("wb") as compiled:
                write_mo(compiled, words)
            words.add("Close", "Lukk" if code == "nn" else "")
            with (folder / "django.po").open("wb") as source:
                write_po(source, words)
        assert surroundings.texts().what == "nn lacks 1 texts of its source."


def test_static_files_that_were_not_collected(monkeypatch: pytest.MonkeyPatch) -> None:
    known: dict[str, str] = {}
    storage = SimpleNamespace(hashed_files=known, exists=lambda name: name != "gone.1.css")
    monkeypatch.setattr(surroundings, "staticfiles_storage", storage)
    monkeypatch.setattr(surroundings, "get_finders", lambda: [SimpleNamespace(list=lambda _i: [("a.css", None)])])
    assert surroundings.static_files().level == "fault"
    known["b.css"] = "b.1.css"
    assert surroundings.static_files().what == "1 not collected, the first is a.css."
    known["a.css"] = "gone.1.css"
    assert surroundings.static_files().what == "1 not collected, the first is a.css."
    known["a.css"] = "a.1.css"
    assert surroundings.static_files().what == "2 collected"


# --- work


@pytest.mark.django_db
def test_a_tick_nobody_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = [schedule.Tick("early", "core.send_mail", 7), schedule.Tick("late", "core.send_mail", 23)]
    monkeypatch.setattr(schedule, "SCHEDULE", ticks)
    with clock.frozen(clock.local(clock.now()).replace(hour=7, minute=10)):
        assert work.ticks().what == "0 of 2 due so far today, all asked for"
    with clock.frozen(clock.local(clock.now()).replace(hour=9, minute=0)) as moment:
        assert work.ticks().what.startswith("1 of today's were never asked for, the first is tick:early:")
        schedule.ask_for_due(moment)
        assert work.ticks().what == "1 of 2 due so far today, all asked for"


@pytest.mark.django_db
def test_a_mail_that_has_not_left() -> None:
    assert work.undelivered().level == "good"
    message = Message.objects.create(
        key="x",
        to="noen@example.org",
        form="nb",
        subject="Hei",
        body="Hei.",
        message_id="<x@y>",
        decided_at=clock.now(),
    )
    assert work.undelivered().level == "good"
    Message.objects.filter(pk=message.pk).update(decided_at=clock.now() - timedelta(hours=2))
    assert work.undelivered().what == "1 have not left within the hour."
    Message.objects.filter(pk=message.pk).update(state=MessageState.FAILED)
    assert work.undelivered().what == "1 have not left within the hour."


@pytest.mark.django_db
def test_a_file_that_was_taken_away_is_told_by_the_audit(world: World, tmp_path: Path) -> None:
    assert work.audit_chain().level == "good"
    with override_settings(MEDIA_ROOT=tmp_path):
        assert work.audit_chain().level == "fault"
