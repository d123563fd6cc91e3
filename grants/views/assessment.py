"""The office holds a report against the criteria, sends it back or marks it as assessed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import authz
from core.paging import asked_for
from core.requests import seen_version
from core.requirements import Obstacle, StaleVersion, StepRefused
from core.views.conflict import choose
from grants.forms.assessment import AssessForm, ReturnForm
from grants.models import NeedsReport
from grants.selectors.assessment import AssessPage, assess_page
from grants.services import assessment
from grants.views.needs import find_report


@require_http_methods(["GET", "HEAD", "POST"])
def assess(request: HttpRequest, office: str, pk: int) -> HttpResponse:
    """The report beside the criteria: one form per measure, and the two steps that end it."""
    report = find_report(request, pk, "grants.see_needs_content")
    authz.require(request.actor, "grants.assess_needs", report)  # type: ignore[attr-defined]
    if request.method != "POST":
        return _show(request, report)
    if "measure" in request.POST:
        return _judge(request, report)
    return _step(request, report, office)


def _judge(request: HttpRequest, report: NeedsReport) -> HttpResponse:
    """Save a measure's judgements, all but those that lack something."""
    page = assess_page(report, request.actor, number=asked_for(request.GET))  # type: ignore[attr-defined]
    one = next((each for each in page.measures if str(each.measure_year.pk) == request.POST["measure"]), None)
    if one is None:
        text = _("The measure no longer stands on this page. It is moved or taken out, so the assessment isn’t saved.")
        raise StepRefused([Obstacle("measure_gone", text)])
    form = AssessForm(request.POST, criteria=one.criteria, prefix=f"m{one.measure_year.pk}")
    form.is_valid()
    try:
        with transaction.atomic():
            saved = [
                assessment.assess_criterion(
                    measure_year=one.measure_year,
                    criterion=each.criterion,
                    result=each.result,
                    reason=each.reason,
                    by=request.actor,  # type: ignore[attr-defined]
                    seen=each.seen,
                )
                for each in form.judgements()
            ]
    except StaleVersion as stale:
        return choose(request, stale, AssessForm(criteria=one.criteria, prefix=form.prefix))
    if form.errors:
        form.renew_stamps(saved)
        return _show(request, report, form=form)
    messages.success(request, _("The assessment of «%(title)s» is saved.") % {"title": one.title})
    return redirect(f"{request.get_full_path()}#measure-{one.measure_year.pk}")


def _step(request: HttpRequest, report: NeedsReport, office: str) -> HttpResponse:
    """Mark as assessed, or send back with a comment."""
    by, seen = request.actor, seen_version(request)  # type: ignore[attr-defined]
    returning = request.POST.get("step") == "return"
    comment = ReturnForm(request.POST) if returning else None
    if comment is not None and not comment.is_valid():
        return _show(request, report, comment=comment)
    try:
        if comment is not None:
            assessment.return_report(report=report, by=by, comment=comment.cleaned_data["comment"], seen_version=seen)
        else:
            assessment.finish_assessment(report=report, by=by, seen_version=seen)
    except StepRefused as refused:
        return _show(request, report, refused=refused, comment=comment)
    told = _("The needs report is sent back.") if returning else _("The needs report is marked as assessed.")
    messages.success(request, told)
    return redirect("grants:needs_report", office, report.pk)


def _show(
    request: HttpRequest,
    report: NeedsReport,
    *,
    page: AssessPage | None = None,
    form: AssessForm | None = None,
    comment: ReturnForm | None = None,
    **more: Any,
) -> HttpResponse:
    page = page or assess_page(report, request.actor, number=asked_for(request.GET))  # type: ignore[attr-defined]
    pairs = []
    for one in page.measures:
        prefix = f"m{one.measure_year.pk}"
        pairs.append(
            (one, form if form and form.prefix == prefix else AssessForm(criteria=one.criteria, prefix=prefix))
        )
    context = {
        "page": page,
        "head": page.head,
        "pairs": pairs,
        "comment": comment or ReturnForm(),
        "forms": [each for each in (form, comment) if each is not None],
        "version": report.version,
        **more,
    }
    return render(request, "grants/assess.html", context)


urlpatterns = [path("<slug:office>/behov/<int:pk>/vurder/", assess, name="assess")]
