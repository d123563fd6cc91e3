"""The forms of the register of organisations."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.actor import Actor
from core.forms import LineField, NorwegianDateField, OrgnrField
from core.identifiers import UnreadableIdentifier
from core.models import Office
from core.requirements import StepRefused
from core.unreadable import Unreadable
from core.validators import strip_control
from networks import reference
from networks.enums import PUBLIC_OWNER_KINDS, FormDecision, OrganisationKind, SuccessionKind
from networks.models import Organisation
from networks.numbers import normalise_municipality_number
from networks.selectors.organisations import ALL, ENDED, OURS, Wish, find, holder_of, municipality_with
from networks.services import register
from networks.services.register import Facts

EMPTY = [("", "–")]


class FilterForm(forms.Form):
    """Which organisations the list shows; sent with GET, so that the address keeps the choice."""

    q = LineField(
        label=gettext_lazy("Name or number"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    slag = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    vis = forms.ChoiceField(
        label=gettext_lazy("Show"),
        required=False,
        choices=[
            (OURS, gettext_lazy("Those we work with")),
            (ALL, gettext_lazy("Everyone in the register")),
            (ENDED, gettext_lazy("Those that have ended")),
        ],
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data or None, initial={"vis": OURS}, auto_id="filter_%s")
        kinds = [(kind.value, str(kind.label).capitalize()) for kind in OrganisationKind]
        self.fields["slag"].choices = [("", _("All kinds")), *kinds]  # type: ignore[attr-defined]

    def wish(self) -> Wish:
        """What was asked for; nonsense in an address asks for nothing."""
        if not self.is_bound:
            return Wish()
        self.full_clean()
        data = self.cleaned_data
        return Wish(text=data.get("q", ""), kind=data.get("slag", ""), which=data.get("vis") or OURS)


class OrganisationField(forms.Field):
    """An organisation, by its number or its name; ``cleaned`` is the organisation, or None."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "maxlength": "200"})

    def to_python(self, value: Any) -> Organisation | None:
        typed = strip_control(value).strip()[:200] if isinstance(value, str) else ""
        if not typed:
            return None
        found = find(typed)
        if found.organisation is None:
            raise ValidationError(found.fault, code="unknown")
        return found.organisation

    def prepare_value(self, value: Any) -> Any:
        return value.anchor.name if isinstance(value, Organisation) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """«Hamre» is no change from «Hamre kommune»."""
        before, typed = self.prepare_value(initial) or "", (data or "").strip()
        if not before or not typed or before == typed:
            return bool(before != typed)
        found = find(typed).organisation
        return found is None or found.anchor.name != before


