"""A question to the office, and the answer."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms.fields import ProseField

LONGEST = 4000


class AskForm(forms.Form):
    """What one wonders about."""

    text = ProseField(
        label=_("What do you wonder about?"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Don’t write about children, pupils or other people’s health."),
        error_messages={"required": _("Write what you wonder about.")},
    )


class AnswerForm(forms.Form):
    """The office's answer."""

    answer = ProseField(
        label=_("Your answer"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Write the answer.")},
    )
