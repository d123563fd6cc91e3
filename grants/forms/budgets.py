"""A measure's budget: lines × years, added and summed without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.forms import KronerField, LineField
from core.money import MAX_KRONER
from core.requests import number_in
from grants.enums import LineKind, PartyKind
from grants.models import MeasureYear, NeedsReport
from grants.rulesets import RuleSet
from grants.selectors.measure_choices import owners_for, payees_for
from grants.selectors.measures import budget_years
from grants.services.measures import BudgetInput
from networks.models import Organisation

USUAL_LINES = (LineKind.PROVIDER, LineKind.NETWORK, LineKind.STAFF_RELEASE, LineKind.COORDINATOR)
"""The usual lines of a budget, offered when it is empty."""


class BudgetRowForm(forms.Form):
    """One line of the budget with a sum for each year."""

    def __init__(
        self,
        *args: Any,
        years: Sequence[int],
        payees: Sequence[Organisation],
        owners: Sequence[Organisation],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.years = list(years)
        self.fields["kind"] = forms.ChoiceField(
            label=_("What for"),
            choices=[(code, capfirst(label)) for code, label in LineKind.choices],
            required=False,
        )
        self.fields["description"] = LineField(
            label=_("In words"), max_length=200, required=False, widget=forms.TextInput(attrs={"size": 28})
        )
        self.fields["payee"] = _organisation_field(_("Who gets the money"), _("Choose later"), payees)
        self.fields["beneficiary"] = _organisation_field(_("On behalf of"), _("Nobody else"), owners)
        for year in self.years:
            self.fields[f"y{year}"] = KronerField(
                label=_("%(year)d, kroner") % {"year": year},
                required=False,
                max_value=MAX_KRONER,
                widget=forms.TextInput(attrs={"class": "num", "size": 11}),
            )

    def clean(self) -> dict[str, Any]:
        """A line without a sum isn't kept in the budget; one somebody has written in is an error, so that it stays."""
        data: dict[str, Any] = super().clean() or {}
        written = data.get("description") or data.get("beneficiary")
        sums = [f"y{year}" for year in self.years]
        if written and not any(data.get(name) or name in self.errors for name in sums):
            self.add_error(sums[0], _("Write the sum, or empty the whole line."))
        return data

    def amount(self, year: int) -> int:
        return (getattr(self, "cleaned_data", None) or {}).get(f"y{year}") or 0

    def year_fields(self) -> list[tuple[int, Any]]:
        return [(year, self[f"y{year}"]) for year in self.years]

    def lines(self) -> Iterator[BudgetInput]:
        data = self.cleaned_data
        for year in self.years:
            if amount := data.get(f"y{year}"):
                yield BudgetInput(
                    kind=data.get("kind") or LineKind.OTHER,
                    amount=amount,
                    budget_year=year,
                    payee_id=data.get("payee"),
                    beneficiary_id=data.get("beneficiary"),
                    description=data.get("description") or "",
                )


def _organisation_field(label: str, nothing: str, organisations: Sequence[Organisation]) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=[("", nothing), *((one.pk, str(one)) for one in organisations)],
        coerce=int,
        empty_value=None,
        required=False,
    )


class BudgetFormSet(BaseFormSet):  # type: ignore[type-arg]
    """The lines of a measure's budget."""

    def clean(self) -> None:
        seen: dict[tuple[Any, ...], int] = {}
        for number, row in enumerate(self.forms, start=1):
            for line in row.lines() if row.is_valid() else ():
                key = (line.budget_year, line.kind, line.payee_id, line.beneficiary_id)
                if line.payee_id and key in seen:
                    row.add_error(
                        "payee",
                        _("Line %(other)d has the same kind and the same recipient. Put them together in one line.")
                        % {"other": seen[key]},
                    )
                    break
                seen.setdefault(key, number)

    def lines(self) -> list[BudgetInput]:
        """All lines with a sum, for the service."""
        return [line for row in self.forms if row.is_valid() for line in row.lines()]

    def sums(self) -> list[tuple[int, int]]:
        """(year, sum) of what can be read."""
        if not self.is_bound:
            lines = [row.initial for row in self.forms]
            return [(year, sum(line.get(f"y{year}") or 0 for line in lines)) for year in self.years]
        self.is_valid()
        return [(year, sum(row.amount(year) for row in self.forms)) for year in self.years]

    @property
    def years(self) -> list[int]:
        years: list[int] = self.form_kwargs["years"]
        return years


def budget_formset(
    data: Any, *, measure_year: MeasureYear, report: NeedsReport, rule_set: RuleSet, more: int = 0
) -> BudgetFormSet:
    """The budget as a formset; ``more`` empty lines are added to what was typed."""
    rows = _budget_rows(measure_year, report)
    if data is not None and more:
        data = data.copy()
        typed = number_in(str(data.get("form-TOTAL_FORMS", "")))
        data["form-TOTAL_FORMS"] = str(min(len(rows) if typed is None else typed, 200) + more)
    kind = formset_factory(BudgetRowForm, formset=BudgetFormSet, extra=0, max_num=250)
    made = kind(
        data,
        initial=rows,
        prefix="form",
        form_kwargs={
            "years": budget_years(measure_year),
            "payees": payees_for(measure_year, report, rule_set),
            "owners": owners_for(report),
        },
    )
    return cast(BudgetFormSet, made)


def _budget_rows(measure_year: MeasureYear, report: NeedsReport) -> list[dict[str, Any]]:
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for line in measure_year.budget_lines.all():
        key = (line.kind, line.description, line.payee_id, line.beneficiary_id)
        first = {
            "kind": line.kind,
            "description": line.description,
            "payee": line.payee_id,
            "beneficiary": line.beneficiary_id,
        }
        row = rows.setdefault(key, first)
        row[f"y{line.budget_year}"] = row.get(f"y{line.budget_year}", 0) + line.amount
    if rows:
        return list(rows.values())
    partner = next((row.organisation_id for row in measure_year.parties.all() if row.kind == PartyKind.PROVIDER), None)
    return [{"kind": kind, "payee": partner if kind == LineKind.PROVIDER else report.lead_id} for kind in USUAL_LINES]
