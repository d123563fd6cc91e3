"""An office's set-up: what it says of itself, and its own choices for the coming round."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import authz
from core.files import file_response
from core.forms.offices import OfficeForm
from core.requests import OfficeRequest, person_behind
from core.requirements import StaleVersion
from core.services.offices import change_office
from core.views.conflict import choose
from grants import setup_file
from grants.forms.profiles import ProfileForm
from grants.forms.setup_files import SetupFileForm
from grants.selectors.profiles import year_of_choices
from grants.selectors.setup import setup
from grants.selectors.setup_file import setup_of


@require_safe
def setup_page(request: OfficeRequest, office: str) -> HttpResponse:
    """What an office needs before a round can be opened, each with where it is done."""
    authz.require_visible(request.actor, "core.see_office", request.office)
    return render(request, "grants/setup.html", {"setup": setup(request.office)})


@require_http_methods(["GET", "HEAD", "POST"])
def office_details(request: OfficeRequest, office: str) -> HttpResponse:
    """Address, telephone, department, written form."""
    authz.require_visible(request.actor, "core.see_office", request.office)
    authz.require(request.actor, "core.administer_office", request.office)
    form = OfficeForm.of(request.office, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            change_office(
                office=request.office,
                details=form.details(),
                by=person_behind(request),
                seen_version=form.cleaned_data["version"],
            )
        except StaleVersion as stale:
            request.office.refresh_from_db()
            return choose(request, stale, OfficeForm.of(request.office))
        messages.success(request, _("The details are saved."))
        return redirect("grants:setup", office=office)
    return render(request, "grants/setup_office.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: OfficeRequest, office: str) -> HttpResponse:
    """Caps, own contribution, who concludes, how long a measure runs."""
    authz.require_visible(request.actor, "core.see_office", request.office)
    authz.require(request.actor, "grants.run_round", request.office)
    found = year_of_choices(request.office)
    form = ProfileForm(request.POST or None, office=request.office, year=found.year)
    if request.method == "POST" and form.is_valid():
        try:
            form.save(by=person_behind(request))
        except StaleVersion as stale:
            fresh = ProfileForm(office=request.office, year=found.year)
            return choose(request, stale, fresh, also={"number": str(fresh.now)})
        messages.success(request, _("The choices for %(year)s are saved.") % {"year": found.year})
        return redirect("grants:setup", office=office)
    return render(request, "grants/setup_profile.html", {"form": form, "found": found})


@require_safe
def setup_file_out(request: OfficeRequest, office: str) -> HttpResponse:
    """The office's set-up as a file. It names no people."""
    authz.require_visible(request.actor, "core.see_office", request.office)
    content = setup_file.write(setup_of(request.office)).encode()
    return file_response(content=content, name=f"oppsett-{request.office.slug}.toml", media_type="application/toml")


@require_http_methods(["GET", "HEAD", "POST"])
def setup_file_in(request: OfficeRequest, office: str) -> HttpResponse:
    """Another office's set-up: read, shown part by part, brought in."""
    authz.require_visible(request.actor, "core.see_office", request.office)
    authz.require(request.actor, "grants.run_round", request.office)
    sent = request.method == "POST"
    form = SetupFileForm(request.POST if sent else None, request.FILES if sent else None, office=request.office)
    if sent and form.is_valid() and form.bring_in(by=person_behind(request)):
        messages.success(request, _("The set-up is brought in. Look through it below."))
        return redirect("grants:setup", office=office)
    return render(request, "grants/setup_file.html", {"form": form, "coming": form.coming})


urlpatterns: list[URLPattern] = [
    path("<slug:office>/oppsett/", setup_page, name="setup"),
    path("<slug:office>/oppsett/kontor/", office_details, name="setup_office"),
    path("<slug:office>/oppsett/profil/", profile, name="setup_profile"),
    path("<slug:office>/oppsett/fil/", setup_file_in, name="setup_file"),
    path("<slug:office>/oppsett/fil.toml", setup_file_out, name="setup_file_out"),
]
