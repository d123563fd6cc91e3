"""The key that every sum of money stands on."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from grants.enums import LineKind
from networks.enums import Sector
from networks.models import Organisation

KEY_FIELDS = ("measure", "budget_year", "scheme", "sector", "kind", "payee")


class MoneyKey(models.Model):
    """Which measure, year, scheme, sector and kind; who is paid (payee) and for whom (beneficiary, may be empty).

    ``amount`` is whole kroner, never negative.
    """

    measure = models.ForeignKey("grants.Measure", on_delete=models.PROTECT, related_name="+")
    budget_year = models.PositiveSmallIntegerField()
    scheme = models.CharField(max_length=40)
    sector = models.CharField(max_length=20, choices=Sector)
    kind = models.CharField(max_length=20, choices=LineKind)
    payee = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    beneficiary = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    amount = models.BigIntegerField()

    class Meta:
        abstract = True

    def money_key(self) -> dict[str, Any]:
        """The key's columns (ids), to find or copy the same line at the next step."""
        return key_of(self)


def key_of(line: Any) -> dict[str, Any]:
    """The columns (ids) of a line's money key."""
    return {name: getattr(line, name) for name in KEY_COLUMNS}


KEY_COLUMNS = ("measure_id", "budget_year", "scheme", "sector", "kind", "payee_id", "beneficiary_id")


def money_constraints(
    prefix: str, *owner: str, live: bool = False, among: Q | None = None
) -> list[models.BaseConstraint]:
    """The constraints of a table of sums: non-negative, known values, each key once with and without beneficiary.

    ``owner`` are the columns the key is unique within (``measure_year``, ``round`` …); with ``live`` only live rows
    count, with ``among`` only those it names.
    """
    alive = among or (Q(live=True) if live else Q())
    return [
        models.CheckConstraint(
            name=f"{prefix}_amount", condition=Q(amount__gte=0), violation_error_message="A sum can't be negative."
        ),
        models.CheckConstraint(name=f"{prefix}_kind", condition=Q(kind__in=LineKind.values)),
        models.CheckConstraint(name=f"{prefix}_sector", condition=Q(sector__in=Sector.values)),
        models.UniqueConstraint(
            fields=[*owner, *KEY_FIELDS, "beneficiary"],
            name=f"{prefix}_key_for",
            condition=Q(beneficiary__isnull=False) & alive,
        ),
        models.UniqueConstraint(
            fields=[*owner, *KEY_FIELDS], name=f"{prefix}_key", condition=Q(beneficiary__isnull=True) & alive
        ),
    ]
