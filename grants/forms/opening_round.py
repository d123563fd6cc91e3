"""The forms of the opening round itself: which year it leads to, and what is left of each scheme."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _

from core import clock
from core.actor import Actor
from core.forms import KronerField
from core.models import Office
from core.money import MAX_KRONER
from core.requirements import Obstacle, StepRefused
from grants.models import Round
from grants.selectors.opening_values import scheme_label, schemes
from grants.selectors.openings import first_years, unspent_of_schemes
from grants.services.openings import begin, set_unspent


class BeginForm(forms.Form):
    """Which year the first round is for."""

    def __init__(self, data: QueryDict | None = None, *, office: Office) -> None:
        super().__init__(data)
        self.office = office
        years = first_years(office)
        self.fields["first_year"] = forms.TypedChoiceField(
            label=_("Which year is the first round in the program for?"),
            help_text=_("What you bring in is what stood at the end of the year before."),
            choices=[(year, str(year)) for year in years],
            coerce=int,
            initial=next((year for year in years if year > clock.today().year), years[-1]),
            widget=forms.RadioSelect,
        )

    def save(self, *, by: Actor) -> bool:
        try:
            begin(office=self.office, first_year=self.cleaned_data["first_year"], by=by)
        except StepRefused as refused:
            show(self, refused.obstacles)
            return False
        return True


class UnspentForm(forms.Form):
    """What is left in each scheme that no measure has."""

    def __init__(self, data: QueryDict | None = None, *, round: Round) -> None:
        super().__init__(data)
        self.round = round
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=round.version)
        now = unspent_of_schemes(round)
        for _law, scheme in schemes():
            self.fields[scheme.code] = KronerField(
                label=scheme_label(scheme.code),
                required=False,
                max_value=MAX_KRONER,
                initial=now.get(scheme.code) or None,
                widget=forms.TextInput(attrs={"class": "num", "size": 12}),
            )

    def scheme_fields(self) -> list[BoundField]:
        return [self[scheme.code] for _law, scheme in schemes()]

    def save(self, *, by: Actor) -> bool:
        """Set the sums; False with the sentence at its field. Raises StaleVersion."""
        values = self.cleaned_data
        amounts = {scheme.code: values.get(scheme.code) or 0 for _law, scheme in schemes()}
        try:
            set_unspent(office=self.round.office, amounts=amounts, by=by, seen_version=values["version"])
        except StepRefused as refused:
            show(self, refused.obstacles)
            return False
        return True


def show(form: forms.Form, obstacles: Sequence[Obstacle]) -> None:
    """Each refusal at its field, or on top where it has none."""
    for one in obstacles:
        form.add_error(one.anchor if one.anchor in form.fields else None, str(one.text))
