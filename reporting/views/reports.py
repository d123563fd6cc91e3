"""Pages of annual reports: the matrix, the report itself, the co-sign page, the office's control, the receipt."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import authz
from core.paging import asked_for
from core.requests import OfficeRequest, number_in, person_behind, seen_version
from core.requirements import StaleVersion, StepRefused
from core.views.conflict import choose
from grants.selectors.rounds import get_round
from reporting.enums import ReportPart
from reporting.forms.reports import ChangeForm, ControlForm, ReportForm, ReturnForm
from reporting.models import AnnualReport
from reporting.selectors import control, reports
from reporting.selectors.confirming import Confirming, confirming
from reporting.selectors.facts import wishes
from reporting.selectors.history import last_edit
from reporting.selectors.result import numbers, result_of, result_sent
from reporting.services import reports as services

WRITTEN = frozenset({"open", "returned"})


def find_report(request: OfficeRequest, pk: int, perm: str = "") -> AnnualReport:
    """The report of the address; 404 unless the actor may see it, 403 without the right the page is for."""
    report = reports.get_report(request.office, pk)
    authz.require_visible(request.actor, "reporting.see_report", report)
    if perm:
        authz.require(request.actor, perm, report)
    return report


@require_safe
def here(request: OfficeRequest, office: str) -> HttpResponse:
    """The way from the menu: the year whose reports are being written, else the newest."""
    round = reports.round_to_report_on(request.office)
    if round is not None:
        authz.require_visible(request.actor, "grants.see_round", round)
        return redirect("reporting:reports", office=office, year=round.slug)
    authz.require_visible(request.actor, "core.see_office", request.office)
    return render(request, "reporting/none.html")


@require_safe
def report_list(request: OfficeRequest, office: str, year: str) -> HttpResponse:
    """All reports of a round for the office; their own for everyone else."""
    round = get_round(request.office, year)
    authz.require_visible(request.actor, "grants.see_round", round)
    inside = authz.allowed(request.actor, "core.see_office", request.office)
    page = reports.matrix_page(round, request.actor, inside=inside, number=asked_for(request.GET))
    return render(request, "reporting/reports.html", {"round": round, "page": page, "inside": inside})


@require_http_methods(["GET", "HEAD", "POST"])
def report_page(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """The form for those who write, while it is theirs; the report beside the plan for everyone else.

    What isn't sent is read by its writers only: the others read the report as it was last sent.
    """
    report = find_report(request, pk)
    writes = authz.allowed(request.actor, "reporting.write_report", report)
    if request.method == "POST" or (writes and report.state in WRITTEN):
        return _form_page(request, report)
    state = confirming(report, request.actor)
    may_confirm = authz.allowed(request.actor, "reporting.confirm_report", report)
    context = {
        "report": report,
        "owner": reports.owner_name(report),
        "result": result_of(report) if writes else result_sent(report),
        "confirming": state,
        "wishes": state.wishes,
        "may_edit": writes and report.state != "approved",
        "may_confirm": may_confirm,
        "why_not": "" if may_confirm else authz.why_not(request.actor, "reporting.confirm_report", report),
        "may_control": report.state == "confirmed" and authz.allowed(request.actor, "reporting.approve_report", report),
        "inside": authz.allowed(request.actor, "core.see_office", request.office),
    }
    return render(request, "reporting/report_read.html", context)


@require_safe
def edit(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """The form also while the parties confirm: an edit asks those again whose part it changes."""
    report = find_report(request, pk, "reporting.write_report")
    if report.state == "approved":
        return redirect("reporting:report", office=office, pk=pk)
    return _form_page(request, report)


def _form_page(request: OfficeRequest, report: AnnualReport) -> HttpResponse:
    authz.require(request.actor, "reporting.write_report", report)
    if request.method != "POST":
        return _show_form(request, report, ReportForm(report=report))
    form = ReportForm(request.POST, report=report)
    if not form.is_valid() or request.POST.get("step") == "count":
        return _show_form(request, report, form, version=seen_version(request))
    try:
        return _save(request, report, form)
    except StepRefused as refused:
        form.refuse(refused.obstacles)
        return _show_form(request, reports.fresh(report), form)
    except StaleVersion as stale:
        fresh = reports.fresh(report)
        return choose(request, stale, ReportForm(report=fresh), version=fresh.version, leave_out=("step",))


def _save(request: OfficeRequest, report: AnnualReport, form: ReportForm) -> HttpResponse:
    """Save, and send if that was asked for; sent already, the parties whose part was changed are asked again."""
    by = person_behind(request)
    saved = services.save_report(report=report, fields=form.report_fields(), by=by, seen_version=seen_version(request))
    office, pk = request.office.slug, report.pk
    if saved.state not in WRITTEN:
        return redirect("reporting:receipt", office=office, pk=pk)
    if request.POST.get("step") == "send":
        services.send(report=saved, by=by, seen_version=saved.version)
        return redirect("reporting:receipt", office=office, pk=pk)
    messages.success(request, _("The annual report is saved."))
    return redirect("reporting:report", office=office, pk=pk)


def _show_form(
    request: OfficeRequest,
    report: AnnualReport,
    form: ReportForm,
    *,
    version: int | None = None,
) -> HttpResponse:
    plan = report.measure_year
    context: dict[str, Any] = {
        "report": report,
        "owner": reports.owner_name(report),
        "form": form,
        "version": report.version if version is None else version,
        "plan": plan,
        "plan_numbers": numbers(plan.units_planned, plan.participants_planned),
        "wishes": wishes(report),
        "parties": reports.party_names(report),
        "edit": last_edit(report),
    }
    return render(request, "reporting/report_form.html", context)


@require_safe
def receipt(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """What was sent, who is asked, and what happens next."""
    report = find_report(request, pk)
    if report.sent_at is None:
        raise Http404
    return render(
        request,
        "reporting/receipt.html",
        {
            "report": report,
            "owner": reports.owner_name(report),
            "confirming": confirming(report, request.actor),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """The co-sign page: plan beside result, what was changed since one read, who has confirmed, and the answer."""
    report = find_report(request, pk)
    authz.require(request.actor, "reporting.confirm_report", report)
    if report.state in WRITTEN and request.method != "POST":
        return redirect("reporting:report", office=office, pk=pk)
    party = request.POST.get("party", "") or request.GET.get("party", "")
    state = confirming(report, request.actor, party_id=number_in(party))
    if request.method != "POST":
        if request.method == "GET" and not state.is_read:
            services.mark_read(report=report, by=person_behind(request))
        return _show_confirm(request, report, state)
    wanted = request.POST.get("answer") == "change"
    form = ChangeForm(request.POST if wanted else None)
    if not wanted and request.POST.get("comment", "").strip():
        form, wanted = ChangeForm(request.POST), True
        form.add_error(None, _("You have written what must be changed. Ask for the change, or take the text away."))
    if wanted and not form.is_valid():
        return _show_confirm(request, report, state, form=form)
    try:
        return _answer(request, report, state, form)
    except StepRefused as refused:
        fresh = reports.fresh(report)
        again = confirming(fresh, request.actor)
        return _show_confirm(request, fresh, again, form=form if wanted else None, refused=refused)


def _answer(request: OfficeRequest, report: AnnualReport, state: Confirming, form: ChangeForm) -> HttpResponse:
    """Confirm, or ask for a change, on behalf of the party in the form."""
    by = person_behind(request)
    typed = request.POST.get("party", "")
    line = next((one for one in state.lines if str(one.anchor_id) == typed and one.is_mine), None)
    if line is None:
        raise authz.NotAllowed(str(authz.permission("reporting.confirm_report").who))
    seen = {part.value: request.POST.get(f"seen_{part.value}", "") for part in ReportPart}
    anchor = line.party.organisation.anchor
    if form.is_bound:
        services.ask_for_change(report=report, party=anchor, by=by, comment=form.cleaned_data["comment"], seen=seen)
        messages.success(request, _("The wish is sent to those who write the report."))
    else:
        services.confirm(report=report, party=anchor, by=by, seen=seen)
        messages.success(request, _("Confirmed for %(name)s. Thank you.") % {"name": line.name})
    return redirect("reporting:confirm", office=request.office.slug, pk=report.pk)


def _show_confirm(
    request: OfficeRequest,
    report: AnnualReport,
    state: Confirming,
    *,
    form: ChangeForm | None = None,
    refused: StepRefused | None = None,
) -> HttpResponse:
    context = {
        "report": report,
        "owner": reports.owner_name(report),
        "confirming": state,
        "result": result_sent(report, state.changed_keys),
        "edit": last_edit(report) if state.changes else None,
        "change_form": form or ChangeForm(),
        "asks_change": form is not None,
        "form": form,
        "refused": refused,
        "texts": [] if state.mine else _written(request),
        "days": reports.days_left(report),
        "me": request.actor.person if request.actor else None,
    }
    return render(request, "reporting/confirm.html", context)


def _written(request: OfficeRequest) -> list[str]:
    """What was sent in a form the page has no more, because the report has moved on: given back to be copied."""
    return [text for name in ("comment", "note") if (text := request.POST.get(name, "").strip())]


@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """The office's control: approve, or send back with a comment."""
    report = find_report(request, pk, "reporting.approve_report")
    if request.method != "POST":
        if report.state in WRITTEN:
            return redirect("reporting:report", office=office, pk=pk)
        return _show_control(request, report)
    returning = request.POST.get("step") == "return"
    form = ReturnForm(request.POST) if returning else ControlForm(request.POST)
    if not form.is_valid():
        return _show_control(request, report, form)
    try:
        return _judge(request, report, form)
    except StepRefused as refused:
        for obstacle in refused.obstacles:
            form.add_error(obstacle.anchor if obstacle.anchor in form.fields else None, str(obstacle.text))
        return _show_control(request, reports.fresh(report), form)


