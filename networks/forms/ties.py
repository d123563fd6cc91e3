"""The forms of a network's ties: members, host, the provider's contacts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.actor import Actor
from core.forms import LineField, NorwegianDateField, ProseField
from core.requirements import StepRefused
from core.services.uploads import KINDS
from networks.enums import OWNER_KINDS, PAYABLE_KINDS, Sector
from networks.forms.networks import LastDayForm, named, offered, show_refused
from networks.models import Host, Membership, Network, Organisation, ProviderContact
from networks.selectors.finding import Finder
from networks.selectors.provider_people import Known, known_people
from networks.services.hosts import SentUp, choose_host, end_host
from networks.services.memberships import MemberRow, add_members, end_membership
from networks.services.provider_contacts import add_provider_contact, end_provider_contact

MOST_AT_ONCE = 100


class MembersForm(forms.Form):
    """New members, one a line."""

    organisations = ProseField(
        label=gettext_lazy("Owners"),
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off"}),
        help_text=gettext_lazy("One a line: name, municipality number or organisation number."),
        error_messages={"required": gettext_lazy("Write at least one owner.")},
    )
    sector = forms.ChoiceField(label=gettext_lazy("Sector"), choices=Sector, widget=forms.RadioSelect)
    valid_from = NorwegianDateField(label=gettext_lazy("From"))
    valid_to = NorwegianDateField(
        label=gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Empty until they leave.")
    )

    def __init__(self, *args: Any, network: Network, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"sector": Sector.BOTH, "valid_from": clock.today()})
        super().__init__(*args, **kwargs)
        self.network = network

    def clean_organisations(self) -> list[Organisation]:
        """The owners named; each line that can't be read gets its sentence."""
        lines = [line.strip(" ,;\t") for line in self.cleaned_data["organisations"].splitlines()]
        lines = list(dict.fromkeys(filter(None, lines)))
        if len(lines) > MOST_AT_ONCE:
            raise forms.ValidationError(_("Write at most %(most)s at once, or import them.") % {"most": MOST_AT_ONCE})
        finder = Finder(self.network.office, OWNER_KINDS, only=tuple(lines))
        found: dict[int, Organisation] = {}
        unknown = []
        for line in lines:
            try:
                one = finder.find(line)
            except ValueError as problem:
                unknown.append(forms.ValidationError(str(problem)))
            else:
                found[one.pk] = one
        if unknown:
            raise forms.ValidationError(unknown)
        return list(found.values())

    def save(self, *, by: Actor) -> int:
        """Add them; 0 with the sentence when one is refused: then none is added."""
        rows = [
            MemberRow(
                self.network,
                one,
                self.cleaned_data["sector"],
                self.cleaned_data["valid_from"],
                self.cleaned_data["valid_to"],
            )
            for one in self.cleaned_data["organisations"]
        ]
        try:
            return len(add_members(rows=rows, office=self.network.office, by=by))
        except StepRefused as refused:
            show_refused(self, _at(refused, {"id_organisation": "id_organisations"}))
            return 0


def _at(refused: StepRefused, anchors: dict[str, str]) -> StepRefused:
    """The same sentences at other fields."""
    moved = [type(one)(one.code, one.text, anchors.get(one.anchor, one.anchor)) for one in refused.obstacles]
    return StepRefused(moved)


