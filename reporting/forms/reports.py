"""The form of the annual report: six answers, with the plan beside them on the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.dates import interface_form
from core.forms import CountField, KronerField, ProseField
from core.money import MAX_KRONER
from core.requirements import Obstacle
from grants.rulesets import Sign
from reporting.enums import Progress
from reporting.models import AnnualReport, ReportLine
from reporting.rules import rule_set_of
from reporting.services.reports import ReportFields

TEXT_LIMIT = 4_000
SCALE = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """A recipient's line: granted, the field for what is used, and what is left as far as it can be told."""

    line: ReportLine
    field: BoundField
    left: int | None

    @property
    def ids(self) -> str:
        """The ids of the row's and the column's head, which together name the field."""
        return f"line-{self.line.pk} col-used"

    @property
    def over(self) -> int:
        """How much more was used than granted."""
        return max(0, -(self.left or 0))


@dataclass(frozen=True, slots=True)
class SignRow:
    """A sign of goal attainment with its two fields."""

    number: int
    sign: Sign
    words: str
    law: str
    rating: BoundField
    text: BoundField


def _prose(label: str, *, help_text: str = "", rows: int = 5) -> ProseField:
    return ProseField(
        label=label,
        required=False,
        help_text=help_text,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={
            "max_length": _("The text is too long: at most %(limit_value)d characters, now %(show_value)d.")
        },
    )


