"""The long-term plan (FOR-2026-01-12-23 § 9; FOR-2021-01-26-230 pkt 7.2)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.models import Office
from forums.enums import PlanItemKind


class PlanVersion(models.Model):
    """An adopted plan, in force from a day. ``certainty`` GUESS marks what the demo has made up."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="plans")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    adopted_on = models.DateField()
    valid_from = models.DateField()
    certainty = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "number"], name="forums_plan_number")]

    def __str__(self) -> str:
        return self.title


class PlanItem(models.Model):
    """A theme, goal or figure of the plan, in both written forms."""

    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=10, choices=PlanItemKind)
    code = models.CharField(max_length=40)
    text_nb = models.CharField(max_length=250)
    text_nn = models.CharField(max_length=250)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="forums_planitem_code"),
            models.CheckConstraint(name="forums_planitem_kind", condition=Q(kind__in=PlanItemKind.values)),
        ]

    def __str__(self) -> str:
        return self.code

    def text_in(self, form: str) -> str:
        return self.text_nn if form == "nn" else self.text_nb
