"""Takes a run up again: locked, as the person saw it, by somebody who may."""

from __future__ import annotations

from core import authz
from core.actor import Actor
from core.imports import Importer, importer
from core.models import ImportRun
from core.requirements import AlreadyDone, StaleVersion
from core.services.performing import check_version, lock


def importer_of(run: ImportRun) -> Importer:
    """Raises LookupError for a kind no app registers any more."""
    found = importer(run.kind)
    if found is None:
        raise LookupError(f"nobody imports {run.kind!r}")
    return found


def unfinished(run: ImportRun, *, by: Actor, seen_version: int | None, applying: bool = False) -> ImportRun:
    """The run, locked, while nothing has been applied. Raises StaleVersion, NotAllowed, and AlreadyDone for whoever has
    applied it and is ``applying`` it once more: anything else they would change is no double click."""
    locked = lock(run)
    authz.require(by, importer_of(locked).perm, locked.office)
    if applying and locked.applied_at is not None and locked.applied_by == by.person:
        raise AlreadyDone
    if locked.applied_at is not None or locked.emptied_at is not None:
        raise StaleVersion(
            seen=seen_version or 0,
            current=locked.version,
            saved_by=locked.applied_by.name if locked.applied_by else "",
            saved_at=locked.applied_at or locked.emptied_at,
        )
    check_version(locked, seen_version)
    return locked


def save(run: ImportRun, locked: ImportRun, *fields: str) -> None:
    """Save these columns under a new version; ``run`` is brought up to date."""
    locked.version += 1
    for name in (*fields, "version"):
        setattr(run, name, getattr(locked, name))
    locked.save(update_fields=[*fields, "version"])
