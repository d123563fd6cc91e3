"""The ledger: what became of the money, entry by entry. A wrong entry is reversed by another, never changed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from core.models import ActorColumns
from core.models.triggers import append_only
from grants.enums import LedgerKind, LineKind
from grants.models.money import MoneyKey
from grants.models.rounds import Round
from networks.enums import Sector
from networks.models import Organisation

OF_THE_SCHEME = Q(measure__isnull=True, payee__isnull=True, beneficiary__isnull=True, entry=LedgerKind.CARRIED)
"""Money left in a scheme that no measure has: it has no payee either."""


class LedgerEntry(MoneyKey, ActorColumns):
    """A signed sum in whole kroner on a money key. The balance of a key is the sum of its entries. Append-only.

    ``entry`` says what happened, ``kind`` (of the key) what the money is for. *Carried* takes what is unspent of
    ``budget_year`` to ``to_year``. ``reverses`` is the entry this one takes back, with the opposite sum. ``round`` is
    the one whose books it stands in; what was before the program stands in a round of kind *opening*.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="ledger")
    entry = models.CharField(max_length=10, choices=LedgerKind)
    measure = models.ForeignKey(  # type: ignore[assignment]  # money left in a scheme has neither
        "grants.Measure", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    payee = models.ForeignKey(  # type: ignore[assignment]
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    to_year = models.PositiveSmallIntegerField(null=True, blank=True)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by")
    reason = models.CharField(max_length=250, blank=True)
    at = models.DateTimeField()

    class Meta(ActorColumns.Meta):
        ordering = ["id"]
        indexes = [models.Index(fields=["measure", "budget_year"], name="grants_ledger_measure")]
        triggers = [append_only("ledgerentry_append_only")]
        constraints = [
            *ActorColumns.Meta.constraints,
            models.CheckConstraint(name="grants_ledgerentry_not_zero", condition=~Q(amount=0)),
            models.CheckConstraint(name="grants_ledgerentry_entry", condition=Q(entry__in=LedgerKind.values)),
            models.CheckConstraint(name="grants_ledgerentry_kind", condition=Q(kind__in=LineKind.values)),
            models.CheckConstraint(name="grants_ledgerentry_sector", condition=Q(sector__in=Sector.values)),
            models.CheckConstraint(
                name="grants_ledgerentry_whose",
                condition=Q(measure__isnull=False, payee__isnull=False) | OF_THE_SCHEME,
                violation_error_message="Money belongs to a measure and a payee, or is what is left of a scheme.",
            ),
            models.CheckConstraint(
                name="grants_ledgerentry_to_year",
                condition=Q(entry=LedgerKind.CARRIED, to_year__gt=F("budget_year"))
                | (~Q(entry=LedgerKind.CARRIED) & Q(to_year__isnull=True)),
                violation_error_message="Money is carried to a later year.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry} {self.budget_year} {self.amount}"
