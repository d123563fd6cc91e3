"""What the frame of every page shows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from core import clock
from core.actor import Actor
from core.keeping import WAITING
from core.models import Office
from core.selectors.offices import offices_at
from core.ui import nav


def frame(request: HttpRequest) -> dict[str, Any]:
    """Office, actor, menu and contact for base.html. ``request.office`` is set by the middleware from the address."""
    actor = getattr(request, "actor", None) or None
    office = getattr(request, "office", None) or _own_office(actor)
    form = get_language() or settings.LANGUAGE_CODE
    return {
        "actor": actor.person if actor else None,
        "office": office.name_in(form, clock.today()) if office else "",
        "this_office": office,
        "nav": nav.links_for(actor, office, request.path) if actor else [],
        "is_demo": settings.DEMO,
        "page_language": form,
        "kept_waits": actor is not None and bool(request.session.get(WAITING)),
    }


def _own_office(actor: Actor | None) -> Office | None:
    """On a page that belongs to no office: the one the person works with, when there is only one."""
    if actor is None or actor.user is None:
        return None
    own = {grant.office_id for grant in actor.grants if grant.office_id is not None}
    return next(iter(offices_at(own)), None) if len(own) == 1 else None
