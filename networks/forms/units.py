"""The forms of the register of units."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.actor import Actor
from core.forms import LineField, NorwegianDateField, OrgnrField
from core.models import Office
from core.requests import number_in
from core.requirements import StepRefused
from networks.enums import Sector
from networks.forms.register import MunicipalityNumberField, OrganisationField, say
from networks.models import Organisation, Unit
from networks.selectors.units import ENDED, OURS, UnitWish
from networks.services import units
from networks.services.units import UnitFacts


class UnitFilterForm(forms.Form):
    """Which units the list shows; sent with GET. ``eigar`` keeps to one owner."""

    q = LineField(
        label=gettext_lazy("Name or number"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    sektor = forms.ChoiceField(label=gettext_lazy("Sector"), required=False)
    vis = forms.ChoiceField(
        label=gettext_lazy("Show"),
        required=False,
        choices=[(OURS, gettext_lazy("Those in use")), (ENDED, gettext_lazy("Those that have ended"))],
    )
    under = forms.CharField(required=False, widget=forms.HiddenInput, max_length=9)

    def __init__(self, data: Any) -> None:
        super().__init__(data or None, initial={"vis": OURS}, auto_id="filter_%s")
        sectors = [(one.value, str(one.label).capitalize()) for one in Sector]
        self.fields["sektor"].choices = [("", _("All sectors")), *sectors]  # type: ignore[attr-defined]

    def wish(self) -> UnitWish:
        """What was asked for; nonsense in an address asks for nothing."""
        if not self.is_bound:
            return UnitWish()
        self.full_clean()
        data = self.cleaned_data
        return UnitWish(
            text=data.get("q", ""),
            sector=data.get("sektor", ""),
            which=data.get("vis") or OURS,
            owner=number_in(data.get("under", "")),
        )


class UnitForm(forms.Form):
    """A school or kindergarten."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = LineField(
        label=gettext_lazy("Name"),
        max_length=200,
        error_messages={"required": gettext_lazy("Write what the school or kindergarten is called.")},
    )
    owner = OrganisationField(
        label=gettext_lazy("Owner"),
        help_text=gettext_lazy("Name or organisation number."),
        error_messages={"required": gettext_lazy("Write who owns it.")},
    )
    sector = forms.ChoiceField(
        label=gettext_lazy("Sector"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose kindergarten, school or both.")},
    )
    orgnr = OrgnrField(
        label=gettext_lazy("Organisation number"),
        required=False,
        help_text=gettext_lazy("The number it has as a part of its owner, if it has one."),
    )
    municipality_number = MunicipalityNumberField(
        label=gettext_lazy("Municipality number"),
        required=False,
        help_text=gettext_lazy("The municipality it lies in."),
    )
    organisation = OrganisationField(
        label=gettext_lazy("Is an organisation itself"),
        required=False,
        help_text=gettext_lazy(
            "Only for a private kindergarten or school that is its own legal person: money goes to it, not to its "
            "owner. Write its name or organisation number."
        ),
    )
    ended_on = NorwegianDateField(
        label=gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Only when it is closed down.")
    )

    def __init__(self, data: Any = None, *, unit: Unit | None = None, owner: Organisation | None = None) -> None:
        self.unit = unit
        super().__init__(data, initial=_initial(unit) if unit else {"owner": owner})
        self.fields["sector"].choices = [  # type: ignore[attr-defined]
            (one.value, str(one.label).capitalize()) for one in Sector
        ]

    def save(self, *, by: Actor, office: Office) -> Unit | None:
        """Add or change; None with the sentences where it is refused. Raises StaleVersion."""
        data = dict(self.cleaned_data)
        version = data.pop("version")
        try:
            if self.unit is None:
                return units.add_unit(office=office, facts=UnitFacts(**data), by=by)
            return units.edit_unit(unit=self.unit, facts=UnitFacts(**data), by=by, seen_version=version)
        except StepRefused as refused:
            say(self, refused)
            return None


def _initial(unit: Unit) -> dict[str, Any]:
    return {
        "version": unit.version,
        "name": unit.name,
        "owner": unit.owner,
        "sector": unit.sector,
        "orgnr": unit.orgnr or "",
        "municipality_number": unit.municipality_number,
        "organisation": unit.organisation,
        "ended_on": unit.ended_on,
    }
