"""Annual reports (FOR-2026-01-12-23 § 17; FOR-2021-01-26-230 pkt 9): one per measure and budget year."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import Document, Snapshot, Versioned
from grants.models import DecisionLine, Measure, MeasureYear, MoneyKey, Round, RuleSetVersion
from grants.models.money import money_constraints
from reporting.enums import Progress
from reporting.workflow import REPORT


class AnnualReport(Versioned):
    """Follows the rule set of its award, whatever is in force when it is written.

    ``contact`` writes it for all parties. ``snapshot`` is the content as it was last sent to them.
    """

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="reports")
    measure_year = models.OneToOneField(MeasureYear, on_delete=models.PROTECT, related_name="annual_report")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="annual_reports")
    budget_year = models.PositiveSmallIntegerField()
    rule_set = models.ForeignKey(RuleSetVersion, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=20, choices=REPORT.choices(), default=REPORT.initial)
    due = models.DateField()
    progress = models.CharField(max_length=20, choices=Progress, blank=True)
    activities = models.TextField(blank=True)
    units = models.PositiveIntegerField(null=True, blank=True)
    participants = models.PositiveIntegerField(null=True, blank=True)
    unspent_why = models.TextField(blank=True)
    learnt = models.TextField(blank=True)
    return_comment = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["budget_year", "measure"]
        constraints = [
            models.UniqueConstraint(fields=["measure", "budget_year"], name="reporting_report_once"),
            models.CheckConstraint(
                name="reporting_report_state", condition=Q(state__in=[state.code for state in REPORT.states])
            ),
            models.CheckConstraint(name="reporting_report_progress", condition=Q(progress__in=["", *Progress.values])),
        ]

    def __str__(self) -> str:
        return f"{self.measure_id} {self.budget_year}"


class ReportLine(MoneyKey):
    """``amount`` is what was awarded; ``used`` is filled in. Whole kroner."""

    report = models.ForeignKey(AnnualReport, on_delete=models.CASCADE, related_name="lines")
    decision_line = models.ForeignKey(DecisionLine, on_delete=models.PROTECT, related_name="+")
    used = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["report", "kind", "id"]
        constraints = [
            *money_constraints("reporting_line", "report"),
            models.CheckConstraint(name="reporting_line_used", condition=Q(used__isnull=True) | Q(used__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.amount}"


class SignRating(models.Model):
    """A sign of goal attainment (§ 5; pkt 2), rated 1–5 with a text. The rating may be empty until it is sent."""

    report = models.ForeignKey(AnnualReport, on_delete=models.CASCADE, related_name="ratings")
    sign = models.CharField(max_length=40)
    rating = models.PositiveSmallIntegerField(null=True, blank=True)
    text = models.TextField(blank=True)

    class Meta:
        ordering = ["report", "sign"]
        constraints = [
            models.UniqueConstraint(fields=["report", "sign"], name="reporting_sign_once"),
            models.CheckConstraint(name="reporting_sign_scale", condition=Q(rating__gte=1, rating__lte=5)),
        ]

    def __str__(self) -> str:
        return f"{self.sign} {self.rating}"


class Reading(models.Model):
    """Somebody opened the report as it was then: what changed afterwards is shown to them before they confirm."""

    report = models.ForeignKey(AnnualReport, on_delete=models.CASCADE, related_name="readings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["report", "id"]
        constraints = [
            models.UniqueConstraint(fields=["report", "user", "snapshot"], name="reporting_reading_once"),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.user_id}"
