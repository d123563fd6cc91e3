"""What the forums put into the menu."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from core import authz
from core.ui import nav, registers
from forums.rules import SITS


def sits_here(actor: Any, office: Any) -> bool:
    """Sits in a forum of the office, or is its secretary, and isn't of the office itself."""
    return (
        actor is not None
        and not authz.allowed(actor, "core.see_office", office)
        and any(g.role in (*SITS, "forum_secretary") and g.office_id == office.pk for g in actor.grants)
    )


def sees_office(actor: Any, office: Any) -> bool:
    """Works in the office: the registers are its own."""
    return authz.allowed(actor, "core.see_office", office)


def register() -> None:
    """The forum's people get their forum; the office finds it under the registers."""
    nav.register(nav.NavItem(label=gettext_lazy("The forum"), url_name="forums:forums", order=80, visible=sits_here))
    registers.register(registers.Register(gettext_lazy("Forums"), "forums:forums", 40, sees_office))
