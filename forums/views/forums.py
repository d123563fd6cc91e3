"""The register of forums."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from core import authz
from core.requests import OfficeRequest
from forums.selectors import registers


@require_safe
def forum_list(request: OfficeRequest, office: str) -> HttpResponse:
    """The forums one may see."""
    found = registers.rows(request.actor, request.office)
    staff = authz.allowed(request.actor, "core.see_office", request.office)
    if not found and not staff:
        raise Http404
    return render(request, "forums/forums.html", {"rows": found, "staff": staff})


@require_safe
def forum(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """One forum: its seats, terms, vacancies, and who votes."""
    row = registers.row(request.actor, request.office, pk)
    staff = authz.allowed(request.actor, "core.see_office", request.office)
    return render(request, "forums/forum.html", {"row": row, "staff": staff})


urlpatterns: list[URLPattern] = [
    path("<slug:office>/forum/", forum_list, name="forums"),
    path("<slug:office>/forum/<int:pk>/", forum, name="forum"),
]
