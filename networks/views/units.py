"""The register of units: the schools and kindergartens of the owners the office works with."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import authz
from core.paging import asked_for
from core.requests import OfficeRequest, number_in, person_behind
from core.requirements import StaleVersion
from core.views.conflict import choose
from networks.forms.units import UnitFilterForm, UnitForm
from networks.models import Organisation, Unit
from networks.selectors import units


@require_safe
def unit_list(request: OfficeRequest, office: str) -> HttpResponse:
    """The units of the office's owners, or of one owner."""
    authz.require_visible(request.actor, "core.see_office", request.office)
    form = UnitFilterForm(request.GET)
    wish = form.wish()
    owner = _owner(wish.owner)
    new_url = reverse("networks:unit_new", args=[request.office.slug])
    context = {
        "form": form,
        "owner": owner,
        "new_url": f"{new_url}?under={owner.pk}" if owner else new_url,
        "leaf": units.leaf(wish, request.office, asked_for(request.GET)),
        "may_add": authz.allowed(request.actor, "networks.keep_registers", request.office),
    }
    return render(request, "networks/units.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def unit_new(request: OfficeRequest, office: str) -> HttpResponse:
    """Add a unit; «?under=» says which owner."""
    authz.require_visible(request.actor, "core.see_office", request.office)
    by = person_behind(request)
    authz.require(by, "networks.keep_registers", request.office)
    owner = _owner(number_in(request.GET.get("under", "")))
    form = UnitForm(request.POST if request.method == "POST" else None, owner=owner)
    if request.method == "POST" and form.is_valid() and (made := form.save(by=by, office=request.office)):
        messages.success(request, _("%(name)s is in the register.") % {"name": made.name})
        return _to_owner(request, made)
    return render(request, "networks/unit_form.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def unit(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """Change a unit, or end it."""
    authz.require_visible(request.actor, "core.see_office", request.office)
    by = person_behind(request)
    found = units.unit_at(pk)
    authz.require(by, "networks.change_unit", found)
    form = UnitForm(request.POST if request.method == "POST" else None, unit=found)
    if request.method == "POST" and form.is_valid():
        try:
            saved = form.save(by=by, office=request.office)
        except StaleVersion as stale:
            return choose(request, stale, UnitForm(unit=units.unit_at(pk)))
        if saved is not None:
            messages.success(request, _("The changes are saved."))
            return _to_owner(request, saved)
    return render(request, "networks/unit_form.html", {"form": form, "unit": found})


def _owner(pk: int | None) -> Organisation | None:
    return Organisation.objects.select_related("anchor").filter(pk=pk).first() if pk is not None else None


def _to_owner(request: OfficeRequest, saved: Unit) -> HttpResponse:
    return redirect(f"{reverse('networks:units', args=[request.office.slug])}?under={saved.owner_id}")


urlpatterns: list[URLPattern] = [
    path("<slug:office>/institusjon/", unit_list, name="units"),
    path("<slug:office>/institusjon/ny/", unit_new, name="unit_new"),
    path("<slug:office>/institusjon/<int:pk>/", unit, name="unit"),
]
