"""The person's own page, and their notices."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms.profile import ProfileForm
from accounts.selectors.notices import notices_of
from accounts.selectors.people import role_label
from accounts.services import notices as notice_service
from accounts.services.people import change_profile
from accounts.views.offices import show_own_office
from core.dates import interface_form
from core.middleware import LANGUAGE_COOKIE
from core.paging import asked_for
from core.requirements import StaleVersion
from core.views.conflict import choose


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Name, telephone, titles and written form."""
    actor = request.actor  # type: ignore[attr-defined]
    if actor.user is None:
        return redirect("account_login")
    show_own_office(request)
    form = ProfileForm(request.POST) if request.method == "POST" else ProfileForm.of(actor.user, shown=interface_form())
    if form.is_bound and form.is_valid():
        try:
            user = change_profile(
                user=actor.user, fields=form.answers(), by=actor, seen_version=form.cleaned_data["version"]
            )
        except StaleVersion as stale:
            return choose(request, stale, ProfileForm.of(actor.user, shown=interface_form()))
        else:
            with translation.override(user.form):
                messages.success(request, _("Your profile is saved."))
            response = redirect("accounts:profile")
            response.set_cookie(LANGUAGE_COOKIE, user.form, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
            return response
    roles = [(role_label(grant.role), grant) for grant in sorted(actor.grants, key=lambda g: (g.anchor_id, g.role))]
    context = {"form": form, "roles": roles, "email": actor.user.email}
    return render(request, "accounts/profile.html", context)


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """The newest first; what was new when the page was opened is marked, and counts as read afterwards."""
    actor = request.actor  # type: ignore[attr-defined]
    if actor.user is None:
        return redirect("account_login")
    show_own_office(request)
    rows = notices_of(actor.user, interface_form(), asked_for(request.GET))
    if request.method == "GET" and any(row.new for row in rows):
        notice_service.mark_read(user=actor.user)
    return render(request, "accounts/notices.html", {"rows": rows})
