"""Reads drafts."""

from __future__ import annotations

from django.db import models

from core.models import Section
from core.models.subjects import subject_key


def sections_of(subject: models.Model) -> dict[str, Section]:
    """The drafts of an object by name."""
    return {row.name: row for row in Section.objects.filter(**subject_key(subject)).select_related("saved_by")}
