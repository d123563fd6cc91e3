"""The forms of «bekreft listen deres»: asking, and answering."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.selectors.lists import Line
from core.forms import NorwegianDateField, ProseField
from core.requirements import StepRefused


class AskListsForm(forms.Form):
    """The last day."""

    due = NorwegianDateField(
        label=gettext_lazy("Last day to confirm"),
        help_text=gettext_lazy("Everyone is reminded five working days before."),
        error_messages={"required": gettext_lazy("Write the last day.")},
    )

    def refuse(self, refused: StepRefused) -> None:
        for obstacle in refused.obstacles:
            self.add_error(obstacle.anchor or None, str(obstacle.text))


class ConfirmListForm(forms.Form):
    """Each person in the list: is it right? And what only the office can change."""

    RIGHT, GONE = "right", "gone"

    wish = ProseField(
        label=gettext_lazy("Is something else wrong?"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("For example a member that is new or has left. The office gets it as a question."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, lines: Sequence[Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        own = {}
        for line in lines:
            if not line.mine:
                own[f"role-{line.row.pk}"] = forms.ChoiceField(
                    label=f"{line.row.user.name}, {line.label}",
                    choices=[(self.RIGHT, _("Is right")), (self.GONE, _("Take away"))],
                    initial=self.RIGHT,
                    widget=forms.RadioSelect,
                    error_messages={"required": _("Say whether it is right.")},
                )
        self.fields = {**own, **self.fields}

    def refuse(self, refused: StepRefused) -> None:
        for obstacle in refused.obstacles:
            self.add_error(None, str(obstacle.text))

    def gone(self) -> list[int]:
        """The roles that are no longer right."""
        return [line.row.pk for line in self.lines if self.cleaned_data.get(f"role-{line.row.pk}") == self.GONE]
