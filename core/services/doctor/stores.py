"""Where things are kept: database, migrations, triggers, broker, stored files, backups."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pgtrigger
from celery import current_app
from django.conf import settings
from django.db import connection

from core import clock
from core.health import Finding, fault, good, mind
from core.selectors.migrations import pending
from core.services.backup.engines import ProgramFailed, program
from core.services.backup.manifest import BackupBroken, Manifest, read

OLDEST_POSTGRESQL = 14
LITTLE_ROOM = 2 * 1000**3
"""Bytes free below which somebody should look: a round's letters and a backup beside them."""
BACKUP_EVERY = timedelta(hours=26)
"""A day and the time a backup takes."""
PING_SECONDS = 3.0


def database() -> Finding:
    """It answers, and is set as the program needs it."""
    return _sqlite() if connection.vendor == "sqlite" else _postgresql()


def _sqlite() -> Finding:
    version, journal, keys = (
        _ask(words) for words in ("SELECT sqlite_version()", "PRAGMA journal_mode", "PRAGMA foreign_keys")
    )
    if _ask("PRAGMA quick_check(1)") != "ok":
        return fault(f"SQLite {version} finds its file damaged.", "Restore the last backup: manage.py restore DIR")
    if str(journal).lower() != "wal" or not int(keys):
        return fault(
            f"SQLite {version} runs with journal {journal} and foreign keys {'on' if int(keys) else 'off'}.",
            "The file must lie on a local disk that allows write-ahead logging; start with the settings as they are.",
        )
    if not settings.DEMO:
        return fault(f"SQLite {version}", "A real installation needs PostgreSQL: set DATABASE_URL.")
    return good(f"SQLite {version}, write-ahead log, foreign keys on")


def _postgresql() -> Finding:
    version, encoding = _ask("SHOW server_version"), _ask("SHOW server_encoding")
    major = int(str(version).partition(".")[0])
    if major < OLDEST_POSTGRESQL:
        return fault(f"PostgreSQL {version} is too old.", f"Use version {OLDEST_POSTGRESQL} or newer.")
    if encoding != "UTF8":
        return fault(f"PostgreSQL {version} stores {encoding}.", "Make the database anew with encoding UTF8.")
    if _ask("SHOW fsync") != "on" and not settings.DEMO:
        return fault(f"PostgreSQL {version} does not wait for the disk (fsync off).", "Set fsync = on.")
    return good(f"PostgreSQL {version}, {encoding}")


def _ask(question: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def migrations() -> Finding:
    """The tables are those of this program."""
    waiting = pending()
    if waiting:
        return fault(f"{len(waiting)} not run, the first is {waiting[0]}.", "Run manage.py migrate.")
    return good("all run")


def triggers() -> Finding:
    """What holds append-only rows on PostgreSQL is there and not switched off."""
    if connection.vendor != "postgresql":
        return good("none on SQLite: there the services alone keep what is written")
    crooked = []
    for model, trigger in pgtrigger.registered():
        status, enabled = trigger.get_installation_status(model)
        if status != "INSTALLED" or not enabled:
            crooked.append(f"{model._meta.db_table}.{trigger.name}")
    if crooked:
        return fault(
            f"{len(crooked)} missing, changed or switched off, the first is {crooked[0]}.",
            "Run manage.py pgtrigger install and pgtrigger enable, then check_audit, and find out who did it.",
        )
    return good(f"{len(pgtrigger.registered())} there and switched on")


def broker() -> Finding:
    """Redis answers, and at least one worker does."""
    if not settings.CELERY_BROKER_URL:
        return good("none set: manage.py run_jobs carries the jobs")
    try:
        with current_app.connection_for_write() as connected:
            connected.ensure_connection(max_retries=1, interval_start=0, timeout=PING_SECONDS)
    except Exception as error:  # whichever of the transport's own errors it is
        return fault(
            f"does not answer ({type(error).__name__}); jobs wait for the sweep.",
            "Check BROKER_URL and that Redis runs. Nothing is lost: the jobs lie in the database.",
        )
    workers = current_app.control.ping(timeout=PING_SECONDS)
    if not workers:
        return fault("answers, but no worker does.", "Start a worker: celery --app config worker")
    return good(f"answers, and {len(workers)} worker{'' if len(workers) == 1 else 's'}")


def storage() -> Finding:
    """Letters and attachments can be written, and lie where no web server hands them out."""
    root = Path(settings.MEDIA_ROOT)
    served = [Path(settings.STATIC_ROOT), *map(Path, settings.STATICFILES_DIRS)]
    if any(_inside(root, folder) or _inside(folder, root) for folder in served):
        return fault(f"{root} lies where files are served to everybody.", "Set ARSHJUL_VAR_DIR to another folder.")
    try:
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=root, prefix=".doctor.") as probe:
            probe.write(b"x")
            probe.flush()
        free = shutil.disk_usage(root).free
    except OSError as error:
        return fault(
            f"{root} can't be written ({error.strerror}).",
            "Give the program's account the right to write there, and room on the disk.",
        )
    if free < LITTLE_ROOM:
        return mind(f"{root} has {free / 1e9:.1f} GB left.", "Make room: a full disk stops letters and mails.")
    return good(f"{root} can be written, {free / 1e9:.0f} GB left")


def _inside(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def backups() -> Finding:
    """The next can be taken, and the last is there and not older than a day."""
    if connection.vendor == "postgresql" and (lacking := _dump_program()):
        return lacking
    if settings.BACKUP_DIR:
        return _last_backup()
    if settings.DEMO:
        return good("none asked for in a demo")
    return mind("nobody said where they lie.", "Set ARSHJUL_BACKUP_DIR and run manage.py backup each night.")


def _last_backup() -> Finding:
    newest = _newest(Path(settings.BACKUP_DIR))
    if newest is None:
        return fault(f"there is none in {settings.BACKUP_DIR}.", "Run manage.py backup, each night.")
    age = clock.now() - newest.taken
    if age > BACKUP_EVERY:
        return fault(f"the last is {age.days} d {age.seconds // 3600} h old.", "See why the nightly one stopped.")
    if newest.faults:
        return fault(f"the last one met {len(newest.faults)} damaged files.", "Run manage.py check_audit.")
    return good(f"the last is {age.seconds // 3600} h old")


def _newest(folder: Path) -> Manifest | None:
    found = []
    for path in folder.glob("[!.]*"):
        try:
            found.append(read(path))
        except BackupBroken:
            continue  # something else that lies there
    return max(found, key=lambda manifest: manifest.taken, default=None)


def _dump_program() -> Finding | None:
    """pg_dump refuses a server newer than itself."""
    try:
        said = subprocess.run([program("pg_dump"), "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    except ProgramFailed as error:
        return fault(str(error), "Without it no backup can be taken.")
    own = int(re.findall(r"(\d+)", said)[0])
    server = int(str(_ask("SHOW server_version")).partition(".")[0])
    if own < server:
        return fault(f"pg_dump {own} can't read a server {server}.", f"Install postgresql-client-{server}.")
    return None
