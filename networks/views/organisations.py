"""The register of organisations: the list, one organisation, and what an office does with it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import authz, clock
from core.dates import interface_form
from core.paging import asked_for
from core.requests import OfficeRequest, person_behind, seen_version
from core.requirements import StaleVersion, StepRefused
from core.views.conflict import choose, say_stale
from networks.enums import PUBLIC_OWNER_KINDS
from networks.forms.register import EndForm, FactsForm, FilterForm, NameForm, WrittenFormForm
from networks.models import Organisation
from networks.selectors import organisations
from networks.services import register

GET_POST = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def organisation_list(request: OfficeRequest, office: str) -> HttpResponse:
    """Those the office works with, or all; found by any name they have had, or by number."""
    authz.require_visible(request.actor, "core.see_office", request.office)
    form = FilterForm(request.GET)
    wish = form.wish()
    context = {
        "form": form,
        "wish": wish,
        "leaf": organisations.leaf(wish, request.office, asked_for(request.GET)),
        "may_add": authz.allowed(request.actor, "networks.keep_registers", request.office),
    }
    return render(request, "networks/organisations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """What all offices share about an organisation, and what this one has written. A POST takes it into use."""
    authz.require_visible(request.actor, "core.see_office", request.office)
    found = organisations.organisation_at(pk)
    if request.method == "POST":
        return _take_into_use(request, found)
    context = {
        "page": organisations.page(found, request.office, interface_form()),
        "may_keep": authz.allowed(request.actor, "networks.keep_registers", request.office),
        "may_change": _may_change(request, found),
    }
    return render(request, "networks/organisation.html", context)


def _take_into_use(request: OfficeRequest, found: Organisation) -> HttpResponse:
    by = person_behind(request)
    authz.require(by, "networks.keep_registers", request.office)
    try:
        register.take_into_use(office=request.office, organisation=found, by=by)
        messages.success(request, _("The office works with %(name)s now.") % {"name": found.anchor.name})
    except StepRefused as refused:
        messages.error(request, str(refused))
    return _back(request, found)


@GET_POST
def organisation_new(request: OfficeRequest, office: str) -> HttpResponse:
    """Add an organisation to the register."""
    authz.require_visible(request.actor, "core.see_office", request.office)
    by = person_behind(request)
    authz.require(by, "networks.keep_registers", request.office)
    form = FactsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = form.save(by=by, office=request.office)
        if made is not None:
            messages.success(request, _("%(name)s is in the register.") % {"name": made.anchor.name})
            return _back(request, made)
    return render(request, "networks/organisation_form.html", {"form": form})


@GET_POST
def organisation_edit(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """Correct what all offices share."""
    found = _to_change(request, pk)
    form = FactsForm(request.POST if request.method == "POST" else None, organisation=found)
    if request.method == "POST" and form.is_valid():
        try:
            saved = form.save(by=person_behind(request), office=request.office)
        except StaleVersion as stale:
            return choose(request, stale, FactsForm(organisation=organisations.organisation_at(pk)))
        if saved is not None:
            messages.success(request, _("The changes are saved."))
            return _back(request, found)
    return render(request, "networks/organisation_form.html", {"form": form, "organisation": found})


@GET_POST
def organisation_name(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """A new name from a day; what was written before keeps the old one."""
    found = _to_change(request, pk)
    form = NameForm(request.POST if request.method == "POST" else None, initial={"version": found.version})
    if request.method == "POST" and form.is_valid():
        try:
            saved = form.save(found, by=person_behind(request))
        except StaleVersion as stale:
            return say_stale(request, stale, back=request.path)
        if saved:
            messages.success(request, _("The new name is saved. Letters already sent keep the old one."))
            return _back(request, found)
    return render(request, "networks/organisation_name.html", {"form": form, "organisation": found})


@GET_POST
def organisation_form(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """Which written form it gets, and how that is known (språklova § 15)."""
    authz.require_visible(request.actor, "core.see_office", request.office)
    by = person_behind(request)
    authz.require(by, "networks.keep_registers", request.office)
    found = organisations.organisation_at(pk)
    public = found.kind in PUBLIC_OWNER_KINDS
    if public:
        authz.require(by, "networks.change_organisation", found)
    form = WrittenFormForm(request.POST if request.method == "POST" else None, organisation=found, today=clock.today())
    if request.method == "POST" and form.is_valid():
        form.save(found, by=by, office=request.office)
        messages.success(request, _("The written form is saved."))
        return _back(request, found)
    context = {"form": form, "organisation": found, "public": public}
    return render(request, "networks/organisation_written_form.html", context)


@GET_POST
def organisation_end(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """The last day, and what came after it; or that it didn't end after all."""
    found = _to_change(request, pk)
    by = person_behind(request)
    reopens = "reopen" in request.POST
    form = EndForm(
        request.POST if request.method == "POST" and not reopens else None, initial={"version": found.version}
    )
    try:
        if reopens:
            register.reopen_organisation(organisation=found, by=by, seen_version=seen_version(request))
            messages.success(request, _("%(name)s is in use again.") % {"name": found.anchor.name})
            return _back(request, found)
        if form.is_valid() and form.save(found, by=by):
            messages.success(request, _("The last day of %(name)s is saved.") % {"name": found.anchor.name})
            return _back(request, found)
    except StaleVersion as stale:
        return say_stale(request, stale, back=request.path)
    page = organisations.page(found, request.office, interface_form())
    return render(request, "networks/organisation_end.html", {"form": form, "organisation": found, "page": page})


def _to_change(request: OfficeRequest, pk: int) -> Organisation:
    """The organisation, for someone who may change what all offices share."""
    authz.require_visible(request.actor, "core.see_office", request.office)
    by = person_behind(request)
    authz.require(by, "networks.keep_registers", request.office)
    found = organisations.organisation_at(pk)
    authz.require(by, "networks.change_organisation", found)
    return found


def _may_change(request: OfficeRequest, found: Organisation) -> bool:
    return authz.allowed(request.actor, "networks.keep_registers", request.office) and authz.allowed(
        request.actor, "networks.change_organisation", found
    )


def _back(request: HttpRequest, found: Organisation) -> HttpResponse:
    return redirect("networks:organisation", office=request.office.slug, pk=found.pk)  # type: ignore[attr-defined]


urlpatterns: list[URLPattern] = [
    path("<slug:office>/organisasjon/", organisation_list, name="organisations"),
    path("<slug:office>/organisasjon/ny/", organisation_new, name="organisation_new"),
    path("<slug:office>/organisasjon/<int:pk>/", organisation, name="organisation"),
    path("<slug:office>/organisasjon/<int:pk>/endre/", organisation_edit, name="organisation_edit"),
    path("<slug:office>/organisasjon/<int:pk>/skifte/", organisation_name, name="organisation_name"),
    path("<slug:office>/organisasjon/<int:pk>/malform/", organisation_form, name="organisation_form"),
    path("<slug:office>/organisasjon/<int:pk>/slutt/", organisation_end, name="organisation_end"),
]
