"""What allauth asks the project about signing in."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.stagekit import clear_login
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors.notices import with_unread
from accounts.selectors.people import user_at
from accounts.services import sessions

CODE_MAIL = "account/email/login_code"


class PersonBackend(AuthenticationBackend):
    """Allauth's own, but the person of a session is read together with what every page's header says of them."""

    def get_user(self, user_id: int) -> User | None:
        """The person with their number of unseen notices (``unread``), in one query."""
        person = next(iter(with_unread(User.objects.filter(pk=user_id).order_by())), None)
        return person if person is not None and self.user_can_authenticate(person) else None


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves: a person comes in by an invitation that carries a role."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": _("That is not the code we sent. Read it again in the mail, or ask for a new one."),
        "rate_limited": _("You have asked for many codes in a short time. Wait a minute, and try again."),
        "too_many_login_attempts": _("There have been too many attempts. Wait a minute, and ask for a new code."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether a stranger may make an account: never."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mails leave through our own outbox; the one with the code is the only one allauth has reason to send."""
        user = user_at(email)
        if template_prefix == CODE_MAIL and user is not None and user.is_active:
            sessions.mail_code(user=user, code=context["code"], form=get_language() or "nb")

    def add_message(  # noqa: PLR0917 - allauth calls it so
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Only sentences of our own: allauth's templates («signed in as …») say what the page says already."""
        if message:
            messages.add_message(request, level, message, extra_tags=extra_tags)

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """A code works for the address the person has now: one that was moved while a code lay in the old mailbox isn't
        opened by it."""
        email = kwargs.get("email")
        if email and user_at(email) != user:
            clear_login(request)
            text = gettext("The address is changed since the code was sent. Ask for a code to the one you have now.")
            messages.error(request, text)
            return redirect(settings.LOGIN_URL)
        answer: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return answer

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign in and leave an event."""
        super().login(request, user)
        sessions.signed_in(user=user, way="code")