def _judge(request: OfficeRequest, report: AnnualReport, form: ReturnForm | ControlForm) -> HttpResponse:
    by, data, seen = person_behind(request), form.cleaned_data, seen_version(request)
    if isinstance(form, ReturnForm):
        services.return_report(report=report, by=by, comment=data["comment"], seen_version=seen)
        messages.success(request, _("The report is sent back with your comment."))
    else:
        answers = services.Control(formal=data["formal"], reasonable=data["reasonable"], note=data["note"])
        services.approve(report=report, by=by, control=answers, seen_version=seen)
        messages.success(request, _("The report is approved and journaled."))
    return redirect("reporting:reports", office=request.office.slug, year=report.round.slug)


def _show_control(
    request: OfficeRequest, report: AnnualReport, form: ReturnForm | ControlForm | None = None
) -> HttpResponse:
    state = confirming(report, request.actor)
    context = {
        "report": report,
        "owner": reports.owner_name(report),
        "result": result_sent(report),
        "confirming": state,
        "formal": control.formal(report, state.rows),
        "reasonable": control.reasonable(report),
        "control_form": form if isinstance(form, ControlForm) else ControlForm(),
        "return_form": form if isinstance(form, ReturnForm) else ReturnForm(),
        "returning": isinstance(form, ReturnForm),
        "form": form,
        "texts": [] if report.state == "confirmed" else _written(request),
        "law": reports.control_law(report),
    }
    return render(request, "reporting/approve.html", context)


urlpatterns: list[URLPattern] = [
    path("<slug:office>/rapport/", here, name="here"),
    path("<slug:office>/runde/<slug:year>/rapport/", report_list, name="reports"),
    path("<slug:office>/rapport/<int:pk>/", report_page, name="report"),
    path("<slug:office>/rapport/<int:pk>/endre/", edit, name="edit"),
    path("<slug:office>/rapport/<int:pk>/kvittering/", receipt, name="receipt"),
    path("<slug:office>/rapport/<int:pk>/signer/", confirm, name="confirm"),
    path("<slug:office>/rapport/<int:pk>/vurder/", approve, name="approve"),
]
