"""«Hent fra Enhetsregisteret»: what it says is shown, and saved only when somebody has looked at it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import authz
from core.requests import OfficeRequest, person_behind
from core.requirements import StaleVersion
from core.views.conflict import say_stale
from networks import lookups
from networks.forms.lookups import Present, TakeOverForm
from networks.lookups import LookupFailed
from networks.lookups.enhetsregisteret import Entity
from networks.models import OfficeOrganisation
from networks.selectors import organisations


@require_http_methods(["GET", "HEAD", "POST"])
def organisation_lookup(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """Ask on a press of the button; a GET asks nobody."""
    authz.require_visible(request.actor, "core.see_office", request.office)
    by = person_behind(request)
    authz.require(by, "networks.keep_registers", request.office)
    found = organisations.organisation_at(pk)
    present = Present(
        organisation=found,
        details=OfficeOrganisation.objects.filter(office=request.office, organisation=found).first(),
        may_change=authz.allowed(by, "networks.change_organisation", found),
    )
    form, fault, entity = None, "", None
    if request.POST.get("action") == "fetch":
        entity, fault = _asked(found.orgnr or "")
        form = TakeOverForm(None, present=present, entity=entity) if entity else None
    elif request.method == "POST":
        form = TakeOverForm(request.POST, present=present)
        try:
            if form.is_valid() and form.save(by=by, office=request.office):
                messages.success(request, _("What you took over is saved."))
                return redirect("networks:organisation", office=office, pk=pk)
        except StaleVersion as stale:
            return say_stale(request, stale, back=request.path)
    is_on = lookups.legal_entities() is not None
    context = {"organisation": found, "form": form, "fault": fault, "entity": entity, "is_on": is_on}
    return render(request, "networks/organisation_lookup.html", context)


def _asked(orgnr: str) -> tuple[Entity | None, str]:
    """What the register says, or the sentence that says why nothing."""
    register = lookups.legal_entities()
    if register is None or not orgnr:
        return None, ""
    try:
        return register.entity(orgnr), ""
    except LookupFailed as failed:
        return None, str(failed)


urlpatterns: list[URLPattern] = [
    path("<slug:office>/organisasjon/<int:pk>/oppslag/", organisation_lookup, name="organisation_lookup"),
]
