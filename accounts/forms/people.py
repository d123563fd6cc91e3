"""The forms of the register of people: inviting, days of a role, names and addresses, leaving, doubles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import RoleAssignment, User
from accounts.selectors.folk import Asked, found_people, holders_already
from accounts.selectors.places import Places
from accounts.services.invitations import Invited
from core import clock
from core.enums import ROLES_AT, AnchorKind, Role
from core.forms import EmailField, LineField, NorwegianDateField
from core.models import Anchor, Office
from core.requirements import StepRefused
from core.unreadable import Unreadable

LINES = 200
"""So many people fit into one form; more are taken in from a spreadsheet."""
ADDRESS = re.compile(r"[^\s<>;,()\"]+@[^\s<>;,()\"]+")


class FilterForm(forms.Form):
    """What the list shows; its answers stand in the address."""

    q = LineField(label=gettext_lazy("Name, e-mail or place"), required=False, max_length=80)
    rolle = forms.ChoiceField(label=gettext_lazy("Role"), required=False)

    def __init__(self, *args: Any, asked: Asked, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"q": asked.words, "rolle": asked.role}
        field: Any = self.fields["rolle"]
        field.choices = [
            ("", _("All")),
            *((role.value, capfirst(role.label)) for role in Role),
            ("seat", _("Seat in a forum")),
            ("invited", _("Invited, not answered")),
        ]


class InviteForm(forms.Form):
    """One or several people, one a line, to the same role at the same place."""

    people = forms.CharField(
        label=gettext_lazy("Who"),
        help_text=gettext_lazy("One person a line, name and e-mail: Kari Moe kari.moe@kommune.no"),
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Write the name and e-mail address of at least one person.")},
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), error_messages={"required": gettext_lazy("Choose the role they get.")}
    )
    place = LineField(
        label=gettext_lazy("Where"),
        max_length=200,
        help_text=gettext_lazy("The name of a network, a forum, an organisation or the office. A number works too."),
        error_messages={"required": gettext_lazy("Write where they have the role.")},
    )
    held_for = LineField(
        label=gettext_lazy("On behalf of"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Only for a university contact in a network: the organisation they speak for."),
    )
    starts = NorwegianDateField(
        label=gettext_lazy("From"), required=False, help_text=gettext_lazy("Empty: from the day they accept.")
    )
    ends = NorwegianDateField(
        label=gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Empty: until somebody ends it.")
    )

    def __init__(
        self,
        *args: Any,
        places: Places,
        roles: Sequence[Role] = tuple(Role),
        fixed: Anchor | None = None,
        **kwargs: Any,
    ) -> None:
        """``fixed``: the place isn't asked for."""
        super().__init__(*args, **kwargs)
        self.places = places
        self.fixed = fixed
        self.anchor: Anchor | None = fixed
        self.speaks_for: Anchor | None = None
        if fixed is not None:
            del self.fields["place"]
        if Role.PROVIDER_CONTACT not in roles or (fixed is not None and fixed.kind != AnchorKind.NETWORK):
            del self.fields["held_for"]
        field: Any = self.fields["role"]
        field.choices = [("", _("Choose")), *((role.value, capfirst(role.label)) for role in roles)]

    def clean_people(self) -> list[tuple[str, str]]:
        """(name, address) of each line. A line that can't be read is named with its number and its text."""
        lines = [line.strip() for line in self.cleaned_data["people"].splitlines() if line.strip()]
        if len(lines) > LINES:
            raise ValidationError(
                _("This is %(count)d people. Invite at most %(most)d at a time, or use the import.")
                % {"count": len(lines), "most": LINES}
            )
        found, faults = [], []
        for number, line in enumerate(lines, 1):
            try:
                found.append(read_person(line))
            except ValidationError as error:
                faults += [_("Line %(number)d: %(text)s") % {"number": number, "text": text} for text in error.messages]
        emails = [email.casefold() for _name, email in found]
        for email in sorted({email for email in emails if emails.count(email) > 1}):
            faults.append(_("%(email)s stands there twice. Take one of the lines away.") % {"email": email})
        if faults:
            raise ValidationError(faults)
        return found

    def clean_place(self) -> str:
        self.anchor = the_place(self.places, self.cleaned_data["place"])
        return self.anchor.name

    def clean_held_for(self) -> str:
        typed: str = self.cleaned_data["held_for"]
        if typed:
            self.speaks_for = the_place(self.places, typed, (AnchorKind.ORGANISATION,))
        return typed

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        role, anchor = cleaned.get("role"), self.anchor
        if role and anchor is not None:
            if Role(role) not in ROLES_AT[AnchorKind(anchor.kind)]:
                words = {"place": anchor.name, "role": Role(role).label}
                self.add_error("role", _("%(place)s can’t have anybody who is «%(role)s».") % words)
            elif people := cleaned.get("people"):
                for person in holders_already(role, anchor, self.speaks_for, [email for _name, email in people]):
                    self.add_error("people", _("%(person)s has this role already.") % {"person": person})
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if ends and ends < max(starts or date.min, clock.today()):
            self.add_error("ends", _("The last day can’t be before the first, or past."))
        return cleaned

    def invited(self) -> list[Invited]:
        """Whom to invite, when the form is valid."""
        anchor = self.anchor
        if anchor is None:
            return []
        return [
            Invited(
                email=email,
                name=name,
                role=Role(self.cleaned_data["role"]),
                anchor=anchor,
                held_for=self.speaks_for,
                starts=self.cleaned_data["starts"],
                ends=self.cleaned_data["ends"],
            )
            for name, email in self.cleaned_data["people"]
        ]

    def refuse(self, refused: StepRefused) -> None:
        """The service's sentences at their fields."""
        for obstacle in refused.obstacles:
            self.add_error(obstacle.anchor if obstacle.anchor in self.fields else None, str(obstacle.text))


