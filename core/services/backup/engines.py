"""How each engine hands out and takes in all of a database: SQLite's backup API, PostgreSQL's own programs.

PostgreSQL's address and password go through the environment: a command line can be read by everybody on the machine.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, connections

Rows = Callable[[str], Sequence[Sequence[Any]]]
"""Asks the database as it was at the moment it was read."""

NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
"""The database's file in a backup, by Django's name of the engine."""

_LIBPQ = {
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "service": "PGSERVICE",
    "passfile": "PGPASSFILE",
}


class ProgramFailed(Exception):
    """One of PostgreSQL's programs is missing or ended with an error; the sentence holds its own words."""


@contextmanager
def dumped(target: Path) -> Iterator[Rows]:
    """Write the whole database to a new file; inside the block the same moment of it can be asked."""
    if connection.vendor == "sqlite":
        with _dumped_sqlite(target) as rows:
            yield rows
    else:
        with _dumped_postgresql(target) as rows:
            yield rows


def load(source: Path) -> None:
    """Put a dump in the place of all the database holds, in one transaction: done wholly or not at all."""
    connection.close()
    if connection.vendor == "sqlite":
        _load_sqlite(source)
    else:
        _load_postgresql(source)


def program(name: str) -> str:
    """Where a program of PostgreSQL's client lies. Raises ProgramFailed."""
    found = shutil.which(name)
    if found is None:
        raise ProgramFailed(f"{name} is not on this machine. On Debian: apt-get install postgresql-client")
    return found


def client_environment() -> dict[str, str]:
    """What PostgreSQL's programs need to reach the database of the settings."""
    where = connection.settings_dict
    named = {
        "PGHOST": where["HOST"],
        "PGPORT": str(where["PORT"] or ""),
        "PGUSER": where["USER"],
        "PGPASSWORD": where["PASSWORD"],
        "PGDATABASE": where["NAME"],
        **{variable: str(where["OPTIONS"].get(option) or "") for option, variable in _LIBPQ.items()},
    }
    return os.environ | {name: value for name, value in named.items() if value}


@contextmanager
def _dumped_sqlite(target: Path) -> Iterator[Rows]:
    with (
        closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=20)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)  # in one step: one moment of the database, and nobody waits for it
        copy.execute("PRAGMA journal_mode=DELETE")  # a backup is one file, without a log beside it
        yield lambda question: copy.execute(question).fetchall()


@contextmanager
def _dumped_postgresql(target: Path) -> Iterator[Rows]:
    """The counts and the dump see the same snapshot, which this connection holds open."""
    own = connections.create_connection("default")
    try:
        with own.cursor() as cursor:

            def rows(question: str) -> Sequence[Sequence[Any]]:
                cursor.execute(question)
                found: Sequence[Sequence[Any]] = cursor.fetchall()
                return found

            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            snapshot = rows("SELECT pg_export_snapshot()")[0][0]
            _run(
                "pg_dump",
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                f"--snapshot={snapshot}",
                f"--file={target}",
            )
            yield rows
            cursor.execute("COMMIT")
    finally:
        own.close()


def _run(name: str, *options: str) -> None:
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL's with options of ours
        [program(name), "--no-password", *options],
        env=client_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ProgramFailed(f"{name} stopped: {done.stderr.strip()}")


def _load_sqlite(source: Path) -> None:
    """SQLite copies in a transaction of its own: a copy that breaks off leaves what was there."""
    name = Path(connection.settings_dict["NAME"])
    name.parent.mkdir(parents=True, exist_ok=True)
    if not name.exists():
        name.touch(mode=0o600)
    with (
        closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as copy,
        closing(sqlite3.connect(name, timeout=20)) as target,
    ):
        copy.backup(target)
        target.execute("PRAGMA journal_mode=WAL")


def _load_postgresql(source: Path) -> None:
    """pg_restore writes statements, psql carries them out; the last one, COMMIT, is sent only when all were written."""
    words = [program("psql"), "--no-password", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
    with tempfile.TemporaryFile() as said:
        reader = subprocess.Popen(  # noqa: S603 - as above
            [program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(source)],
            stdout=subprocess.PIPE,
            stderr=said,
        )
        writer = subprocess.Popen(  # noqa: S603 - as above
            words, env=client_environment(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said
        )
        with reader, writer:
            if reader.stdout is None or writer.stdin is None:
                raise ProgramFailed("pg_restore or psql could not be started.")
            try:
                writer.stdin.write(b"BEGIN; DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n")
                shutil.copyfileobj(reader.stdout, writer.stdin)
                if reader.wait() == 0:
                    writer.stdin.write(b"\nCOMMIT;\n")
                writer.stdin.close()
            except BrokenPipeError:
                reader.kill()  # psql stopped at an error; its words follow
        if reader.returncode or writer.returncode:
            said.seek(0)
            raise ProgramFailed(f"Nothing was changed; PostgreSQL said: {said.read().decode(errors='replace').strip()}")
