"""Comes in: the one way every page that signs somebody in uses."""

from __future__ import annotations

from django.contrib.auth import login, logout
from django.http import HttpRequest
from django.middleware.csrf import rotate_token

from accounts.models import User
from accounts.services import sessions
from core.middleware import LINK_SESSION_KEY
from core.models import AccessLink

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
