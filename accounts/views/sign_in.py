"""Signing in by a mailed code: allauth's flow on our own pages."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlencode

from allauth.account.views import AccountInactiveView, ConfirmLoginCodeView, LogoutView, RequestLoginCodeView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.forms.sign_in import AskForCodeForm, CodeForm
from accounts.views.entering import EMAIL_SESSION_KEY
from core import clock
from core.ui.wheel import build_wheel


class AskForCode(RequestLoginCodeView):
    """Step 1: the address. An unknown one gets the same answer, and no mail."""

    form_class = AskForCodeForm
    http_method_names = ("get", "head", "post", "options")
    template_name = "account/request_login_code.html"

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """The same time for every address: writing a mail must not tell who has an account."""
        began = time.monotonic()
        response: HttpResponse = super().post(*args, **kwargs)
        time.sleep(max(0.0, settings.SIGN_IN_SECONDS - (time.monotonic() - began)))
        return response

    def _redirect_to_pending_stage(self, *_args: Any) -> None:
        """Someone who asks again wants a new code or another address, not the page they come from."""

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "email": self.request.session.get(EMAIL_SESSION_KEY, "")}

    def form_valid(self, form: AskForCodeForm) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        self.request.session[EMAIL_SESSION_KEY] = form.cleaned_data["email"]
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = clock.today()
        wheel = build_wheel(year=today.year, today=today, dates=[], phases=[])
        return {**super().get_context_data(**kwargs), "wheel": wheel, "is_demo": settings.DEMO}


class ConfirmCode(ConfirmLoginCodeView):
    """Step 2: the code. One that no longer works sends back to step 1, filled in, with `next` kept."""

    form_class = CodeForm
    http_method_names = ("get", "head", "post", "options")
    template_name = "account/confirm_login_code.html"
    gave_up = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        start = reverse("account_request_login_code")
        if not (isinstance(response, HttpResponseRedirect) and response.url == start):
            return response
        if not self.gave_up:
            messages.info(request, _("The code no longer works. Ask for a new one, and we mail it to you."))
        return redirect(with_next(start, request))

    def form_invalid(self, form: CodeForm) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        self.gave_up = isinstance(response, HttpResponseRedirect)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        minutes = settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60
        return {**super().get_context_data(**kwargs), "minutes": minutes}


class SignOut(LogoutView):
    """GET asks, POST signs out; also ends a session opened by a personal link."""

    template_name = "account/logout.html"

    def logout(self) -> None:
        super().logout()
        self.request.session.flush()

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """What the browser kept of the pages goes too: the next one at the machine finds nothing by going back."""
        response: HttpResponse = super().post(*args, **kwargs)
        response.headers["Clear-Site-Data"] = '"cache"'
        return response


def with_next(url: str, request: HttpRequest) -> str:
    """The address with the `next` this request came with; allauth checks it before it leads anywhere."""
    target = request.POST.get("next") or request.GET.get("next")
    return f"{url}?{urlencode({'next': target})}" if target else url


ask_for_code = login_not_required(AskForCode.as_view())
confirm_code = login_not_required(ConfirmCode.as_view())
sign_out = login_not_required(SignOut.as_view())
closed = login_not_required(AccountInactiveView.as_view(template_name="account/account_inactive.html"))