def read_person(line: str) -> tuple[str, str]:
    """(name, address) of «Kari Moe kari@x.no», «kari@x.no; Kari Moe» or «Kari Moe <kari@x.no>»."""
    found = ADDRESS.findall(line)
    if len(found) != 1:
        raise ValidationError(
            _("We find no e-mail address in «%(line)s». Write the name and the address, like kari.moe@kommune.no.")
            % {"line": line}
            if not found
            else _("There are several addresses in «%(line)s». Write one person a line.") % {"line": line}
        )
    email = found[0].strip(".:'")
    try:
        validate_email(email)
    except ValidationError:
        raise ValidationError(
            _("«%(email)s» isn’t an e-mail address. Write it like kari.moe@kommune.no.") % {"email": email}
        ) from None
    name = " ".join(re.sub(r"[<>;,()\"\t]", " ", line.replace(found[0], " ", 1)).split())
    return name[:150], email


def the_place(places: Places, typed: str, kinds: Sequence[str] = ()) -> Anchor:
    """The one place somebody meant. Raises ValidationError with those it could be."""
    try:
        return places.find(typed, kinds)
    except Unreadable as error:
        raise ValidationError(str(error)) from None


class RoleForm(forms.Form):
    """The days of a role."""

    starts = NorwegianDateField(
        label=gettext_lazy("From"), error_messages={"required": gettext_lazy("Write the first day.")}
    )
    ends = NorwegianDateField(
        label=gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Empty: until somebody ends it.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, role: RoleAssignment) -> RoleForm:
        return cls(initial={"starts": role.starts, "ends": role.ends, "version": role.version})

    def refused(self, refused: StepRefused) -> RoleForm:
        """The form with the service's sentences; as the row stands, where no days were sent."""
        days = {name: "" if value is None else self[name].value() for name, value in self.initial.items()}
        form = self if self.is_bound else RoleForm(days)
        form.is_valid()
        for obstacle in refused.obstacles:
            form.add_error(obstacle.anchor if obstacle.anchor in form.fields else None, str(obstacle.text))
        return form


