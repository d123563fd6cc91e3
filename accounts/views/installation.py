"""For the one who runs the installation: the offices, a new one, and its first administrator."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms.installation import FirstAdministratorForm
from accounts.selectors import installation
from accounts.services.invitations import invite
from core import authz, clock
from core.dates import interface_form
from core.enums import Role
from core.forms.offices import NewOfficeForm
from core.models import Office
from core.requirements import StepRefused
from core.services.offices import found_office


@require_safe
def offices(request: HttpRequest) -> HttpResponse:
    """Which offices there are, and where nobody administers yet."""
    authz.require_visible(request.actor, "core.run_installation", None)  # type: ignore[attr-defined]
    return render(request, "accounts/offices.html", {"rows": installation.offices(interface_form())})


@require_http_methods(["GET", "HEAD", "POST"])
def office_new(request: HttpRequest) -> HttpResponse:
    """An office that isn't shipped with the program."""
    actor = request.actor  # type: ignore[attr-defined]
    authz.require_visible(actor, "core.run_installation", None)
    form = NewOfficeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = found_office(
                slug=given["slug"],
                orgnr=given["orgnr"],
                names={"nb": given["name_nb"], "nn": given["name_nn"]},
                default_form=given["default_form"],
                by=actor,
            )
        except StepRefused as refused:
            for obstacle in refused.obstacles:
                form.add_error(obstacle.anchor.removeprefix("id_"), str(obstacle.text))
        else:
            messages.success(request, _("The office is made. Now invite the one who will set it up."))
            return redirect("accounts:first_administrator", slug=made.slug)
    return render(request, "accounts/office_new.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def first_administrator(request: HttpRequest, slug: str) -> HttpResponse:
    """Invite the one who sets an office up; later administrators are let in by those who are there."""
    actor = request.actor  # type: ignore[attr-defined]
    authz.require_visible(actor, "core.run_installation", None)
    office = get_object_or_404(Office.objects.select_related("anchor").prefetch_related("names"), slug=slug)
    authz.require(actor, "accounts.invite", office.anchor)
    form = FirstAdministratorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        invite(
            email=given["email"],
            name=given["name"],
            role=Role.OFFICE_ADMINISTRATOR,
            anchor=office.anchor,
            by=actor,
        )
        messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": given["email"]})
        return redirect("accounts:offices")
    context = {"form": form, "name": office.name_in(interface_form(), clock.today())}
    return render(request, "accounts/first_administrator.html", context)


urlpatterns: list[URLPattern] = [
    path("drift/", offices, name="offices"),
    path("drift/nytt/", office_new, name="office_new"),
    path("drift/<slug:slug>/administrator/", first_administrator, name="first_administrator"),
]
