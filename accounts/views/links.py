"""Personal links from mails. Opening the address does nothing: mail scanners open addresses too."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods

from accounts.selectors.links import link_page
from accounts.views.entering import enter_by_link, looked_up
from core.middleware import LANGUAGE_COOKIE
from core.models import AccessLink
from core.services import links


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """GET names the task and whose it is; POST opens it."""
    try:
        found = looked_up(request, links.find, token)
    except links.LinkProblem as problem:
        return render(request, "accounts/link_problem.html", {"problem": problem.code}, status=410)
    if request.method == "POST":
        return _open(request, found)
    form = (found.user.form if found.user else "") or request.LANGUAGE_CODE
    with translation.override(form):
        response = render(request, "accounts/link.html", {"page": link_page(found, request.user)})
    add_never_cache_headers(response)
    # The address holds a token: no other site is told it. With «no-referrer» a browser would send «Origin: null» when
    # the button is pressed, and the form be refused as a stranger's.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _open(request: HttpRequest, found: AccessLink) -> HttpResponse:
    if request.user.is_authenticated and request.user == found.user:
        links.mark_used(found)
        return redirect(found.url or "/")
    enter_by_link(request, found)
    response = redirect(found.url or "/")
    if found.user and found.user.form:
        response.set_cookie(LANGUAGE_COOKIE, found.user.form, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response
