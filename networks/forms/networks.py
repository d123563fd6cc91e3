"""The forms of a network: what it is, and when it ends."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from core.actor import Actor
from core.forms import LineField, NorwegianDateField
from core.models import Office
from core.requirements import StepRefused
from core.unreadable import Unreadable
from networks import schemes
from networks.enums import NetworkKind
from networks.models import Network, Organisation
from networks.selectors.finding import Finder, nearby
from networks.selectors.networks import network_alive
from networks.services.networks import change_network, end_network, register_network

MOST_OFFERED = 400
"""Names a browser offers while one writes; beyond that one writes the name oneself."""


def show_refused(form: forms.BaseForm, refused: StepRefused) -> None:
    """The sentences of a service at the fields they are about."""
    for obstacle in refused.obstacles:
        name = obstacle.anchor.removeprefix("id_")
        form.add_error(name if name in form.fields else None, str(obstacle.text))


def named(office: Office, text: str, kinds: frozenset[str] | None = None) -> Organisation:
    """The organisation a text means. Raises ValidationError with what to write instead."""
    try:
        return Finder(office, kinds, only=(text,)).find(text)
    except Unreadable as unknown:
        raise forms.ValidationError(str(unknown), code=unknown.code) from unknown


def offered(office: Office, kinds: frozenset[str] | None = None) -> list[str]:
    """Names to choose among while one writes."""
    return list(nearby(office, kinds).values_list("anchor__name", flat=True)[:MOST_OFFERED])


class NetworkForm(forms.Form):
    """What a network is."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = LineField(
        label=gettext_lazy("Name"),
        max_length=200,
        help_text=gettext_lazy("The same name in bokmål and nynorsk."),
        error_messages={"required": gettext_lazy("Write what the network is called.")},
    )
    code = LineField(
        label=gettext_lazy("Code"),
        max_length=20,
        help_text=gettext_lazy("A short name for lists and spreadsheets, for example V-3."),
        error_messages={"required": gettext_lazy("Write a short code, for example V-3.")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=NetworkKind,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what kind of network it is.")},
    )
    parent = forms.ModelChoiceField(
        label=gettext_lazy("Part of"),
        queryset=Network.objects.none(),
        required=False,
        empty_label=gettext_lazy("No other network"),
        help_text=gettext_lazy("A sub-network without a host of its own reports through the network it is part of."),
    )
    coordinator = LineField(
        label=gettext_lazy("Coordinating body"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "For example a regional office for competence development (RKK). "
            "It can coordinate, but never receive the money. Write the name or the organisation number."
        ),
    )
    schemes = forms.MultipleChoiceField(
        label=gettext_lazy("Schemes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Choose none if the network works in all of them."),
    )

    def __init__(self, *args: Any, office: Office, network: Network | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _initial(network) if network else {"kind": NetworkKind.GEOGRAPHIC})
        super().__init__(*args, **kwargs)
        self.office, self.network = office, network
        others = Network.objects.filter(network_alive(), office=office).select_related("anchor").order_by("sort_key")
        if network is not None:
            others = others.exclude(pk=network.pk)
        self.fields["parent"].queryset = others  # type: ignore[attr-defined]
        self.fields["schemes"].choices = schemes.choices()  # type: ignore[attr-defined]
        self.fields["coordinator"].widget.attrs["list"] = "coordinators"

    @property
    def offered(self) -> list[str]:
        """Bodies to choose among while one writes."""
        return offered(self.office)

    def clean_coordinator(self) -> Organisation | None:
        """The organisation that is named."""
        text = self.cleaned_data["coordinator"]
        return named(self.office, text) if text else None

    def save(self, *, by: Actor) -> Network | None:
        """Make or change the network; None with the sentences when it is refused. Raises StaleVersion."""
        values: dict[str, Any] = {
            "code": self.cleaned_data["code"],
            "name": self.cleaned_data["name"],
            "kind": self.cleaned_data["kind"],
            "parent": self.cleaned_data["parent"],
            "coordinator_organisation": self.cleaned_data["coordinator"],
            "schemes": self.cleaned_data["schemes"],
            "by": by,
        }
        try:
            if self.network is None:
                return register_network(office=self.office, **values)
            change_network(network=self.network, seen_version=self.cleaned_data["version"], **values)
        except StepRefused as refused:
            show_refused(self, refused)
            return None
        return self.network


def _initial(network: Network) -> dict[str, Any]:
    body = network.coordinator_organisation
    return {
        "version": network.version,
        "name": network.anchor.name,
        "code": network.code,
        "kind": network.kind,
        "parent": network.parent_id,
        "coordinator": body.anchor.name if body else "",
        "schemes": [one.scheme for one in network.schemes.all()],
    }


class LastDayForm(forms.Form):
    """The last day of a network or of a tie to one."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    last_day = NorwegianDateField(
        label=gettext_lazy("Last day"),
        error_messages={"required": gettext_lazy("Write the last day, for example 31.12.2026.")},
    )

    def end(self, network: Network, *, by: Actor) -> bool:
        """End the network; False with the sentences when it is refused. Raises StaleVersion."""
        try:
            end_network(
                network=network,
                last_day=self.cleaned_data["last_day"],
                by=by,
                seen_version=self.cleaned_data["version"],
            )
        except StepRefused as refused:
            show_refused(self, refused)
            return False
        return True