class PersonForm(forms.Form):
    """Name and address, mended by the office."""

    name = LineField(
        label=gettext_lazy("Name"),
        max_length=150,
        error_messages={"required": gettext_lazy("Write the first name and surname.")},
    )
    email = EmailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("The person signs in with it. Both the old and the new address are told."),
        error_messages={"required": gettext_lazy("Write the e-mail address.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, person: User) -> PersonForm:
        return cls(initial={"name": person.name, "email": person.email, "version": person.version})


class OtherForm(forms.Form):
    """Another person of the register, by name or address."""

    other = LineField(
        label=gettext_lazy("The other registration"),
        max_length=200,
        help_text=gettext_lazy("Name or e-mail address"),
        error_messages={"required": gettext_lazy("Write the name or the e-mail address.")},
    )

    def __init__(self, *args: Any, office: Office, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.office, self.person = office, person

    def clean_other(self) -> User:
        return the_person(self.office, self.cleaned_data["other"], without=self.person)


class LeavingForm(forms.Form):
    """From which day, and who takes over: one a line."""

    on = NorwegianDateField(
        label=gettext_lazy("From which day"),
        help_text=gettext_lazy("The first day somebody else has it."),
        error_messages={"required": gettext_lazy("Write the day.")},
    )
    successors = forms.CharField(
        label=gettext_lazy("Who takes over"),
        required=False,
        help_text=gettext_lazy(
            "Name or e-mail address, one a line. They must be in the register: invite a new person first. "
            "Empty: nobody."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, office: Office, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.office, self.person = office, person

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on < clock.today():
            raise ValidationError(_("Choose today or a later day. What was done until now stays as it was."))
        return on

    def clean_successors(self) -> list[User]:
        lines = [line.strip() for line in self.cleaned_data["successors"].splitlines() if line.strip()]
        found, faults = [], []
        for line in lines[:LINES]:
            try:
                found.append(the_person(self.office, line, without=self.person))
            except ValidationError as error:
                faults += error.messages
        if faults:
            raise ValidationError(faults)
        return list(dict.fromkeys(found))


def the_person(office: Office, typed: str, *, without: User) -> User:
    """The one person of the register somebody meant. Raises ValidationError with those it could be."""
    found = [one for one in found_people(office, typed) if one.pk != without.pk]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(f"{one.name} ({one.email})" for one in found)
        text = _("«%(typed)s» can be several: %(people)s. Write the e-mail address.")
        raise ValidationError(text % {"typed": typed, "people": names})
    text = _("We don’t find «%(typed)s» in the register of people. Invite the person first.")
    raise ValidationError(text % {"typed": typed})


class ItemsForm(forms.Form):
    """What happens to each thing: somebody gets it, it ends, or it stays."""

    STAY, END = "stay", "end"

    def __init__(self, *args: Any, items: Sequence[Any], successors: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.successors = {str(one.pk): one for one in successors}
        choices = [
            *((pk, _("To %(person)s") % {"person": one.name}) for pk, one in self.successors.items()),
            (self.END, _("Ends, nobody takes over")),
            (self.STAY, _("Stays as it is")),
        ]
        self.items = items
        for item in items:
            self.fields[item.key] = forms.ChoiceField(
                label=f"{item.what}, {item.where}" if item.where else item.what,
                choices=choices,
                initial=choices[0][0],
                error_messages={"required": _("Choose what happens to it.")},
            )

    def rows(self) -> list[tuple[Any, Any]]:
        return [(item, self[item.key]) for item in self.items]

    def choices(self) -> dict[str, User | None]:
        """Key → who gets it, None where it ends; what stays isn't in it."""
        return {key: self.successors.get(answer) for key, answer in self.cleaned_data.items() if answer != self.STAY}
