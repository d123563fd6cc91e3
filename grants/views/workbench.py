"""The allocation workbench: pots, sums, versions, and the step to the forum."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from core import authz
from core.paging import asked_for
from core.requests import number_in, seen_version
from core.requirements import Obstacle, StaleVersion, StepRefused
from core.views.conflict import choose
from grants.forms.workbench import WorkbenchForm
from grants.models import ProposalVersion
from grants.selectors.proposals import newest
from grants.selectors.rounds import get_round
from grants.selectors.workbench import Bench, bench, put_forward_step, slot
from grants.services.proposals import make_first_proposal, put_forward, set_amounts


@require_http_methods(["GET", "HEAD", "POST"])
def workbench(request: HttpRequest, office: str, year: str) -> HttpResponse:
    """The newest version as a table; POST tries the sums («Calculate») or saves them as the next version."""
    found = _bench(request, year)
    if request.method != "POST" or found.proposal is None:
        return _page(request, found, _form(request, found))
    authz.require(request.actor, "grants.propose", found.round)  # type: ignore[attr-defined]
    if found.concluded:
        text = _("A forum has concluded. The sums can now only be changed in the decision.")
        raise StepRefused([Obstacle("concluded", text)])
    form = _form(request, found, request.POST)
    valid = form.is_valid()
    found = replace(found, tried=form.tried())
    if not valid or "calculate" in request.POST:
        return _page(request, found, form)
    return _save(request, found, form)


@require_POST
def first(request: HttpRequest, office: str, year: str) -> HttpResponse:
    """Make the first proposal, or make it anew."""
    found = _bench(request, year)
    make_first_proposal(
        round=found.round,
        by=request.actor,  # type: ignore[attr-defined]
        seen_number=number_in(request.POST.get("number", "")),
    )
    messages.success(request, _("The proposal is calculated: promises first, then in order of priority."))
    return redirect(found.url)


@require_POST
def send(request: HttpRequest, office: str, year: str) -> HttpResponse:
    """Put the newest version before the forum."""
    found = _bench(request, year)
    authz.require(request.actor, "grants.propose", found.round)  # type: ignore[attr-defined]
    proposal = newest(found.round)
    if proposal is None:
        return redirect(found.url)
    proposal.round = found.round
    made = put_forward(
        proposal=proposal,
        by=request.actor,  # type: ignore[attr-defined]
        seen_version=seen_version(request),
    )
    messages.success(request, _("The proposal is sent to the forum. The members have got a mail."))
    return redirect("grants:recommendation", office=office, pk=made[0].pk)


def _bench(request: HttpRequest, year: str) -> Bench:
    round_ = get_round(request.office, year)  # type: ignore[attr-defined]
    authz.require_visible(request.actor, "core.see_office", round_)  # type: ignore[attr-defined]
    return bench(round_, pot=request.GET.get("pott", ""), page=asked_for(request.GET))


def _may_edit(request: HttpRequest, found: Bench) -> bool:
    actor = request.actor  # type: ignore[attr-defined]
    return not found.concluded and authz.allowed(actor, "grants.propose", found.round)


def _form(request: HttpRequest, found: Bench, data: QueryDict | None = None) -> WorkbenchForm:
    return WorkbenchForm(data, bench=found, editable=_may_edit(request, found))


def _save(request: HttpRequest, found: Bench, form: WorkbenchForm) -> HttpResponse:
    amounts, reasons = form.changed_amounts(), form.changed_reasons()
    proposal = get_object_or_404(ProposalVersion, round=found.round, number=form.cleaned_data["number"])
    if not amounts and not reasons and proposal.number == found.number:
        messages.info(request, _("Nothing was changed, so no new version was made."))
        return redirect(request.get_full_path())
    lines = {slot(line): line.pk for line in proposal.lines.all()}
    try:
        fresh = set_amounts(
            proposal=proposal,
            amounts={lines[name]: amount for name, amount in amounts.items() if name in lines},
            reasons={lines[name]: reason for name, reason in reasons.items() if name in lines},
            by=request.actor,  # type: ignore[attr-defined]
            seen_version=form.cleaned_data["version"],
        )
    except StaleVersion as stale:
        seen = {"number": str(found.number), "version": str(found.proposal.version if found.proposal else 0)}
        return choose(request, stale, _form(request, found), also=seen)
    except StepRefused as refused:
        for obstacle in refused.obstacles:
            form.add_error(None, str(obstacle.text))
        return _page(request, found, form)
    text = ngettext(
        "Saved as version %(number)s: %(count)s sum is changed.",
        "Saved as version %(number)s: %(count)s sums are changed.",
        len(amounts),
    )
    messages.success(request, text % {"number": fresh.number, "count": len(amounts)})
    return redirect(request.get_full_path())


def _page(request: HttpRequest, found: Bench, form: WorkbenchForm) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    context = {
        "bench": found,
        "round": found.round,
        "form": form,
        "rows": list(form.rows()),
        "may_edit": _may_edit(request, found),
        "step": put_forward_step(found, actor),
        "versions": found.versions,
    }
    return render(request, "grants/workbench.html", context)


urlpatterns = [
    path("<slug:office>/runde/<slug:year>/fordeling/", workbench, name="workbench"),
    path("<slug:office>/runde/<slug:year>/fordeling/ny/", first, name="workbench_first"),
    path("<slug:office>/runde/<slug:year>/fordeling/send/", send, name="workbench_send"),
]
