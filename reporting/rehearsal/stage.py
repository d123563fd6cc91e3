"""The throw-away database a rehearsal plays in: migrated and filled with reference data once, then copied."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test.utils import override_settings

TEMPLATE_PREFIX = "arshjul_template_"

Run = Callable[..., list[tuple[str, ...]]]


def place(*, keep: bool) -> AbstractContextManager[None]:
    """Where a command plays: a throw-away database, or with ``keep`` the program's own.

    Raises CommandError where invented people would come among real ones, and where the tables aren't made.
    """
    if not keep:
        return throw_away()
    if not settings.DEMO:
        raise CommandError("--keep writes invented people into the database: only where ARSHJUL_DEMO is on.")
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError("The database isn't ready. Run manage.py migrate and manage.py load_reference first.")
    return nullcontext()


@contextmanager
def throw_away() -> Iterator[None]:
    """Point the program at a fresh copy of the template database and a fresh folder of files; drop both afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="arshjul-rehearsal-"))
    open_copy = _sqlite_copy if connection.vendor == "sqlite" else _postgresql_copy
    try:
        with override_settings(MEDIA_ROOT=folder / "files"), open_copy(folder):
            yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fingerprint() -> str:
    """Changes when a migration or a shipped table of reference data changes: the template is then made anew."""
    digest = hashlib.sha256()
    for config in sorted(apps.get_app_configs(), key=lambda app: app.label):
        for pattern in ("migrations/*.py", "reference/data/*"):
            for path in sorted(Path(config.path).glob(pattern)):
                digest.update(path.name.encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def _pointed_at(name: str) -> Iterator[None]:
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def _fill() -> None:
    call_command("migrate", verbosity=0, interactive=False)
    call_command("load_reference", verbosity=0)
    connection.close()


@contextmanager
def _sqlite_copy(folder: Path) -> Iterator[None]:
    templates = Path(settings.VAR_DIR) / "rehearsal"
    templates.mkdir(parents=True, exist_ok=True)
    template = templates / f"{TEMPLATE_PREFIX}{fingerprint()}.sqlite3"
    if not template.exists():
        for old in templates.glob(f"{TEMPLATE_PREFIX}*"):
            old.unlink()
        draft = folder / "template.sqlite3"
        with _pointed_at(str(draft)):
            _fill()
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(draft, template.with_suffix(".new"))
        template.with_suffix(".new").rename(template)
    play = folder / "play.sqlite3"
    shutil.copyfile(template, play)
    with _pointed_at(str(play)):
        yield


@contextmanager
def _postgresql_copy(folder: Path) -> Iterator[None]:
    template = f"{TEMPLATE_PREFIX}{fingerprint()}"
    play = f"arshjul_play_{folder.name.rpartition('-')[2].lower()}"
    with _maintenance() as run:
        known = run("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{TEMPLATE_PREFIX}%"])
        if (template,) not in known:
            for (old,) in known:
                run(f'DROP DATABASE "{old}"')
            run(f'CREATE DATABASE "{template}"')
            with _pointed_at(template):
                _fill()
        run(f'CREATE DATABASE "{play}" TEMPLATE "{template}"')
    try:
        with _pointed_at(play):
            yield
    finally:
        with _maintenance() as run:
            run(f'DROP DATABASE "{play}" WITH (FORCE)')


@contextmanager
def _maintenance() -> Iterator[Run]:
    """A connection outside transactions to the database every PostgreSQL has."""
    with connection._nodb_cursor() as cursor:

        def run(sql: str, values: Sequence[str] = ()) -> list[tuple[str, ...]]:
            cursor.execute(sql, list(values) or None)
            return list(cursor.fetchall()) if cursor.description else []

        yield run
