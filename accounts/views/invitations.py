"""Comes in by invitation."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms.sign_in import AcceptForm
from accounts.selectors.invitations import invitation_page, whom_to_ask
from accounts.selectors.people import user_at
from accounts.services import invitations
from accounts.views.entering import enter, looked_up, prove_address


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows who invites to what; POST accepts and signs in.

    Someone who has an account signs in to it first: a forwarded invitation must not open all that they hold.
    """
    try:
        found = looked_up(request, invitations.find, token)
        known = user_at(found.email)
        if known and not known.is_active:
            raise invitations.InvitationProblem("revoked", found)
        form = AcceptForm(request.POST or None, initial={"name": found.name})
        if request.method == "POST" and known and request.user != known:
            return prove_address(request, found.email)
        if request.method == "POST" and (known or form.is_valid()):
            user = invitations.accept(token=token, name="" if known else form.cleaned_data["name"])
            enter(request, user, way="invitation")
            messages.success(request, _("Welcome. You now have access."))
            return redirect("accounts:home")
    except invitations.InvitationProblem as problem:
        context = {"problem": problem.code, "ask": whom_to_ask(problem.invitation)}
        return render(request, "accounts/invitation_problem.html", context, status=410)
    page = invitation_page(found, known, request.user)
    response = render(request, "accounts/invitation.html", {"page": page, "form": None if known else form})
    add_never_cache_headers(response)
    # The address holds a token: no other site is told it. With «no-referrer» a browser would send «Origin: null» when
    # the button is pressed, and the form be refused as a stranger's.
    response.headers["Referrer-Policy"] = "same-origin"
    return response
