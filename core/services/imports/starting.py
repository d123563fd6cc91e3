"""Begins an import: what was sent is kept, and its rows are judged when nobody has to say what the columns are."""

from __future__ import annotations

from django.db import transaction

from core import authz, clock
from core.actor import Actor
from core.dates import interface_form
from core.imports import Importer
from core.models import ImportRow, ImportRun, Office, Upload
from core.services import uploads
from core.services.events import record
from core.services.imports.drafting import Draft
from core.services.imports.judging import counted, fresh, judge
from core.services.imports.opening import Opened, Source
from core.spreadsheets import XLSX

CSV = "text/csv"


@transaction.atomic
def start(*, office: Office, importer: Importer, opened: Opened, by: Actor) -> ImportRun:
    """Keep a run of what was opened. Nothing is saved in any register. Raises NotAllowed."""
    authz.require(by, importer.perm, office)
    run = ImportRun.objects.create(
        office=office,
        kind=importer.code,
        upload=_kept(opened.source, office, by),
        pasted=opened.source.pasted,
        sheet=opened.sheet,
        head_line=opened.match.line,
        heads=list(opened.match.heads),
        columns=list(opened.match.columns),
        notes=opened.notes,
        form=interface_form(),
        started_at=clock.now(),
        **by.columns(),
    )
    if opened.rows is not None:
        fill(run, opened.rows, importer=importer, by=by)
        run.save(update_fields=["matched_at", "counts"])
    record(code="import.started", subject=run, by=by, office=office, data={"kind": importer.code})
    return run


def fill(run: ImportRun, rows: list[Draft], *, importer: Importer, by: Actor) -> None:
    """Put the rows in the place of those that may be there; the caller saves the run."""
    verdicts = judge(importer, rows, office=run.office, by=by)
    ImportRow.objects.filter(run=run).delete()
    ImportRow.objects.bulk_create(fresh(run, row, verdict) for row, verdict in zip(rows, verdicts, strict=True))
    run.counts = counted(rows, verdicts)
    run.matched_at = clock.now()


def _kept(source: Source, office: Office, by: Actor) -> Upload | None:
    if source.pasted:
        return None
    zipped = source.data.startswith(b"PK")
    media_type, ending = (XLSX, ".xlsx") if zipped else (CSV, ".csv")
    return uploads.keep(office=office, name=source.name, data=source.data, media_type=media_type, ending=ending, by=by)
