"""What was seen when something binding was done, and who confirmed it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.enums import ConfirmationAnswer
from core.models.offices import Anchor
from core.models.subjects import SubjectColumns
from core.models.triggers import append_only


class Chain(SubjectColumns):
    """The binding events of one object (a round), in order: how many, and the last link (architecture.md § 2.7).

    The row is locked while a link is added, and its count shows when the newest snapshots have been taken away.
    """

    length = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject_type", "subject_id"], name="core_chain_once")]

    def __str__(self) -> str:
        return f"{self.subject_type_id}:{self.subject_id} {self.length}"


class Snapshot(SubjectColumns):
    """The content of a binding object as canonical JSON with its SHA-256: a hash is worth nothing without its text.

    ``link`` is the SHA-256 of the link before and of everything in this row, so that a changed, removed or inserted
    snapshot breaks every link after it. Rows without a chain are from before there was one.
    """

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, null=True, blank=True, related_name="snapshots")
    place = models.PositiveIntegerField(null=True, blank=True)
    link = models.CharField(max_length=64, blank=True)
    purpose = models.CharField(max_length=40)
    schema_version = models.PositiveSmallIntegerField()
    body = models.TextField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        triggers = [append_only("snapshot_append_only")]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="core_snapshot_subject")]
        constraints = [
            models.UniqueConstraint(fields=["chain", "place"], name="core_snapshot_place"),
            models.CheckConstraint(
                name="core_snapshot_chained",
                condition=Q(chain__isnull=True, place__isnull=True, link="")
                | (Q(chain__isnull=False, place__gte=1) & ~Q(link="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.sha256[:8]}"


class Confirmation(SubjectColumns):
    """One party's confirmation of one part of an object; an edit of the part voids it, with the reason.

    The actor columns are empty until it is answered.
    """

    party = models.ForeignKey(Anchor, on_delete=models.PROTECT, related_name="confirmations")
    part = models.CharField(max_length=40)
    part_hash = models.CharField(max_length=64)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    requested_at = models.DateTimeField()
    answer = models.CharField(max_length=20, choices=ConfirmationAnswer, blank=True)
    comment = models.TextField(blank=True)
    by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    by_link = models.ForeignKey("core.AccessLink", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_role = models.CharField(max_length=40, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "party", "part"],
                name="core_confirmation_live",
                condition=Q(voided_at__isnull=True),
            ),
            models.CheckConstraint(
                name="core_confirmation_answered",
                condition=Q(answer="", answered_at__isnull=True, by_user__isnull=True, by_link__isnull=True)
                | (
                    ~Q(answer="") & Q(answered_at__isnull=False) & (Q(by_user__isnull=False) | Q(by_link__isnull=False))
                ),
            ),
            models.CheckConstraint(
                name="core_confirmation_void_has_reason", condition=Q(voided_at__isnull=True) | ~Q(voided_why="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part} {self.party_id}"