class ReportForm(forms.Form):
    """Half a report can be saved; what is missing is said when it is sent (reporting.requirements).

    What must be there before it can be sent is marked so on the page.

    Fields ``used_<line id>``, ``sign_<code>`` and ``sign_<code>_text`` beside the named ones.
    """

    def __init__(self, *args: Any, report: AnnualReport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.report = report
        self.law = rule_set_of(report)
        self.signs = self.law.signs_for(report.measure_year.scheme)
        self._add_activities()
        self._add_money()
        self._add_goals()
        self._mark(required=not self.is_bound)

    def full_clean(self) -> None:
        """Nothing has to be there for saving; on the page it is still marked as needed for sending."""
        self._mark(required=False)
        super().full_clean()
        self._mark(required=True)

    def _mark(self, *, required: bool) -> None:
        names = ["progress", "activities", "units", "participants"]
        names += [f"used_{line.pk}" for line in self.report.lines.all()]
        names += [f"sign_{one.code}" for one in self.signs]
        for name in names:
            self.fields[name].required = required

    def _add_activities(self) -> None:
        report = self.report
        self.fields["progress"] = forms.ChoiceField(
            label=_("How far has the measure come?"),
            choices=[(value, capfirst(str(label))) for value, label in Progress.choices],
            widget=forms.RadioSelect,
            required=False,
            initial=report.progress,
        )
        self.fields["activities"] = _prose(
            _("What was done?"), help_text=_("Say what was done, and what became otherwise than planned.")
        )
        self.fields["activities"].initial = report.activities
        self.fields["units"] = CountField(
            label=_("How many kindergartens and schools took part?"), required=False, initial=report.units
        )
        self.fields["participants"] = CountField(
            label=_("How many people took part?"), required=False, initial=report.participants
        )

    def _add_money(self) -> None:
        for line in self.report.lines.all():
            self.fields[f"used_{line.pk}"] = KronerField(
                label=_("Used by %(name)s") % {"name": line.payee},
                required=False,
                max_value=MAX_KRONER,
                initial=line.used,
                widget=forms.TextInput(attrs={"class": "num w-m"}),
            )
        self.fields["unspent_why"] = _prose(
            _("Why do the sums differ?"),
            help_text=_("Fill in if more or less is used than granted. Say what will happen with what is left."),
            rows=3,
        )
        self.fields["unspent_why"].initial = self.report.unspent_why

    def _add_goals(self) -> None:
        given = {row.sign: row for row in self.report.ratings.all()}
        for sign in self.signs:
            row = given.get(sign.code)
            words = sign.text.in_form(interface_form())
            self.fields[f"sign_{sign.code}"] = forms.TypedChoiceField(
                label=words,
                choices=[(value, value) for value in SCALE],
                coerce=int,
                empty_value=None,
                widget=forms.RadioSelect(attrs={"class": "ds-input"}),
                required=False,
                initial=row.rating if row else None,
            )
            self.fields[f"sign_{sign.code}_text"] = _prose(_("Why do you judge it so?"), rows=2)
            self.fields[f"sign_{sign.code}_text"].initial = row.text if row else ""
        self.fields["learnt"] = _prose(_("What have you learnt for next year?"), rows=3)
        self.fields["learnt"].initial = self.report.learnt

    # --- what the page shows ------------------------------------------------------------------------------------------

    def money(self) -> list[MoneyRow]:
        """The lines in order, with what is left of each."""
        rows = []
        for line in self.report.lines.all():
            used = self._used(line)
            rows.append(MoneyRow(line, self[f"used_{line.pk}"], None if used is None else line.amount - used))
        return rows

    def granted(self) -> int:
        """Granted in all, whole kroner."""
        return sum(line.amount for line in self.report.lines.all())

    def left(self) -> int | None:
        """Left in all; None while a sum is missing."""
        parts = [row.left for row in self.money()]
        return None if None in parts else sum(part or 0 for part in parts)

    def _used(self, line: ReportLine) -> int | None:
        name = f"used_{line.pk}"
        value = getattr(self, "cleaned_data", {}).get(name) if self.is_bound else line.used
        return value if isinstance(value, int) else None

    def sign_rows(self) -> Iterator[SignRow]:
        """The signs of the award's law, with where they stand in it."""
        form = interface_form()
        for number, sign in enumerate(self.signs, start=1):
            yield SignRow(
                number=number,
                sign=sign,
                words=sign.text.in_form(form),
                law=self.law.citation(sign.paragraph, form),
                rating=self[f"sign_{sign.code}"],
                text=self[f"sign_{sign.code}_text"],
            )

    # --- what is done with it -----------------------------------------------------------------------------------------

    def report_fields(self) -> ReportFields:
        """The filled-in report, for the service."""
        data = self.cleaned_data
        return ReportFields(
            progress=data["progress"],
            activities=data["activities"],
            units=data["units"],
            participants=data["participants"],
            used={line.pk: data[f"used_{line.pk}"] for line in self.report.lines.all()},
            unspent_why=data["unspent_why"],
            learnt=data["learnt"],
            ratings={one.code: (data[f"sign_{one.code}"], data[f"sign_{one.code}_text"]) for one in self.signs},
        )

    def refuse(self, obstacles: Iterable[Obstacle]) -> None:
        """Show the obstacles where they are mended; the typed text stays."""
        for obstacle in obstacles:
            self.add_error(obstacle.anchor if obstacle.anchor in self.fields else None, str(obstacle.text))


class ChangeForm(forms.Form):
    """What a party wants changed."""

    comment = ProseField(
        label=gettext_lazy("What must be changed?"),
        help_text=gettext_lazy("Say which answer or sum, and what it should be."),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write what must be changed, and why.")},
    )


class ReturnForm(forms.Form):
    """Why the office sends a report back."""

    comment = ProseField(
        label=gettext_lazy("What must be corrected?"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write what must be corrected, and why.")},
    )


class ControlForm(forms.Form):
    """The office's control (§ 17; pkt 10): two answers and a note for the case."""

    formal = forms.BooleanField(
        label=gettext_lazy("The report is complete, and the right parties have confirmed it"),
        error_messages={"required": gettext_lazy("Check that the report is complete, or send it back.")},
    )
    reasonable = forms.BooleanField(
        label=gettext_lazy("What was done and what was used stand in reasonable proportion to the grant"),
        error_messages={"required": gettext_lazy("Check that the use is reasonable, or send it back.")},
    )
    note = ProseField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("Only the office sees it."),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
