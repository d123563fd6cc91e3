"""The switch between bokmål and nynorsk."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from core.actor import Actor
from core.enums import WrittenForm
from core.middleware import LANGUAGE_COOKIE

YEAR = 365 * 24 * 60 * 60

Keeper = Callable[[Actor, str], None]
_keepers: list[Keeper] = []


def register_keeper(keep: Keeper) -> None:
    """Let a higher app keep a signed-in person's choice on their profile."""
    if keep not in _keepers:
        _keepers.append(keep)


@login_not_required
@require_safe
def set_language(request: HttpRequest, form: str) -> HttpResponse:
    """Keep the choice and go back. A link, so that it works everywhere; one on a stranger's page changes nothing."""
    if form not in WrittenForm.values:
        raise Http404
    target = request.GET.get("next", "")
    here = {request.get_host()}
    # A word without a slash would be looked up as the name of a page, and end in an error.
    if not target.startswith("/") or not url_has_allowed_host_and_scheme(target, here, request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    if not asked_by_us(request):
        return response
    response.set_cookie(
        LANGUAGE_COOKIE, form, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True
    )
    actor = request.actor  # type: ignore[attr-defined]
    if actor and actor.user is not None:
        for keep in _keepers:
            keep(actor, form)
    return response


def asked_by_us(request: HttpRequest) -> bool:
    """Did the person click on a page of ours? Neither a stranger's page nor a browser that fetches ahead counts."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    ahead = request.headers.get("sec-purpose", "") + request.headers.get("purpose", "")
    return site in {"same-origin", "none"} and "prefetch" not in ahead and request.method == "GET"