class HostForm(forms.Form):
    """Who receives the network's money from a day, and by which mandate."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    organisation = LineField(
        label=gettext_lazy("Who receives the money"),
        max_length=200,
        help_text=gettext_lazy("Name, municipality number or organisation number."),
        error_messages={"required": gettext_lazy("Write who receives the money.")},
    )
    valid_from = NorwegianDateField(
        label=gettext_lazy("From"), help_text=gettext_lazy("The host before it ends the day before.")
    )
    valid_to = NorwegianDateField(
        label=gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Empty when it isn't known.")
    )
    mandate_note = LineField(
        label=gettext_lazy("Mandate"),
        required=False,
        max_length=250,
        help_text=gettext_lazy("How the members decided it, for example: network meeting 3 May, item 4."),
    )
    document = forms.FileField(
        label=gettext_lazy("The mandate as a document"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ",".join(end for ends in KINDS.values() for end in ends)}),
        help_text=gettext_lazy("PDF, picture, Word or Excel, at most 10 MB. It is journaled, and can't be taken away."),
        error_messages={"empty": gettext_lazy("The file is empty. Choose another one.")},
    )

    def __init__(self, *args: Any, network: Network, **kwargs: Any) -> None:
        last = network.hosts.filter(valid_to__isnull=True).first()
        kwargs.setdefault("initial", {"version": last.pk if last else 0, "valid_from": clock.today()})
        super().__init__(*args, **kwargs)
        self.network = network
        self.fields["organisation"].widget.attrs["list"] = "payees"

    @property
    def offered(self) -> list[str]:
        """Those that can be paid: the members first."""
        members = [one.organisation.anchor.name for one in getattr(self.network, "live_members", ())]
        return list(dict.fromkeys([*members, *offered(self.network.office, PAYABLE_KINDS)]))

    def clean_organisation(self) -> Organisation:
        """The organisation that is named."""
        return named(self.network.office, self.cleaned_data["organisation"], PAYABLE_KINDS)

    def save(self, *, by: Actor) -> Host | None:
        """Choose the host; None with the sentences when it is refused. Raises StaleVersion."""
        sent = self.cleaned_data["document"]
        try:
            return choose_host(
                network=self.network,
                organisation=self.cleaned_data["organisation"],
                by=by,
                valid_from=self.cleaned_data["valid_from"],
                valid_to=self.cleaned_data["valid_to"],
                mandate_note=self.cleaned_data["mandate_note"],
                sent_up=SentUp(sent.name, sent.file) if sent else None,
                seen_host=self.cleaned_data["version"],
            )
        except StepRefused as refused:
            show_refused(self, refused)
            return None


class ContactForm(forms.Form):
    """Somebody at a university who works with the network, among those the office knows."""

    person = forms.ChoiceField(
        label=gettext_lazy("Person"),
        error_messages={"required": gettext_lazy("Choose who works with the network.")},
    )
    valid_from = NorwegianDateField(label=gettext_lazy("From"))

    def __init__(self, *args: Any, network: Network, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"valid_from": clock.today()})
        super().__init__(*args, **kwargs)
        self.network = network
        self.people = {f"{one.user.pk}-{one.organisation.pk}": one for one in known_people(network)}
        choices = [(key, f"{one.user.name} ({one.organisation.anchor.name})") for key, one in self.people.items()]
        self.fields["person"].choices = [("", _("Choose a person")), *choices]  # type: ignore[attr-defined]

    def save(self, *, by: Actor) -> Known | None:
        """Add the contact; None with the sentences when it is refused."""
        chosen = self.people[self.cleaned_data["person"]]
        try:
            add_provider_contact(
                network=self.network,
                organisation=chosen.organisation,
                user=chosen.user,
                by=by,
                valid_from=self.cleaned_data["valid_from"],
            )
        except StepRefused as refused:
            show_refused(self, _at(refused, {"id_organisation": "id_person"}))
            return None
        return chosen


Tie = Membership | Host | ProviderContact
ENDS: dict[type[Any], Callable[..., Any]] = {
    Membership: lambda row, **words: end_membership(membership=row, **words),
    Host: lambda row, **words: end_host(host=row, **words),
    ProviderContact: lambda row, **words: end_provider_contact(contact=row, **words),
}


class EndForm(LastDayForm):
    """The last day of a membership, a host or a contact."""

    def save(self, tie: Tie, *, by: Actor) -> bool:
        """End it; False with the sentences when it is refused. Raises StaleVersion."""
        try:
            ENDS[type(tie)](
                tie, last_day=self.cleaned_data["last_day"], by=by, seen_version=self.cleaned_data["version"]
            )
        except StepRefused as refused:
            show_refused(self, refused)
            return False
        return True


def opened(tie: Tie) -> EndForm:
    """The form as one opens it."""
    return EndForm(initial={"version": tie.version, "last_day": tie.valid_to})
