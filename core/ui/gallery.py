"""What the component gallery (`/ui/`) shows: invented people, places and amounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.paging import leaf_of
from core.ui.bars import Bar, Part
from core.ui.icons import NAMES
from core.ui.wheel import DateKind, Phase, Wheel, WheelDate, build_wheel

TODAY: Final = date(2027, 1, 20)
YEAR: Final = 2027


@dataclass(frozen=True, slots=True)
class SampleStep:
    """A step as the screen gets it from a machine."""

    name: str
    label: str
    allowed: bool
    obstacle: str


class SampleForm(forms.Form):
    """One field of each kind."""

    scheme = forms.ChoiceField(
        label=gettext_lazy("Which scheme does the measure belong to?"),
        choices=[("school", gettext_lazy("School")), ("kindergarten", gettext_lazy("Kindergarten"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose which scheme the measure belongs to.")},
    )
    sectors = forms.MultipleChoiceField(
        label=gettext_lazy("Who takes part?"),
        choices=[("teachers", gettext_lazy("Teachers")), ("leaders", gettext_lazy("Leaders"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    goal = forms.CharField(
        label=gettext_lazy("What do you want to achieve?"),
        help_text=gettext_lazy("Write about the pupils first, then the teachers."),
        max_length=1200,
        error_messages={"required": gettext_lazy("Write what you want to achieve.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    participants = forms.IntegerField(
        label=gettext_lazy("How many teachers took part?"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 8}),
        error_messages={"invalid": gettext_lazy("Write the number of participants with digits, for example 41.")},
    )
    recipient = forms.ChoiceField(
        label=gettext_lazy("Who gets the money?"),
        choices=[("", "–"), ("1", "Høgskolen Glomma"), ("2", "Glåmdal")],
        error_messages={"required": gettext_lazy("Choose who gets the money.")},
    )
    link = forms.URLField(label=gettext_lazy("Link to the minutes"), required=False, assume_scheme="https")
    agreed = forms.BooleanField(label=gettext_lazy("The partners agree on the numbers"), required=False)


def sample_wheel() -> Wheel:
    """The year of the mock-ups."""
    deadline, meeting, payment = DateKind.DEADLINE, DateKind.MEETING, DateKind.PAYMENT
    return build_wheel(
        year=YEAR,
        today=TODAY,
        key="gallery",
        dates=[
            WheelDate(date(YEAR, 1, 15), deadline, _("Report for 2026")),
            WheelDate(date(YEAR, 2, 1), deadline, _("Deadline for the needs report"), url="#tasks"),
            WheelDate(date(YEAR, 2, 24), deadline, _("Papers to the forum")),
            WheelDate(date(YEAR, 3, 10), meeting, _("Meeting of the forum")),
            WheelDate(date(YEAR, 3, 15), deadline, _("Recommendation")),
            WheelDate(date(YEAR, 4, 15), payment, _("Payment")),
            WheelDate(date(YEAR + 1, 1, 15), deadline, _("Report for 2027")),
        ],
        phases=[
            Phase(pgettext("a part of the year", "Needs"), date(YEAR - 1, 11, 1), date(YEAR, 1, 31)),
            Phase(_("Forum"), date(YEAR, 2, 1), date(YEAR, 3, 14)),
            Phase(_("Decision"), date(YEAR, 3, 15), date(YEAR, 4, 30)),
            Phase(_("Carrying out"), date(YEAR, 5, 1), date(YEAR, 10, 31)),
        ],
    )


def sample_page() -> dict[str, object]:
    """All that the gallery's template needs."""
    money = [Part(1_240_000, "blue"), Part(11_020_000, "navy"), Part(140_000, "green")]
    return {
        "today": TODAY,
        "wheel": sample_wheel(),
        "sample": SampleForm(
            {"goal": "Elevene på 1. og 2. trinn skal møte en felles begynneropplæring.", "participants": "de fleste"},
            auto_id="sample_%s",
        ),
        "live_step": SampleStep("send", _("Send the needs report"), True, ""),
        "shut_step": SampleStep(
            "approve",
            _("Approve the decision"),
            False,
            _("You prepared the decision, so somebody else must approve it. Berit Lie can."),
        ),
        # The same field in a table: its name comes from the row and the column.
        "table_form": SampleForm({"participants": "de fleste"}, auto_id="table_%s"),
        "icons": sorted(NAMES),
        "long_list": leaf_of(range(1001), 7),
        "money": money,
        "overspent": [Part(1_240_000, "blue"), Part(11_600_000, "navy")],
        "frame": sum(part.value for part in money),
        "bars": [
            Bar("Hamarregionen", [Part(930_000), Part(570_000, "blue")], "1 500 000", url="#bars"),
            Bar("Glåmdal", [Part(499_500), Part(350_500, "blue")], "850 000"),
            Bar("Friskolene", [Part(276_000), Part(184_000, "blue")], "460 000"),
        ],
        "legend": [Part(0, "navy", _("To universities and colleges")), Part(0, "blue", _("To the network"))],
        "trail_steps": [
            (_("Goal and participants"), "#steps", "done"),
            (_("Budget"), "", "current"),
            (_("Anchoring"), "#steps", "todo"),
        ],
    }
