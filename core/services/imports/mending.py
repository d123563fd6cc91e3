"""Cells mended in the page, rows left out and taken along again; then all rows are judged anew."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from core.actor import Actor
from core.dates import interface_form
from core.models import ImportRow, ImportRun
from core.services.imports.judging import judge, write
from core.services.imports.locking import importer_of, save, unfinished
from core.tables.cells import clean

Texts = Mapping[int, Mapping[str, str]]
"""Row → column → what its cell shall say."""


@transaction.atomic
def mend(*, run: ImportRun, texts: Texts, left_out: Mapping[int, bool], by: Actor, seen_version: int | None) -> None:
    """Write the cells, leave rows out or take them along, and judge all rows anew: one may depend on another."""
    locked = unfinished(run, by=by, seen_version=seen_version)
    importer = importer_of(locked)
    names = {column.name for column in importer.columns}
    rows = list(ImportRow.objects.filter(run=locked).order_by("number"))
    touched = []
    for row in rows:
        cells = {name: clean(text) for name, text in texts.get(row.number, {}).items() if name in names}
        before = (dict(row.texts), row.left_out)
        row.texts = {name: text for name, text in {**row.texts, **cells}.items() if text}
        row.left_out = left_out.get(row.number, row.left_out)
        if (row.texts, row.left_out) != before:
            touched.append(row)
    ImportRow.objects.bulk_update(touched, ["texts", "left_out"])
    write(locked, rows, judge(importer, rows, office=locked.office, by=by))
    locked.form = interface_form()
    save(run, locked, "counts", "form")
