"""A request as our views get it from the middleware."""

from __future__ import annotations

from django.http import HttpRequest

from core.actor import Actor
from core.models import Office


class OfficeRequest(HttpRequest):
    """A request to an address that carries an office. ``actor`` is None for someone who isn't signed in.

    Views name it for the types alone: what they get is Django's own request with these two set by core.middleware.
    """

    actor: Actor | None
    office: Office


def seen_version(request: HttpRequest) -> int | None:
    """The version the form was opened with (house rule 7); None where it isn't a number."""
    return number_in(request.POST.get("version", ""))


def number_in(typed: str) -> int | None:
    """The number in a parameter; None where it isn't one, or one no key or version ever gets."""
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else None


def person_behind(request: OfficeRequest) -> Actor:
    """The actor of a page that needs one: the middleware has sent everybody else to sign in."""
    if request.actor is None:
        raise PermissionError
    return request.actor
