"""Home: what waits for me, what I wait for, and when the next thing happens."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.selectors.home import home_page
from accounts.views.offices import show_own_office
from core.ui.home import panels_for, wheel_for


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """All the person's offices together. A personal link opens its one object, not this page."""
    actor = request.actor  # type: ignore[attr-defined]
    if actor.user is None:
        return redirect(actor.link.url or "account_login")
    wheel = wheel_for(request, actor)
    page = home_page(actor, actor.user, wheel, request.GET)
    show_own_office(request, page.offices)
    return render(
        request,
        "accounts/home.html",
        {
            "page": page,
            "year": wheel,
            "panels": panels_for(request, actor),
            "unconfirmed": list(dict.fromkeys(grant.anchor_name for grant in actor.unconfirmed())),
        },
    )
