"""The component gallery."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.ui.gallery import sample_page


@login_not_required
@require_safe
def ui(request: HttpRequest) -> HttpResponse:
    """Every component with made-up content; only where the demo is on."""
    if not settings.DEMO:
        raise Http404
    return render(request, "core/ui.html", sample_page())
