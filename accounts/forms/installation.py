"""Lets an office's first administrator in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import EmailField, LineField


class FirstAdministratorForm(forms.Form):
    """Who sets the office up."""

    name = LineField(
        label=_("Name"),
        max_length=150,
        error_messages={"required": _("Write the administrator's first name and surname.")},
    )
    email = EmailField(
        label=_("E-mail address"),
        help_text=_("The work address. The invitation goes there, and it is what the person signs in with."),
        error_messages={"required": _("Write the administrator's e-mail address.")},
    )
