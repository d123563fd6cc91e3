"""The people of universities and other providers the office knows: those one picks a network's contact among."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from accounts.models import RoleAssignment, User
from accounts.selectors.holders import in_force
from core import clock
from core.enums import Role
from networks.enums import PROVIDER_KINDS
from networks.models import Network, Organisation, ProviderContact
from networks.selectors.networks import alive


@dataclass(frozen=True, slots=True)
class Known:
    """A person and the provider they speak for."""

    user: User
    organisation: Organisation


def known_people(network: Network) -> list[Known]:
    """Who speaks for a provider the office works with, or is a contact in one of its networks, and isn't one here yet.

    Three queries.
    """
    office = network.office_id
    roles = (
        RoleAssignment.objects.filter(in_force(clock.today()), role=Role.PROVIDER_CONTACT, user__is_active=True)
        .filter(
            Q(anchor__of_organisation__in_offices__office=office) | Q(anchor__office=office, held_for__isnull=False)
        )
        .select_related("user")
        .order_by("user__name", "pk")
        .distinct()
    )
    rows = [(role.user, role.held_for_id or role.anchor_id) for role in roles]
    organisations = {
        one.anchor_id: one
        for one in Organisation.objects.filter(
            anchor__in=[anchor for _user, anchor in rows], kind__in=list(PROVIDER_KINDS), ended_on__isnull=True
        ).select_related("anchor")
    }
    here = set(
        ProviderContact.objects.filter(alive(clock.today()), network=network).values_list("user_id", "organisation_id")
    )
    found: dict[tuple[int, int], Known] = {}
    for user, anchor in rows:
        one = organisations.get(anchor)
        if one is not None and (user.pk, one.pk) not in here:
            found.setdefault((user.pk, one.pk), Known(user, one))
    return list(found.values())
