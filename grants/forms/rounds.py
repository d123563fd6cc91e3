"""The form of a round: its year, its rules, its dates, its frames and the office's own words.

Opening a round starts from last year's: each date on the same day a year later, with what to look at said beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.db import transaction
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.actor import Actor
from core.calendar import date_warning
from core.dates import format_date, format_weekday_date, interface_form, parse_date
from core.forms import CountField, KronerField, NorwegianDateField, ProseField
from core.models import Office
from core.requirements import StepRefused
from core.unreadable import Unreadable
from forums.models import Forum
from grants import rulesets
from grants.enums import DeadlineKind
from grants.models import Round
from grants.rulesets import RuleSet
from grants.selectors.forums import forums_under
from grants.selectors.profiles import profile_for, to_begin_with
from grants.selectors.rounds import IN_ORDER, NEEDED, REPEATED, next_year, pots_of, rounds_of, rule_set_of
from grants.services.rounds import edit_round, open_round, set_deadlines, set_frame

SINGLE = IN_ORDER
"""Every kind with one date has a field, in the order of the year."""
MEETINGS = 5
"""As many meetings of the forum have a field (seed 003 § 6: five a year)."""

HELP = {
    DeadlineKind.NEEDS: gettext_lazy("Networks and owners send their needs reports by this day."),
    DeadlineKind.FORUM_PAPERS: gettext_lazy("The forum's members get the proposal this day."),
    DeadlineKind.FORUM_ANSWER: gettext_lazy("The members have answered for their seats by this day."),
    DeadlineKind.RECOMMENDATION: gettext_lazy("The forum has concluded by this day."),
    DeadlineKind.DECISION: gettext_lazy("The rules in force this day decide."),
    DeadlineKind.PAYMENT: gettext_lazy("The law says by 15 April."),
    DeadlineKind.USE_BY: gettext_lazy("The money must be used by this day."),
    DeadlineKind.REPORT: gettext_lazy("The annual reports on this year's money are due."),
}


def same_day(day: date, year: int, base: int) -> date:
    """The same day and month as many years later as the rounds are apart; 29 February becomes 28."""
    wanted = day.year + year - base
    return day.replace(year=wanted, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=wanted)


class RoundForm(forms.Form):
    """Fields ``date_<kind>``, ``meeting_<n>``, ``frame_<scheme>`` or ``frame_<scheme>_<forum id>``."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    shown_rules = forms.CharField(required=False, widget=forms.HiddenInput)
    year = CountField(
        label=gettext_lazy("Budget year"),
        min_value=2017,
        max_value=2100,
        widget=forms.TextInput,
        error_messages={
            "required": gettext_lazy("Enter the budget year, for example 2027."),
            "invalid": gettext_lazy("Enter the budget year with four digits, for example 2027."),
            "min_value": gettext_lazy("Enter a budget year from 2017."),
            "max_value": gettext_lazy("Enter the budget year with four digits, for example 2027."),
        },
    )
    rule_set = forms.ChoiceField(
        label=gettext_lazy("Which rules does the round follow?"),
        widget=forms.RadioSelect,
        help_text=gettext_lazy("The rules must be in force on the day of the decision."),
        error_messages={"required": gettext_lazy("Choose which rules the round follows.")},
    )
    conditions_nb = ProseField(
        label=gettext_lazy("The office's own conditions, in bokmål"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5, "lang": "nb"}),
        help_text=gettext_lazy("Stands in the announcement. What the law says is there already."),
    )
    conditions_nn = ProseField(
        label=gettext_lazy("The office's own conditions, in nynorsk"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5, "lang": "nn"}),
    )

    def __init__(self, data: Any = None, *, office: Office, round: Round | None = None) -> None:
        self.office, self.round = office, round
        earlier = [one for one in rounds_of(office) if one.year < self._year_to_be(data)]
        self.last = next((one for one in earlier if one.state != "draft"), earlier[0] if earlier else None)
        super().__init__(data, initial=self._first_values())
        self._rule_choices()
        self.rules = self._chosen_rules()
        self.initial["shown_rules"] = self.rules.code
        for kind in SINGLE:
            self._add_date(f"date_{kind}", str(kind.label), kind, required=kind in NEEDED)
        for number in range(1, MEETINGS + 1):
            self._add_date(
                f"meeting_{number}", _("Forum meeting %(number)s") % {"number": number}, None, required=False
            )
        self._add_frames()
        if round is not None:
            self.fields["year"].disabled = True
            self.fields["rule_set"].disabled = round.state != "draft"

    # --- What the form begins with ---------------------------------------------------------------------------------

    def _year_to_be(self, data: Any) -> int:
        if self.round is not None:
            return self.round.year
        typed = str(data.get("year", "")).strip() if data else ""
        return int(typed) if typed.isdecimal() and len(typed) == 4 else self._next_year()

    def _next_year(self) -> int:
        return next_year(rounds_of(self.office))

    def _first_values(self) -> dict[str, Any]:
        source = self.round or self.last
        year = self.round.year if self.round else self._next_year()
        values: dict[str, Any] = {
            "year": year,
            "version": self.round.version if self.round else None,
            "rule_set": rule_set_of(self.round).code if self.round else self._rules_for(year),
        }
        if source is not None:
            values |= {"conditions_nb": source.conditions_nb, "conditions_nn": source.conditions_nn}
            meetings = 0
            for row in sorted(source.deadlines.all(), key=lambda row: row.date):
                day = row.date if self.round else same_day(row.date, year, source.year)
                if row.kind == DeadlineKind.FORUM_MEETING and meetings < MEETINGS:
                    meetings += 1
                    values[f"meeting_{meetings}"] = day
                elif row.kind not in REPEATED:
                    values[f"date_{row.kind}"] = day
        elif self.round is None:
            values["date_payment"] = date(year, 4, 15)
        if self.round is not None:
            values |= {self._frame_name(p.scheme, p.forum_id): p.frame for p in pots_of(self.round)}  # type: ignore[attr-defined]
        return values

    def _rules_for(self, year: int) -> str:
        found = rulesets.in_force_on(date(year, 4, 15))
        return found[-1].code if found else ""

    def _rule_choices(self) -> None:
        form = interface_form()
        newest = {one.code: one for one in rulesets.all_rule_sets()}
        field = self.fields["rule_set"]
        field.choices = [(one.code, self._in_words(one, form)) for one in reversed(list(newest.values()))]  # type: ignore[attr-defined]

    @staticmethod
    def _in_words(rules: RuleSet, form: str) -> str:
        words = {
            "name": rules.name.in_form(form),
            "law": rules.law_reference,
            "start": format_date(rules.valid_from, form),
            "end": format_date(rules.valid_to, form) if rules.valid_to else "",
        }
        if rules.valid_to:
            return _("%(name)s (%(law)s), in force from %(start)s to %(end)s") % words
        return _("%(name)s (%(law)s), in force from %(start)s") % words

    def _chosen_rules(self) -> RuleSet:
        bound_draft = self.is_bound and not (self.round is not None and self.round.state != "draft")
        typed = self.data.get("rule_set") if bound_draft else None
        try:
            return rulesets.get(str(typed or self.initial["rule_set"]))
        except KeyError:
            return rulesets.all_rule_sets()[-1]

    # --- The fields that depend on the office ------------------------------------------------------------------------

    def _add_date(self, name: str, label: str, kind: DeadlineKind | None, *, required: bool) -> None:
        words = str(HELP.get(kind, "")) if kind else ""
        self.fields[name] = NorwegianDateField(
            label=label, required=required, help_text=f"{words} {self._weekday(name)}".strip()
        )

    def _typed_day(self, name: str) -> date | None:
        value = self.data.get(name) if self.is_bound else self.initial.get(name)
        try:
            return value if isinstance(value, date) else parse_date(str(value or ""))
        except Unreadable:
            return None

    def _weekday(self, name: str) -> str:
        day = self._typed_day(name)
        return format_weekday_date(day, interface_form(), year=True).capitalize() + "." if day else ""

    def _look_at(self, name: str) -> str:
        """Why the date of a field is a poor one; it may still be chosen."""
        day = self._typed_day(name)
        warning = date_warning(day) if day else None
        if warning is None:
            return ""
        if warning.kind == "weekend":
            return _("This is a weekend. Consider another day.")
        return _("This is a day off: %(why)s. Consider another day.") % {"why": warning.name(interface_form())}

    @staticmethod
    def _frame_name(scheme: str, forum_id: int | None) -> str:
        return f"frame_{scheme}_{forum_id}" if forum_id else f"frame_{scheme}"

    def _add_frames(self) -> None:
        form = interface_form()
        self.frames: dict[str, tuple[str, Forum | None]] = {}
        for scheme in self.rules.schemes:
            for forum in self._forums():
                name = self._frame_name(scheme.code, forum.pk if forum else None)
                label = f"{scheme.name.in_form(form)}, {forum.anchor.name}" if forum else scheme.name.in_form(form)
                self.fields[name] = KronerField(
                    label=label, required=False, help_text=_("Whole kroner, for example 500 000.")
                )
                self.frames[name] = (scheme.code, forum)

    def _forums(self) -> list[Forum] | list[None]:
        """One frame for all, or one per forum where each forum concludes on its own lines."""
        profile = self.round.profile if self.round else profile_for(self.office, self._year_to_be(self.data))
        if profile is None or profile.joint_conclusion:
            return [None]
        return [*forums_under(self.rules, self.office.pk)] or [None]

    # --- Groups for the page -----------------------------------------------------------------------------------------

    def date_fields(self) -> Iterator[tuple[BoundField, str]]:
        """Each date with what to look at, or nothing."""
        return ((self[name], self._look_at(name)) for name in (f"date_{kind}" for kind in SINGLE))

    def meeting_fields(self) -> Iterator[tuple[BoundField, str]]:
        """Each meeting with what to look at, or nothing."""
        names = (f"meeting_{number}" for number in range(1, MEETINGS + 1))
        return ((self[name], self._look_at(name)) for name in names)

    def frame_fields(self) -> Iterator[BoundField]:
        return (self[name] for name in self.frames)

    # --- What was typed ----------------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        shown, chosen = values.get("shown_rules"), values.get("rule_set")
        if shown and chosen and shown != chosen:
            self._retype("shown_rules", chosen)
            self.add_error("rule_set", _("These rules have other schemes. Look at the frames below, and save again."))
        return values

    def _retype(self, name: str, value: str) -> None:
        """Change a hidden field of what is shown again; all that was typed stays."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data[name] = value
        self.data = data

    def deadlines(self) -> dict[str, date | list[date] | None]:
        """The dates typed, by kind."""
        days: dict[str, date | list[date] | None] = {str(kind): self.cleaned_data[f"date_{kind}"] for kind in SINGLE}
        meetings = [self.cleaned_data[f"meeting_{number}"] for number in range(1, MEETINGS + 1)]
        days[DeadlineKind.FORUM_MEETING] = sorted({day for day in meetings if day})
        return days

    def open(self, *, by: Actor) -> Round | None:
        """Open the round; None with the sentence at its field when it is refused."""
        try:
            with transaction.atomic():
                made = open_round(
                    office=self.office,
                    year=self.cleaned_data["year"],
                    rule_set=self.cleaned_data["rule_set"],
                    profile=to_begin_with(self.office, self.cleaned_data["year"]),
                    deadlines=self.deadlines(),
                    conditions_nb=self.cleaned_data["conditions_nb"],
                    conditions_nn=self.cleaned_data["conditions_nn"],
                    is_demo_sums=self.office.is_demo,
                    by=by,
                )
                self._set_frames(made, by)
        except StepRefused as refused:
            self._show(refused)
            return None
        return made

    def save(self, *, by: Actor) -> Round | None:
        """Save the changes; None with the sentence when it is refused. Raises StaleVersion."""
        if self.round is None:
            raise ValueError("there is no round to save")
        try:
            with transaction.atomic():
                saved = set_deadlines(
                    round=self.round, deadlines=self.deadlines(), by=by, seen_version=self.cleaned_data["version"]
                )
                edit_round(
                    round=saved,
                    by=by,
                    conditions_nb=self.cleaned_data["conditions_nb"],
                    conditions_nn=self.cleaned_data["conditions_nn"],
                    rule_set=self.cleaned_data["rule_set"],
                )
                self._set_frames(saved, by)
        except StepRefused as refused:
            self._show(refused)
            return None
        return saved

    def _set_frames(self, round: Round, by: Actor) -> None:
        for name, (scheme, forum) in self.frames.items():
            amount = self.cleaned_data.get(name)
            if amount is not None:
                set_frame(
                    round=round,
                    scheme=scheme,
                    forum=forum,
                    amount=amount,
                    reason=_("Frame of the year"),
                    is_demo=self.office.is_demo,
                    by=by,
                )

    def _show(self, refused: StepRefused) -> None:
        for obstacle in refused.obstacles:
            name = obstacle.anchor.removeprefix("id_")
            self.add_error(name if name in self.fields else None, str(obstacle.text))
