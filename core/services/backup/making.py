"""Takes a backup: first the database as it is at one moment, then the files, then the list of both.

The order is what makes it whole while people work. The archive writes a file's bytes before the row that names them is
committed, and takes none away (core.services.archive): whatever the database at that moment names lies on the disk
already when the files are copied. A file that came later is copied too and named by no row; a job that is run again
after a restore finds its bytes there.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, models

from core import clock
from core.services.backup import engines
from core.services.backup.manifest import FILES, Manifest, Part, program_version, sha256_of, write


class TargetTaken(Exception):
    """The place named for the backup has something in it already."""


def make(target: Path) -> tuple[Manifest, str]:
    """Take a backup into a folder that doesn't exist yet; returns its list and the SHA-256 of the list.

    All is written under another name and renamed at the end: a folder with the right name is a whole backup. Nobody
    but the account that runs this can read it. Raises TargetTaken, engines.ProgramFailed, OSError.
    """
    target = target.absolute()
    if target.exists():
        raise TargetTaken(f"{target} is there already. Name a folder that isn't, for example one with today's date.")
    draft = target.with_name(f".{target.name}.unfinished-{os.getpid()}")
    with for_us_alone():
        draft.mkdir(parents=True)
        try:
            made = _fill(draft)
            seal = write(made, draft)
            draft.rename(target)
            _flush(target.parent)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    return made, seal


@contextmanager
def for_us_alone() -> Iterator[None]:
    """Whatever is made inside, nobody but our own account can read."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def _fill(folder: Path) -> Manifest:
    moment = clock.now()
    database = folder / engines.NAMES[connection.vendor]
    with engines.dumped(database) as rows:
        counts = {table: int(rows(f'SELECT count(*) FROM "{table}"')[0][0]) for table in _tables()}  # noqa: S608
        migrations = [f"{app}.{name}" for app, name in rows("SELECT app, name FROM django_migrations ORDER BY id")]
        named = dict(_named_by_rows(rows))
    files, faults = copy_files(folder / FILES, named)
    _flush(database)
    return Manifest(
        made_at=moment.isoformat(),
        program=program_version(),
        engine=connection.vendor,
        engine_version=engine_version(),
        migrations=migrations,
        rows=counts,
        database=Part(database.name, sha256_of(database), database.stat().st_size),
        files=files,
        faults=faults,
    )


def copy_files(target: Path, named: dict[str, str]) -> tuple[list[Part], list[str]]:
    """Copy all stored files; ``named`` says which SHA-256 the database gives each path it knows.

    Returns what was copied and what is wrong: a file that a row names and that is missing or changed. What has a dot in
    front is being written at this moment and has no name yet (core.storage).
    """
    root = Path(settings.MEDIA_ROOT)
    target.mkdir()
    copied: list[Part] = []
    faults: list[str] = []
    for path in sorted(path for path in root.rglob("[!.]*") if path.is_file()):
        name = path.relative_to(root).as_posix()
        copy = target / name
        sha256 = _copy(path, copy)
        if name in named and named[name] != sha256:
            faults.append(f"{name}: the bytes do not give the SHA-256 its row has")
        copied.append(Part(f"{FILES}/{name}", sha256, copy.stat().st_size))
    there = {part.path.removeprefix(f"{FILES}/") for part in copied}
    faults += [f"{name}: a row names it, and it is not there" for name in sorted(named.keys() - there)]
    return copied, faults


def _copy(source: Path, target: Path) -> str:
    """Copy a file and return the SHA-256 of the copy."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as read, target.open("xb") as written:
        shutil.copyfileobj(read, written, 1 << 20)
        written.flush()
        os.fsync(written.fileno())
    return sha256_of(target)


def _flush(path: Path) -> None:
    """Have the disk hold what was written, before it is called a backup."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def engine_version() -> str:
    """The database's version as it says itself."""
    question = "SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version"
    with connection.cursor() as cursor:
        cursor.execute(question)
        return str(cursor.fetchone()[0])


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        return sorted(connection.introspection.table_names(cursor))


def _named_by_rows(rows: engines.Rows) -> Iterator[tuple[str, str]]:
    """Path and SHA-256 of every stored file a row names."""
    for model in apps.get_models():
        columns = {field.name: field.column for field in model._meta.local_fields}
        if "sha256" in columns:
            for field in model._meta.local_fields:
                if isinstance(field, models.FileField):
                    table = model._meta.db_table
                    found = rows(f'SELECT "{field.column}", "{columns["sha256"]}" FROM "{table}"')  # noqa: S608
                    yield from ((str(path), str(sha256)) for path, sha256 in found)
