"""Half-written parts of a form. Only the writers see them; nothing typed is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

from core import clock
from core.actor import Actor
from core.models import Section
from core.models.subjects import subject_key
from core.requirements import StaleVersion


@transaction.atomic
def save_section(
    *, subject: models.Model, name: str, data: Mapping[str, Any], by: Actor, seen_version: int | None = None
) -> Section:
    """Keep a section as typed. ``seen_version`` 0 for a section that wasn't there.

    Raises StaleVersion, with who saved and when, if it was saved with other words meanwhile. The caller asks for the
    right.
    """
    if by.person is None:
        raise ValueError("a draft belongs to a person")
    data = _without_nul(dict(data))
    row = Section.objects.select_for_update(of=("self",)).filter(name=name, **subject_key(subject)).first()
    current = row.version if row else 0
    if seen_version is not None and seen_version != current and (row is None or row.data != data):
        raise StaleVersion(
            seen=seen_version,
            current=current,
            saved_by=row.saved_by.name if row else "",
            saved_at=row.saved_at if row else None,
        )
    if row is None:
        return Section.objects.create(
            name=name, data=dict(data), saved_by=by.person, saved_at=clock.now(), **subject_key(subject)
        )
    row.data = dict(data)
    row.version += 1
    row.saved_by = by.person
    row.saved_at = clock.now()
    row.save(update_fields=["data", "version", "saved_by", "saved_at"])
    return row


def save_new_sections(sections: Sequence[tuple[models.Model, str, Mapping[str, Any]]], *, by: Actor) -> None:
    """:func:`save_section` for many objects (object, name, data) that have no section yet."""
    if by.person is None:
        raise ValueError("a draft belongs to a person")
    moment = clock.now()
    Section.objects.bulk_create(
        Section(name=name, data=dict(data), saved_by=by.person, saved_at=moment, **subject_key(subject))
        for subject, name, data in sections
    )


def drop_sections(*, subject: models.Model) -> None:
    """Forget the drafts of an object that is taken away."""
    Section.objects.filter(**subject_key(subject)).delete()


def empty_sections_of(subjects: Sequence[models.Model]) -> None:
    """Forget the words of drafts whose content now stands in real rows, for many objects of one table.

    The rows stay with their versions: were these to begin anew, a page opened before would pass for the newest one.
    """
    if not subjects:
        return
    of_type = ContentType.objects.get_for_model(subjects[0])
    Section.objects.filter(subject_type=of_type, subject_id__in=[subject.pk for subject in subjects]).update(data={})


def _without_nul(value: Any) -> Any:
    """NUL is no part of a text, and PostgreSQL keeps none."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {_without_nul(name): _without_nul(one) for name, one in value.items()}
    return [_without_nul(one) for one in value] if isinstance(value, list) else value
