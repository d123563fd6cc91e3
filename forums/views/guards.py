"""Who may open the pages by which a forum is kept."""

from __future__ import annotations

from core import authz
from core.actor import Actor
from core.requests import OfficeRequest, person_behind


def keeper(request: OfficeRequest) -> Actor:
    """One who may change the office's forums. 404 for those outside the office, 403 for others of its own people."""
    authz.require_visible(request.actor, "core.see_office", request.office)
    authz.require(request.actor, "forums.run_forum", request.office)
    return person_behind(request)
