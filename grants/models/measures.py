"""Measures: the whole life in one row, each round's part of it in another."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from core.models import ActorColumns, Office, Versioned
from forums.models import PlanItem
from grants.enums import CriterionResult, LineKind, MeasureForm, MeasureKind, PartyKind
from grants.models.money import key_of
from grants.models.needs import NeedsReport
from grants.models.rounds import Round
from grants.workflow import MEASURE
from networks.enums import Sector
from networks.models import Network, Organisation


class Measure(models.Model):
    """A measure through all its years; letters, reports and promises point here."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="measures")
    lead = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    network = models.ForeignKey(Network, on_delete=models.PROTECT, null=True, blank=True, related_name="measures")
    first_year = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title


class MeasureYear(Versioned):
    """One round's part of a measure: what is needed, why, how, and what became of it.

    ``year_no`` of ``year_count``; ``report`` is empty only for joint measures and those from before the
    program. Text fields hold at most 4 000 signs.
    """

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="years")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="measures")
    report = models.ForeignKey(NeedsReport, on_delete=models.PROTECT, null=True, blank=True, related_name="measures")
    state = models.CharField(max_length=20, choices=MEASURE.choices(), default=MEASURE.initial)
    kind = models.CharField(max_length=10, choices=MeasureKind, default=MeasureKind.NEW)
    form = models.CharField(max_length=20, choices=MeasureForm, default=MeasureForm.COLLECTIVE)
    title = models.CharField(max_length=200)
    scheme = models.CharField(max_length=40)
    sector = models.CharField(max_length=20, choices=Sector)
    year_no = models.PositiveSmallIntegerField(default=1)
    year_count = models.PositiveSmallIntegerField(default=1)
    priority = models.PositiveSmallIntegerField(default=1)
    need = models.TextField(blank=True)
    need_how = models.TextField(blank=True)
    goal = models.TextField(blank=True)
    work_plan = models.TextField(blank=True)
    own_effort = models.TextField(blank=True)
    own_amount = models.BigIntegerField(null=True, blank=True)
    units_planned = models.PositiveIntegerField(null=True, blank=True)
    participants_planned = models.PositiveIntegerField(null=True, blank=True)
    plan_items = models.ManyToManyField(PlanItem, blank=True, related_name="+")

    class Meta:
        ordering = ["report", "priority", "id"]
        constraints = [
            models.UniqueConstraint(fields=["measure", "round"], name="grants_measureyear_once"),
            models.CheckConstraint(
                name="grants_measureyear_state", condition=Q(state__in=[state.code for state in MEASURE.states])
            ),
            models.CheckConstraint(
                name="grants_measureyear_report_unless_joint",
                condition=Q(report__isnull=False) | Q(kind__in=[MeasureKind.JOINT, MeasureKind.OPENING]),
            ),
            models.CheckConstraint(
                name="grants_measureyear_year_of",
                condition=Q(year_no__gte=1) & Q(year_no__lte=F("year_count")),
                violation_error_message="Year n of m: n is from 1 to m.",
            ),
            models.CheckConstraint(name="grants_measureyear_kind", condition=Q(kind__in=MeasureKind.values)),
            models.CheckConstraint(name="grants_measureyear_form", condition=Q(form__in=MeasureForm.values)),
            models.CheckConstraint(name="grants_measureyear_sector", condition=Q(sector__in=Sector.values)),
            models.CheckConstraint(
                name="grants_measureyear_own_amount", condition=Q(own_amount__isnull=True) | Q(own_amount__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return self.title


class MeasureParty(models.Model):
    """Who takes part and how; ``confirms``: this party must confirm the plan and the annual report."""

    measure_year = models.ForeignKey(MeasureYear, on_delete=models.CASCADE, related_name="parties")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="takes_part_in")
    kind = models.CharField(max_length=20, choices=PartyKind)
    confirms = models.BooleanField(default=False)

    class Meta:
        ordering = ["measure_year", "kind", "id"]
        constraints = [
            models.UniqueConstraint(fields=["measure_year", "organisation", "kind"], name="grants_party_once"),
            models.CheckConstraint(name="grants_party_kind", condition=Q(kind__in=PartyKind.values)),
        ]

    def __str__(self) -> str:
        return f"{self.measure_year_id} {self.organisation_id}"


class CriterionAnswer(models.Model):
    """The applicant's own answer to one award criterion of the rule set."""

    measure_year = models.ForeignKey(MeasureYear, on_delete=models.CASCADE, related_name="criterion_answers")
    criterion = models.CharField(max_length=40)
    answer = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["measure_year", "criterion"], name="grants_criterionanswer_once")
        ]

    def __str__(self) -> str:
        return self.criterion


class Evidence(models.Model):
    """How people were involved: when, who, and what it changed (§ 4 «inkluderende prosesser», § 11)."""

    measure_year = models.ForeignKey(MeasureYear, on_delete=models.CASCADE, related_name="evidence")
    date = models.DateField()
    who = models.CharField(max_length=200)
    what_changed = models.TextField(blank=True)

    class Meta:
        ordering = ["measure_year", "date", "id"]

    def __str__(self) -> str:
        return self.who


class Assessment(ActorColumns):
    """The case officer's judgement of one criterion, with the reason."""

    measure_year = models.ForeignKey(MeasureYear, on_delete=models.PROTECT, related_name="assessments")
    criterion = models.CharField(max_length=40)
    result = models.CharField(max_length=10, choices=CriterionResult)
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta(ActorColumns.Meta):
        constraints = [
            *ActorColumns.Meta.constraints,
            models.UniqueConstraint(fields=["measure_year", "criterion"], name="grants_assessment_once"),
            models.CheckConstraint(name="grants_assessment_result", condition=Q(result__in=CriterionResult.values)),
            models.CheckConstraint(
                name="grants_assessment_reason", condition=Q(result=CriterionResult.MET) | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion} {self.result}"


class BudgetLine(models.Model):
    """What is sought, in whole kroner. The payee may be empty until the report is sent."""

    measure_year = models.ForeignKey(MeasureYear, on_delete=models.CASCADE, related_name="budget_lines")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="+")
    budget_year = models.PositiveSmallIntegerField()
    scheme = models.CharField(max_length=40)
    sector = models.CharField(max_length=20, choices=Sector)
    kind = models.CharField(max_length=20, choices=LineKind)
    payee = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    beneficiary = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    amount = models.BigIntegerField()
    description = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["measure_year", "budget_year", "kind", "id"]
        constraints = [
            models.CheckConstraint(
                name="grants_budgetline_amount",
                condition=Q(amount__gte=0),
                violation_error_message="A sum can't be negative.",
            ),
            models.CheckConstraint(name="grants_budgetline_kind", condition=Q(kind__in=LineKind.values)),
            models.CheckConstraint(name="grants_budgetline_sector", condition=Q(sector__in=Sector.values)),
            models.UniqueConstraint(
                fields=["measure_year", "budget_year", "scheme", "sector", "kind", "payee", "beneficiary"],
                name="grants_budgetline_key_for",
                condition=Q(payee__isnull=False, beneficiary__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["measure_year", "budget_year", "scheme", "sector", "kind", "payee"],
                name="grants_budgetline_key",
                condition=Q(payee__isnull=False, beneficiary__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"

    def money_key(self) -> dict[str, Any]:
        """The key's columns (ids), as :meth:`grants.models.MoneyKey.money_key`."""
        return key_of(self)
