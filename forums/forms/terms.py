"""The forms of a term: appoint, change, and let several go on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import clock
from core.actor import Actor
from core.collation import fold
from core.forms import EmailField, LineField, NorwegianDateField
from core.models import Office
from core.requirements import StepRefused
from forums.enums import AppointmentKind
from forums.forms.refusals import show
from forums.models import Appointment, Seat
from forums.selectors.matching import by_name, like, organisations_for
from forums.selectors.terms import two_years_from
from forums.services.terms import change_term, renew_terms, seat_person
from networks.models import Organisation

SUGGESTED = 500
"""Names of organisations the field suggests while one types; the others are found by writing them out."""


class OrganisationField(LineField):
    """An organisation by its name or number; what isn't found is answered with what it looks like."""

    def __init__(self, **kwargs: Any) -> None:
        self.known: dict[str, Organisation] = {}
        self.names: list[str] = []
        super().__init__(max_length=200, required=False, **kwargs)
        self.widget.attrs |= {"list": "organisations", "autocomplete": "off"}

    def of(self, office: Office) -> None:
        """Take the organisations one can sit for in this office. One query."""
        found = list(organisations_for(office))
        self.known = dict(by_name(found))
        self.names = [one.anchor.name for one in found]

    def organisation(self, typed: str) -> Organisation | None:
        """The one that is meant; None for an empty field. Raises ValidationError."""
        if not typed:
            return None
        found = self.known.get(typed.replace(" ", "")) or self.known.get(fold(typed))
        if found is None and (near := like(typed, self.names)):
            text = _("There is no organisation called «%(typed)s». Did you mean «%(near)s»?")
            raise ValidationError(text % {"typed": typed, "near": near})
        if found is None:
            text = _("There is no organisation called «%(typed)s» among those the office works with.")
            raise ValidationError(text % {"typed": typed})
        return found


class TermFields(forms.Form):
    """What appointing and changing have in common."""

    organisation = OrganisationField(
        label=gettext_lazy("Sits for"),
        help_text=gettext_lazy("The organisation's name or number. Leave it empty where the person sits for none."),
    )
    chairs = forms.BooleanField(label=gettext_lazy("Chairs the forum"), required=False)
    valid_from = NorwegianDateField(label=gettext_lazy("First day"))
    valid_to = NorwegianDateField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Two years are usual. Leave it empty if the term has no end yet."),
    )
    field_order = ("version", "person", "name", "email", "kind", "organisation", "chairs", "valid_from", "valid_to")

    def suggestions(self) -> Sequence[str]:
        """Names the organisation's field suggests."""
        return self.of_organisation().names[:SUGGESTED]

    def of_organisation(self) -> OrganisationField:
        field = self.fields["organisation"]
        if not isinstance(field, OrganisationField):
            raise TypeError(type(field))
        return field

    def clean_organisation(self) -> Organisation | None:
        return self.of_organisation().organisation(self.cleaned_data["organisation"])


