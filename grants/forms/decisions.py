"""Forms of the decision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import KronerField, ProseField
from grants.models import DecisionLine
from grants.rulesets import RuleSet
from grants.services.decisions import LineChange


class LineForm(forms.Form):
    """What one line gets, and why. The reason is printed in the letter, in the lead's written form."""

    amount = KronerField(
        label=gettext_lazy("Decided, kr"),
        min_value=0,
        error_messages={"required": gettext_lazy("Write what is decided; 0 when nothing is given.")},
    )
    criterion = forms.ChoiceField(
        label=gettext_lazy("Why less than was sought"),
        required=False,
        widget=forms.RadioSelect,
    )
    reason = ProseField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(
        self, *args: Any, line: DecisionLine, rules: RuleSet, letter_form: str, form: str, **kwargs: Any
    ) -> None:
        kwargs.setdefault("initial", {"amount": line.amount, "criterion": line.criterion, "reason": line.reason})
        super().__init__(*args, **kwargs)
        choices = [("", _("Other measures come first"))]
        choices += [
            (
                one.code,
                _("It fails the criterion «%(criterion)s» (%(where)s)")
                % {"criterion": one.title.in_form(form), "where": rules.citation(one.paragraph, form)},
            )
            for one in rules.criteria_for(line.scheme)
        ]
        self.fields["criterion"].choices = choices  # type: ignore[attr-defined]
        name = {"nb": _("bokmål"), "nn": _("nynorsk")}[letter_form]
        self.fields["reason"].help_text = _("It stands word for word in the letter, which is in %(form)s.") % {
            "form": name
        }

    def change(self) -> LineChange:
        """What the form asks for."""
        data = self.cleaned_data
        return LineChange(data["amount"], data["reason"] or "", data["criterion"])


class SendBackForm(forms.Form):
    """What the approver wants changed."""

    comment = ProseField(
        label=gettext_lazy("What must be changed, and why"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Write what must be changed, and why.")},
    )
