"""The letters' pages: the list, one letter, its PDF, the drafts before dispatch, and dispatch itself."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from core import authz
from core.dates import interface_form
from core.files import file_response
from core.models import DocumentFile
from core.requests import OfficeRequest, person_behind, seen_version
from core.requirements import StepRefused
from grants.models import Letter, Round
from grants.selectors import letter_pages
from grants.selectors.letters import letter_for, shown_words, words_of
from grants.selectors.rounds import get_round
from grants.services import letters as service


@require_safe
def letters(request: OfficeRequest, office: str, year: str) -> HttpResponse:
    """All letters of the round for the office; for a recipient, its own from this office."""
    round_ = get_round(request.office, year)
    round_.office = request.office
    if authz.allowed(request.actor, "core.see_office", round_):
        page = letter_pages.letters_page(round_, request.actor, shown=request.GET.get("vis", ""))
        return render(request, "grants/letters.html", {"round": round_, "page": page})
    rows = letter_pages.own_letters(request.office, request.actor)
    if not rows or round_.state == "draft":  # who has letters of other years learns nothing of one that isn't announced
        authz.require_visible(request.actor, "grants.see_round", round_)
    return render(request, "grants/letters_own.html", {"round": round_, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def letters_send(request: OfficeRequest, office: str, year: str) -> HttpResponse:
    """The numbers before the letters leave, and the button that sends them."""
    round_ = _round(request, year)
    authz.require(request.actor, "grants.dispatch_letters", round_)
    page = letter_pages.letters_page(round_, request.actor, written=True)
    decision = page.decision
    if decision is None or decision.state == "dispatched":
        return redirect("grants:letters", office=office, year=year)
    refused = None
    if request.method == "POST":
        try:
            sent = service.dispatch(decision=decision, by=person_behind(request), seen_version=seen_version(request))
        except StepRefused as error:
            refused = error
        else:
            text = ngettext("%(count)s letter is sent.", "%(count)s letters are sent.", len(sent))
            messages.success(request, text % {"count": len(sent)})
            return redirect("grants:letters", office=office, year=year)
    context = {"round": round_, "page": page, "refused": refused}
    return render(request, "grants/letters_send.html", context, status=409 if refused else 200)


@require_safe
def letter_draft(request: OfficeRequest, office: str, year: str, key: str) -> HttpResponse:
    """A letter as it would be sent today."""
    round_ = _round(request, year)
    found = letter_pages.draft_for(round_, key)
    if found is None:
        raise Http404
    decision, draft = found
    words = words_of(draft.letter) if draft.letter else {}
    context = {"round": round_, "decision": decision, "draft": draft, "words": words}
    context["why"] = draft.choice.reason(interface_form())
    return render(request, "grants/letter_draft.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """One letter. The recipient's POST opens it, which is kept; a GET opens nothing (mail scanners follow links)."""
    found = _letter(request, pk)
    if request.method == "POST":
        service.open_letter(letter=found, by=person_behind(request))
        return redirect("grants:letter", office=office, pk=pk)
    page = letter_pages.letter_page(found, request.actor)
    context = {
        "page": page,
        "letter": found,
        "round": found.round,
        "words": shown_words(found) if page.readable else {},
    }
    return render(request, "grants/letter.html", context)


@never_cache
@require_GET
def letter_pdf(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """The PDF. A recipient who hasn't opened the letter is sent to the page with the button."""
    found = _letter(request, pk)
    return _file(request, found, service.letter_file(found))


@never_cache
@require_GET
def letter_attachment(request: OfficeRequest, office: str, pk: int, file: int) -> HttpResponse:
    """What was attached to the letter."""
    found = _letter(request, pk)
    wanted = DocumentFile.objects.filter(pk=file, document=found.document_id).first() if found.document_id else None
    if wanted is None:
        raise Http404
    return _file(request, found, wanted)


def _round(request: OfficeRequest, year: str) -> Round:
    round_ = get_round(request.office, year)
    round_.office = request.office
    authz.require_visible(request.actor, "core.see_office", round_)
    return round_


def _letter(request: OfficeRequest, pk: int) -> Letter:
    found = letter_for(request.office.pk, pk)
    authz.require_visible(request.actor, "grants.see_letter", found)
    if found is None:
        raise Http404
    return found


def _file(request: OfficeRequest, found: Letter, file: DocumentFile | None) -> HttpResponse:
    page = letter_pages.letter_page(found, request.actor)
    if file is None or not page.readable:
        messages.info(request, _("Open the letter here first."))
        return redirect("grants:letter", office=request.office.slug, pk=found.pk)
    content = service.download(letter=found, by=person_behind(request), file=file)
    return file_response(content=content, name=file.name, media_type=file.media_type, show="last" not in request.GET)


urlpatterns: list[URLPattern] = [
    path("<slug:office>/runde/<slug:year>/brev/", letters, name="letters"),
    path("<slug:office>/runde/<slug:year>/brev/send/", letters_send, name="letters_send"),
    path("<slug:office>/runde/<slug:year>/brev/utkast/<slug:key>/", letter_draft, name="letter_draft"),
    path("<slug:office>/brev/<int:pk>/", letter, name="letter"),
    path("<slug:office>/brev/<int:pk>/pdf/", letter_pdf, name="letter_pdf"),
    path("<slug:office>/brev/<int:pk>/vedlegg/<int:file>/", letter_attachment, name="letter_attachment"),
]
