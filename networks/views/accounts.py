"""«Mottaker og konto»: where letters and money go. A number is entered by one and confirmed by another."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core import authz
from core.requests import OfficeRequest, person_behind
from core.requirements import StaleVersion
from core.views.conflict import choose, refuse_words
from networks.enums import PAYABLE_KINDS
from networks.forms.accounts import ConfirmForm, DetailsForm, EnterForm
from networks.models import Organisation
from networks.payees import payees_of
from networks.selectors.accounts import AccountState, account_states, organisations_of
from networks.services.accounts import reveal_account


@require_safe
def account_list(request: OfficeRequest, office: str) -> HttpResponse:
    """Those who are paid in the round first, then the others the office works with; numbers masked."""
    authz.require_visible(request.actor, "networks.see_account", request.office)
    paid = payees_of(request.office)
    known = organisations_of(request.office, also=paid)
    states = account_states(request.office, [one for one in known if one.pk in paid or one.kind in PAYABLE_KINDS])
    payees = [state for state in states if state.organisation.pk in paid]
    context = {
        "payees": payees,
        "others": [state for state in states if state.organisation.pk not in paid],
        "missing": sum(1 for state in payees if state.in_use is None and state.pending is None),
        "pending": sum(1 for state in states if state.pending is not None),
        "ready": sum(1 for state in payees if state.in_use is not None),
    }
    return render(request, "networks/accounts.html", context)


@dataclass
class _Page:
    """The forms of one organisation's page, and what was done with them."""

    state: AccountState
    details: DetailsForm
    enter: EnterForm
    confirm: ConfirmForm
    shown: str = ""
    done: str = ""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """One organisation: its address, its account, who entered it and who confirmed it."""
    authz.require_visible(request.actor, "networks.see_account", request.office)
    page = _page(request, pk)
    if request.method == "POST":
        try:
            _act(request, page)
        except StaleVersion as stale:
            return choose(request, stale, _page(request, pk, opened=True).details)
    if page.done:
        messages.success(request, page.done)
        return redirect("networks:account", office=office, pk=pk)
    own = bool(page.state.pending and page.state.pending.entered_by_id == person_behind(request).user.pk)  # type: ignore[union-attr]
    forms = [page.details, page.enter, page.confirm]
    context = {"page": page, "state": page.state, "own": own, "forms": [form for form in forms if form.is_bound]}
    return render(request, "networks/account.html", context)


def _page(request: OfficeRequest, pk: int, *, opened: bool = False) -> _Page:
    """``opened``: as the page is when one opens it, whatever was sent."""
    known = Organisation.objects.filter(in_offices__office=request.office) | Organisation.objects.filter(
        pk__in=payees_of(request.office)
    )
    organisation = get_object_or_404(known.select_related("anchor").distinct(), pk=pk)
    state = account_states(request.office, [organisation])[0]
    action, details, pending = "" if opened else request.POST.get("action", ""), state.details, state.pending
    return _Page(
        state=state,
        details=DetailsForm(
            request.POST if action == "details" else None,
            initial={
                "version": details.version if details else None,
                "postal_address": details.postal_address if details else "",
                "notice_email": details.notice_email if details else "",
                "contact_name": details.contact_name if details else "",
            },
        ),
        enter=EnterForm(request.POST if action == "enter" else None),
        confirm=ConfirmForm(
            request.POST if action in {"confirm", "reject"} else None,
            initial={"account": pending.pk, "tail": pending.number[-4:]} if pending else None,
        ),
    )


def _act(request: OfficeRequest, page: _Page) -> None:
    action, by, office = request.POST.get("action"), person_behind(request), request.office
    if action in {"confirm", "reject"} and page.state.pending is None:
        text = _("The account number has been changed or confirmed by someone else.")
        refuse_words(request, "nothing_waits", text)
    if action == "details" and page.details.is_valid() and page.details.save(page.state, by=by, office=office):
        page.done = _("The details are saved.")
    elif action == "enter" and page.enter.is_valid() and page.enter.save(page.state, by=by, office=office):
        page.done = _("The account number is entered. Someone else in the office must confirm it.")
    elif (
        action == "confirm"
        and page.confirm.is_valid()
        and page.confirm.save(page.state, by=by, office=office, reject=False)
    ):
        page.done = _("The account number is confirmed. Money can be paid to it.")
    elif (
        action == "reject"
        and page.confirm.is_valid()
        and page.confirm.save(page.state, by=by, office=office, reject=True)
    ):
        page.done = _("The account number is rejected.")
    elif action in {"reveal", "reveal_pending"}:
        wanted = page.state.pending if action == "reveal_pending" else page.state.in_use
        page.shown = reveal_account(account=wanted, by=by) if wanted else ""


urlpatterns: list[URLPattern] = [
    path("<slug:office>/konto/", account_list, name="accounts"),
    path("<slug:office>/konto/<int:pk>/", account, name="account"),
]
