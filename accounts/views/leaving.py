"""Somebody leaves, or is registered twice."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.forms.people import ItemsForm, LeavingForm, OtherForm
from accounts.models import User
from accounts.selectors.folk import person_in
from accounts.services import handovers
from core import authz, clock
from core.requests import OfficeRequest, number_in, person_behind
from core.requirements import StepRefused


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """First the day and who takes over (in the address), then what happens to each thing."""
    someone = _person(request, pk)
    asked = LeavingForm(request.GET if "on" in request.GET else None, office=request.office, person=someone)
    context = {"person": someone, "form": asked}
    if not asked.is_bound or not asked.is_valid():
        return render(request, "accounts/hand_over.html", context)
    on, by = asked.cleaned_data["on"], person_behind(request)
    estate = handovers.estate_of(someone, office=request.office, on=on, by=by)
    items = ItemsForm(
        request.POST if request.method == "POST" else None,
        items=estate.moves,
        successors=asked.cleaned_data["successors"],
    )
    if items.is_bound and items.is_valid():
        try:
            done = handovers.hand_over(person=someone, office=request.office, choices=items.choices(), on=on, by=by)
        except StepRefused as refused:
            for obstacle in refused.obstacles:
                items.add_error(None, str(obstacle.text))
        else:
            text = ngettext("%(count)d thing is handed over.", "%(count)d things are handed over.", len(done))
            messages.success(request, text % {"count": len(done)})
            return redirect("accounts:person", office=office, pk=pk)
    context |= {"items": items, "estate": estate, "on": on, "forms": [items]}
    return render(request, "accounts/hand_over.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """First which other registration it is (in the address), then both beside each other and which is kept."""
    someone = _person(request, pk)
    chosen = number_in(request.POST.get("other", "")) if request.method == "POST" else None
    form = OtherForm(request.GET if "other" in request.GET else None, office=request.office, person=someone)
    context = {"person": someone, "form": form}
    other = person_in(request.office, chosen) if chosen else None
    if other is None:
        if not form.is_bound or not form.is_valid():
            return render(request, "accounts/merge.html", context)
        other = form.cleaned_data["other"]
    by = person_behind(request)
    if request.method == "POST" and request.POST.get("keep") in {str(someone.pk), str(other.pk)}:
        kept, gone = (someone, other) if request.POST["keep"] == str(someone.pk) else (other, someone)
        try:
            handovers.merge(gone=gone, kept=kept, office=request.office, by=by)
        except StepRefused as refused:
            context["refused"] = refused.obstacles
        else:
            messages.success(request, _("%(person)s is one person now.") % {"person": kept.name})
            return redirect("accounts:person", office=office, pk=kept.pk)
    context |= {"other": other, "both": [_side(one, request) for one in (someone, other)]}
    return render(request, "accounts/merge.html", context, status=409 if "refused" in context else 200)


def _side(one: User, request: OfficeRequest) -> tuple[User, handovers.Estate]:
    return one, handovers.estate_of(one, office=request.office, on=clock.today(), by=person_behind(request))


def _person(request: OfficeRequest, pk: int) -> User:
    authz.require_visible(request.actor, "accounts.see_people", request.office)
    someone = person_in(request.office, pk)
    authz.require(request.actor, "accounts.keep_people", request.office)
    return someone


urlpatterns: list[URLPattern] = [
    path("<slug:office>/folk/<int:pk>/overlat/", hand_over, name="hand_over"),
    path("<slug:office>/folk/<int:pk>/dublett/", merge, name="merge"),
]