class MunicipalityNumberField(forms.CharField):
    """Four digits; a number that is no more says which one counts now."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def to_python(self, value: Any) -> str:
        typed = (super().to_python(value) or "").strip()
        if not typed:
            return ""
        try:
            return normalise_municipality_number(typed)
        except Unreadable as error:
            raise ValidationError(error.message, code=error.code, params=error.params) from error


class FactsForm(forms.Form):
    """What all offices share about an organisation. ``taken_by``: who has a number that was typed."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = LineField(
        label=gettext_lazy("Name"),
        max_length=200,
        help_text=gettext_lazy("As it writes its name itself, not in capitals."),
        error_messages={"required": gettext_lazy("Write what the organisation is called.")},
    )
    name_nn = LineField(
        label=gettext_lazy("Name in nynorsk"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Only if it has a name of its own in nynorsk."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        help_text=gettext_lazy("Decides who can own a measure, who can be a partner, and who can receive money."),
        error_messages={"required": gettext_lazy("Choose what kind of organisation it is.")},
    )
    orgnr = OrgnrField(
        label=gettext_lazy("Organisation number"),
        required=False,
        help_text=gettext_lazy("Without it the organisation can't receive money."),
    )
    municipality_number = MunicipalityNumberField(
        label=gettext_lazy("Municipality number"),
        required=False,
        help_text=gettext_lazy("The municipality's own, or that of the municipality it lies in."),
    )
    county_number = forms.ChoiceField(
        label=gettext_lazy("County"),
        required=False,
        help_text=gettext_lazy("Only where there is no municipality number."),
    )
    owner = OrganisationField(
        label=gettext_lazy("Belongs under"),
        required=False,
        help_text=gettext_lazy(
            "Name or organisation number: the owner of a private kindergarten or school, the university of a national "
            "centre."
        ),
    )

    def __init__(self, data: Any = None, *, organisation: Organisation | None = None, initial: Any = None) -> None:
        self.organisation = organisation
        self.taken_by: list[Organisation] = []
        super().__init__(data, initial=initial or (facts_of(organisation) if organisation else None))
        kinds = [(kind.value, str(kind.label).capitalize()) for kind in OrganisationKind]
        counties = [(one.number, one.name) for one in reference.counties() if one.valid_to is None]
        self.fields["kind"].choices = [("", _("Choose a kind")), *kinds]  # type: ignore[attr-defined]
        self.fields["county_number"].choices = [*EMPTY, *sorted(counties)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        kind = data.get("kind")
        unread = {"municipality_number", *data}.difference(data)
        if kind == OrganisationKind.MUNICIPALITY and not unread and not data["municipality_number"]:
            self.add_error("municipality_number", _("Write the municipality's number, four digits."))
        if kind == OrganisationKind.COUNTY_COUNCIL and not (
            data.get("county_number") or data.get("municipality_number")
        ):
            self.add_error("county_number", _("Choose the county."))
        return data

    def save(self, *, by: Actor, office: Office) -> Organisation | None:
        """Add or change; None with the sentences where it is refused. Raises StaleVersion."""
        data = dict(self.cleaned_data)
        version = data.pop("version")
        facts = Facts(**data)
        try:
            if self.organisation is None:
                return register.add_organisation(office=office, facts=facts, by=by)
            return register.edit_organisation(organisation=self.organisation, facts=facts, by=by, seen_version=version)
        except StepRefused as refused:
            say(self, refused)
            self._name_holders(facts)
            return None

    def _name_holders(self, facts: Facts) -> None:
        """Who has the numbers, for the page to link to."""
        but = self.organisation.pk if self.organisation else None
        holders = [holder_of(facts.orgnr, but=but) if facts.orgnr else None]
        if facts.kind == OrganisationKind.MUNICIPALITY and facts.municipality_number:
            holders.append(municipality_with(facts.municipality_number, but=but))
        self.taken_by = list({one.pk: one for one in holders if one is not None}.values())


def facts_of(organisation: Organisation) -> dict[str, Any]:
    """The form as it is opened."""
    now = next((one for one in organisation.names.all() if one.valid_to is None), None)
    return {
        "version": organisation.version,
        "name": now.name if now else organisation.anchor.name,
        "name_nn": now.name_nn if now else "",
        "kind": organisation.kind,
        "orgnr": organisation.orgnr or "",
        "municipality_number": organisation.municipality_number,
        "county_number": organisation.county_number,
        "owner": organisation.owner,
    }


def say(form: forms.Form, refused: StepRefused) -> None:
    """Each sentence at the field where it is mended."""
    for obstacle in refused.obstacles:
        field = obstacle.anchor.removeprefix("id_")
        form.add_error(field if field in form.fields else None, str(obstacle.text))


class NameForm(forms.Form):
    """A new name from a day."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = LineField(
        label=gettext_lazy("New name"),
        max_length=200,
        error_messages={"required": gettext_lazy("Write the new name.")},
    )
    name_nn = LineField(
        label=gettext_lazy("New name in nynorsk"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Only if it has a name of its own in nynorsk."),
    )
    valid_from = NorwegianDateField(
        label=gettext_lazy("In use from"),
        help_text=gettext_lazy("The first day with the new name."),
        error_messages={"required": gettext_lazy("Write the first day with the new name, for example 1.1.2027.")},
    )

    def save(self, organisation: Organisation, *, by: Actor) -> bool:
        """Give the name; False with the sentences where it is refused. Raises StaleVersion."""
        data = self.cleaned_data
        try:
            register.give_new_name(
                organisation=organisation,
                name=data["name"],
                name_nn=data["name_nn"],
                valid_from=data["valid_from"],
                seen_version=data["version"],
                by=by,
            )
        except StepRefused as refused:
            say(self, refused)
            return False
        return True


class WrittenFormForm(forms.Form):
    """Which written form, and where that was learnt (språklova § 15)."""

    form = forms.ChoiceField(label=gettext_lazy("Written form"), widget=forms.RadioSelect)
    source_text = LineField(
        label=gettext_lazy("How do you know?"),
        max_length=120,
        help_text=gettext_lazy("For example: letter of 3 May 2026, or the municipality's decision of 12 March 2026."),
        error_messages={"required": gettext_lazy("Write how you know which form it is.")},
    )
    valid_from = NorwegianDateField(label=gettext_lazy("Counts from"))

    def __init__(self, data: Any, *, organisation: Organisation, today: date) -> None:
        super().__init__(data, initial={"valid_from": today})
        public = organisation.kind in PUBLIC_OWNER_KINDS
        offered = list(FormDecision) if public else [FormDecision.BOKMAL, FormDecision.NYNORSK]
        field: Any = self.fields["form"]
        field.choices = [(one.value, str(one.label).capitalize()) for one in offered]
        field.error_messages["required"] = _("Choose bokmål or nynorsk.")

    def save(self, organisation: Organisation, *, by: Actor, office: Office) -> None:
        """Write it down."""
        register.choose_written_form(organisation=organisation, office=office, by=by, **self.cleaned_data)


class EndForm(forms.Form):
    """The last day, and what came after."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    ended_on = NorwegianDateField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("The last day it exists, for example 31.12.2019."),
        error_messages={"required": gettext_lazy("Write the last day, for example 31.12.2019.")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What happened"),
        required=False,
        choices=[("", gettext_lazy("It was wound up, and nothing came after it")), *SuccessionKind.choices],
    )
    successor1 = OrganisationField(
        label=gettext_lazy("What came after it"),
        required=False,
        help_text=gettext_lazy("Name or organisation number."),
    )
    successor2 = OrganisationField(label=gettext_lazy("And"), required=False)
    successor3 = OrganisationField(label=gettext_lazy("And as well"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") and not self.successors() and not any(name.startswith("successor") for name in self.errors):
            self.add_error("successor1", _("Write which organisation came after it."))
        return data

    def successors(self) -> list[Organisation]:
        named = [self.cleaned_data.get(f"successor{number}") for number in (1, 2, 3)]
        return list({one.pk: one for one in named if one is not None}.values())

    def save(self, organisation: Organisation, *, by: Actor) -> bool:
        """End it; False with the sentences where it is refused. Raises StaleVersion."""
        data = self.cleaned_data
        try:
            register.end_organisation(
                organisation=organisation,
                ended_on=data["ended_on"],
                kind=data["kind"],
                successors=self.successors(),
                seen_version=data["version"],
                by=by,
            )
        except StepRefused as refused:
            for obstacle in refused.obstacles:
                field = obstacle.anchor.removeprefix("id_").replace("successors", "successor1")
                self.add_error(field if field in self.fields else None, str(obstacle.text))
            return False
        return True


def readable_orgnr(typed: str) -> str:
    """The number in what was typed; empty where there is none."""
    try:
        return OrgnrField(required=False).clean(typed) or ""
    except (ValidationError, UnreadableIdentifier):
        return ""
