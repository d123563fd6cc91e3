"""«Eiere som ikke deltar»: who has opted out of the round, and what it means."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import authz
from core.requests import OfficeRequest, number_in, person_behind
from core.requirements import StepRefused
from grants.forms.participation import OptOutForm
from grants.models import Participation
from grants.selectors.participation import opted_out_of
from grants.selectors.rounds import get_round
from grants.services.participation import OPEN, opt_in


@require_http_methods(["GET", "HEAD", "POST"])
def opted_out(request: OfficeRequest, office: str, year: str) -> HttpResponse:
    """The owners that don't take part; one is added, or takes part after all."""
    round = get_round(request.office, year)
    authz.require_visible(request.actor, "core.see_office", round)
    may_run = authz.allowed(request.actor, "grants.run_round", round)
    back = request.POST.get("takes_part", "")
    form = OptOutForm(None if back else request.POST or None, round=round)
    if request.method == "POST":
        authz.require(request.actor, "grants.run_round", round)
        done = _takes_part(request, round.pk, back) if back else _leaves(request, form)
        if done:
            return redirect("grants:opted_out", office=office, year=year)
    context = {"round": round, "form": form, "rows": opted_out_of(round), "open": may_run and round.state in OPEN}
    return render(request, "grants/opted_out.html", context)


def _leaves(request: OfficeRequest, form: OptOutForm) -> bool:
    owner = form.save(by=person_behind(request)) if form.is_valid() else None
    if owner is not None:
        messages.success(request, _("%(name)s doesn't take part in this round.") % {"name": owner.anchor.name})
    return owner is not None


def _takes_part(request: OfficeRequest, round_pk: int, typed: str) -> bool:
    rows = Participation.objects.filter(round=round_pk, opted_out=True).select_related("organisation__anchor", "round")
    row = get_object_or_404(rows, pk=number_in(typed) or 0)
    try:
        opt_in(round=row.round, organisation=row.organisation, by=person_behind(request))
    except StepRefused as refused:
        for obstacle in refused.obstacles:
            messages.error(request, str(obstacle.text))
    else:
        messages.success(request, _("%(name)s takes part in this round.") % {"name": row.organisation.anchor.name})
    return True


urlpatterns: list[URLPattern] = [
    path("<slug:office>/runde/<slug:year>/reservert/", opted_out, name="opted_out"),
]
