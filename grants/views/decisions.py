"""The decision's pages: the decision itself, and one of its lines."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import authz
from core.dates import interface_form
from core.paging import asked_for
from core.requests import OfficeRequest, person_behind, seen_version
from core.requirements import Obstacle, StaleVersion, StepRefused
from core.views.conflict import choose
from grants.forms.decisions import LineForm, SendBackForm
from grants.models import Decision, DecisionLine, Round
from grants.rulesets import RuleSet
from grants.selectors.decision_page import decision_page, line_of
from grants.selectors.decisions import current_decision, lead_forms, may_depart
from grants.selectors.rounds import get_round, rule_set_of
from grants.services import decisions as service
from grants.workflow import DECISION


@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: OfficeRequest, office: str, year: str) -> HttpResponse:
    """Sums, lines and the next step. POST takes the step in ``step``: prepare, submit, send_back or approve."""
    round_ = _round(request, year)
    form = SendBackForm(request.POST if request.POST.get("step") == "send_back" else None)
    if request.method != "POST":
        return _page(request, round_, form)
    try:
        done = _step(request, round_, form)
    except StepRefused as refused:
        return _page(request, round_, form, refused=refused, status=409)
    if not done:
        return _page(request, round_, form)
    messages.success(request, done)
    return redirect("grants:decision", office=office, year=year)


@require_http_methods(["GET", "HEAD", "POST"])
def decision_line(request: OfficeRequest, office: str, year: str, pk: int) -> HttpResponse:
    """Change what one line gets, with the reason."""
    round_ = _round(request, year)
    authz.require(request.actor, "grants.prepare_decision", round_)
    found = _decision(round_)
    line = line_of(found, pk)
    if line is None:
        raise Http404
    if found.state != DECISION.initial:
        text = _("The decision is not being drafted. Ask for it to be sent back.")
        if request.method == "POST":
            raise StepRefused([Obstacle("not_draft", text)])
        messages.info(request, text)
        return redirect("grants:decision", office=office, year=year)
    rules, report = rule_set_of(round_), line.measure_year.report
    letter_form = lead_forms(round_, [report]).get(report.pk if report else None, round_.office.default_form)
    form = LineForm(request.POST or None, line=line, rules=rules, letter_form=letter_form, form=interface_form())
    if request.method == "POST" and form.is_valid():
        try:
            service.change_lines(
                decision=found,
                changes={line.pk: form.change()},
                by=person_behind(request),
                seen_version=seen_version(request),
            )
        except StaleVersion as stale:
            fresh = LineForm(None, line=line, rules=rules, letter_form=letter_form, form=interface_form())
            return choose(request, stale, fresh, version=stale.current)
        except StepRefused as refused:
            _show(form, refused)
        else:
            messages.success(request, _("The line is saved."))
            return redirect("grants:decision", office=office, year=year)
    context = _line_context(found, line, rules) | {"form": form}
    return render(request, "grants/decision_line.html", context)


def _line_context(decision: Decision, line: DecisionLine, rules: RuleSet) -> dict[str, Any]:
    return {
        "round": decision.round,
        "decision": decision,
        "line": line,
        "may_depart": may_depart(rules, line),
        "recommended": line.source_line.amount if line.source_line else 0,
    }


def _round(request: OfficeRequest, year: str) -> Round:
    round_ = get_round(request.office, year)
    round_.office = request.office
    authz.require_visible(request.actor, "core.see_office", round_)
    return round_


def _decision(round_: Round) -> Decision:
    found = current_decision(round_)
    if found is None:
        raise Http404
    return found


def _step(request: OfficeRequest, round_: Round, form: SendBackForm) -> str:
    """Take the step; returns what to tell, empty when the form must be filled in first."""
    by, seen = person_behind(request), seen_version(request)
    match request.POST.get("step"):
        case "prepare":
            service.prepare(round=round_, by=by)
            return _("The decision is begun from what the forum said.")
        case "submit":
            service.submit(decision=_decision(round_), by=by, seen_version=seen)
            return _("The decision is sent for approval. An approver finds it on the home page.")
        case "approve":
            service.approve(decision=_decision(round_), by=by, seen_version=seen)
            return _("The decision is approved. The letters can be sent.")
        case "send_back" if form.is_valid():
            comment = form.cleaned_data["comment"]
            service.send_back(decision=_decision(round_), by=by, comment=comment, seen_version=seen)
            return _("The decision is sent back to the case officer.")
    return ""


def _show(form: Form, refused: StepRefused) -> None:
    """The obstacles at the fields where they are mended."""
    for obstacle in refused.obstacles:
        name = obstacle.anchor.removeprefix("id_")
        form.add_error(name if name in form.fields else None, str(obstacle.text))


def _page(
    request: OfficeRequest, round_: Round, form: SendBackForm, *, refused: StepRefused | None = None, status: int = 200
) -> HttpResponse:
    page = decision_page(round_, request.actor, number=asked_for(request.GET))
    context = {"round": round_, "page": page, "form": form, "refused": refused}
    return render(request, "grants/decision.html", context, status=status)


urlpatterns: list[URLPattern] = [
    path("<slug:office>/runde/<slug:year>/vedtak/", decision, name="decision"),
    path("<slug:office>/runde/<slug:year>/vedtak/<int:pk>/", decision_line, name="decision_line"),
]
