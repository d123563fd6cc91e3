"""The pages of a term, and of all terms that end soon."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from core import authz
from core.dates import interface_form
from core.paging import asked_for, leaf_of_query
from core.requests import OfficeRequest, number_in, person_behind
from core.requirements import StaleVersion, StepRefused
from core.views.conflict import choose
from forums.forms.terms import RenewForm, TermForm
from forums.selectors.terms import MONTHS, ending, term_of
from forums.services.terms import take_back
from forums.views.guards import keeper


@require_http_methods(["GET", "HEAD", "POST"])
def term(request: OfficeRequest, office: str, pk: int, term: int) -> HttpResponse:
    """Change a term, end it by its last day, or take it back."""
    by, found = keeper(request), term_of(request.office, pk, term)
    takes_back = request.POST.get("action") == "back"
    form = TermForm(request.POST if request.method == "POST" and not takes_back else None, term=found)
    obstacles: list[str] = []
    try:
        if takes_back:
            take_back(appointment=found, by=by)
            messages.success(request, _("The term is taken back."))
            return redirect("forums:seat", office=office, pk=pk, seat=found.seat_id)
        saved = form.is_valid() and form.save(by=by)
    except StaleVersion as stale:
        return choose(request, stale, TermForm(term=term_of(request.office, pk, term)), version=stale.current)
    except StepRefused as refused:
        saved, obstacles = False, [str(one.text) for one in refused.obstacles]
    if saved:
        messages.success(request, _("The term is saved."))
        return redirect("forums:seat", office=office, pk=pk, seat=found.seat_id)
    context = {"form": form, "term": found, "seat": found.seat, "obstacles": obstacles}
    context["group_name"] = found.seat.group.name_in(interface_form())
    return render(request, "forums/term.html", context, status=409 if obstacles else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def terms_ending(request: OfficeRequest, office: str) -> HttpResponse:
    """Terms that end within some months (``?maaneder=6``) and that nobody follows; several go on at once."""
    authz.require_visible(request.actor, "core.see_office", request.office)
    asked = number_in(request.GET.get("maaneder", ""))
    months = asked if asked in MONTHS else MONTHS[1]
    leaf = leaf_of_query(ending(request.office, months), asked_for(request.GET))
    keeps = authz.allowed(request.actor, "forums.run_forum", request.office)
    if request.method == "POST":
        authz.require(request.actor, "forums.run_forum", request.office)
    form = RenewForm(request.POST or None, terms=leaf.rows)
    if request.method == "POST" and form.is_valid() and (count := form.save(by=person_behind(request))):
        text = ngettext("%(count)d term is renewed.", "%(count)d terms are renewed.", count)
        messages.success(request, text % {"count": count})
        return redirect(request.get_full_path())
    links = [(number, f"?maaneder={number}", number == months) for number in MONTHS]
    context = {"form": form, "leaf": leaf, "links": links, "keeps": keeps}
    return render(request, "forums/terms.html", context)


urlpatterns: list[URLPattern] = [
    path("<slug:office>/forum/perioder/", terms_ending, name="terms"),
    path("<slug:office>/forum/<int:pk>/periode/<int:term>/", term, name="term"),
]
