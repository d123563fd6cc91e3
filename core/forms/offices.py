"""The forms of an office: what it says of itself, and a new one."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from core.enums import WrittenForm
from core.forms.fields import EmailField, LineField, OrgnrField
from core.models import Office
from core.services.offices import OfficeDetails

TAKEN_WORDS = frozenset(
    {
        "demo", "drift", "helse", "hjelp", "invitasjon", "kalender", "lenke", "logg-inn", "logg-ut", "merknad",
        "personvern", "profil", "sok", "sprak", "static", "tatt-vare-pa", "tilgjengelighet", "ui", "varsel",
    }
)  # fmt: skip
"""First words of addresses that belong to no office."""


class OfficeForm(forms.Form):
    """What stands in letters and on the page that says whom to ask."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    postal_address = LineField(
        label=_("Postal address"),
        max_length=200,
        help_text=_("On one line, for example «Postboks 123, 2604 Lillehammer». Stands at the foot of letters."),
        error_messages={"required": _("Write the office's postal address.")},
    )
    phone = LineField(
        label=_("Telephone"), max_length=30, error_messages={"required": _("Write the office's telephone number.")}
    )
    email = EmailField(
        label=_("E-mail address"),
        help_text=_("Those who take part write here, and answers to the program's mails come here."),
        error_messages={"required": _("Write the office's e-mail address.")},
    )
    website = LineField(label=_("Website"), max_length=120, required=False)
    unit_nb = LineField(
        label=_("Department, in bokmål"),
        max_length=120,
        required=False,
        help_text=_("Stands under the names in letters, for example «Oppvekst og utdanning»."),
        widget=forms.TextInput(attrs={"lang": "nb"}),
    )
    unit_nn = LineField(
        label=_("Department, in nynorsk"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"lang": "nn"}),
    )
    default_form = forms.ChoiceField(
        label=_("Which written form does the office use when nothing else decides?"),
        help_text=_(
            "A municipality gets the form it has decided on, a private owner the one it has asked for. "
            "This is for those who have chosen none (the Language Act, sections 12 to 15)."
        ),
        choices=WrittenForm.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose bokmål or nynorsk.")},
    )

    @classmethod
    def of(cls, office: Office, data: Any = None) -> OfficeForm:
        """The form as the office stands."""
        names = ("version", *(field.name for field in fields(OfficeDetails)))
        return cls(data, initial={name: getattr(office, name) for name in names})

    def details(self) -> OfficeDetails:
        return OfficeDetails(**{field.name: self.cleaned_data[field.name] for field in fields(OfficeDetails)})


class NewOfficeForm(forms.Form):
    """An office that isn't shipped with the program."""

    name_nb = LineField(
        label=_("Name in bokmål"),
        max_length=200,
        widget=forms.TextInput(attrs={"lang": "nb"}),
        error_messages={"required": _("Write the office's name in bokmål.")},
    )
    name_nn = LineField(
        label=_("Name in nynorsk"),
        max_length=200,
        widget=forms.TextInput(attrs={"lang": "nn"}),
        error_messages={"required": _("Write the office's name in nynorsk.")},
    )
    orgnr = OrgnrField(label=_("Organisation number"), help_text=_("Nine digits."))
    slug = LineField(
        label=_("Short name in addresses"),
        max_length=40,
        help_text=_("Small letters a to z, digits and hyphens. It can't be changed later: links in mails contain it."),
        validators=[
            RegexValidator(
                r"^[a-z][a-z0-9-]*$",
                _("Use small letters a to z, digits and hyphens, and begin with a letter, for example «nordfylket»."),
            )
        ],
        error_messages={"required": _("Write a short name, for example «nordfylket».")},
    )
    default_form = forms.ChoiceField(
        label=_("Which written form does the office use when nothing else decides?"),
        choices=WrittenForm.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose bokmål or nynorsk.")},
    )

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug in TAKEN_WORDS:
            raise forms.ValidationError(
                _("The program uses «%(slug)s» for a page of its own. Choose another short name."),
                code="taken_word",
                params={"slug": slug},
            )
        return slug
