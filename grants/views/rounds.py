"""The pages of a round: list, the round itself, new, edit, announce, the public announcement, how far all have come."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import authz
from core.enums import WrittenForm
from core.requests import OfficeRequest, person_behind, seen_version
from core.requirements import Obstacle, StaleVersion, StepRefused
from core.views.conflict import choose
from grants.enums import DeadlineKind
from grants.forms.rounds import RoundForm
from grants.selectors import announcement_page, round_pages, rounds
from grants.services.rounds import announce, close_round


@require_safe
def round_list(request: OfficeRequest, office: str) -> HttpResponse:
    """The office's rounds, newest first."""
    found = round_pages.visible_rounds(request.actor, request.office)
    staff = authz.allowed(request.actor, "core.see_office", request.office)
    if not found and not staff:
        raise Http404
    may_open = authz.allowed(request.actor, "grants.run_round", request.office)
    return render(request, "grants/rounds.html", {"cards": round_pages.cards(found), "may_open": may_open})


@require_http_methods(["GET", "HEAD", "POST"])
def round_new(request: OfficeRequest, office: str) -> HttpResponse:
    """A new round, begun from last year's."""
    authz.require_visible(request.actor, "core.see_office", request.office)
    authz.require(request.actor, "grants.run_round", request.office)
    form = RoundForm(request.POST or None, office=request.office)
    if request.method == "POST" and form.is_valid() and (made := form.open(by=person_behind(request))):
        messages.success(request, _("The round is opened. Nobody outside the office sees it until you announce it."))
        return redirect("grants:round", office=office, year=made.slug)
    return render(request, "grants/round_form.html", {"form": form, "round": None})


@require_http_methods(["GET", "HEAD", "POST"])
def round_page(request: OfficeRequest, office: str, year: str) -> HttpResponse:
    """The round: where it stands, its dates, its frames, its rules, and the way to its parts. POST closes it."""
    round = rounds.get_round(request.office, year)
    authz.require_visible(request.actor, "grants.see_round", round)
    if request.method == "POST":
        close_round(round=round, by=person_behind(request), open_work=round_pages.open_work(round))
        messages.success(request, _("The round is closed."))
        return redirect("grants:round", office=office, year=year)
    page = round_pages.round_page(round, request.actor)
    return render(request, "grants/round.html", {"round": round, "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def round_edit(request: OfficeRequest, office: str, year: str) -> HttpResponse:
    """Change dates, frames, words; before the announcement also the rules."""
    round = rounds.get_round(request.office, year)
    authz.require_visible(request.actor, "core.see_office", round)
    authz.require(request.actor, "grants.run_round", round)
    form = RoundForm(request.POST or None, office=request.office, round=round)
    try:
        saved = request.method == "POST" and form.is_valid() and form.save(by=person_behind(request))
    except StaleVersion as stale:
        return choose(request, stale, RoundForm(office=request.office, round=round), version=stale.current)
    if saved:
        messages.success(request, _("The round is saved."))
        return redirect("grants:round", office=office, year=year)
    return render(request, "grants/round_form.html", {"form": form, "round": round})


@require_http_methods(["GET", "HEAD", "POST"])
def round_announce(request: OfficeRequest, office: str, year: str) -> HttpResponse:
    """What announcing will do, in numbers, and the button that does it."""
    round = rounds.get_round(request.office, year)
    authz.require_visible(request.actor, "core.see_office", round)
    authz.require(request.actor, "grants.run_round", round)
    obstacles: tuple[Obstacle, ...] = ()
    if request.method == "POST":
        try:
            announce(round=round, by=person_behind(request), seen_version=seen_version(request))
        except StepRefused as refused:
            obstacles = refused.obstacles
        else:
            messages.success(request, _("The round is announced, and those it concerns get a mail."))
            return redirect("grants:round", office=office, year=year)
    page = announcement_page.announce_page(round, request.actor)
    context = {"round": round, "page": page, "obstacles": obstacles or page.step_obstacles}
    return render(request, "grants/round_announce.html", context, status=409 if obstacles else 200)


@login_not_required
@require_safe
def announcement(request: OfficeRequest, office: str, year: str) -> HttpResponse:
    """The announcement everyone may read, in both written forms (§§ 7 b, 10). ``?form=nn`` chooses one."""
    round = rounds.get_round(request.office, year)
    if round.state == "draft":
        authz.require_visible(request.actor, "grants.see_round", round)
    form = request.GET.get("form") or translation.get_language()
    with translation.override(form if form in WrittenForm.values else WrittenForm.BOKMAL):
        return render(
            request, "grants/announcement.html", {"round": round, "page": announcement_page.announcement(round)}
        )


@require_safe
def status(request: OfficeRequest, office: str, year: str) -> HttpResponse:
    """How far each needs report has come, those who have come shortest first."""
    round = rounds.get_round(request.office, year)
    authz.require_visible(request.actor, "core.see_office", round)
    rows = round_pages.matrix(round)
    context = {"round": round, "rows": rows, "progress": round_pages.progress_of(rows)}
    return render(request, "grants/round_status.html", context | {"due": rounds.deadline(round, DeadlineKind.NEEDS)})


urlpatterns: list[URLPattern] = [
    path("<slug:office>/runde/", round_list, name="rounds"),
    path("<slug:office>/runde/ny/", round_new, name="round_new"),
    path("<slug:office>/runde/<slug:year>/", round_page, name="round"),
    path("<slug:office>/runde/<slug:year>/rediger/", round_edit, name="round_edit"),
    path("<slug:office>/runde/<slug:year>/start/", round_announce, name="round_announce"),
    path("<slug:office>/runde/<slug:year>/info/", announcement, name="announcement"),
    path("<slug:office>/runde/<slug:year>/status/", status, name="status"),
]
