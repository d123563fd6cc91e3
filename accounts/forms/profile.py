"""What a person says about themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.people import ProfileFields
from core.enums import WrittenForm
from core.forms import LineField


class ProfileForm(forms.Form):
    """``version`` is the one the page was opened with."""

    name = LineField(
        label=_("Name"), max_length=150, error_messages={"required": _("Write your first name and surname.")}
    )
    phone = LineField(label=_("Telephone"), max_length=30, required=False)
    title_nb = LineField(
        label=_("Title in bokmål"),
        max_length=80,
        required=False,
        help_text=_("Printed in letters, for example «seniorrådgiver»."),
    )
    title_nn = LineField(
        label=_("Title in nynorsk"),
        max_length=80,
        required=False,
        help_text=_("Printed in letters, for example «seniorrådgjevar»."),
    )
    form = forms.ChoiceField(
        label=_("Written form"),
        help_text=_("Used on the screen and in mails to you. It doesn’t change the language of letters."),
        choices=WrittenForm.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose bokmål or nynorsk.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, user: User, *, shown: str) -> ProfileForm:
        """The form as the person's row stands; ``shown`` is the form on screen, for one who has chosen none."""
        names = ("name", "phone", "title_nb", "title_nn", "version")
        return cls(initial={**{name: getattr(user, name) for name in names}, "form": user.form or shown})

    def answers(self) -> ProfileFields:
        """The checked answers."""
        cleaned: dict[str, Any] = self.cleaned_data
        return ProfileFields(**{name: cleaned[name] for name in cleaned if name != "version"})
