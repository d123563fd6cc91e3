"""The forms of a group of seats and of its seats."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.actor import Actor
from core.dates import interface_form
from core.forms import CountField, LineField
from core.requirements import StepRefused
from forums.forms.refusals import show
from forums.models import Forum, SeatGroup
from forums.seat_templates import kinds_of_seats
from forums.selectors.matching import regions_of
from forums.services.forums import add_seat, add_seat_group
from forums.services.seats import change_seat_group, next_code

MOST = 99


def _number(label: Any, required: Any) -> CountField:
    widget = forms.TextInput(attrs={"size": 4})
    return CountField(label=label, max_value=MOST, widget=widget, error_messages={"required": required})


class GroupForm(forms.Form):
    """A group of seats. Whose it is, and whether there are seats per region, is settled when it is made."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    speaks_for = forms.ChoiceField(
        label=gettext_lazy("Who do they speak for?"),
        help_text=gettext_lazy("By this the program sees whether everyone is there whom the rules ask for."),
        error_messages={"required": gettext_lazy("Choose who they speak for.")},
    )
    name_nb = LineField(
        label=gettext_lazy("Name in bokmål"),
        max_length=120,
        error_messages={"required": gettext_lazy("Write the name in bokmål.")},
    )
    name_nn = LineField(
        label=gettext_lazy("Name in nynorsk"),
        max_length=120,
        error_messages={"required": gettext_lazy("Write the name in nynorsk.")},
    )
    min_seats = _number(gettext_lazy("Fewest seats"), gettext_lazy("Write the fewest seats, 0 if none must be filled."))
    max_seats = _number(gettext_lazy("Most seats"), gettext_lazy("Write the most seats."))
    per_region = forms.BooleanField(
        label=gettext_lazy("So many in each region"),
        required=False,
        help_text=gettext_lazy("Each network has seats of its own."),
    )
    is_office = forms.BooleanField(
        label=gettext_lazy("These are the Statsforvalter's own people"),
        required=False,
        help_text=gettext_lazy("They never have a vote."),
    )
    votes = forms.BooleanField(label=gettext_lazy("They have a vote"), required=False)
    order = _number(gettext_lazy("Place in the list"), gettext_lazy("Write which place the group has, for example 1."))

    FIXED = ("speaks_for", "per_region", "is_office")

    def __init__(self, data: Any = None, *, forum: Forum, group: SeatGroup | None = None) -> None:
        self.forum, self.group = forum, group
        super().__init__(data, initial=self._first_values())
        self.fields["speaks_for"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *kinds_of_seats(interface_form()),
        ]
        if group is not None:
            for name in self.FIXED:
                del self.fields[name]

    def _first_values(self) -> dict[str, Any]:
        group = self.group
        if group is None:
            last = self.forum.seat_groups.aggregate(last=Max("order"))["last"] or 0
            return {"min_seats": 1, "max_seats": 1, "votes": True, "order": last + 1}
        names = ("version", "name_nb", "name_nn", "min_seats", "max_seats", "votes", "order")
        return {name: getattr(group, name) for name in names}

    def save(self, *, by: Actor) -> SeatGroup | None:
        """Make or change the group; None with the sentences when it is refused. Raises StaleVersion."""
        words = {
            name: self.cleaned_data[name] for name in ("name_nb", "name_nn", "min_seats", "max_seats", "votes", "order")
        }
        try:
            if self.group is None:
                return add_seat_group(
                    forum=self.forum,
                    code=next_code(self.forum, self.cleaned_data["speaks_for"]),
                    per_region=self.cleaned_data["per_region"],
                    is_office=self.cleaned_data["is_office"],
                    by=by,
                    **words,
                )
            return change_seat_group(group=self.group, by=by, seen_version=self.cleaned_data["version"], **words)
        except StepRefused as refused:
            show(self, refused)
            return None


class SeatForm(forms.Form):
    """One seat more."""

    region = forms.ChoiceField(
        label=gettext_lazy("Region"), error_messages={"required": gettext_lazy("Choose which region the seat is for.")}
    )
    label = LineField(
        label=gettext_lazy("What is the seat for?"),
        max_length=150,
        required=False,
        help_text=gettext_lazy("Only where it is needed to tell the seats apart."),
    )

    def __init__(self, data: Any = None, *, group: SeatGroup) -> None:
        self.group = group
        super().__init__(data)
        if group.per_region:
            self.regions = {str(one.pk): one for one in regions_of(group.forum.office, group.forum)}
            names = [(pk, one.anchor.name) for pk, one in self.regions.items()]
            self.fields["region"].choices = [("", _("Choose")), *names]  # type: ignore[attr-defined]
        else:
            del self.fields["region"]

    def save(self, *, by: Actor, seen_seats: int | None) -> bool:
        """Add the seat; False with the sentence when the group is full. Raises AlreadyDone and StaleVersion."""
        region = self.regions[self.cleaned_data["region"]] if self.group.per_region else None
        try:
            add_seat(group=self.group, region=region, label=self.cleaned_data["label"], by=by, seen_seats=seen_seats)
        except StepRefused as refused:
            show(self, refused)
            return False
        return True
