"""Which sheet, which line of headings, which column is which; remembered for the next time."""

from __future__ import annotations

from django.db import transaction

from core.actor import Actor
from core.dates import interface_form
from core.models import ImportHeading, ImportRun
from core.services.imports.drafting import Drafts
from core.services.imports.locking import importer_of, save, unfinished
from core.services.imports.opening import meanings
from core.services.imports.starting import fill
from core.tables.headings import Match

OF_ROWS = frozenset({"hidden_rows", "same_rows"})
"""Notes that belong to the rows, and go with them."""


@transaction.atomic
def choose_sheet(*, run: ImportRun, sheet: str, match: Match, by: Actor, seen_version: int | None) -> None:
    """Take another sheet, or another line for the headings; its rows are judged when the columns are said."""
    locked = unfinished(run, by=by, seen_version=seen_version)
    locked.rows.all().delete()
    locked.sheet, locked.head_line, locked.matched_at, locked.counts = sheet, match.line, None, {}
    locked.heads, locked.columns = list(match.heads), list(match.columns)
    locked.notes = [note for note in locked.notes if note[0] not in {*OF_ROWS, "other_sheet"}]
    save(run, locked, "sheet", "head_line", "matched_at", "counts", "heads", "columns", "notes")


@transaction.atomic
def match_columns(*, run: ImportRun, columns: list[str], drafts: Drafts, by: Actor, seen_version: int | None) -> None:
    """Say what the columns are, and judge the rows. The next table with such headings needn't be asked about."""
    locked = unfinished(run, by=by, seen_version=seen_version)
    importer = importer_of(locked)
    ImportHeading.objects.bulk_create(
        [
            ImportHeading(office=locked.office, kind=locked.kind, heading=heading, column=column)
            for heading, column in meanings(locked, columns).items()
        ],
        update_conflicts=True,
        unique_fields=["office", "kind", "heading"],
        update_fields=["column"],
    )
    locked.columns, locked.form = columns, interface_form()
    locked.notes = [note for note in locked.notes if note[0] not in OF_ROWS] + drafts.notes
    fill(locked, drafts.rows, importer=importer, by=by)
    save(run, locked, "columns", "form", "notes", "counts", "matched_at")
