"""Keeps the rows of the work list in step with what the providers say is owed."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

from core import clock
from core.models import Obligation
from core.models.subjects import subject_key
from core.obligations import Owed, provider_for, providers


def sync(subject: models.Model) -> None:
    """Make the open obligations of ``subject`` what its provider says. A model without provider owes nothing.

    What is no longer owed is marked done now; what is owed again is opened again. Called by the performer, and by a
    service that changes what is owed without changing a state.
    """
    sync_many([subject])


def sync_many(subjects: Sequence[models.Model]) -> None:
    """:func:`sync` for many rows of one table, in as many statements as for one."""
    provider = provider_for(type(subjects[0])) if subjects else None
    if provider is None:
        return
    owed = {_key(subject, item): (subject, item) for subject in subjects for item in provider(subject)}
    of_type = ContentType.objects.get_for_model(subjects[0])
    rows = Obligation.objects.filter(subject_type=of_type, subject_id__in=[subject.pk for subject in subjects])
    stored = {row.key: row for row in rows}
    moment = clock.now()
    Obligation.objects.bulk_create(
        Obligation(key=key, since=moment, **subject_key(subject), **_columns(item))
        for key, (subject, item) in owed.items()
        if key not in stored
    )
    changed = {row: _settle(row, owed[key][1] if key in owed else None) for key, row in stored.items()}
    if columns := set().union(*changed.values()):
        Obligation.objects.bulk_update([row for row, names in changed.items() if names], sorted(columns))


def rebuild() -> list[str]:
    """Run every provider over every row; returns the keys that were wrong (a test demands none)."""
    wrong: list[str] = []
    with transaction.atomic():
        for model in providers():
            before = _picture(model)
            for subject in model._default_manager.all():
                sync(subject)
            after = _picture(model)
            wrong += sorted(set(before) ^ set(after)) + sorted(
                key for key in set(before) & set(after) if before[key] != after[key]
            )
    return wrong


def _picture(model: type[models.Model]) -> dict[str, tuple[object, ...]]:
    rows = Obligation.objects.filter(subject_type=ContentType.objects.get_for_model(model))
    return {
        row.key: (row.user_id, row.role, row.anchor_id, row.for_anchor_id, row.due, row.data, row.done_at is None)
        for row in rows
    }


def _key(subject: models.Model, item: Owed) -> str:
    return f"{item.kind}:{subject._meta.label_lower}:{subject.pk}:{item.party}"


def _columns(item: Owed) -> dict[str, object]:
    return {
        "kind": item.kind,
        "office_id": item.office_id,
        "user_id": item.user_id,
        "role": item.role,
        "anchor_id": item.anchor_id,
        "for_anchor_id": item.for_anchor_id,
        "due": item.due,
        "data": dict(item.data),
    }


def _settle(row: Obligation, item: Owed | None) -> set[str]:
    """Set what is owed now on the row, not saved; returns the columns that changed."""
    if item is None:
        changes: dict[str, object] = {} if row.done_at else {"done_at": clock.now()}
    else:
        changes = {name: value for name, value in _columns(item).items() if getattr(row, name) != value}
        if row.done_at is not None:
            changes |= {"done_at": None, "since": clock.now()}
        if "due" in changes:
            changes["reminded_for"] = None
    for name, value in changes.items():
        setattr(row, name, value)
    return set(changes)
