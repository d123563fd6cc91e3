"""Permissions about organisations and networks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import rules
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.authz import add_perm, is_system
from core.enums import Role
from core.models import Office
from core.rules import is_approver, is_case_officer, is_office_administrator, works_in_office
from networks import reference
from networks.models import Network, Organisation, Unit

ORGANISATION_ROLES = (Role.OWNER_CONTACT, Role.LETTER_READER, Role.PROVIDER_CONTACT)


@rules.predicate
def coordinates(actor: Actor, obj: Any) -> bool:
    """Coordinator of the network."""
    return isinstance(obj, Network) and actor.holds(obj.anchor_id, Role.COORDINATOR)


@rules.predicate
def belongs_to_network(actor: Actor, obj: Any) -> bool:
    """Coordinator, reader or a provider's contact of the network."""
    return isinstance(obj, Network) and actor.holds(
        obj.anchor_id, Role.COORDINATOR, Role.NETWORK_READER, Role.PROVIDER_CONTACT
    )


@rules.predicate
def speaks_for(actor: Actor, obj: Any) -> bool:
    """Contact or letter reader of the organisation."""
    return isinstance(obj, Organisation) and actor.holds(obj.anchor_id, *ORGANISATION_ROLES)


KEEPER_ROLES = (Role.CASE_OFFICER, Role.OFFICE_ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Keeping:
    """What an actor's offices keep of what all offices share (docs/adr/0026): what they added, and what no office
    added in their own counties. A mistake of one office can't reach what another stands on."""

    offices: frozenset[int]
    counties: frozenset[str]
    everything: bool = False

    def may_change(self, organisation: Organisation) -> bool:
        if self.everything or organisation.kept_by_id in self.offices:
            return True
        return organisation.kept_by_id is None and organisation.county_number in self.counties

    def may_change_unit(self, unit: Unit) -> bool:
        """The office that added it, and whoever keeps its owner."""
        return unit.kept_by_id in self.offices or self.may_change(unit.owner)


def keeping(actor: Actor) -> Keeping:
    """One query for someone of an office, none for others."""
    if actor.is_system:
        return Keeping(frozenset(), frozenset(), everything=True)
    offices = frozenset(
        grant.office_id
        for grant in actor.grants
        if grant.role in KEEPER_ROLES and grant.anchor_kind == "office" and grant.office_id is not None
    )
    rows = Office.objects.filter(pk__in=offices) if offices else ()
    return Keeping(offices, frozenset(number for office in rows for number in counties_kept(office)))


def counties_kept(office: Office) -> set[str]:
    """The counties an office has: what it says itself, and what the reference data say of the ten."""
    return {number for number in (office.county_number, *counties_of(office.orgnr)) if number}


def counties_of(orgnr: str) -> tuple[str, ...]:
    """The counties of one of the ten offices; none for an office the reference data don't know."""
    return next((one.county_numbers for one in reference.offices() if one.orgnr == orgnr), ())


@rules.predicate
def keeps_organisation(actor: Actor, obj: Any) -> bool:
    """Keeps what all offices share about it."""
    return isinstance(obj, Organisation) and keeping(actor).may_change(obj)


@rules.predicate
def keeps_unit(actor: Actor, obj: Any) -> bool:
    """Added the unit, or keeps its owner."""
    return isinstance(obj, Unit) and keeping(actor).may_change_unit(obj)


add_perm(
    "networks.change_organisation",
    keeps_organisation,
    who=_("All offices share this. Only the office that added it, or the one whose county it lies in, can change it."),
)
add_perm(
    "networks.change_unit",
    keeps_unit,
    who=_("All offices share this. Only the office that added it, or the one that keeps its owner, can change it."),
)
add_perm(
    "networks.see_network",
    belongs_to_network | works_in_office | is_system,
    who=_("Only the network and the office can see this."),
)
add_perm(
    "networks.see_organisation",
    speaks_for | is_system,
    who=_("Only the organisation's own people can see this."),
)
add_perm(
    "networks.keep_registers",
    is_case_officer | is_office_administrator | is_system,
    who=_("Only the office's case officers and administrators can change the registers."),
)
add_perm(
    "networks.see_account",
    works_in_office,
    who=_("Only the office's own people can see account numbers."),
)
add_perm(
    "networks.enter_account",
    is_case_officer | is_office_administrator,
    who=_("Only the office's case officers can enter account numbers."),
)
add_perm(
    "networks.confirm_account",
    is_case_officer | is_approver | is_office_administrator,
    who=_("Only the office's own people can confirm account numbers."),
)
