"""The forum's pages: read and answer, one measure, conclude, and what the office refuses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import authz
from core.enums import CommentKind
from core.files import file_response
from core.paging import asked_for
from core.requests import OfficeRequest, person_behind, seen_version
from core.requirements import Obstacle, StaleVersion, StepRefused
from core.services import archive, comments
from core.views.conflict import choose, refuse_words
from forums.models import Appointment, Forum
from forums.rules import READS
from grants.forms.recommendations import AnswerForm, ChangeForm, CommentForm, ConclusionForm, RefusalForm, ReplyForm
from grants.models import Recommendation
from grants.selectors import review as reviewing
from grants.selectors.recommendation_list import listed
from grants.selectors.recommendations import measures_in_order, recommendation_for
from grants.selectors.review_cards import Card
from grants.selectors.rounds import rule_set_of
from grants.services import recommendations as service


@require_safe
def recommendations(request: OfficeRequest, office: str) -> HttpResponse:
    """What lies before the forums; where there is one, it."""
    found = listed(request.office.pk, person_behind(request))
    if not found and not authz.allowed(request.actor, "core.see_office", request.office):
        seated = person_behind(request).anchors(*READS)
        if not Forum.objects.filter(office=request.office, anchor__in=seated).exists():
            raise Http404
    if len(found) == 1:
        return redirect("grants:recommendation", office=office, pk=found[0].recommendation.pk)
    return render(request, "grants/recommendations.html", {"recommendations": found})


@require_safe
def recommendation(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """Read and answer: summary, measures as cards, who has answered."""
    page = _review(request, pk)
    return _answer_page(request, page, AnswerForm(review=page))


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """POST saves the answers of all cards shown; GET is the receipt."""
    page = _review(request, pk)
    if request.method != "POST":
        page.read(page.cards)
        return render(request, "grants/recommendation_receipt.html", _context(page))
    form = AnswerForm(request.POST, review=page)
    if page.seat is None or str(page.seat.seat_id) != request.POST.get("plass", str(page.seat.seat_id)):
        return _without_a_seat(request, page, form)
    if "recuse" in request.POST:
        return _step_back(request, page, form)
    if not form.is_valid() or form.lost:
        return _answer_page(request, page, form)
    overtaken = form.overtaken()
    return _choose(request, page, overtaken) if overtaken else _save_answers(request, page, form, page.seat)


def _without_a_seat(request: OfficeRequest, page: reviewing.Review, form: AnswerForm) -> HttpResponse:
    """The forum has concluded, or the term is over: what was written is given back, also to one with another seat."""
    authz.require(request.actor, "grants.answer", page.recommendation)
    text = _("You have no seat that can answer now. The forum may have concluded.")
    if page.seat is not None:
        raise StepRefused([Obstacle("no_seat", text)])
    refuse_words(request, "no_seat", text)
    form.is_valid()
    form.add_error(None, text)
    return _answer_page(request, page, form, status=409)


def _save_answers(request: OfficeRequest, page: reviewing.Review, form: AnswerForm, seat: Appointment) -> HttpResponse:
    if not _try(
        form,
        lambda: service.answer(
            recommendation=page.recommendation,
            seat=seat.seat,
            answers=form.answers(rest="rest" in request.POST),
            by=person_behind(request),
            seen_version=seen_version(request),
        ),
    ):
        return _answer_page(request, page, form)
    messages.success(request, _("Your answer is saved. You can change it until the forum concludes."))
    return redirect(f"{_url('recommendation_answer', page)}?{urlencode({'plass': seat.seat_id})}")


def _choose(request: OfficeRequest, page: reviewing.Review, overtaken: Sequence[Card]) -> HttpResponse:
    """Somebody answered for the same seat meanwhile: both answers, and one chooses measure by measure."""
    version = page.recommendation.version
    who = next(card.own.appointment.user.name for card in overtaken if card.own)
    stale = StaleVersion(seen=version, current=version, saved_by=who)
    fresh = {f"seen_{card.pk}": card.stamp for card in overtaken}
    return choose(request, stale, AnswerForm(review=page, also=overtaken), version=version, also=fresh)


def _step_back(request: OfficeRequest, page: reviewing.Review, form: AnswerForm) -> HttpResponse:
    """The rest of what was typed stays on the page."""
    typed = request.POST["recuse"]
    card = next((one for one in page.cards if str(one.pk) == typed), None)
    if card is None or page.seat is None:
        raise Http404
    page.read([card])
    service.step_back(
        recommendation=page.recommendation, measure_year=card.measure, seat=page.seat.seat, by=person_behind(request)
    )
    text = _("You have stepped back from measure %(number)s. What you have written to the others is not sent yet.")
    messages.success(request, text % {"number": card.number})
    fresh = _review(request, page.recommendation.pk)
    return _answer_page(request, fresh, AnswerForm(request.POST, review=fresh))


@require_http_methods(["GET", "HEAD", "POST"])
def measure(request: OfficeRequest, office: str, pk: int, measure_pk: int) -> HttpResponse:
    """One measure with all that was written, and the comments on it."""
    found = _found(request, pk)
    around = {one.number: one for one in measures_in_order(found)}
    place = next((one for one in around.values() if one.pk == measure_pk), None)
    if place is None:
        raise Http404
    page = reviewing.review(found, person_behind(request), only=place)
    [card] = page.read(page.cards)
    form: Form = CommentForm(request.POST or None)
    reply = ReplyForm()
    if request.method == "POST" and "reply_to" in request.POST:
        form, reply = CommentForm(), ReplyForm(request.POST)
        if reply.is_valid() and _reply(request, page, card, reply):
            return redirect(request.path)
    elif request.method == "POST" and form.is_valid():
        comments.write(
            subject=card.measure,
            office=request.office,
            kind=CommentKind(form.cleaned_data["kind"]),
            text=form.cleaned_data["text"],
            by=person_behind(request),
        )
        messages.success(request, _("Your comment is sent."))
        return redirect(request.path)
    context = {
        "card": card,
        "comment_form": form,
        "reply": reply,
        "reply_to": request.POST.get("reply_to", ""),
        "forms": [form, reply],
        "before": around.get(card.number - 1),
        "after": around.get(card.number + 1),
    }
    return render(request, "grants/recommendation_measure.html", _context(page) | context)


def _reply(request: OfficeRequest, page: reviewing.Review, card: Card, reply: ReplyForm) -> bool:
    authz.require(request.actor, "grants.propose", page.recommendation)
    asked = request.POST["reply_to"]
    comment = next((one.comment for one in card.comments if str(one.comment.pk) == asked), None)
    if comment is None:
        raise Http404
    comments.write(
        subject=card.measure,
        office=request.office,
        kind=CommentKind.REMARK,
        text=reply.cleaned_data["text"],
        by=person_behind(request),
        answers=comment,
    )
    messages.success(request, _("The answer is sent."))
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def conclude(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """The chair sees the numbers and concludes for the forum."""
    page = _review(request, pk)
    authz.require(request.actor, "grants.conclude", page.recommendation)
    asked = request.POST.get("forum", request.GET.get("forum", ""))
    forum = next((one for one in page.chairs if asked in {"", str(one.pk)}), None)
    if forum is None:
        if request.method == "POST":
            refuse_words(request, "concluded", _("The forum has concluded already. Your remark isn’t part of it."))
        return redirect(_url("recommendation", page))
    form = ConclusionForm(request.POST or None, initial={"outcome": page.standing.suggested(forum.pk)})
    if (
        request.method == "POST"
        and form.is_valid()
        and _try(
            form,
            lambda: service.conclude_forum(
                recommendation=page.recommendation,
                forum=forum,
                by=person_behind(request),
                outcome=form.cleaned_data["outcome"],
                remark=form.cleaned_data["remark"],
                seen_version=seen_version(request),
            ),
        )
    ):
        messages.success(request, _("The forum has concluded. The minutes are kept in the case."))
        return redirect(_url("recommendation", page))
    page.read(page.cards)
    own = page.standing.of_forum(forum.pk)
    counts = {str(key): value for key, value in page.standing.counted(own).items()}
    context = {"form": form, "forum": forum, "own": own, "own_counts": counts}
    return render(request, "grants/recommendation_conclude.html", _context(page) | context)


@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """The office refuses parts of a concluded recommendation (GUIDE2021 only)."""
    page = _review(request, pk)
    authz.require_visible(request.actor, "core.see_office", page.recommendation)
    rules = rule_set_of(page.recommendation.round)
    if not rules.procedure.part_refusal_returns_to_forum:
        raise Http404
    authz.require(request.actor, "grants.propose", page.recommendation)
    form = RefusalForm(request.POST or None, cards=page.read(page.cards), rules=rules)
    if (
        request.method == "POST"
        and form.is_valid()
        and _try(
            form,
            lambda: service.refuse_parts(
                recommendation=page.recommendation,
                refusals=form.refusals(),
                by=person_behind(request),
                seen_version=seen_version(request),
            ),
        )
    ):
        messages.success(request, _("The parts are sent back to the forum’s chair."))
        return redirect(_url("recommendation", page))
    return render(request, "grants/recommendation_refuse.html", _context(page) | {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def refused(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """The chair changes what the office refused, or upholds it."""
    page = _review(request, pk)
    authz.require(request.actor, "grants.conclude", page.recommendation)
    if page.recommendation.state != "part_refused":
        return redirect(_url("recommendation", page))
    form = ChangeForm(request.POST or None, cards=page.read(page.cards))
    if request.method == "POST" and "uphold" in request.POST:
        service.uphold(
            recommendation=page.recommendation, by=person_behind(request), seen_version=seen_version(request)
        )
        messages.success(request, _("The recommendation is upheld. The office decides."))
        return redirect(_url("recommendation", page))
    if (
        request.method == "POST"
        and form.is_valid()
        and _try(
            form,
            lambda: service.change(
                recommendation=page.recommendation,
                amounts=form.amounts(),
                by=person_behind(request),
                seen_version=seen_version(request),
            ),
        )
    ):
        messages.success(request, _("The recommendation is changed. The office decides."))
        return redirect(_url("recommendation", page))
    return render(request, "grants/recommendation_refused.html", _context(page) | {"form": form})


@require_safe
def minutes(request: OfficeRequest, office: str, pk: int, forum_pk: int) -> HttpResponse:
    """The journaled minutes of a forum's conclusion."""
    page = _review(request, pk)
    part = get_object_or_404(page.recommendation.forums.select_related("minutes"), forum=forum_pk)
    file = part.minutes.files.first() if part.minutes else None
    if file is None:
        raise Http404
    return file_response(content=archive.read(file), name=file.name, media_type=file.media_type, show=True)


