"""The menu entry of this app: home, for everyone signed in."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

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
