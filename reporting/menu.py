"""What annual reports put into the menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from core.actor import Actor
from core.enums import OFFICE_STAFF, Role
from core.models import Office
from core.ui import nav

AT_ORGANISATION = (Role.OWNER_CONTACT, Role.PROVIDER_CONTACT)
IN_OFFICE = (*OFFICE_STAFF, Role.COORDINATOR, Role.PROVIDER_CONTACT)


def has_reports(actor: Actor | None, office: Office | None) -> bool:
    """The office's own people, and those who write or confirm reports. No query: it is asked on every page."""
    if actor is None or office is None or actor.link is not None:
        return False
    return any(
        grant.role in AT_ORGANISATION
        if grant.office_id is None
        else grant.office_id == office.pk and grant.role in IN_OFFICE
        for grant in actor.grants
    )


def register() -> None:
    """Fill core's registry."""
    nav.register(
        nav.NavItem(label=gettext_lazy("Annual reports"), url_name="reporting:here", order=70, visible=has_reports)
    )
