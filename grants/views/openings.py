"""«Before the program»: running measures, promises and unspent money an office brings with it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core import authz
from core.paging import asked_for
from core.requests import OfficeRequest, person_behind, seen_version
from core.requirements import StaleVersion, StepRefused
from core.views.conflict import choose, say_stale
from grants.forms.opening_round import BeginForm, UnspentForm
from grants.forms.openings import LIST_ID, RunningMeasureForm
from grants.models import MeasureYear, Round
from grants.selectors import openings as selector
from grants.services.openings import take_out


@require_http_methods(["GET", "HEAD", "POST"])
def opening(request: OfficeRequest, office: str) -> HttpResponse:
    """All that is brought in, with its sums; POST says which year the first round is for."""
    authz.require_visible(request.actor, "core.see_office", request.office)
    may_write = authz.allowed(request.actor, "grants.run_round", request.office)
    round = selector.opening_round(request.office)
    if request.method == "POST":
        authz.require(request.actor, "grants.run_round", request.office)
    page = selector.opening_page(round, number=asked_for(request.GET)) if round else None
    may_choose = may_write and (page is None or page.is_empty)
    form = BeginForm(request.POST or None, office=request.office) if may_choose else None
    if request.method == "POST" and form and form.is_valid() and form.save(by=person_behind(request)):
        messages.success(request, _("The year is chosen. You can bring in what was before it."))
        return redirect("grants:opening", office=office)
    return render(request, "grants/opening.html", {"form": form, "page": page, "may_write": may_write})


def _keeper(request: OfficeRequest) -> Round | None:
    """The opening round for one who may write in it; None before the year is chosen."""
    authz.require_visible(request.actor, "core.see_office", request.office)
    authz.require(request.actor, "grants.run_round", request.office)
    return selector.opening_round(request.office)


@require_http_methods(["GET", "HEAD", "POST"])
def opening_new(request: OfficeRequest, office: str) -> HttpResponse:
    """Bring in a running measure."""
    round = _keeper(request)
    if round is None:
        return redirect("grants:opening", office=office)
    more = "more" in request.POST
    form = RunningMeasureForm(request.POST or None, round=round, more=more)
    if request.method == "POST" and not more and form.is_valid() and form.save(by=person_behind(request)):
        messages.success(request, _("«%(title)s» is brought in.") % {"title": form.cleaned_data["title"]})
        return redirect("grants:opening_new" if "another" in request.POST else "grants:opening", office=office)
    return _form_page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def opening_measure(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """Change a measure that was brought in, as long as no later round continues it."""
    round, part = _part(request, pk)
    if closed := selector.moved_on(part.measure, round):
        told = selector.as_told(part)
        years = selector.coming_years(round, (year for line in told.lines for year in line.promised))
        rows = [(line, [line.promised.get(year, 0) for year in years]) for line in told.lines]
        context = {"part": part, "closed": closed, "told": told, "years": years, "rows": rows}
        return render(request, "grants/opening_closed.html", context, status=409 if request.method == "POST" else 200)
    more = "more" in request.POST
    form = RunningMeasureForm(request.POST or None, round=round, part=part, more=more)
    try:
        saved = request.method == "POST" and not more and form.is_valid() and form.save(by=person_behind(request))
    except StaleVersion as stale:
        now = RunningMeasureForm(round=round, part=part)
        sent = now.beside(request)
        return choose(sent, stale, now, version=stale.current, also={"rows": sent.POST["rows"]})
    if saved:
        messages.success(request, _("«%(title)s» is saved.") % {"title": form.cleaned_data["title"]})
        return redirect("grants:opening", office=office)
    return _form_page(request, form, part)


@require_POST
def opening_remove(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """Take a measure out again."""
    _round, part = _part(request, pk)
    try:
        take_out(measure_year=part, by=person_behind(request), seen_version=seen_version(request))
    except StaleVersion as stale:
        return say_stale(request, stale, back=request.path.removesuffix("slett/"))
    except StepRefused as refused:
        for one in refused.obstacles:
            messages.error(request, str(one.text))
        return redirect("grants:opening_measure", office=office, pk=pk)
    messages.success(request, _("«%(title)s» is taken out.") % {"title": part.title})
    return redirect("grants:opening", office=office)


@require_http_methods(["GET", "HEAD", "POST"])
def opening_unspent(request: OfficeRequest, office: str) -> HttpResponse:
    """What is left in each scheme that no measure has."""
    round = _keeper(request)
    if round is None:
        return redirect("grants:opening", office=office)
    form = UnspentForm(request.POST or None, round=round)
    try:
        saved = request.method == "POST" and form.is_valid() and form.save(by=person_behind(request))
    except StaleVersion as stale:
        return choose(request, stale, UnspentForm(round=round), version=stale.current)
    if saved:
        messages.success(request, _("What is left is saved."))
        return redirect("grants:opening", office=office)
    return render(request, "grants/opening_unspent.html", {"form": form, "round": round})


def _part(request: OfficeRequest, pk: int) -> tuple[Round, MeasureYear]:
    """A measure that was brought in; 404 for any other, 403 for one who may only read."""
    authz.require_visible(request.actor, "core.see_office", request.office)
    round = selector.opening_round(request.office)
    part = selector.find_part(round, pk) if round else None
    if round is None or part is None:
        raise Http404
    authz.require(request.actor, "grants.run_round", request.office)
    return round, part


def _form_page(request: OfficeRequest, form: RunningMeasureForm, part: MeasureYear | None) -> HttpResponse:
    context = {"form": form, "part": part, "round": form.round, "list_id": LIST_ID}
    return render(request, "grants/opening_measure.html", context)


_AT = "<slug:office>/start/"
urlpatterns: list[URLPattern] = [
    path(_AT, opening, name="opening"),
    path(f"{_AT}ny/", opening_new, name="opening_new"),
    path(f"{_AT}pott/", opening_unspent, name="opening_unspent"),
    path(f"{_AT}<int:pk>/", opening_measure, name="opening_measure"),
    path(f"{_AT}<int:pk>/slett/", opening_remove, name="opening_remove"),
]
