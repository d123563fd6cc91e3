"""What this app puts into the menu: home for everyone signed in, and people among the office's registers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import authz
from core.ui import nav, registers


def register() -> None:
    """Put home first."""
    nav.register(
        nav.NavItem(
            label=_("Home"),
            url_name="accounts:home",
            order=0,
            visible=lambda actor, _office: actor.user is not None,
            arguments=nav.no_arguments,
            needs_office=False,
        )
    )
    nav.register(
        nav.NavItem(
            label=_("Offices"),
            url_name="accounts:offices",
            order=95,
            visible=lambda actor, _office: authz.allowed(actor, "core.run_installation"),
            arguments=nav.no_arguments,
            needs_office=False,
        )
    )
    registers.register(
        registers.Register(
            label=pgettext_lazy("register", "People"),
            url_name="accounts:people",
            order=60,
            visible=lambda actor, office: authz.allowed(actor, "accounts.see_people", office),
        )
    )
