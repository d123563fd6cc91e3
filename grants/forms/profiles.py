"""The form of an office's own choices for a year."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.dates import interface_form
from core.forms import LineField, PercentField
from core.models import Office
from grants import rulesets
from grants.enums import OwnContributionBase
from grants.selectors.profiles import CHOICES, choices_of, profile_for
from grants.services.profiles import save_profile

YES, NO = "yes", "no"


class ProfileForm(forms.Form):
    """What the law leaves to the office and its forum. An empty percentage is no limit."""

    network_cap_pct = PercentField(
        label=_("How much of a measure can go to the network?"),
        required=False,
        help_text=_("Percent of the measure's sum. Leave it empty where there is no limit."),
    )
    coordinator_cap_pct = PercentField(
        label=_("How much of the network's part can pay for coordination?"),
        required=False,
        help_text=_("The regulation says a limited part (section 11). Leave it empty where there is no limit."),
    )
    own_contribution_base = forms.ChoiceField(
        label=_("What is the owners' own contribution counted from?"),
        choices=[(one.value, one.label) for one in OwnContributionBase],
        widget=forms.RadioSelect,
        help_text=_("The regulation of 2026 asks for a description, not a percentage (section 11)."),
        error_messages={"required": _("Choose what the own contribution is counted from.")},
    )
    own_contribution_pct = PercentField(label=_("Own contribution, percent"), required=False)
    own_contribution_scheme = forms.ChoiceField(
        label=_("Which scheme does the own contribution concern?"), required=False, choices=()
    )
    joint_conclusion = forms.ChoiceField(
        label=_("Do the forums conclude together?"),
        choices=[(YES, _("Yes, on one recommendation")), (NO, _("No, each forum on its own part and frame"))],
        widget=forms.RadioSelect,
        help_text=_("It makes no difference where the office has one forum."),
        error_messages={"required": _("Say whether the forums conclude together.")},
    )
    longest_measure_years = forms.TypedChoiceField(
        label=_("How many years can a measure run?"),
        choices=[(str(number), str(number)) for number in range(1, 7)],
        coerce=int,
    )
    source = LineField(
        label=_("Where does this stand?"),
        required=False,
        max_length=200,
        help_text=_("For example «Long-term plan 2027–2030, item 5.8»."),
    )

    number = forms.IntegerField(required=False, widget=forms.HiddenInput)
    """The version the page showed."""

    def __init__(self, data: Any = None, *, office: Office, year: int) -> None:
        self.office, self.year = office, year
        now = profile_for(office, year)
        self.now = now.pk if now else 0
        values = choices_of(now) if now else {}
        initial = {**values, "number": self.now, "joint_conclusion": YES if now is None or now.joint_conclusion else NO}
        initial.setdefault("own_contribution_base", OwnContributionBase.NONE.value)
        initial.setdefault("longest_measure_years", 4)
        super().__init__(data, initial=initial)
        self.fields["own_contribution_scheme"].choices = self._schemes()  # type: ignore[attr-defined]

    def _schemes(self) -> list[tuple[str, Any]]:
        form = interface_form()
        named = {one.code: one.name.in_form(form) for rules in rulesets.all_rule_sets() for one in rules.schemes}
        return [("", _("All schemes")), *sorted(named.items(), key=lambda pair: pair[1])]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        counted = values.get("own_contribution_base") != OwnContributionBase.NONE
        if counted and "own_contribution_pct" in values and values["own_contribution_pct"] is None:
            self.add_error("own_contribution_pct", _("Write the percentage, for example 30."))
        return values

    def save(self, *, by: Actor) -> None:
        """Keep the choices. Raises NotAllowed, and StaleVersion when somebody saved others since."""
        choices = {name: self.cleaned_data[name] for name in CHOICES}
        choices["joint_conclusion"] = choices["joint_conclusion"] == YES
        if choices["own_contribution_base"] == OwnContributionBase.NONE:
            choices |= {"own_contribution_pct": None, "own_contribution_scheme": ""}
        save_profile(office=self.office, year=self.year, choices=choices, by=by, seen=self.cleaned_data.get("number"))
