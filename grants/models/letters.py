"""Letters: one award letter per payee, one refusal per lead with nothing."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.enums import WrittenForm
from core.models import Document, Snapshot, Versioned
from core.models.triggers import undeletable
from grants.enums import LetterKind
from grants.models.decisions import Decision, DecisionLine
from grants.models.needs import NeedsReport
from grants.models.rounds import Round
from grants.workflow import LETTER
from networks.models import Account, Organisation


class Letter(Versioned):
    """A letter to one recipient. Its PDF is made at dispatch and never rewritten; a mistake gives a letter that
    ``replaces`` it. ``form_why`` is the reason code of :mod:`core.language`; ``total`` is whole kroner."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=20, choices=LetterKind)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="letters")
    recipient = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="letters")
    needs_report = models.ForeignKey(NeedsReport, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    form = models.CharField(max_length=2, choices=WrittenForm)
    form_why = models.CharField(max_length=40)
    state = models.CharField(max_length=20, choices=LETTER.choices(), default=LETTER.initial)
    total = models.BigIntegerField(default=0)
    letter_date = models.DateField(null=True, blank=True)

    class Meta:
        triggers = [undeletable("letter_undeletable")]
        ordering = ["round", "kind", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "recipient", "kind"],
                name="grants_letter_award_once",
                condition=Q(kind=LetterKind.AWARD),
            ),
            models.UniqueConstraint(
                fields=["decision", "needs_report"],
                name="grants_letter_refusal_once",
                condition=Q(kind=LetterKind.REFUSAL),
            ),
            models.CheckConstraint(
                name="grants_letter_state", condition=Q(state__in=[state.code for state in LETTER.states])
            ),
            models.CheckConstraint(
                name="grants_letter_dispatched_has_document",
                condition=Q(state="ready") | (Q(document__isnull=False) & Q(letter_date__isnull=False)),
            ),
            models.CheckConstraint(name="grants_letter_total", condition=Q(total__gte=0)),
            models.CheckConstraint(name="grants_letter_form", condition=Q(form__in=WrittenForm.values)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.recipient_id}"


class LetterLine(models.Model):
    """The decision lines a letter tells about."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="lines")
    decision_line = models.ForeignKey(DecisionLine, on_delete=models.PROTECT, related_name="letter_lines")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["letter", "decision_line"], name="grants_letterline_once")]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.decision_line_id}"


class Delivery(models.Model):
    """Made available, notified, opened (eForvaltningsforskriften §§ 8, 11).

    ``printed_last_day`` stands in the PDF; ``last_appeal_day`` alone decides: it is later when the notice left later.
    """

    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="delivery")
    available_at = models.DateTimeField()
    noticed_at = models.DateTimeField(null=True, blank=True)
    second_notice_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    printed_last_day = models.DateField()
    last_appeal_day = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="grants_delivery_last_day", condition=Q(last_appeal_day__gte=models.F("printed_last_day"))
            ),
            models.CheckConstraint(
                name="grants_delivery_opened_by",
                condition=Q(opened_at__isnull=True, opened_by__isnull=True)
                | Q(opened_at__isnull=False, opened_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter_id}"
