"""The needs report (behovsmelding, FOR-2026-01-12-23 § 11)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.models import Document, Versioned
from forums.models import Forum
from grants.models.rounds import Round
from grants.workflow import NEEDS_REPORT
from networks.models import Network, Organisation


class NeedsReport(Versioned):
    """One per network, or one per lead where there is no network. The law says municipality and private owner
    (§ 11): a network reports through its lead, on behalf of the covered.

    ``forum`` is empty where all the office's forums conclude together. ``reference`` is the receipt's («2027-BM-014»).
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="needs_reports")
    forum = models.ForeignKey(Forum, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    network = models.ForeignKey(Network, on_delete=models.PROTECT, null=True, blank=True, related_name="needs_reports")
    lead = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="leads_reports")
    state = models.CharField(max_length=20, choices=NEEDS_REPORT.choices(), default=NEEDS_REPORT.initial)
    reference = models.CharField(max_length=30, blank=True)
    involvement = models.TextField(blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_late = models.BooleanField(default=False)
    receipt = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    assessed_at = models.DateTimeField(null=True, blank=True)
    return_comment = models.TextField(blank=True)

    class Meta:
        ordering = ["round", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "network"], name="grants_needs_network", condition=Q(network__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["round", "lead"], name="grants_needs_lead", condition=Q(network__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["round", "reference"], name="grants_needs_reference", condition=~Q(reference="")
            ),
            models.CheckConstraint(
                name="grants_needs_state", condition=Q(state__in=[state.code for state in NEEDS_REPORT.states])
            ),
            models.CheckConstraint(
                name="grants_needs_sent_has_receipt",
                condition=Q(state="draft") | (Q(sent_at__isnull=False) & ~Q(reference="")),
            ),
        ]

    def __str__(self) -> str:
        return self.reference or f"needs report {self.pk}"


class CoveredOwner(models.Model):
    """An owner the lead reports on behalf of."""

    report = models.ForeignKey(NeedsReport, on_delete=models.CASCADE, related_name="covered")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "organisation"], name="grants_covered_once")]

    def __str__(self) -> str:
        return f"{self.report_id} {self.organisation_id}"