class AppointForm(TermFields):
    """A person, found by a search or written with name and address, gets a seat for a term."""

    person = forms.ChoiceField(
        label=gettext_lazy("Who?"),
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": gettext_lazy("Choose one of those the search found, or search again.")},
    )
    name = LineField(label=gettext_lazy("Name"), max_length=150, required=False)
    email = EmailField(
        label=gettext_lazy("E-mail"),
        required=False,
        help_text=gettext_lazy("The person is told here, and signs in with this address."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Member or deputy?"),
        choices=[(AppointmentKind.MEMBER, gettext_lazy("Member")), (AppointmentKind.DEPUTY, gettext_lazy("Deputy"))],
        widget=forms.RadioSelect,
        initial=AppointmentKind.MEMBER,
        error_messages={"required": gettext_lazy("Choose member or deputy.")},
    )

    def __init__(self, data: Any = None, *, seat: Seat, people: Sequence[User], terms: Sequence[Appointment]) -> None:
        """``people``: those the search found; ``terms``: all of the seat's, by which the next first day is proposed."""
        self.seat, self.people = seat, {str(one.pk): one for one in people}
        first = self._next_day(terms)
        only = next(iter(self.people), "") if len(self.people) == 1 else ""
        initial = {"valid_from": first, "valid_to": two_years_from(first), "person": only}
        super().__init__(data, initial=initial)
        self.of_organisation().of(seat.group.forum.office)
        if self.people:
            names = [(pk, f"{one.name}, {one.email}") for pk, one in self.people.items()]
            new = ("", _("Someone else: write name and e-mail below"))
            self.fields["person"].choices = [*names, new]  # type: ignore[attr-defined]
        else:
            del self.fields["person"]
        if not seat.group.votes:
            del self.fields["chairs"]

    @staticmethod
    def _next_day(terms: Sequence[Appointment]) -> date:
        """The day after the member who sits now, or today."""
        ends = [one.valid_to for one in terms if one.kind == AppointmentKind.MEMBER and one.valid_to]
        last, today = max(ends, default=None), clock.today()
        return last + timedelta(days=1) if last is not None and last >= today else today

    def clean(self) -> dict[str, Any]:
        words = super().clean() or {}
        if not words.get("person") and "person" not in self.errors:
            if not words.get("name") and "name" not in self.errors:
                self.add_error("name", _("Write the person's name, or search for someone you know."))
            if not words.get("email") and "email" not in self.errors:
                self.add_error("email", _("Enter an e-mail address, for example name@municipality.no."))
        return words

    def save(self, *, by: Actor) -> Appointment | None:
        """Appoint; None with the sentences when it is refused."""
        words = self.cleaned_data
        known = self.people.get(words.get("person") or "")
        try:
            return seat_person(
                seat=self.seat,
                email=known.email if known else words["email"],
                name=known.name if known else words["name"],
                organisation=words["organisation"],
                kind=words["kind"],
                chairs=words.get("chairs", False),
                valid_from=words["valid_from"],
                valid_to=words["valid_to"],
                by=by,
            )
        except StepRefused as refused:
            show(self, refused)
            return None


class TermForm(TermFields):
    """Change a term, or end it by its last day."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, term: Appointment) -> None:
        self.term = term
        initial = {
            "version": term.version,
            "organisation": term.organisation.anchor.name if term.organisation else "",
            "chairs": term.chairs,
            "valid_from": term.valid_from,
            "valid_to": term.valid_to,
        }
        super().__init__(data, initial=initial)
        field = self.of_organisation()
        field.of(term.seat.group.forum.office)
        if term.organisation is not None:
            field.known[fold(term.organisation.anchor.name)] = term.organisation
        if not term.seat.group.votes:
            del self.fields["chairs"]

    def save(self, *, by: Actor) -> bool:
        """Save the term; False with the sentences when it is refused. Raises StaleVersion."""
        words = self.cleaned_data
        try:
            change_term(
                appointment=self.term,
                organisation=words["organisation"],
                chairs=words.get("chairs", False),
                valid_from=words["valid_from"],
                valid_to=words["valid_to"],
                by=by,
                seen_version=words["version"],
            )
        except StepRefused as refused:
            show(self, refused)
            return False
        return True


class RenewForm(forms.Form):
    """Those who go on, and how long."""

    term = forms.MultipleChoiceField(
        label=gettext_lazy("Who goes on?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Tick those who go on."),
            "invalid_choice": gettext_lazy("One of the terms isn't in this list any more. Look at the list again."),
        },
    )
    valid_to = NorwegianDateField(
        label=gettext_lazy("New last day"),
        required=False,
        help_text=gettext_lazy("Leave it empty, and each goes on for two years from the day after the old term."),
    )

    def __init__(self, data: Any = None, *, terms: Sequence[Appointment]) -> None:
        self.terms = {str(one.pk): one for one in terms}
        super().__init__(data)
        self.fields["term"].choices = [(pk, one.user.name) for pk, one in self.terms.items()]  # type: ignore[attr-defined]

    def ticked(self) -> set[int]:
        """Those that were ticked, so that the page shows them so again."""
        return {int(pk) for pk in self["term"].value() or [] if pk in self.terms}

    def save(self, *, by: Actor) -> int:
        """Renew them; 0 with a sentence for each who can't go on."""
        chosen = [self.terms[pk] for pk in self.cleaned_data["term"]]
        try:
            return len(renew_terms(appointments=chosen, valid_to=self.cleaned_data["valid_to"], by=by))
        except StepRefused as refused:
            for obstacle in refused.obstacles:
                self.add_error("valid_to" if obstacle.code == "ends_before_start" else None, str(obstacle.text))
            return 0
