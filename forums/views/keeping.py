"""The pages by which the office makes, changes and ends a forum, and gives it seats from a template."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from core.dates import interface_form
from core.requests import OfficeRequest, seen_version
from core.requirements import StaleVersion
from core.views.conflict import choose, say_stale
from forums.compositions import business_of
from forums.forms.forums import EndForm, ForumForm, TemplateForm
from forums.seat_templates import template_with, templates
from forums.selectors.terms import forum_of
from forums.services.forums import reopen_forum
from forums.views.guards import keeper

READ_OR_WRITE = ["GET", "HEAD", "POST"]


@require_http_methods(READ_OR_WRITE)
def forum_new(request: OfficeRequest, office: str) -> HttpResponse:
    """A new forum, with the seats the law asks for."""
    by = keeper(request)
    form = ForumForm(request.POST or None, office=request.office)
    if request.method == "POST" and form.is_valid() and (made := form.make(by=by)):
        messages.success(request, _("The forum is made. Now appoint those who are to sit in it."))
        return redirect("forums:forum", office=office, pk=made.pk)
    return render(request, "forums/forum_form.html", {"form": form, "forum": None})


@require_http_methods(READ_OR_WRITE)
def forum_edit(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """What the forum is called, and what it handles."""
    by, forum = keeper(request), forum_of(request.office, pk)
    form = ForumForm(request.POST or None, office=request.office, forum=forum)
    try:
        saved = request.method == "POST" and form.is_valid() and form.save(by=by)
    except StaleVersion as stale:
        fresh = ForumForm(office=request.office, forum=forum_of(request.office, pk))
        return choose(request, stale, fresh, version=stale.current)
    if saved:
        messages.success(request, _("The forum is saved."))
        return redirect("forums:forum", office=office, pk=pk)
    return render(request, "forums/forum_form.html", {"form": form, "forum": forum})


@require_http_methods(READ_OR_WRITE)
def forum_end(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """The forum's last day; or that it goes on after all."""
    by, forum = keeper(request), forum_of(request.office, pk)
    reopens = request.POST.get("action") == "reopen"
    form = EndForm(request.POST if request.method == "POST" and not reopens else None, forum=forum)
    back = redirect("forums:forum", office=office, pk=pk)
    try:
        if reopens:
            reopen_forum(forum=forum, by=by, seen_version=seen_version(request))
            messages.success(request, _("The forum goes on. Appoint those who are to sit in it."))
            return back
        ended = form.is_valid() and form.save(by=by)
    except StaleVersion as stale:
        if reopens:
            return say_stale(request, stale, back=reverse("forums:forum", kwargs={"office": office, "pk": pk}))
        return choose(request, stale, EndForm(forum=forum_of(request.office, pk)), version=stale.current)
    if ended:
        messages.success(request, _("The forum's last day is saved, and everyone's term ends with it."))
        return back
    context = {"form": form, "forum": forum, "obstacles": business_of(forum)}
    return render(request, "forums/forum_end.html", context)


@require_http_methods(READ_OR_WRITE)
def template(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """Seats from a template (``?mal=REG2026``): those who must sit are ticked, those who may can be."""
    by, forum = keeper(request), forum_of(request.office, pk)
    known = templates()
    chosen = template_with(request.GET.get("mal", known[0].code))
    if chosen is None:
        raise Http404
    form = TemplateForm(request.POST or None, forum=forum, template=chosen)
    if request.method == "POST" and form.is_valid():
        made = form.save(by=by)
        text = ngettext("%(count)d group of seats is made.", "%(count)d groups of seats are made.", made)
        messages.success(request, text % {"count": made})
        return redirect("forums:forum", office=office, pk=pk)
    words = interface_form()
    links = [(one.name.in_form(words), f"?mal={one.code}", one.code == chosen.code) for one in known]
    context = {"form": form, "forum": forum, "links": links}
    return render(request, "forums/template.html", context)


urlpatterns: list[URLPattern] = [
    path("<slug:office>/forum/ny/", forum_new, name="forum_new"),
    path("<slug:office>/forum/<int:pk>/rediger/", forum_edit, name="forum_edit"),
    path("<slug:office>/forum/<int:pk>/avslutt/", forum_end, name="forum_end"),
    path("<slug:office>/forum/<int:pk>/mal/", template, name="template"),
]
