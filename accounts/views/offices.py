"""Pages without an office in their address show the person's own, where there is only one."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest

from accounts.selectors.offices import offices_of
from core.models import Office


def show_own_office(request: HttpRequest, offices: Sequence[Office] | None = None) -> None:
    """Let the frame show the office and its menu."""
    own = offices_of(request.actor) if offices is None else offices  # type: ignore[attr-defined]
    if len(own) == 1:
        request.office = own[0]  # type: ignore[attr-defined]
