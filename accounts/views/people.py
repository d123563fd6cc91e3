"""«Folk»: who does what in an office's sight, and what each of them may see."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms.people import FilterForm, PersonForm, RoleForm
from accounts.models import RoleAssignment
from accounts.selectors.folk import Asked, folk, person_in
from accounts.selectors.people import role_label
from accounts.selectors.persons import person_page, role_in
from accounts.selectors.places import in_sight
from accounts.selectors.sees import sees
from accounts.services import people as service
from accounts.services import roles
from core import authz, clock
from core.actor import Actor
from core.dates import parse_date
from core.paging import asked_for
from core.requests import OfficeRequest, person_behind
from core.requirements import StaleVersion, StepRefused
from core.unreadable import Unreadable
from core.views.conflict import choose


@require_safe
def people(request: OfficeRequest, office: str) -> HttpResponse:
    """Everyone with a role, a seat or an open invitation here, found by name, address or place."""
    authz.require_visible(request.actor, "accounts.see_people", request.office)
    asked = Asked.of(request.GET)
    found = folk(request.office, asked, asked_for(request.GET))
    context = {
        "found": found,
        "asked": asked,
        "filter": FilterForm(asked=asked),
        "keeps": authz.allowed(request.actor, "accounts.keep_people", request.office),
    }
    return render(request, "accounts/people.html", context)


@require_safe
def person(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """One person: roles with days and givers, seats, invitations, when they last came in."""
    authz.require_visible(request.actor, "accounts.see_people", request.office)
    page = person_page(request.office, pk, person_behind(request))
    return render(request, "accounts/person.html", {"page": page})


@never_cache
@require_safe
def person_sees(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """«Hva ser Kari?»: what she may open here on a day, asked as the pages ask."""
    authz.require_visible(request.actor, "accounts.see_people", request.office)
    someone = person_in(request.office, pk)
    typed, fault = request.GET.get("dag", ""), ""
    on = clock.today()
    if typed:
        try:
            on = parse_date(typed)
        except Unreadable as error:
            fault = str(error)
    places = set(in_sight(request.office).values_list("pk", flat=True))
    context = {"person": someone, "sees": sees(someone, request.office, on, places), "typed": typed, "fault": fault}
    context["roles"] = [(role_label(grant.role), grant) for grant in context["sees"].grants]  # type: ignore[attr-defined]
    return render(request, "accounts/person_sees.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def person_edit(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """Name and address. Both addresses are told when the address changes."""
    authz.require_visible(request.actor, "accounts.see_people", request.office)
    someone = person_in(request.office, pk)
    authz.require(request.actor, "accounts.keep_people", request.office)
    form = PersonForm(request.POST) if request.method == "POST" else PersonForm.of(someone)
    if form.is_bound and form.is_valid():
        try:
            service.change_person(
                user=someone,
                name=form.cleaned_data["name"],
                email=form.cleaned_data["email"],
                office=request.office,
                by=person_behind(request),
                seen_version=form.cleaned_data["version"],
            )
        except StaleVersion as stale:
            return choose(request, stale, PersonForm.of(person_in(request.office, pk)))
        except StepRefused as refused:
            for obstacle in refused.obstacles:
                form.add_error(obstacle.anchor or None, str(obstacle.text))
        else:
            messages.success(request, _("Name and address are saved."))
            return redirect("accounts:person", office=office, pk=pk)
    return render(request, "accounts/person_edit.html", {"person": someone, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def role(request: OfficeRequest, office: str, pk: int, role_pk: int) -> HttpResponse:
    """The days of a role; ends it or, where a coordinator gave it, confirms it."""
    authz.require_visible(request.actor, "accounts.see_people", request.office)
    someone = person_in(request.office, pk)
    row = role_in(request.office, someone, role_pk)
    actor, action = person_behind(request), request.POST.get("action", "")
    form = RoleForm(request.POST) if action == "save" else RoleForm.of(row)
    if action in {"confirm", "end"} or (form.is_bound and form.is_valid()):
        try:
            said = _act_on_role(row, action, form, actor)
        except StaleVersion as stale:
            return choose(request, stale, RoleForm.of(role_in(request.office, someone, role_pk)))
        except StepRefused as refused:
            form = form.refused(refused)
        else:
            messages.success(request, said)
            return redirect("accounts:person", office=office, pk=pk)
    context = {
        "person": someone,
        "row": row,
        "label": role_label(row.role),
        "form": form,
        "may": authz.allowed(actor, "accounts.keep_role", row),
        "why_not": authz.why_not(actor, "accounts.keep_role", row),
        "waits": row.confirmed_at is None and row.ended_at is None,
        "may_confirm": authz.allowed(actor, "accounts.confirm_role", row),
        "giver": row.by_user if row.office_id in {None, request.office.pk} else None,
    }
    return render(request, "accounts/role.html", context)


def _act_on_role(row: RoleAssignment, action: str, form: RoleForm, by: Actor) -> str:
    """Do what was pressed; returns what came of it."""
    name = {"person": row.user.name}
    if action == "confirm":
        roles.confirm_role(assignment=row, by=by)
        return _("The role is confirmed. %(person)s is told.") % name
    if action == "end":
        roles.end_role(assignment=row, by=by)
        return _("The role is ended. %(person)s no longer has it.") % name
    days = form.cleaned_data
    roles.change_dates(assignment=row, starts=days["starts"], ends=days["ends"], by=by, seen_version=days["version"])
    return _("The days are saved.")


urlpatterns: list[URLPattern] = [
    path("<slug:office>/folk/", people, name="people"),
    path("<slug:office>/folk/<int:pk>/", person, name="person"),
    path("<slug:office>/folk/<int:pk>/ser/", person_sees, name="person_sees"),
    path("<slug:office>/folk/<int:pk>/endre/", person_edit, name="person_edit"),
    path("<slug:office>/folk/<int:pk>/rolle/<int:role_pk>/", role, name="role"),
]
