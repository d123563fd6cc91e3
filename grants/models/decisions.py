"""Decisions (FOR-2026-01-12-23 § 13; FOR-2021-01-26-230 pkt 7.3) and promises for coming years."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.models import Snapshot, Versioned
from grants.enums import LineOutcome, RefusalGround
from grants.models.money import MoneyKey, money_constraints
from grants.models.rounds import Round
from grants.workflow import DECISION


class Decision(Versioned):
    """Prepared by one, approved by another. A later decision on the same lines ``replaces`` this one."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveSmallIntegerField()
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    state = models.CharField(max_length=20, choices=DECISION.choices(), default=DECISION.initial)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["round", "number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="grants_decision_number"),
            models.CheckConstraint(
                name="grants_decision_two_people",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("prepared_by")),
                violation_error_message="Another person than the one who prepared the decision must approve it.",
            ),
            models.CheckConstraint(
                name="grants_decision_state", condition=Q(state__in=[state.code for state in DECISION.states])
            ),
            models.CheckConstraint(
                name="grants_decision_approved",
                condition=Q(state__in=["draft", "prepared"], approved_by__isnull=True, approved_at__isnull=True)
                | (Q(state__in=["approved", "dispatched"]) & Q(approved_by__isnull=False, approved_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} d{self.number}"


class DecisionLine(MoneyKey):
    """What was decided for a key. Where less is given than sought (whole kroner): ``reason`` in the lead's written
    form, ``ground``, and the ``criterion`` where the ground is the criteria.

    The reason may be missing while the decision is drafted; the steps *submit* and *approve* ask for it (fvl. §§ 24,
    25).
    """

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="lines")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="+")
    measure_year = models.ForeignKey("grants.MeasureYear", on_delete=models.PROTECT, related_name="decision_lines")
    source_line = models.ForeignKey(
        "grants.RecommendationLine", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    sought = models.BigIntegerField(default=0)
    outcome = models.CharField(max_length=10, choices=LineOutcome)
    ground = models.CharField(max_length=10, choices=RefusalGround, blank=True)
    criterion = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    live = models.BooleanField(default=True)

    class Meta:
        ordering = ["decision", "measure_year", "id"]
        constraints = [
            *money_constraints("grants_decisionline", "round", live=True),
            models.CheckConstraint(name="grants_decisionline_outcome", condition=Q(outcome__in=LineOutcome.values)),
            models.CheckConstraint(
                name="grants_decisionline_refused_is_nothing",
                condition=~Q(outcome=LineOutcome.REFUSED) | Q(amount=0),
            ),
            models.CheckConstraint(
                name="grants_decisionline_ground", condition=Q(ground__in=["", *RefusalGround.values])
            ),
            models.CheckConstraint(
                name="grants_decisionline_criterion_has_ground",
                condition=Q(criterion="") | Q(ground=RefusalGround.CRITERIA),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.amount}"


class Commitment(MoneyKey):
    """A promise for a coming year, always «med forbehold om Stortingets årlige budsjettvedtak».

    ``decision`` is empty for promises from before the program, which stand in a round of kind *opening*. A promise that
    was wrong is withdrawn and stands; the right one comes beside it.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="commitments")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="commitments")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["measure", "budget_year", "id"]
        constraints = money_constraints("grants_commitment", "round", among=Q(withdrawn_at__isnull=True))

    def __str__(self) -> str:
        return f"{self.measure_id} {self.budget_year} {self.amount}"
