"""The two small forms of signing in, and the one of accepting an invitation."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors.people import user_at
from core.forms import EmailField, LineField


class AskForCodeForm(RequestLoginCodeForm):
    """The address one signs in with."""

    _user: User | None

    email = EmailField(
        label=_("Your e-mail address"),
        help_text=_("We mail you a code that works for 15 minutes. You don’t need a password."),
        error_messages={"required": _("Write your e-mail address, so that we can mail you a code.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs["autocomplete"] = "email"

    def clean_email(self) -> str:
        """The address of somebody who was merged into another opens the other; the code goes to that one's address."""
        email: str = super().clean_email()
        if self._user is None:
            kept = user_at(email)
            self._user = kept if kept is not None and kept.is_active else None
        return email


class CodeForm(ConfirmLoginCodeForm):
    """The code from the mail."""

    code = forms.CharField(
        label=_("The code from the mail"),
        max_length=30,
        error_messages={"required": _("Write the code from the mail.")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
    )


class AcceptForm(forms.Form):
    """What a new person says on the way in."""

    name = LineField(
        label=_("Your name"),
        max_length=150,
        error_messages={"required": _("Write your first name and surname.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
