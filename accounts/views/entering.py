"""Comes in: the one way every page that signs somebody in uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import login, logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import sessions
from accounts.services.invitations import InvitationProblem
from core import limits
from core.middleware import LINK_SESSION_KEY
from core.models import AccessLink
from core.services.links import LinkProblem

T = TypeVar("T")

EMAIL_SESSION_KEY = "sign_in_email"
"""The address one typed, so that it isn't typed again when the code has run out."""
BACKEND = "accounts.adapter.PersonBackend"


def enter(request: HttpRequest, user: User, *, way: str) -> None:
    """Sign this person in; whoever was signed in is signed out. The session gets a new key."""
    if request.user.is_authenticated and request.user != user:
        logout(request)
    login(request, user, backend=BACKEND)
    request.session.pop(LINK_SESSION_KEY, None)
    sessions.signed_in(user=user, way=way)


def enter_by_link(request: HttpRequest, link: AccessLink) -> None:
    """Let the session act through a personal link. The session gets a new key, and its forms a new secret."""
    if request.user.is_authenticated:
        logout(request)
    request.session.cycle_key()
    rotate_token(request)
    request.session[LINK_SESSION_KEY] = link.pk
    sessions.use_link(link=link)


def prove_address(request: HttpRequest, email: str) -> HttpResponse:
    """To sign in with a code to this address, and back to the page one came from."""
    if request.user.is_authenticated:
        logout(request)
    request.session[EMAIL_SESSION_KEY] = email
    messages.info(request, _("You have an account already. Sign in first, and then accept the invitation."))
    return redirect(f"{reverse('account_login')}?{urlencode({'next': request.path})}")


def looked_up(request: HttpRequest, find: Callable[[str], T], token: str) -> T:
    """What a token stands for. An address on the net that tries many unknown tokens is not answered for a while."""
    if limits.guesses_too_much(request):
        raise PermissionDenied(_("There have been too many attempts. Wait a few minutes, and try again."))
    try:
        return find(token)
    except (LinkProblem, InvitationProblem) as problem:
        if problem.code == "unknown":
            limits.count_miss(request)
        raise
