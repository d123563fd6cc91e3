"""Who does what at one place, as its own people keep it; and the office's view of who has confirmed theirs."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.forms.lists import AskListsForm, ConfirmListForm
from accounts.forms.people import InviteForm
from accounts.models import ListConfirmation
from accounts.rules import PROPOSABLE
from accounts.selectors.lists import ListPage, asked_page, list_page
from accounts.selectors.places import Places, places_of
from accounts.services import invitations
from accounts.services import lists as service
from accounts.views.inviting import said
from core import authz
from core.enums import AnchorKind
from core.requests import OfficeRequest, number_in, person_behind
from core.requirements import StepRefused
from core.views.conflict import refuse_words


@require_http_methods(["GET", "HEAD", "POST"])
def lists(request: OfficeRequest, office: str) -> HttpResponse:
    """One button and a last day ask them all; the table says who has confirmed."""
    authz.require_visible(request.actor, "accounts.see_people", request.office)
    keeps = authz.allowed(request.actor, "accounts.keep_people", request.office)
    form = AskListsForm(request.POST if request.POST.get("action") == "ask" else None)
    if request.POST.get("action") == "withdraw":
        pk = number_in(request.POST.get("confirmation", ""))
        row = get_object_or_404(ListConfirmation, pk=pk or 0, office=request.office)
        service.withdraw(confirmation=row, by=person_behind(request))
        messages.success(request, _("They need not answer any more."))
        return redirect("accounts:lists", office=office)
    if form.is_bound and form.is_valid():
        try:
            made = service.ask(office=request.office, due=form.cleaned_data["due"], by=person_behind(request))
        except StepRefused as refused:
            form.refuse(refused)
        else:
            text = ngettext("%(count)d place is asked.", "%(count)d places are asked.", len(made))
            messages.success(request, text % {"count": len(made)})
            return redirect("accounts:lists", office=office)
    return render(request, "accounts/lists.html", {"page": asked_page(request.office), "form": form, "keeps": keeps})


@require_http_methods(["GET", "HEAD", "POST"])
def place_list(request: OfficeRequest, office: str, anchor: int) -> HttpResponse:
    """The people of a network or an organisation: confirm, take away, invite."""
    actor = person_behind(request)
    page = list_page(request.office, anchor, actor)
    gives = authz.allowed(actor, "accounts.invite", page.anchor)
    proposes = gives or authz.allowed(actor, "accounts.propose", page.anchor)
    confirm = ConfirmListForm(request.POST if request.POST.get("action") == "confirm" else None, lines=page.lines)
    invite = _invite_form(request, page) if proposes else None
    try:
        said_ = _confirmed(request, page, confirm) or _invited(request, invite)
    except StepRefused as refused:
        if page.asked is None:
            raise
        bound = invite if invite is not None and invite.is_bound else confirm
        bound.refuse(refused)
        said_ = ""
    if said_:
        messages.success(request, said_)
        return redirect("accounts:list", office=office, anchor=anchor)
    context = {
        "page": page,
        "confirm": confirm,
        "invite": invite,
        "forms": [form for form in (confirm, invite) if form is not None and form.is_bound],
        "may_confirm": authz.allowed(actor, "accounts.confirm_list", page.anchor),
        "why_not": authz.why_not(actor, "accounts.confirm_list", page.anchor),
        "why_not_invite": "" if proposes else authz.why_not(actor, "accounts.propose", page.anchor),
        "gives": gives,
        "is_network": page.anchor.kind == AnchorKind.NETWORK,
    }
    return render(request, "accounts/list.html", context)


def _confirmed(request: OfficeRequest, page: ListPage, form: ConfirmListForm) -> str:
    """Confirm the list, if that was asked; returns what came of it. Raises StepRefused."""
    if page.asked is None and form.is_bound:
        text = _("The list is confirmed by somebody else, or the office has taken the question back.")
        refuse_words(request, "not_asked", text)
    if page.asked is None or not form.is_bound or not form.is_valid():
        return ""
    service.confirm(
        confirmation=page.asked,
        by=person_behind(request),
        seen=[line.row.pk for line in page.lines if f"seen-{line.row.pk}" in request.POST],
        gone=form.gone(),
        wish=form.cleaned_data["wish"],
    )
    return _("The list is confirmed. Thank you.")


def _invited(request: OfficeRequest, form: InviteForm | None) -> str:
    """Invite, if that was asked; returns what came of it. Raises StepRefused."""
    if form is None or not form.is_bound or not form.is_valid():
        return ""
    made = invitations.invite_many(rows=form.invited(), by=person_behind(request), office=request.office)
    return said(len(made))


def _invite_form(request: OfficeRequest, page: ListPage) -> InviteForm:
    data = request.POST if request.POST.get("action") == "invite" else None
    places: Places = places_of(request.office) if data is not None else Places({})
    return InviteForm(data, places=places, roles=PROPOSABLE[page.anchor.kind], fixed=page.anchor, prefix="new")


urlpatterns: list[URLPattern] = [
    path("<slug:office>/folk/liste/", lists, name="lists"),
    path("<slug:office>/folk/liste/<int:anchor>/", place_list, name="list"),
]
