"""Answers probes before anything else: they come from inside, by any name, without TLS and without a session."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.views.health import PROBES


class ProbeMiddleware:
    """First in the row, so that neither ALLOWED_HOSTS nor the redirect to https turns away a container's own check."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = PROBES.get(request.path_info.removeprefix("/")) if request.method in {"GET", "HEAD"} else None
        return view(request) if view else self.get_response(request)
