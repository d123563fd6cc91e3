"""What the registers put into the menu."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from core import authz
from core.enums import Role
from core.ui import nav, registers

NETWORK_ROLES = (Role.COORDINATOR, Role.NETWORK_READER, Role.PROVIDER_CONTACT)


def in_a_network(actor: Any, office: Any) -> bool:
    """Holds a role at a network of the office, and isn't of the office itself."""
    return (
        actor is not None
        and not authz.allowed(actor, "core.see_office", office)
        and any(g.role in NETWORK_ROLES and g.office_id == office.pk for g in actor.grants)
    )


def sees_office(actor: Any, office: Any) -> bool:
    """Works in the office: the registers are its own."""
    return authz.allowed(actor, "core.see_office", office)


def register() -> None:
    """The office's people get one item for all registers; a network's people their network."""
    nav.register(
        nav.NavItem(
            label=gettext_lazy("Registers"),
            url_name="networks:networks",
            order=90,
            visible=lambda actor, office: sees_office(actor, office) or in_a_network(actor, office),
        )
    )
    registers.register(registers.Register(gettext_lazy("Organisations"), "networks:organisations", 10, sees_office))
    registers.register(registers.Register(gettext_lazy("Units"), "networks:units", 20, sees_office))
    registers.register(registers.Register(gettext_lazy("Networks"), "networks:networks", 30, sees_office))
    registers.register(
        registers.Register(gettext_lazy("Recipients and accounts"), "networks:accounts", 50, sees_office)
    )
