"""What Enhetsregisteret says about an organisation, to be looked at before it is saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.actor import Actor
from core.collation import sort_key
from core.forms import EmailField, LineField, ProseField
from core.models import Office
from core.requirements import StepRefused
from networks.enums import PUBLIC_OWNER_KINDS, FormDecision
from networks.forms.register import EMPTY, MunicipalityNumberField, say
from networks.lookups.enhetsregisteret import Entity, display_name
from networks.models import OfficeOrganisation, Organisation
from networks.services.public_registers import Taken, take_over


@dataclass(frozen=True, slots=True)
class Present:
    """What stands in our register."""

    organisation: Organisation
    details: OfficeOrganisation | None
    may_change: bool


class TakeOverForm(forms.Form):
    """Each field holds what the register says; under it stands what we have. What isn't to be changed is emptied."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = LineField(label=gettext_lazy("Name"), required=False, max_length=200)
    municipality_number = MunicipalityNumberField(label=gettext_lazy("Municipality number"), required=False)
    postal_address = ProseField(
        label=gettext_lazy("Postal address"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    notice_email = EmailField(label=gettext_lazy("E-mail for notices"), required=False)
    written_form = forms.ChoiceField(label=gettext_lazy("Written form"), required=False)

    def __init__(self, data: Any, *, present: Present, entity: Entity | None = None) -> None:
        self.present = present
        super().__init__(data, initial=_suggested(present, entity) if entity else None)
        now = _now(present)
        for name, field in self.fields.items():
            if name in now:
                field.help_text = _("We have: %(value)s") % {"value": now[name] or _("nothing")}
        if not present.may_change:
            del self.fields["name"], self.fields["municipality_number"]
        if present.organisation.kind in PUBLIC_OWNER_KINDS:
            del self.fields["written_form"]
        else:
            forms_of_writing = [(one.value, str(one.label).capitalize()) for one in FormDecision if one != "neutral"]
            self.fields["written_form"].choices = [*EMPTY, *forms_of_writing]  # type: ignore[attr-defined]

    def save(self, *, by: Actor, office: Office) -> bool:
        """Save what was taken over; False with the sentences where it is refused. Raises StaleVersion."""
        data = dict(self.cleaned_data)
        version = data.pop("version")
        try:
            take_over(
                office=office,
                organisation=self.present.organisation,
                taken=Taken(**data),
                by=by,
                seen_version=version,
            )
        except StepRefused as refused:
            say(self, refused)
            return False
        return True


def _suggested(present: Present, entity: Entity) -> dict[str, Any]:
    """What the register says. A name it only writes in capitals is no news."""
    same = sort_key(entity.name) == present.organisation.sort_key
    return {
        "version": present.organisation.version,
        "name": "" if same else display_name(entity.name),
        "municipality_number": entity.municipality_number,
        "postal_address": entity.postal_address,
        "notice_email": entity.email,
        "written_form": entity.written_form,
    }


def _now(present: Present) -> dict[str, str]:
    details, one = present.details, present.organisation
    return {
        "name": one.anchor.name,
        "municipality_number": one.municipality_number,
        "postal_address": ", ".join(details.postal_address.splitlines()) if details else "",
        "notice_email": details.notice_email if details else "",
    }
