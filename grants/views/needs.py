"""Pages of the needs report: its tasks, its order, the check before sending, the receipt."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import authz
from core.paging import asked_for
from core.requests import number_in, seen_version
from core.requirements import StaleVersion, StepRefused
from core.selectors.drafts import sections_of
from core.views.conflict import choose
from grants.forms.measures import OrderForm
from grants.models import Measure, NeedsReport
from grants.selectors.measure_choices import continuable
from grants.selectors.needs import get_report, measures_of, reports_for
from grants.selectors.needs_pages import Check, check_page, head_of, reading, receipt_page, section_url, task_list
from grants.services import continuing, needs


def find_report(request: HttpRequest, pk: int, perm: str = "grants.see_needs") -> NeedsReport:
    """The report of the address; 404 unless the actor may see it, and its content where ``perm`` says so."""
    report = get_report(request.office, pk)  # type: ignore[attr-defined]
    authz.require_visible(request.actor, perm, report)  # type: ignore[attr-defined]
    if report is None:
        raise Http404
    return report


@require_safe
def my_reports(request: HttpRequest, office: str) -> HttpResponse:
    """The way to one's report: straight there when there is only one in the newest round."""
    found = list(reports_for(request.actor, request.office))  # type: ignore[attr-defined]
    if not found and not any(one.office_id == request.office.pk for one in request.actor.grants):  # type: ignore[attr-defined]
        raise Http404
    newest = [one for one in found if one.round_id == found[0].round_id]
    if len(newest) == 1:
        return redirect("grants:needs_report", office, newest[0].pk)
    return render(request, "grants/needs_mine.html", {"reports": found})


@require_safe
def report_page(request: HttpRequest, office: str, pk: int) -> HttpResponse:
    """The task list for those who write; the report itself for those who read."""
    report = find_report(request, pk)
    head = head_of(report, request.actor)  # type: ignore[attr-defined]
    if head.can_write:
        page = task_list(report, request.actor)  # type: ignore[attr-defined]
        return render(request, "grants/needs_report.html", {"page": page, "head": page.head})
    read = reading(report, number=asked_for(request.GET)) if head.may_see_content else None
    may_assess = report.state == "sent" and authz.allowed(request.actor, "grants.assess_needs", report)  # type: ignore[attr-defined]
    return render(request, "grants/needs_read.html", {"head": head, "read": read, "may_assess": may_assess})


@require_POST
def measure_new(request: HttpRequest, office: str, pk: int) -> HttpResponse:
    """Add an empty measure and go on writing it."""
    report = find_report(request, pk)
    row = needs.add_measure(report=report, by=request.actor)  # type: ignore[attr-defined]
    return redirect("grants:measure_edit", office, report.pk, row.pk)


@require_POST
def measure_continue(request: HttpRequest, office: str, pk: int, measure: int) -> HttpResponse:
    """Take a measure from last year on."""
    report = find_report(request, pk)
    chosen = Measure.objects.filter(pk=measure, office=request.office).first()  # type: ignore[attr-defined]
    if chosen is None or (not continuable(report).filter(pk=measure).exists() and chosen.lead_id != report.lead_id):
        raise Http404
    row = continuing.continue_measure(report=report, measure=chosen, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("«%(title)s» is taken on with last year’s text. Check it.") % {"title": row.title})
    return redirect(section_url(report, row, "about"))


@require_http_methods(["GET", "HEAD", "POST"])
def order(request: HttpRequest, office: str, pk: int) -> HttpResponse:
    """The order of the measures, by number or by moving one up or down."""
    report = find_report(request, pk, "grants.see_needs_content")
    authz.require(request.actor, "grants.write_needs", report)  # type: ignore[attr-defined]
    measures = measures_of(report)
    form = OrderForm(request.POST if request.method == "POST" else None, measures=measures)
    context = {"form": form, "head": head_of(report, request.actor, measures), "version": _order_version(report)}  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            places = _moved(form.order(), request.POST)
            needs.set_priorities(report=report, order=places, by=request.actor, seen_version=seen_version(request))  # type: ignore[attr-defined]
        except StaleVersion as stale:
            fresh = OrderForm(None, measures=measures)
            return choose(request, stale, fresh, version=stale.current, leave_out=("up", "down"))
        messages.success(request, _("The order is saved."))
        moved = "up" in request.POST or "down" in request.POST
        return redirect("grants:needs_order" if moved else "grants:needs_report", office, pk)
    return render(request, "grants/needs_order.html", context)


def _order_version(report: NeedsReport) -> int:
    row = sections_of(report).get(needs.ORDER)
    return row.version if row else 0


def _moved(places: dict[int, int], data: object) -> dict[int, int]:
    """The places, numbered 1, 2, 3 …, with one measure moved up or down if its button was pressed."""
    ranked = sorted(places, key=lambda pk: places[pk])
    for name, step in (("up", -1), ("down", 1)):
        typed = number_in(data.get(name, ""))  # type: ignore[attr-defined]
        if typed in ranked:
            at = ranked.index(typed)
            to = min(max(at + step, 0), len(ranked) - 1)
            ranked.insert(to, ranked.pop(at))
    return {pk: place for place, pk in enumerate(ranked, start=1)}


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, office: str, pk: int) -> HttpResponse:
    """All answers, what is missing, and the step that sends."""
    report = find_report(request, pk, "grants.see_needs_content")
    if request.method == "POST":
        try:
            needs.send(report=report, by=request.actor, seen_version=seen_version(request))  # type: ignore[attr-defined]
        except StepRefused as refused:
            return render(request, "grants/needs_check.html", _check_context(request, report, refused))
        messages.success(request, _("The needs report is sent."))
        return redirect("grants:needs_receipt", office, pk)
    if report.state not in {"draft", "returned"}:
        return redirect("grants:needs_receipt", office, pk)
    return render(request, "grants/needs_check.html", _check_context(request, report))


def _check_context(request: HttpRequest, report: NeedsReport, refused: StepRefused | None = None) -> dict[str, object]:
    page: Check = check_page(report, request.actor)  # type: ignore[attr-defined]
    return {"check": page, "head": page.head, "refused": refused, "version": report.version}


@require_safe
def receipt(request: HttpRequest, office: str, pk: int) -> HttpResponse:
    """The receipt; its address stays valid."""
    report = find_report(request, pk, "grants.see_needs_content")
    if not report.reference:
        raise Http404
    page = receipt_page(report, request.actor)  # type: ignore[attr-defined]
    return render(request, "grants/needs_receipt.html", {"page": page, "head": page.head})


urlpatterns = [
    path("<slug:office>/behov/", my_reports, name="my_needs"),
    path("<slug:office>/behov/<int:pk>/", report_page, name="needs_report"),
    path("<slug:office>/behov/<int:pk>/tiltak/ny/", measure_new, name="measure_new"),
    path("<slug:office>/behov/<int:pk>/kopi/<int:measure>/", measure_continue, name="measure_continue"),
    path("<slug:office>/behov/<int:pk>/prioriter/", order, name="needs_order"),
    path("<slug:office>/behov/<int:pk>/kontroll/", check, name="needs_check"),
    path("<slug:office>/behov/<int:pk>/kvittering/", receipt, name="needs_receipt"),
]
