"""What a probe asks: does the program live, can it take requests, are its jobs carried.

Public, without a session, never kept by a cache; nothing about people or versions is said.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.selectors.health import readiness

UNAVAILABLE = 503


@login_not_required
@require_safe
@never_cache
def alive(_request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked, not even the database."""
    return JsonResponse({"alive": True})


@login_not_required
@require_safe
@never_cache
def ready(_request: HttpRequest) -> HttpResponse:
    """503 while the database is away or migrations are pending. Late jobs are told, but pages work without them."""
    found = readiness()
    return JsonResponse(found.words(), status=200 if found.ready else UNAVAILABLE)


@login_not_required
@require_safe
@never_cache
def jobs(_request: HttpRequest) -> HttpResponse:
    """503 when a job has waited a quarter of an hour for a carrier: mails and letters stand still."""
    found = readiness()
    return JsonResponse(found.words(), status=200 if found.jobs == "ok" else UNAVAILABLE)


PROBES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "helse/lever/": alive,
    "helse/klar/": ready,
    "helse/jobber/": jobs,
}
"""Address and view, for the table of addresses and for the middleware that answers first."""
