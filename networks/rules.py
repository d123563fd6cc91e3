"""Permissions about organisations and networks."""

from __future__ import annotations

from typing import Any

import rules
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.authz import add_perm, is_system
from core.enums import Role
from core.rules import is_approver, is_case_officer, is_office_administrator, works_in_office
from networks.models import Network, Organisation

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
