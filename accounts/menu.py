"""The menu entry of this app: home, for everyone signed in."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core import authz
from core.ui import nav


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
