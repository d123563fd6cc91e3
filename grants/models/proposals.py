"""The office's proposal for sharing the money, in versions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.models import ActorColumns, Versioned
from grants.models.money import MoneyKey, money_constraints
from grants.models.rounds import Round
from grants.workflow import PROPOSAL


class ProposalVersion(Versioned, ActorColumns):
    """One version of the proposal. Saving changed sums makes the next; the newest is worked on."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="proposals")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=20, choices=PROPOSAL.choices(), default=PROPOSAL.initial)
    at = models.DateTimeField()

    class Meta(ActorColumns.Meta):
        ordering = ["round", "-number"]
        constraints = [
            *ActorColumns.Meta.constraints,
            models.UniqueConstraint(fields=["round", "number"], name="grants_proposal_number"),
            models.UniqueConstraint(
                fields=["round"], name="grants_proposal_one_working", condition=Q(state=PROPOSAL.initial)
            ),
            models.CheckConstraint(
                name="grants_proposal_state", condition=Q(state__in=[state.code for state in PROPOSAL.states])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} v{self.number}"


class ProposalLine(MoneyKey):
    """``sought`` in whole kroner; ``promised``: the sum was promised in an earlier year; ``flagged``: it got the rest
    of the pot, less than sought."""

    version = models.ForeignKey(ProposalVersion, on_delete=models.CASCADE, related_name="lines")
    measure_year = models.ForeignKey("grants.MeasureYear", on_delete=models.PROTECT, related_name="proposal_lines")
    sought = models.BigIntegerField()
    promised = models.BooleanField(default=False)
    flagged = models.BooleanField(default=False)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["version", "measure_year", "id"]
        constraints = [
            *money_constraints("grants_proposalline", "version"),
            models.CheckConstraint(name="grants_proposalline_sought", condition=Q(sought__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.amount}"
