"""The office's judgement of a measure, criterion by criterion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.forms import ProseField
from grants.enums import CriterionResult
from grants.models import Assessment
from grants.selectors.measure_texts import CriterionText
from grants.services.assessment import stamp


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the form says of one criterion; ``seen`` is the stamp of what it was opened on."""

    criterion: str
    result: str
    reason: str
    seen: str


class AssessForm(forms.Form):
    """One measure's criteria; those not touched are left alone, so that it can be done bit by bit."""

    def __init__(self, *args: Any, criteria: Sequence[CriterionText], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = list(criteria)
        for one in self.criteria:
            code, given = one.criterion.code, one.assessment
            self.fields[f"{code}_result"] = forms.ChoiceField(
                label=_("Is it met?"),
                choices=[(code, capfirst(label)) for code, label in CriterionResult.choices],
                widget=forms.RadioSelect,
                required=False,
                initial=given.result if given else None,
            )
            self.fields[f"{code}_reason"] = ProseField(
                label=_("Reason"),
                help_text=_("Needed unless it is fully met."),
                required=False,
                max_length=4000,
                widget=forms.Textarea(attrs={"rows": 2}),
                initial=given.reason if given else "",
            )
            self.fields[f"{code}_seen"] = forms.CharField(
                required=False, widget=forms.HiddenInput, initial=stamp(given)
            )

    def rows(self) -> list[tuple[CriterionText, Any, Any, Any]]:
        """Each criterion with its fields. Said to be needed on the screen, though it can be saved bit by bit."""
        for one in self.criteria:
            self.fields[f"{one.criterion.code}_result"].required = not one.optional
        return [
            (one, self[f"{code}_result"], self[f"{code}_reason"], self[f"{code}_seen"])
            for one in self.criteria
            for code in (one.criterion.code,)
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for one in self.criteria:
            result, reason = data.get(f"{one.criterion.code}_result"), data.get(f"{one.criterion.code}_reason")
            if result and result != CriterionResult.MET and not reason:
                self.add_error(
                    f"{one.criterion.code}_reason",
                    _("Write why «%(criterion)s» is not fully met.") % {"criterion": one.title},
                )
            if reason and not result:
                self.add_error(
                    f"{one.criterion.code}_result",
                    _("Choose whether «%(criterion)s» is met.") % {"criterion": one.title},
                )
        return data

    def judgements(self) -> list[Judgement]:
        """Those that can be saved: judged, and with a reason where one is needed."""
        found = []
        for one in self.criteria:
            code = one.criterion.code
            bad = {f"{code}_result", f"{code}_reason"} & self.errors.keys()
            result = self.cleaned_data.get(f"{code}_result")
            if result and not bad:
                seen = self.cleaned_data.get(f"{code}_seen") or ""
                found.append(Judgement(code, result, self.cleaned_data.get(f"{code}_reason") or "", seen))
        return found

    def renew_stamps(self, saved: Iterable[Assessment]) -> None:
        """Let the form as it was sent carry the stamps of what was saved of it, so that mending the rest isn't taken
        for writing over another's judgement."""
        data = cast(QueryDict, self.data).copy()
        for one in saved:
            data[self.add_prefix(f"{one.criterion}_seen")] = stamp(one)
        self.data = data


class ReturnForm(forms.Form):
    """Sending a report back."""

    comment = ProseField(max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["comment"].label = _("What must be changed, and why?")
        self.fields["comment"].help_text = _("The network sees this text.")
        self.fields["comment"].error_messages["required"] = _("Write what must be changed, and why.")
