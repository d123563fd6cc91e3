"""Columns that many tables share: what a row is about, and which version of it a person saw."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models


class SubjectColumns(models.Model):
    """(content type, id): the only generic reference in the program (data-model.md, «Subject»)."""

    subject_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    subject_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")

    class Meta:
        abstract = True


class Versioned(models.Model):
    """Rows people edit: a form that acts carries the version it was opened with (house rule 7)."""

    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True


def subject_key(obj: models.Model) -> dict[str, Any]:
    """The two columns that point at ``obj``, for filters and creates."""
    return {"subject_type": ContentType.objects.get_for_model(obj), "subject_id": obj.pk}
