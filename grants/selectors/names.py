"""Who is meant by what people write: a number, a name, an earlier name, or nearly a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from core import nearness
from core.collation import fold
from core.identifiers import UnreadableIdentifier, normalise_orgnr
from core.models import Office
from networks.enums import OWNER_KINDS, PROVIDER_KINDS, OrganisationKind
from networks.models import Network, Organisation, OrganisationName

PAID_OR_LEADING = OWNER_KINDS | PROVIDER_KINDS | {OrganisationKind.COORDINATOR}
"""Coordinating bodies are found too, so that they can be refused by name."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a text means: an organisation or a network, or a sentence that says why nothing."""

    organisation: Organisation | None = None
    network: Network | None = None
    sentence: str = ""
    meant: str = ""
    """What it may have been meant to say."""


class Names:
    """The names an office can write, read once for many texts: four queries."""

    def __init__(self, office: Office) -> None:
        rows = (
            Organisation.objects.filter(kind__in=PAID_OR_LEADING)
            .order_by("sort_key", "pk")
            .values_list("pk", "orgnr", "anchor__name")
        )
        self._by_number: dict[str, int] = {}
        self._by_name: dict[str, set[int]] = defaultdict(set)
        self._shown: dict[str, str] = {}
        for pk, number, name in rows:
            if number:
                self._by_number[number] = pk
            self._by_name[fold(name)].add(pk)
            self._shown.setdefault(fold(name), name)
        self._earlier: dict[str, set[int]] = defaultdict(set)
        other = OrganisationName.objects.filter(organisation__kind__in=PAID_OR_LEADING).order_by("pk")
        for pk, name, name_nn in other.values_list("organisation", "name", "name_nn"):
            for one in filter(None, (name, name_nn)):
                self._earlier[fold(one)].add(pk)
                self._shown.setdefault(fold(one), one)
        self._near = nearness.Names(self._shown.values())
        self._own = set(known_here(office).values_list("pk", flat=True))
        networks = Network.objects.filter(office=office).select_related("anchor").order_by("sort_key", "pk")
        self._networks = {fold(word): one for one in networks for word in (one.code, one.anchor.name)}
        self._answers: dict[str, Found] = {}

    def organisation(self, text: str) -> Found:
        """The organisation a text means."""
        if text not in self._answers:
            self.read([text])
        return self._answers[text]

    def read(self, texts: Iterable[str]) -> None:
        """Find many at once: one query for all of them."""
        fresh = {text: self._pk_of(text) for text in dict.fromkeys(texts) if text not in self._answers}
        wanted = {pk for pk in fresh.values() if isinstance(pk, int)}
        rows = Organisation.objects.select_related("anchor").in_bulk(wanted) if wanted else {}
        for text, pk in fresh.items():
            missed = pk if isinstance(pk, Found) else Found()
            self._answers[text] = Found(organisation=rows[pk]) if isinstance(pk, int) else missed

    def network(self, text: str) -> Network | None:
        """The network with this name or code."""
        return self._networks.get(fold(text))

    def whose(self, text: str) -> Found:
        """A network, or an organisation that leads by itself."""
        network = self.network(text)
        return Found(network=network) if network else self.organisation(text)

    def _pk_of(self, text: str) -> int | Found:
        """The organisation's key, or what to say instead."""
        name, _bracket, rest = text.partition("(")
        number = _number(text) or _number(rest.rstrip(") "))
        if number:
            text = _("We know no organisation with the number %(number)s.") % {"number": number}
            return self._by_number.get(number) or Found(sentence=text)
        for names in (self._by_name, self._earlier):
            hits = names.get(fold(text)) or names.get(fold(name)) or set()
            hits = hits & self._own or hits
            if len(hits) == 1:
                return next(iter(hits))
            if hits:
                words = {"name": text.strip()}
                return Found(sentence=_("There are several called «%(name)s». Enter the organisation number.") % words)
        if self.network(text):
            words = {"name": text.strip()}
            said = _("«%(name)s» is a network, and networks are never paid. Enter the host, or the owner.") % words
            return Found(sentence=said)
        return self._nearly(text)

    def _nearly(self, text: str) -> Found:
        meant = self._near.nearest(text)
        if meant:
            words = {"name": text.strip(), "other": meant}
            return Found(sentence=_("We don’t know «%(name)s». Did you mean «%(other)s»?") % words, meant=meant)
        said = _("We don’t know «%(name)s». Enter the name as in the register, or the organisation number.")
        return Found(sentence=said % {"name": text.strip()})


def _number(text: str) -> str:
    try:
        return normalise_orgnr(text)
    except UnreadableIdentifier:
        return ""


def known_here(office: Office) -> QuerySet[Organisation]:
    """The organisations an office works with: its own list, its networks' members, and all who can be partners."""
    return Organisation.objects.filter(
        Q(in_offices__office=office) | Q(memberships__network__office=office) | Q(kind__in=PROVIDER_KINDS),
        kind__in=OWNER_KINDS | PROVIDER_KINDS,
        ended_on__isnull=True,
    ).distinct()


def offered(office: Office) -> list[str]:
    """What a field for an organisation offers; two of the same name are told apart by their numbers. One query."""
    rows = list(known_here(office).order_by("sort_key", "pk").values_list("anchor__name", "orgnr", "sort_key", "pk"))
    names = [name for name, *_rest in rows]
    twice = {name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else set()
    return [f"{name} ({number})" if name in twice and number else name for name, number, *_rest in rows]
