"""A backup of the small world, put back into an empty installation: every row, every byte, also while people work."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from core.enums import DocumentKind, PartyRole
from core.models import Case, DocumentFile, Office
from core.services import archive
from core.services.backup import engines, making, restoring
from core.services.backup.manifest import BackupBroken, read
from tests.accounts.conftest import SYSTEM
from tests.world import World

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's backup: tests/services/test_backup.py"),
]


def digest(database: Path | str) -> dict[str, str]:
    """A fingerprint of all rows of each table."""
    with closing(sqlite3.connect(database)) as opened:
        names = [name for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: hashlib.sha256(
                repr(sorted(map(repr, opened.execute(f'SELECT * FROM "{name}"')))).encode()
            ).hexdigest()
            for name in names
        }


def stored(root: Path) -> dict[str, str]:
    """Path and SHA-256 of every file below a folder."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
    }


def in_empty_installation(var: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command in an installation of its own, which has nothing but an empty folder."""
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "BROKER_URL"}}
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        env=kept | {"ARSHJUL_VAR_DIR": str(var)},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The stored files of this test's installation: those the world's rows name."""
    return tmp_path / "files"


@pytest.fixture
def office(world: World, files: Path) -> Office:
    """The office, with one more document in the archive than the world has."""
    for name in DocumentFile.objects.values_list("file", flat=True):
        (files / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(Path(settings.MEDIA_ROOT) / name, files / name)
    with override_settings(MEDIA_ROOT=files):
        journal(world.a, b"%PDF-1 the first letter")
        yield world.a


def journal(office: Office, content: bytes) -> DocumentFile:
    """One outgoing letter in the archive."""
    case = Case.objects.filter(office=office).order_by("pk")[0]
    document = archive.register(
        case=case,
        kind=DocumentKind.OUTGOING,
        title="Brev",
        document_date=date(2027, 2, 25),
        parties=[archive.Party(PartyRole.RECIPIENT, "Nordli")],
        files=[archive.Bytes("brev.pdf", content, "application/pdf", "nb")],
        by=SYSTEM,
    )
    return document.files.get()


def test_all_rows_and_files_come_back_in_an_empty_installation(office: Office, files: Path, tmp_path: Path) -> None:
    said = StringIO()
    call_command("backup", str(tmp_path / "kept"), stdout=said)
    seal = hashlib.sha256((tmp_path / "kept" / "manifest.json").read_bytes()).hexdigest()
    assert said.getvalue().splitlines()[-1] == f"SHA-256 of manifest.json: {seal}"

    var = tmp_path / "new"
    done = in_empty_installation(var, "restore", str(tmp_path / "kept"))
    manifest = read(tmp_path / "kept")
    assert (done.returncode, done.stdout.splitlines()[0]) == (
        0,
        f"Restored the backup of {manifest.made_at} (program {manifest.program}, sqlite {sqlite3.sqlite_version}): "
        f"{sum(manifest.rows.values())} rows of {len(manifest.rows)} tables, "
        f"{len(stored(files))} files put back, 0 lay there already.",
    ), done.stderr
    assert done.stdout.splitlines()[-1] == "Nothing was changed, taken away or put in."
    assert digest(var / "arshjul.sqlite3") == digest(connection.settings_dict["NAME"])
    assert stored(var / "files") == stored(files)
    put_back = [var / "arshjul.sqlite3", var / "files", *(var / "files").rglob("*")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in put_back} == {0o700, 0o600}
    assert (len(manifest.files), manifest.faults, manifest.rows["core_office"]) == (len(stored(files)), [], 2)


def test_a_letter_written_while_the_files_are_copied_does_no_harm(
    office: Office, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its row is not in the backup, its bytes are; run again after the restore, the job finds them."""
    copy = making.copy_files

    def meanwhile(target: Path, named: dict[str, str]) -> tuple[list[making.Part], list[str]]:
        journal(office, b"%PDF-1 the second letter")
        return copy(target, named)

    monkeypatch.setattr(making, "copy_files", meanwhile)
    before = DocumentFile.objects.count()
    manifest, _seal = making.make(tmp_path / "kept")
    assert (manifest.rows["core_documentfile"], DocumentFile.objects.count(), manifest.faults) == (
        before,
        before + 1,
        [],
    )
    assert {part.path.removeprefix("files/") for part in manifest.files} == set(stored(files))


def test_a_file_that_is_being_written_is_left_out(office: Office, files: Path, tmp_path: Path) -> None:
    """The storage writes it beside its name and gives it the name when it is whole (core.storage)."""
    before = stored(files)
    (files / "documents" / ".0123abcd.part").write_bytes(b"%PDF-1 the first ha")
    manifest, _seal = making.make(tmp_path / "kept")
    assert {part.path.removeprefix("files/"): part.sha256 for part in manifest.files} == before
    assert manifest.faults == []


def test_a_damaged_and_a_missing_file_are_told(office: Office, files: Path, tmp_path: Path) -> None:
    second = journal(office, b"%PDF-1 the second letter")
    first = DocumentFile.objects.order_by("-pk")[1]
    (files / first.file.name).write_bytes(b"%PDF-1 another letter")
    (files / second.file.name).unlink()
    said = StringIO()
    with pytest.raises(CommandError, match="files are damaged"):
        call_command("backup", str(tmp_path / "kept"), stdout=said)
    assert read(tmp_path / "kept").faults == [
        f"{first.file.name}: the bytes do not give the SHA-256 its row has",
        f"{second.file.name}: a row names it, and it is not there",
    ]
    assert [line for line in said.getvalue().splitlines() if line.startswith("FAULT")] == [
        f"FAULT {fault}" for fault in read(tmp_path / "kept").faults
    ]


def test_nobody_else_can_read_a_backup(office: Office, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        making.make(tmp_path / "kept")
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in [tmp_path / "kept", *(tmp_path / "kept").rglob("*")]}
    assert modes == {0o700, 0o600}


def test_a_backup_that_breaks_off_leaves_nothing(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_target: Path, _named: dict[str, str]) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making, "copy_files", full)
    with pytest.raises(CommandError, match=r"There is no backup. .Errno 28. No space left on device"):
        call_command("backup", str(tmp_path / "backups" / "kept"))
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_place_that_is_taken_is_left_alone(office: Office, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", str(tmp_path / "kept"))
    assert list((tmp_path / "kept").iterdir()) == []


def test_without_a_folder_it_goes_where_the_settings_say(office: Office, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="ARSHJUL_BACKUP_DIR"):
        call_command("backup")
    with override_settings(BACKUP_DIR=str(tmp_path / "backups")):
        call_command("backup", stdout=StringIO())
    assert [path.name for path in (tmp_path / "backups").iterdir()] == ["2027-02-25T090000"]


def test_a_full_database_is_only_overwritten_by_its_name(office: Office, files: Path, tmp_path: Path) -> None:
    making.make(tmp_path / "kept")
    before, before_files = digest(connection.settings_dict["NAME"]), len(stored(files))
    for typed in ("", "arshjul"):
        with pytest.raises(CommandError, match=r"is not empty .*add --overwrite test\.sqlite3"):
            call_command("restore", str(tmp_path / "kept"), overwrite=typed)
    journal(office, b"%PDF-1 lost with the restore")
    assert digest(connection.settings_dict["NAME"]) != before
    done = restoring.restore(tmp_path / "kept", overwrite="test.sqlite3")
    assert (done.files, done.kept, done.behind) == (0, before_files, [])
    assert digest(connection.settings_dict["NAME"]) == before


@pytest.mark.parametrize("part", ["database.sqlite3", "file", "manifest.json"])
def test_a_changed_backup_is_refused_before_anything_is_touched(office: Office, tmp_path: Path, part: str) -> None:
    manifest, _seal = making.make(tmp_path / "kept")
    path = tmp_path / "kept" / (manifest.files[0].path if part == "file" else part)
    path.write_bytes(path.read_bytes()[:-2] + b"!!")
    done = in_empty_installation(tmp_path / "new", "restore", str(tmp_path / "kept"))
    why = "can't be read as a list" if part == "manifest.json" else "is not as it was written"
    assert (done.returncode, why in done.stderr) == (1, True)
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["secret_key", "static"]


def test_what_is_not_a_backup_or_reaches_outside_is_refused(office: Office, tmp_path: Path) -> None:
    with pytest.raises(BackupBroken, match="it is not a backup"):
        restoring.checked(tmp_path)
    making.make(tmp_path / "kept")
    path = tmp_path / "kept" / "manifest.json"
    found = json.loads(path.read_text())
    found["files"][0]["path"] = "files/../../secret_key"
    path.write_text(json.dumps(found))
    with pytest.raises(BackupBroken, match="lies outside the backup"):
        restoring.checked(tmp_path / "kept")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"migrations": ["core.0001_initial", "core.9999_later"]}, "newer program .*core.9999_later"),
        ({"engine": "postgresql"}, "taken from postgresql, and this database is sqlite"),
    ],
)
def test_a_backup_this_program_cannot_hold_is_refused(
    office: Office, tmp_path: Path, change: dict[str, object], why: str
) -> None:
    making.make(tmp_path / "kept")
    path = tmp_path / "kept" / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(restoring.Refused, match=why):
        restoring.checked(tmp_path / "kept")


def test_postgresql_is_reached_through_the_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    where = {"HOST": "db", "PORT": 5432, "USER": "u", "PASSWORD": "p", "NAME": "n", "OPTIONS": {"sslmode": "require"}}
    for name, value in where.items():
        monkeypatch.setitem(connection.settings_dict, name, value)
    given = {name: value for name, value in engines.client_environment().items() if name.startswith("PG")}
    assert given == {
        "PGHOST": "db",
        "PGPORT": "5432",
        "PGUSER": "u",
        "PGPASSWORD": "p",
        "PGDATABASE": "n",
        "PGSSLMODE": "require",
    }
