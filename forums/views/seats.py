"""The pages of a group of seats, and of one seat: who sits, who sat, and the form that appoints."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.actor import Actor
from core.dates import interface_form
from core.requests import OfficeRequest, number_in, seen_version
from core.requirements import StaleVersion, StepRefused
from core.views.conflict import choose
from forums.enums import AppointmentKind
from forums.forms.seats import GroupForm, SeatForm
from forums.forms.terms import AppointForm
from forums.models import Seat, SeatGroup
from forums.selectors.matching import search_people
from forums.selectors.registers import seats_of
from forums.selectors.terms import forum_of, seat_of, terms_of
from forums.services.seats import remove_seat, remove_seat_group
from forums.views.guards import keeper

READ_OR_WRITE = ["GET", "HEAD", "POST"]


@require_http_methods(READ_OR_WRITE)
def group_new(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """A new group of seats."""
    by, forum = keeper(request), forum_of(request.office, pk)
    form = GroupForm(request.POST or None, forum=forum)
    if request.method == "POST" and form.is_valid() and (made := form.save(by=by)):
        messages.success(request, _("The group is made. Now add its seats."))
        return redirect("forums:group", office=office, pk=pk, group=made.pk)
    return render(request, "forums/group.html", {"form": form, "forum": forum, "group": None})


@require_http_methods(READ_OR_WRITE)
def group(request: OfficeRequest, office: str, pk: int, group: int) -> HttpResponse:
    """A group: its name, size, vote and place, and its seats."""
    by, forum = keeper(request), forum_of(request.office, pk)
    found = get_object_or_404(SeatGroup.objects.select_related("forum__anchor", "forum__office"), pk=group, forum=forum)
    action = request.POST.get("action", "save") if request.method == "POST" else ""
    form = GroupForm(request.POST if action == "save" else None, forum=forum, group=found)
    seat_form = SeatForm(request.POST if action == "add" else None, group=found)
    obstacles: list[str] = []
    try:
        done = _act(request, action, found, form=form, seat_form=seat_form, by=by)
    except StaleVersion as stale:
        if action != "save":
            raise  # a seat has no two texts to choose between
        fresh = GroupForm(forum=forum, group=SeatGroup.objects.get(pk=found.pk))
        return choose(request, stale, fresh, version=stale.current)
    except StepRefused as refused:
        done, obstacles = "", [str(one.text) for one in refused.obstacles]
    if done:
        messages.success(request, done)
        if action == "remove":
            return redirect("forums:forum", office=office, pk=pk)
        return redirect("forums:group", office=office, pk=pk, group=group)
    context = {"form": form, "seat_form": seat_form, "forum": forum, "group": found, "seats": seats_of(found)}
    context |= {"name": found.name_in(interface_form()), "forms": [form, seat_form], "obstacles": obstacles}
    return render(request, "forums/group.html", context, status=409 if obstacles else 200)


def _act(
    request: OfficeRequest, action: str, found: SeatGroup, *, form: GroupForm, seat_form: SeatForm, by: Actor
) -> str:
    """What was done, in words; empty when nothing was."""
    if action == "save":
        return _("The group is saved.") if form.is_valid() and form.save(by=by) else ""
    if action == "add":
        added = seat_form.is_valid() and seat_form.save(by=by, seen_seats=seen_version(request))
        return _("The seat is added.") if added else ""
    if action == "remove":
        remove_seat_group(group=found, by=by)
        return _("The group is taken away.")
    if action == "remove_seat":
        remove_seat(seat=get_object_or_404(Seat, pk=number_in(request.POST.get("seat", "")), group=found), by=by)
        return _("The seat is taken away.")
    return ""


@require_http_methods(READ_OR_WRITE)
def seat(request: OfficeRequest, office: str, pk: int, seat: int) -> HttpResponse:
    """One seat: who sits, sat and is to sit; ``?q=`` looks for a person to appoint."""
    by, found = keeper(request), seat_of(request.office, pk, seat)
    terms, asked = terms_of(found), request.GET.get("q", "").strip()[:100]
    people = search_people(request.office, asked)
    form = AppointForm(request.POST or None, seat=found, people=people, terms=terms)
    if request.method == "POST" and form.is_valid() and (made := form.save(by=by)):
        words = {"person": made.user.name, "forum": found.group.forum.anchor.name}
        if made.kind == AppointmentKind.DEPUTY:
            messages.success(request, _("%(person)s is appointed deputy in %(forum)s, and is told.") % words)
        else:
            messages.success(request, _("%(person)s is appointed to %(forum)s, and is told.") % words)
        return redirect("forums:forum", office=office, pk=pk)
    context = {"seat": found, "terms": terms, "form": form, "asked": asked, "people": people}
    context["group_name"] = found.group.name_in(interface_form())
    return render(request, "forums/seat.html", context)


urlpatterns: list[URLPattern] = [
    path("<slug:office>/forum/<int:pk>/gruppe/ny/", group_new, name="group_new"),
    path("<slug:office>/forum/<int:pk>/gruppe/<int:group>/", group, name="group"),
    path("<slug:office>/forum/<int:pk>/plass/<int:seat>/", seat, name="seat"),
]
