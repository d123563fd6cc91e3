"""«Use»: the rows are judged once more under lock, and written all or none. For a day it can all be taken back."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from core import authz, clock
from core.actor import Actor
from core.imports import Applied, Importer
from core.models import ImportEffect, ImportRow, ImportRun, Office
from core.models.subjects import subject_key
from core.requirements import AlreadyDone, Obstacle, StaleVersion, StepRefused
from core.selectors.imports import UNDO_WITHIN, WRITES
from core.services.events import record
from core.services.imports.judging import judge, values_of, write
from core.services.imports.locking import importer_of, save, unfinished
from core.services.performing import check_version, lock


@transaction.atomic
def apply(*, run: ImportRun, by: Actor, seen_version: int | None) -> bool:
    """Write the rows that are new or changed; faulty ones and those left out are passed by.

    False where the rows would do something else now than the person was shown: then nothing is written, and what they
    would do now is kept to be looked at. Raises AlreadyDone for a double click, StaleVersion, NotAllowed, StepRefused.
    """
    locked = unfinished(run, by=by, seen_version=seen_version, applying=True)
    importer = importer_of(locked)
    office = Office.objects.select_for_update(of=("self",)).get(pk=locked.office_id)  # one import at a time
    rows = list(ImportRow.objects.filter(run=locked).order_by("number"))
    with translation.override(locked.form):
        changed = write(locked, rows, judge(importer, rows, office=office, by=by))
    if changed:
        save(run, locked, "counts")
        return False
    wanted = _values(importer, rows)
    del rows  # thousands, and what is written now is as many again
    done = importer.apply(wanted, office=office, by=by)
    ImportEffect.objects.bulk_create(
        ImportEffect(run=locked, place=place, before=one.before, after=dict(one.after), **subject_key(one.subject))
        for place, one in enumerate(done)
    )
    locked.applied_at, locked.applied_by = clock.now(), by.person
    save(run, locked, "applied_at", "applied_by", "counts")
    numbers = {name: locked.counts.get(name, 0) for name in WRITES}
    record(code="import.applied", subject=locked, by=by, office=office, data={"kind": locked.kind, **numbers})
    return True


def _values(importer: Importer, rows: list[ImportRow]) -> list[dict[str, object]]:
    found = [values_of(importer.columns, row.texts)[0] for row in rows if row.change in WRITES and not row.left_out]
    if not found:
        raise StepRefused([Obstacle("nothing_to_apply", _("No row is new or changed, so there is nothing to save."))])
    return found


@transaction.atomic
def undo(*, run: ImportRun, by: Actor, seen_version: int | None) -> None:
    """Take all of it back. Raises StepRefused with what has come to depend on it, or after a day; AlreadyDone."""
    locked = lock(run)
    importer = importer_of(locked)
    authz.require(by, importer.perm, locked.office)
    if locked.undone_at is not None and locked.undone_by == by.person:
        raise AlreadyDone
    if locked.applied_at is None or locked.undone_at is not None:
        raise StaleVersion(seen=seen_version or 0, current=locked.version)
    check_version(locked, seen_version)
    if clock.now() > locked.applied_at + UNDO_WITHIN:
        raise StepRefused([Obstacle("undo_too_late", _("An import can be undone for 24 hours. That time is over."))])
    office = Office.objects.select_for_update(of=("self",)).get(pk=locked.office_id)
    importer.undo(_done(locked), office=office, by=by)
    locked.undone_at, locked.undone_by = clock.now(), by.person
    save(run, locked, "undone_at", "undone_by")
    record(code="import.undone", subject=locked, by=by, office=office, data={"kind": locked.kind})


def _done(run: ImportRun) -> list[Applied]:
    """What was done, each subject as it is now. Raises StepRefused when one of them is gone."""
    effects = list(run.effects.order_by("place"))
    subjects: dict[tuple[int, int], models.Model] = {}
    for type_id in {effect.subject_type_id for effect in effects}:
        model = ContentType.objects.get_for_id(type_id).model_class()
        wanted = [effect.subject_id for effect in effects if effect.subject_type_id == type_id]
        if model is not None:
            subjects |= {(type_id, pk): row for pk, row in model._base_manager.in_bulk(wanted).items()}
    if any((effect.subject_type_id, effect.subject_id) not in subjects for effect in effects):
        raise StepRefused(
            [
                Obstacle(
                    "undo_gone",
                    _("Something the import made has been removed since, so it can’t be undone as a whole."),
                )
            ]
        )
    return [
        Applied(subjects[effect.subject_type_id, effect.subject_id], effect.before, effect.after) for effect in effects
    ]
