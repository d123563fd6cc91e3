"""Jobs that stand still, tried again by the office's own people."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core import authz
from core.services.outbox import try_again


@require_POST
def try_jobs_again(request: HttpRequest, office: str) -> HttpResponse:
    """Try what stands still in the office now."""
    authz.require(request.actor, "core.see_office", request.office)  # type: ignore[attr-defined]
    count = try_again(office=request.office)  # type: ignore[attr-defined]
    words = ngettext("%(count)d task is tried again now.", "%(count)d tasks are tried again now.", count)
    messages.success(request, words % {"count": count})
    return redirect("accounts:home")
