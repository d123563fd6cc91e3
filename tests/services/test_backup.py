"""A played year on PostgreSQL is backed up and put back into a database with nothing in it; each row and byte compared.

Everything runs as an operator runs it: `manage.py` with an installation's environment, pg_dump and pg_restore.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

from core.services.backup.manifest import read

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs the database `make test` brings"),
]

EMPTY = "restored_here"


def opened(name: str) -> Any:
    """A connection of the test's own to a database of the same server."""
    where = connection.settings_dict
    made = psycopg2.connect(
        host=where["HOST"], port=where["PORT"], user=where["USER"], password=where["PASSWORD"], dbname=name
    )
    made.autocommit = True
    return closing(made)


def manage(database: str, var: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command in the installation that has this database and this folder."""
    where = connection.settings_dict
    address = f"postgres://{where['USER']}:{where['PASSWORD']}@{where['HOST']}:{where['PORT']}/{database}"
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        env=os.environ | {"DATABASE_URL": address, "ARSHJUL_VAR_DIR": str(var), "ARSHJUL_DEMO": "true"},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def digest(database: str) -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a fingerprint of all of them."""
    with opened(database) as found, found.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall()]
        rows = {}
        for table in tables:
            cursor.execute(f'SELECT count(*), md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM "{table}" t')
            rows[table] = cursor.fetchone()
        return rows


def triggers(database: str) -> list[tuple[str, str]]:
    with opened(database) as found, found.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2")
        return list(cursor.fetchall())


def stored(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def empty() -> Iterator[str]:
    """A database with nothing in it, not even tables."""
    with opened("postgres") as server, server.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {EMPTY}")
        cursor.execute(f"CREATE DATABASE {EMPTY}")
    yield EMPTY
    with opened("postgres") as server, server.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {EMPTY} WITH (FORCE)")


def test_a_played_year_comes_back_row_for_row_and_byte_for_byte(empty: str, tmp_path: Path) -> None:
    ours, var, new, kept = connection.settings_dict["NAME"], tmp_path / "var", tmp_path / "new", tmp_path / "kept"
    for words in (("load_reference",), ("rehearse", "moreogromsdal-2027", "--keep")):
        played = manage(ours, var, *words)
        assert played.returncode == 0, played.stderr[-3000:]
    before = digest(ours)

    made = manage(ours, var, "backup", str(kept))
    assert made.returncode == 0, made.stderr
    manifest = read(kept)
    assert (manifest.rows, manifest.faults) == ({table: count for table, (count, _md5) in before.items()}, [])

    done = manage(empty, new, "restore", str(kept))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "Nothing was changed, taken away or put in."
    assert digest(empty) == before
    assert stored(new / "files") == stored(var / "files")
    assert len(stored(new / "files")) > 10
    assert (triggers(empty), len(triggers(empty)) > 5) == (triggers(ours), True)

    again = manage(empty, new, "restore", str(kept))
    assert (again.returncode, f"add --overwrite {empty}" in again.stderr) == (1, True)
    with opened(empty) as found, found.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_notice; CREATE TABLE left_behind (id int)")
    over = manage(empty, new, "restore", str(kept), "--overwrite", empty)
    assert (over.returncode, digest(empty)) == (0, before), over.stderr


def test_a_dump_postgresql_refuses_leaves_all_as_it_was(empty: str, tmp_path: Path) -> None:
    """It breaks off in the middle: what was there before is there after."""
    ours, kept = connection.settings_dict["NAME"], tmp_path / "kept"
    assert manage(ours, tmp_path / "var", "backup", str(kept)).returncode == 0
    assert manage(empty, tmp_path / "new", "restore", str(kept)).returncode == 0
    with opened(empty) as found, found.cursor() as cursor:
        cursor.execute("CREATE TABLE left_behind (id int)")
    before = digest(empty)
    path = kept / "database.dump"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 9 // 10])
    text = (kept / "manifest.json").read_text()
    manifest = read(kept)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    (kept / "manifest.json").write_text(text.replace(manifest.database.sha256, sha256))
    done = manage(empty, tmp_path / "new", "restore", str(kept), "--overwrite", empty)
    assert (done.returncode, "Nothing was changed" in done.stderr) == (1, True), done.stderr
    assert digest(empty) == before
