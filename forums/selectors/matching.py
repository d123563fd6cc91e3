"""Finds the person, the organisation or the network somebody means by what they typed.

Nothing is guessed: what isn't found exactly is answered with what it looks like («Mente du …?»).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from core.collation import fold
from core.models import Office
from core.nearness import Names
from forums.models import Appointment, Forum, ForumNetwork
from networks.enums import PROVIDER_KINDS, NetworkKind, OrganisationKind
from networks.models import Membership, Network, OfficeOrganisation, Organisation

SHOWN = 20
"""People a search shows; who isn't among them is found by more letters."""


def like(typed: str, names: Iterable[str]) -> str:
    """The name that looks most like what was typed; empty when none does."""
    folded = {fold(name): name for name in names}
    wanted = fold(typed)
    begins = [name for key, name in folded.items() if len(wanted) > 2 and key.startswith(wanted)]
    if begins:
        return min(begins, key=len)
    return Names(folded.values()).nearest(typed)


def organisations_for(office: Office) -> QuerySet[Organisation]:
    """Whom one can sit for in the office's forums: those it works with, and providers and interest organisations."""
    known = OfficeOrganisation.objects.filter(office=office).values("organisation_id")
    members = Membership.objects.filter(network__office=office).values("organisation_id")
    sitting = Appointment.objects.filter(seat__group__forum__office=office, organisation__isnull=False).values(
        "organisation_id"
    )
    shared = [*PROVIDER_KINDS, OrganisationKind.INTEREST_ORGANISATION]
    return (
        Organisation.objects.filter(
            Q(pk__in=known) | Q(pk__in=members) | Q(pk__in=sitting) | Q(kind__in=shared), ended_on__isnull=True
        )
        .select_related("anchor")
        .order_by("sort_key", "pk")
    )


def by_name(organisations: Iterable[Organisation]) -> Mapping[str, Organisation]:
    """Organisations by folded name and by number. Of two with one name the first counts, and the number tells them."""
    found: dict[str, Organisation] = {}
    for one in organisations:
        found.setdefault(fold(one.anchor.name), one)
        if one.orgnr:
            found[one.orgnr] = one
    return found


def regions_of(office: Office, forum: Forum | None = None) -> list[Network]:
    """The networks a seat can belong to: those the forum covers, or all the office's geographic ones. One query."""
    live = Network.objects.filter(office=office, ended_on__isnull=True).select_related("anchor")
    covered = ForumNetwork.objects.filter(forum=forum).values("network_id")
    found = list(live.annotate(covered=Exists(covered.filter(network=OuterRef("pk")))).order_by("sort_key", "pk"))
    return [one for one in found if one.covered] or [one for one in found if one.kind == NetworkKind.GEOGRAPHIC]


def known_people(office: Office) -> QuerySet[User]:
    """People the office has to do with: with a role in it, its networks or its forums, in an organisation it works
    with, or with a seat, now or before."""
    anchors = Q(roles__anchor__office=office) | Q(roles__anchor__of_office=office)
    organisations = OfficeOrganisation.objects.filter(office=office).values("organisation__anchor_id")
    members = Membership.objects.filter(network__office=office).values("organisation__anchor_id")
    owned = Q(roles__anchor_id__in=organisations) | Q(roles__anchor_id__in=members)
    seated = Q(appointments__seat__group__forum__office=office)
    ids = User.objects.filter(anchors | owned | seated, is_active=True).values("pk")
    return User.objects.filter(pk__in=ids)


def search_people(office: Office, typed: str) -> list[User]:
    """Those whose name or address holds every word that was typed, accents and case off, by name."""
    words = fold(typed).split()
    if not words:
        return []
    found = [
        (fold(name), pk)
        for pk, name, email in known_people(office).values_list("pk", "name", "email")
        if all(word in fold(f"{name} {email}") for word in words)
    ]
    ids = [pk for _name, pk in sorted(found)[:SHOWN]]
    people = User.objects.in_bulk(ids)
    return [people[pk] for pk in ids]
