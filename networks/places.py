"""What `accounts` must know of organisations and networks without importing them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from django.db.models import Q, QuerySet

from accounts.places import Member, PlaceSource
from accounts.places import register as register_source
from core import clock
from core.models import Office
from networks.models import Membership, Network, Organisation, OrganisationName, ProviderContact
from networks.rules import Keeping, counties_kept


def _today() -> Q:
    today = clock.today()
    return Q(valid_from__lte=today) & (Q(valid_to__isnull=True) | Q(valid_to__gte=today))


def _worked_with(office: Office) -> QuerySet[Organisation, int]:
    """Those the office has written something about, that belong to its networks, or that work with them."""
    return Organisation.objects.filter(
        Q(in_offices__office=office)
        | Q(pk__in=Membership.objects.filter(network__office=office).values("organisation_id"))
        | Q(pk__in=ProviderContact.objects.filter(network__office=office).values("organisation_id"))
    ).values_list("anchor_id", flat=True)


def _other_names(anchor_ids: Collection[int]) -> Iterator[tuple[int, str]]:
    wanted = set(anchor_ids)
    numbers = Organisation.objects.filter(orgnr__isnull=False).values_list("anchor_id", "orgnr")
    names = OrganisationName.objects.values_list("organisation__anchor_id", "name", "name_nn")
    codes = Network.objects.values_list("anchor_id", "code")
    for pk, *words in (*numbers.iterator(), *names.iterator(), *codes.iterator()):
        if pk in wanted:
            yield from ((pk, str(word)) for word in words if word)


def _members(network_ids: Collection[int]) -> Iterator[Member]:
    rows = (
        Membership.objects.filter(_today(), network__anchor_id__in=network_ids)
        .select_related("network", "organisation__anchor")
        .order_by("organisation__sort_key", "pk")
    )
    seen: set[tuple[int, int]] = set()
    for row in rows:
        key = (row.network.anchor_id, row.organisation.anchor_id)
        if key not in seen:  # one that belongs in two sectors is one member
            seen.add(key)
            yield Member(*key, row.organisation.anchor.name)


def _networks_of(anchor_id: int) -> Iterable[int]:
    return Membership.objects.filter(_today(), organisation__anchor_id=anchor_id).values_list(
        "network__anchor_id", flat=True
    )


def _keepers_of(anchor_id: int) -> Iterator[int]:
    """The office that added it, or else those whose county it lies in (networks.rules.Keeping)."""
    one = Organisation.objects.filter(anchor=anchor_id).only("kept_by_id", "county_number").first()
    if one is None:
        return
    for office in Office.objects.only("orgnr", "county_number").order_by("pk"):
        if Keeping(frozenset({office.pk}), frozenset(counties_kept(office))).may_change(one):
            yield office.pk


def register() -> None:
    register_source(
        PlaceSource(
            anchors=_worked_with,
            other_names=_other_names,
            members=_members,
            networks_of=_networks_of,
            keepers_of=_keepers_of,
        )
    )
