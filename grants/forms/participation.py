"""The form of an owner that doesn't take part this year."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from core.actor import Actor
from core.forms import LineField
from core.requirements import StepRefused
from grants.models import Round
from grants.services.participation import opt_out
from networks.enums import OWNER_KINDS
from networks.forms.networks import named, offered, show_refused
from networks.models import Organisation


class OptOutForm(forms.Form):
    """Who, and why."""

    organisation = LineField(
        label=gettext_lazy("Owner"),
        max_length=200,
        help_text=gettext_lazy("Name, municipality number or organisation number."),
        error_messages={"required": gettext_lazy("Write which owner it is.")},
    )
    note = LineField(
        label=gettext_lazy("How we know"),
        required=False,
        max_length=250,
        help_text=gettext_lazy("For example: e-mail of 12 January."),
    )

    def __init__(self, *args: Any, round: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.round = round
        self.fields["organisation"].widget.attrs["list"] = "owners"

    @property
    def offered(self) -> list[str]:
        """Owners to choose among while one writes."""
        return offered(self.round.office, OWNER_KINDS)

    def clean_organisation(self) -> Organisation:
        """The owner that is named."""
        return named(self.round.office, self.cleaned_data["organisation"], OWNER_KINDS)

    def save(self, *, by: Actor) -> Organisation | None:
        """Leave the owner out; None with the sentences when it is refused."""
        owner: Organisation = self.cleaned_data["organisation"]
        try:
            opt_out(round=self.round, organisation=owner, note=self.cleaned_data["note"], by=by)
        except StepRefused as refused:
            show_refused(self, refused)
            return None
        return owner
