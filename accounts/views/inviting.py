"""Invites people to the office's places, and looks after the invitations nobody has answered."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.people import InviteForm
from accounts.selectors.persons import invitation_in
from accounts.selectors.places import places_of
from accounts.services import invitations
from core import authz
from core.enums import OFFICE_STAFF, Role
from core.middleware import came_from
from core.requests import OfficeRequest, number_in, person_behind
from core.requirements import StepRefused


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: OfficeRequest, office: str) -> HttpResponse:
    """One or several people, one a line. Roles in the office itself are offered to its administrator only."""
    authz.require_visible(request.actor, "accounts.see_people", request.office)
    authz.require(request.actor, "accounts.keep_people", request.office)
    places = places_of(request.office)
    start = places.anchors.get(number_in(request.GET.get("sted", "")) or 0)
    own = authz.allowed(request.actor, "accounts.invite", request.office.anchor)
    form = InviteForm(
        request.POST if request.method == "POST" else None,
        places=places,
        roles=[role for role in Role if own or role not in OFFICE_STAFF],
        initial={"place": start.name if start else ""},
    )
    if form.is_bound and form.is_valid():
        try:
            made = invitations.invite_many(rows=form.invited(), by=person_behind(request), office=request.office)
        except StepRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, said(len(made)))
            return redirect(f"{reverse('accounts:people', args=[office])}?rolle=invited")
    return render(request, "accounts/invite.html", {"form": form})


def said(count: int) -> str:
    """What came of it."""
    text = ngettext(
        "%(count)d invitation is sent. It works for 30 days.",
        "%(count)d invitations are sent. They work for 30 days.",
        count,
    )
    return text % {"count": count}


@require_POST
def invitation_act(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """Send it again with a new link, or take it back."""
    found = invitation_in(request.office, pk)
    if found.by_user_id is None or found.by_user_id != person_behind(request).user.pk:  # type: ignore[union-attr]
        authz.require_visible(request.actor, "accounts.see_people", request.office)
    if request.POST.get("action") == "again":
        invitations.send_again(invitation=found, by=person_behind(request))
        messages.success(request, _("The invitation to %(email)s is sent again.") % {"email": found.email})
    elif request.POST.get("action") == "revoke":
        invitations.revoke(invitation=found, by=person_behind(request))
        messages.success(request, _("The invitation to %(email)s is taken back.") % {"email": found.email})
    return redirect(came_from(request))


urlpatterns: list[URLPattern] = [
    path("<slug:office>/folk/inviter/", invite, name="invite"),
    path("<slug:office>/folk/invitasjon/<int:pk>/", invitation_act, name="invitation_act"),
]
