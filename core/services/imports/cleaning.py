"""Forgets tables that were looked at and never used."""

from __future__ import annotations

from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import transaction

from core import clock
from core.actor import Actor
from core.models import ImportRow, ImportRun
from core.services.events import record

KEPT_FOR = timedelta(days=30)


@transaction.atomic
def empty_unused() -> int:
    """Take away the rows, and what was sent, of imports begun a month ago and never applied; returns how many."""
    old = ImportRun.objects.filter(
        applied_at__isnull=True, emptied_at__isnull=True, started_at__lt=clock.now() - KEPT_FOR
    )
    runs = list(old.select_for_update(of=("self",)).select_related("office", "upload"))
    for run in runs:
        _empty(run)
    return len(runs)


def _empty(run: ImportRun) -> None:
    upload, run.upload, run.pasted = run.upload, None, ""
    ImportRow.objects.filter(run=run).delete()
    run.emptied_at, run.counts, run.version = clock.now(), {}, run.version + 1
    run.save(update_fields=["upload", "pasted", "emptied_at", "counts", "version"])
    if upload is not None:
        name = upload.file.name or ""
        upload.delete()
        transaction.on_commit(lambda: default_storage.delete(name))
    by = Actor.for_system("imports")
    record(code="import.emptied", subject=run, by=by, office=run.office, data={"kind": run.kind})
