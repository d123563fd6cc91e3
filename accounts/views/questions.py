"""«Spør kontoret»: the form, the question with its answer, and the list."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.selectors import questions as selectors
from accounts.selectors.offices import contact_of
from accounts.services import questions as service
from core import authz, clock, questions
from core.dates import interface_form
from core.forms.questions import AnswerForm, AskForm
from core.middleware import came_from, open_to_links
from core.requests import OfficeRequest, person_behind
from core.requirements import StaleVersion
from core.selectors.questions import subject_at


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """The way from pages that belong to no office: straight there for who has to do with one, else a choice."""
    actor = request.actor  # type: ignore[attr-defined]
    offices = selectors.offices_to_ask(actor)
    query = urlencode({"side": request.GET.get("side", "")})
    ways = [
        (office.name_in(interface_form(), clock.today()), f"{reverse('accounts:ask', args=[office.slug])}?{query}")
        for office in offices
    ]
    if len(ways) == 1:
        return redirect(ways[0][1])
    return render(request, "accounts/ask_choose.html", {"ways": ways}) if ways else redirect("core:help")


@open_to_links
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: OfficeRequest, office: str) -> HttpResponse:
    """The form. ``?side=`` is the path of the page the person stood on, which says what the question is about."""
    actor, side = person_behind(request), request.GET.get("side", "")
    subject = subject_at(side, request.office, actor)
    kind = questions.askable(type(subject)) if subject is not None else None
    if subject is None or kind is None:
        raise Http404
    authz.require(actor, "core.ask", subject)
    form = AskForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        asked = service.ask(subject=subject, office=request.office, text=form.cleaned_data["text"], by=actor, url=side)
        messages.success(request, _("The question is sent. You get an e-mail when it is answered."))
        return redirect("accounts:question", office=office, pk=asked.pk)
    context = {
        "form": form,
        "about": kind.about(subject),
        "contact": contact_of(request.office),
        "back": selectors.side_url(side),
    }
    return render(request, "accounts/ask.html", context)


@open_to_links
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """One question with its answer; a case officer's POST answers it."""
    actor = person_behind(request)
    page = selectors.question_page(request.office, pk, actor)
    if page is None:
        raise Http404
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _show(request, page, form)
    authz.require(actor, "core.answer_question", page.question)
    if not form.is_valid():
        return _show(request, page, form)
    try:
        service.answer(question=page.question, text=form.cleaned_data["answer"], by=actor)
    except StaleVersion as stale:
        fresh = selectors.question_page(request.office, pk, actor) or page
        return _show(request, fresh, form, stale=stale)
    messages.success(request, _("The answer is sent to %(name)s.") % {"name": page.question.asker})
    back = came_from(request)
    return redirect(back) if back != "/" else redirect("accounts:question", office=office, pk=pk)


def _show(
    request: OfficeRequest, page: selectors.QuestionPage, form: AnswerForm, *, stale: StaleVersion | None = None
) -> HttpResponse:
    context = {"page": page, "question": page.question, "form": form, "stale": stale}
    return render(request, "accounts/question.html", context, status=409 if stale else 200)


@require_safe
def question_list(request: OfficeRequest, office: str) -> HttpResponse:
    """All questions to the office for its own people; their own for everyone who has to do with it."""
    actor = person_behind(request)
    authz.require_visible(actor, "core.deal_with_office", request.office)
    inside = authz.allowed(actor, "core.see_office", request.office)
    rows, page = selectors.question_list(request.office, actor, request.GET.get("s", ""))
    return render(request, "accounts/questions.html", {"rows": rows, "page": page, "inside": inside})


urlpatterns: list[URLPattern] = [
    path("spor/", choose, name="ask_choose"),
    path("<slug:office>/spor/", ask, name="ask"),
    path("<slug:office>/sporsmal/", question_list, name="questions"),
    path("<slug:office>/sporsmal/<int:pk>/", question, name="question"),
]