def _found(request: OfficeRequest, pk: int) -> Recommendation:
    found = recommendation_for(request.office.pk, pk)
    if found is None:
        raise Http404
    if found.in_current_round:  # type: ignore[attr-defined]
        request.office.menu_round = found.round  # type: ignore[attr-defined]
    authz.require_visible(request.actor, "grants.see_recommendation", found)
    return found


def _review(request: OfficeRequest, pk: int) -> reviewing.Review:
    asked = request.POST if request.method == "POST" else request.GET
    return reviewing.review(
        _found(request, pk),
        person_behind(request),
        seat=asked.get("plass", ""),
        showing=asked.get("vis", ""),
        number=asked_for(asked),
    )


def _answer_page(
    request: OfficeRequest, page: reviewing.Review, form: AnswerForm, *, status: int = 200
) -> HttpResponse:
    context = _context(page) | {"form": form, "cards": list(form.cards())}
    return render(request, "grants/recommendation.html", context, status=status)


def _context(page: reviewing.Review) -> dict[str, object]:
    found: Recommendation = page.recommendation
    return {"page": page, "recommendation": found, "round": found.round, "url": _url("recommendation", page)}


def _url(name: str, page: reviewing.Review) -> str:
    found = page.recommendation
    return reverse(f"grants:{name}", kwargs={"office": found.round.office.slug, "pk": found.pk})


def _try(form: Form, act: Callable[[], object]) -> bool:
    """Do it; a refusal becomes errors on the form, with everything typed kept."""
    try:
        act()
    except StepRefused as refusal:
        for obstacle in refusal.obstacles:
            form.add_error(None, str(obstacle.text))
        return False
    return True


urlpatterns = [
    path("<slug:office>/innstilling/", recommendations, name="recommendations"),
    path("<slug:office>/innstilling/<int:pk>/", recommendation, name="recommendation"),
    path("<slug:office>/innstilling/<int:pk>/svar/", answer, name="recommendation_answer"),
    path("<slug:office>/innstilling/<int:pk>/tiltak/<int:measure_pk>/", measure, name="recommendation_measure"),
    path("<slug:office>/innstilling/<int:pk>/konkluder/", conclude, name="recommendation_conclude"),
    path("<slug:office>/innstilling/<int:pk>/avslag/", refuse, name="recommendation_refuse"),
    path("<slug:office>/innstilling/<int:pk>/avslag/svar/", refused, name="recommendation_refused"),
    path("<slug:office>/innstilling/<int:pk>/referat/<int:forum_pk>/", minutes, name="recommendation_minutes"),
]
