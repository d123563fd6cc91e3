"""What the frame of every page shows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from core import authz, clock
from core.actor import Actor
from core.forms.questions import AnswerForm
from core.keeping import WAITING
from core.models import Office
from core.questions import side_of
from core.selectors.offices import offices_at
from core.selectors.questions import questions_here
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
        "side": side_of(actor, office),
        "asked": _asked(request, office, actor) if actor else None,
        "kept_waits": actor is not None and bool(request.session.get(WAITING)),
    }


def _asked(request: HttpRequest, office: Office | None, actor: Actor) -> dict[str, Any] | None:
    """The questions that stand on this page, each open one with the form of its answer for whoever may answer it."""
    rows = questions_here(request.resolver_match, office, actor)
    if not rows:
        return None
    may = authz.allowed(actor, "core.answer_question", office)
    forms = {row.pk: AnswerForm(auto_id=f"question_{row.pk}_%s") for row in rows if may and row.answered_at is None}
    inside = authz.allowed(actor, "core.see_office", office)
    return {"rows": [(row, forms.get(row.pk)) for row in rows], "inside": inside}


def _own_office(actor: Actor | None) -> Office | None:
    """On a page that belongs to no office: the one the person works with, when there is only one."""
    if actor is None or actor.user is None:
        return None
    own = {grant.office_id for grant in actor.grants if grant.office_id is not None}
    return next(iter(offices_at(own)), None) if len(own) == 1 else None
