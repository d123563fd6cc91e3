"""Puts a backup back: checked first, then the files, then the database in one transaction.

The files come first, so that no row ever names bytes that aren't there yet.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from core.selectors.migrations import known, missing_from
from core.services.backup import engines
from core.services.backup.making import for_us_alone
from core.services.backup.manifest import FILES, BackupBroken, Manifest, read, sha256_of, verify

MADE_BY_MIGRATE = frozenset({"django_migrations", "django_content_type", "auth_permission"})
"""Tables that hold rows in a database where nobody has done anything yet."""


class Refused(Exception):
    """Nothing was done; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back."""

    manifest: Manifest
    rows: int
    files: int
    kept: int
    """Files that lay there already with the same bytes."""
    behind: list[str]
    """Migrations of this program that the backup doesn't have yet."""


def target_name() -> str:
    """What the operator must type to have it overwritten: the database's name, or SQLite's file name."""
    name = str(connection.settings_dict["NAME"])
    return Path(name).name if connection.vendor == "sqlite" else name


def checked(folder: Path) -> Manifest:
    """The list of a backup that is whole and that this program can hold. Raises BackupBroken, Refused."""
    manifest = read(folder)
    verify(manifest, folder)
    if manifest.engine != connection.vendor:
        raise Refused(f"The backup was taken from {manifest.engine}, and this database is {connection.vendor}.")
    unknown = sorted(set(manifest.migrations) - known())
    if unknown:
        raise Refused(
            f"The backup was taken with a newer program ({manifest.program}): this one doesn't know {unknown[0]}. "
            "Install that version first."
        )
    return manifest


def holdings() -> list[str]:
    """What the target holds that a restore would destroy, in words; empty when it holds nothing."""
    found = []
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - MADE_BY_MIGRATE):
            cursor.execute(f'SELECT count(*) FROM (SELECT 1 FROM "{table}" LIMIT 1) AS one')  # noqa: S608
            if cursor.fetchone()[0]:
                found.append(f"table {table}")
    root = Path(settings.MEDIA_ROOT)
    files = sum(1 for path in root.rglob("*") if path.is_file())
    return [*found, *([f"{files} stored files"] if files else [])]


@for_us_alone()
def restore(folder: Path, *, overwrite: str = "") -> Restored:
    """Put a backup back into an empty installation, or into the one whose database's name was typed.

    Raises BackupBroken and Refused before anything was touched, engines.ProgramFailed when the database refused (files
    may then have been added, but no row was changed).
    """
    manifest = checked(folder)
    held = holdings()
    if held and overwrite != target_name():
        few = ", ".join(held[:3]) + (f" and {len(held) - 3} more" if len(held) > 3 else "")
        raise Refused(
            f"The database {target_name()} is not empty ({few}). To lose what is in it, add --overwrite {target_name()}"
        )
    put, kept = _files(manifest, folder)
    engines.load(folder / manifest.database.path)
    differing = sorted(table for table, count in manifest.rows.items() if _count(table) != count)
    if differing:
        raise BackupBroken(f"The restored tables don't have the rows the list promises: {', '.join(differing)}.")
    behind = missing_from(set(manifest.migrations))
    return Restored(manifest=manifest, rows=sum(manifest.rows.values()), files=put, kept=kept, behind=behind)


def _files(manifest: Manifest, folder: Path) -> tuple[int, int]:
    """Put each file in its place, whole or not at all; returns how many were put there and how many lay there."""
    root = Path(settings.MEDIA_ROOT)
    put = kept = 0
    for part in manifest.files:
        target = root / Path(part.path).relative_to(FILES)
        if target.is_file() and sha256_of(target) == part.sha256:
            kept += 1
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            shutil.copyfile(folder / part.path, draft)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
        put += 1
    return put, kept


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608 - a table's name out of our own list
        return int(cursor.fetchone()[0])
