"""The register of networks."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from core import authz
from core.requests import OfficeRequest
from networks.selectors import networks


@require_safe
def network_list(request: OfficeRequest, office: str) -> HttpResponse:
    """The networks one may see."""
    found = networks.rows(request.actor, request.office)
    staff = authz.allowed(request.actor, "core.see_office", request.office)
    if not found and not staff:
        raise Http404
    return render(request, "networks/networks.html", {"rows": found, "staff": staff})


@require_safe
def network(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """One network: members, host, coordinator, contacts."""
    row = networks.row(request.actor, request.office, pk)
    staff = authz.allowed(request.actor, "core.see_office", request.office)
    context = {
        "row": row,
        "staff": staff,
        "parts": networks.parts_of(row.network),
        "sees_list": staff or authz.allowed(request.actor, "accounts.see_list", row.network.anchor),
    }
    return render(request, "networks/network.html", context)


urlpatterns: list[URLPattern] = [
    path("<slug:office>/nettverk/", network_list, name="networks"),
    path("<slug:office>/nettverk/<int:pk>/", network, name="network"),
]
