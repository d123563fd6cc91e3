"""Reads networks: who belongs where, who receives the money, who works with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404

from accounts.models import RoleAssignment
from accounts.selectors.holders import in_force
from core import authz, clock
from core.actor import Actor
from core.enums import Role
from core.models import Office
from core.paging import Leaf, leaf_of_query
from networks import schemes
from networks.enums import NetworkKind, Sector
from networks.models import Host, Membership, Network, ProviderContact

PEOPLE_ROLES = (Role.COORDINATOR, Role.NETWORK_READER)


def alive(on: date) -> Q:
    """Ties that count on a day or later."""
    return Q(valid_to__isnull=True) | Q(valid_to__gte=on)


@dataclass(frozen=True, slots=True)
class NetworkRow:
    """A network with its ties today."""

    network: Network
    kind: str
    host: Host | None
    members: list[Membership]
    contacts: list[ProviderContact]
    coordinators: list[str]
    readers: list[str]

    @property
    def guessed(self) -> bool:
        return "GUESS" in self.network.certainty

    @property
    def owners(self) -> int:
        """How many organisations belong to it, each counted once."""
        return len({member.organisation_id for member in self.members})

    @property
    def coordinator(self) -> str:
        """Who coordinates: the people, else the coordinating body."""
        body = self.network.coordinator_organisation
        return ", ".join(self.coordinators) or (body.anchor.name if body else "")

    def by_sector(self) -> list[tuple[str, list[Membership]]]:
        """The members under each sector, in Norwegian order."""
        return [
            (str(Sector(sector).label), found)
            for sector in Sector.values
            if (found := [member for member in self.members if member.sector == sector])
        ]


def _with_ties(found: QuerySet[Network], on: date) -> QuerySet[Network]:
    return (
        found.select_related("anchor", "parent__anchor", "coordinator_organisation__anchor")
        .prefetch_related(
            Prefetch(
                "hosts",
                queryset=Host.objects.filter(alive(on)).select_related("organisation__anchor").order_by("valid_from"),
                to_attr="live_hosts",
            ),
            Prefetch(
                "memberships",
                queryset=Membership.objects.filter(alive(on))
                .select_related("organisation__anchor")
                .order_by("organisation__sort_key", "pk"),
                to_attr="live_members",
            ),
            Prefetch(
                "provider_contacts",
                queryset=ProviderContact.objects.filter(alive(on))
                .select_related("organisation__anchor", "user")
                .order_by("organisation__sort_key", "user__name"),
                to_attr="live_contacts",
            ),
        )
        .order_by("sort_key", "pk")
    )


def network_alive(on: date | None = None) -> Q:
    """Networks that are there on a day (today)."""
    return Q(ended_on__isnull=True) | Q(ended_on__gt=on or clock.today())


def rows(actor: Actor | None, office: Office, number: int = 1) -> Leaf[NetworkRow]:
    """Fifty of the office's networks one may see, with their ties. Six queries, however many networks."""
    found = Network.objects.filter(network_alive(), office=office)
    if not authz.allowed(actor, "core.see_office", office):
        own = actor.anchors(*PEOPLE_ROLES, Role.PROVIDER_CONTACT) if actor else frozenset()
        found = found.filter(anchor_id__in=own)
    leaf = leaf_of_query(_with_ties(found, clock.today()), number)
    return leaf.with_rows(_in_words(list(leaf.rows)))


def row(actor: Actor | None, office: Office, pk: int) -> NetworkRow:
    """One network of the office, if one may see it. Raises Http404."""
    network = _with_ties(Network.objects.filter(office=office, pk=pk), clock.today()).first()
    if network is None:
        raise Http404
    network.office = office  # what the request has read of its office is read once
    authz.require_visible(actor, "networks.see_network", network)
    return _in_words([network])[0]


def parts_of(network: Network) -> list[Network]:
    """The networks that are part of it today. One query."""
    return list(network.parts.filter(network_alive()).select_related("anchor").order_by("sort_key", "pk"))


def schemes_of(network: Network) -> list[str]:
    """The schemes it works in, by name; none where it works in all of them. One query."""
    named = dict(schemes.choices())
    return [named.get(one.scheme, one.scheme) for one in network.schemes.order_by("pk")]


def hosts_of(network: Network) -> list[Host]:
    """Everybody who has received the network's money, the newest first. One query."""
    found = network.hosts.select_related("organisation__anchor", "mandate").prefetch_related("mandate__files")
    return list(found.order_by("-valid_from", "-pk"))


def past_members(network: Network) -> list[Membership]:
    """Memberships that have ended, the latest first. One query."""
    found = network.memberships.filter(valid_to__lt=clock.today()).select_related("organisation__anchor")
    return list(found.order_by("-valid_to", "organisation__sort_key", "pk"))


def coordinators_of(networks: Iterable[Network]) -> dict[int, list[str]]:
    """The names of the people who coordinate, by the network's anchor. One query."""
    found = _people(networks)
    return {anchor: names for (anchor, role), names in found.items() if role == Role.COORDINATOR}


def _people(networks: Iterable[Network]) -> dict[tuple[int, str], list[str]]:
    people: dict[tuple[int, str], list[str]] = {}
    roles = (
        RoleAssignment.objects.filter(
            in_force(clock.today()),
            anchor_id__in=[network.anchor_id for network in networks],
            role__in=PEOPLE_ROLES,
            user__is_active=True,
        )
        .select_related("user")
        .order_by("user__name", "pk")
    )
    for one in roles:
        people.setdefault((one.anchor_id, one.role), []).append(one.user.name)
    return people


def _in_words(networks: list[Network]) -> list[NetworkRow]:
    people = _people(networks)
    return [
        NetworkRow(
            network=network,
            kind=str(NetworkKind(network.kind).label),
            host=_host_now(network.live_hosts),  # type: ignore[attr-defined]
            members=network.live_members,  # type: ignore[attr-defined]
            contacts=network.live_contacts,  # type: ignore[attr-defined]
            coordinators=people.get((network.anchor_id, Role.COORDINATOR), []),
            readers=people.get((network.anchor_id, Role.NETWORK_READER), []),
        )
        for network in networks
    ]


def _host_now(hosts: list[Host]) -> Host | None:
    """The host of today; else the one to come."""
    begun = [one for one in hosts if one.valid_from <= clock.today()]
    return begun[-1] if begun else next(iter(hosts), None)
