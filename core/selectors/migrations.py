"""Which migrations this program has, and which of them the database lacks."""

from __future__ import annotations

from functools import cache

from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


@cache
def _on_disk() -> dict[tuple[str, str], Migration]:
    """Read once: a running program's files don't change."""
    return dict(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def known() -> set[str]:
    """«app.name» of every migration this program has, also of those that others have replaced."""
    replaced = [key for migration in _on_disk().values() for key in migration.replaces]
    return {f"{app}.{name}" for app, name in [*_on_disk(), *replaced]}


def missing_from(applied: set[str]) -> list[str]:
    """«app.name» of every migration that isn't among those applied, nor replaces only such as are."""
    return sorted(
        f"{app}.{name}"
        for (app, name), migration in _on_disk().items()
        if f"{app}.{name}" not in applied
        and not (migration.replaces and {f"{a}.{n}" for a, n in migration.replaces} <= applied)
    )


def pending() -> list[str]:
    """What `manage.py migrate` would do. Two queries."""
    return missing_from({f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()})
