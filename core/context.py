"""What the frame of every page shows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from core import clock
from core.keeping import WAITING
from core.ui import nav


def frame(request: HttpRequest) -> dict[str, Any]:
    """Office, actor, menu and contact for base.html. ``request.office`` is set by the middleware from the address."""
    actor = getattr(request, "actor", None) or None
    office = getattr(request, "office", None)
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
