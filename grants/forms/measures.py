"""The sections of a measure as forms.

``complete`` False is «save and go on later»: then nothing must be filled in, but what is there must be readable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.dates import interface_form
from core.forms import CountField, LineField, ProseField
from grants.enums import MeasureForm, MeasureKind, PartyKind
from grants.models import MeasureYear, NeedsReport, ProfileVersion
from grants.rulesets import Level, RuleSet
from grants.selectors.measure_choices import own_providers, owners_for, providers_for
from grants.selectors.measure_faults import too_thin
from grants.selectors.measure_texts import labels
from grants.selectors.measures import (
    answers_of,
    asked_criteria,
    needed_parts,
    part_text,
    title_of,
)
from grants.services.measures import TEXT_LIMIT, MeasureFields
from networks.enums import Sector
from networks.models import Organisation


def prose(label: str, *, required: bool, help_text: str = "", error: str = "", rows: int = 5) -> ProseField:
    return ProseField(
        label=label,
        required=required,
        help_text=help_text,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={
            "required": error,
            "max_length": _("The text is too long: at most %(limit_value)d characters, now %(show_value)d."),
        },
    )


class AboutForm(forms.Form):
    """What the measure is, why, and how (§ 11; pkt 7.1)."""

    def __init__(
        self,
        *args: Any,
        measure_year: MeasureYear,
        rule_set: RuleSet,
        profile: ProfileVersion,
        complete: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.measure_year, self.rule_set, self.profile, self.complete = measure_year, rule_set, profile, complete
        self._add_facts()
        self._add_texts()

    def _add_facts(self) -> None:
        own = self.measure_year
        schemes = {one.code: one.name.in_form(interface_form()) for one in self.rule_set.schemes}
        self.fields["title"] = LineField(
            label=_("What is the measure called?"),
            help_text=_("A short name that others understand."),
            max_length=200,
            required=self.complete,
            initial=own.title,
            error_messages={"required": _("Give the measure a title.")},
        )
        if len(schemes) > 1:
            self.fields["scheme"] = forms.ChoiceField(
                label=_("Which scheme does it belong to?"),
                choices=list(schemes.items()),
                widget=forms.RadioSelect,
                required=self.complete,
                initial=own.scheme if own.scheme in schemes else None,
                error_messages={"required": _("Choose which scheme the measure belongs to.")},
            )
        sectors = [Sector(code) for code in Sector.values if any(code in one.sectors for one in self.rule_set.schemes)]
        self.fields["sector"] = forms.ChoiceField(
            label=_("Who is it for?"),
            choices=[(one.value, capfirst(one.label)) for one in sectors],
            widget=forms.RadioSelect,
            required=self.complete,
            initial=own.sector,
            error_messages={"required": _("Choose kindergarten, school or both.")},
        )
        kinds = {code for one in self.rule_set.schemes for code in one.forms}
        if len(kinds) > 1:
            self.fields["form"] = forms.ChoiceField(
                label=_("What kind of measure is it?"),
                choices=[(code, capfirst(label)) for code, label in MeasureForm.choices if code in kinds],
                required=self.complete,
                initial=own.form,
            )
        self.fields["year_no"] = CountField(
            label=_("Which year of the measure is this?"),
            required=self.complete,
            initial=own.year_no,
            min_value=1,
            max_value=20,
        )
        self.fields["year_count"] = CountField(
            label=_("How many years will it last in all?"),
            help_text=_("At most %(years)d years.") % {"years": self.profile.longest_measure_years},
            required=self.complete,
            initial=own.year_count,
            min_value=1,
            max_value=20,
        )

    def _add_texts(self) -> None:
        own, names = self.measure_year, labels()
        needed = needed_parts(self.rule_set, own.scheme)
        questions = {
            "need": (_("What need have you found?"), _("Write what need you have found.")),
            "need_how": (
                _("How did you find the need, and how did the staff take part?"),
                _("Write when and how the staff took part. «Yes» is not enough: the forum must see what happened."),
            ),
            "goal": (_("What will the measure lead to?"), _("Write what the measure will lead to.")),
            "work_plan": (
                _("How will you and your partner work?"),
                _("Write how you and your partner will work."),
            ),
            "own_effort": (_("What do the owners put in themselves?"), _("Write what the owners themselves put in.")),
        }
        hints = {
            "need_how": _("Write when, who took part, and what it changed."),
            "goal": _("Write about the children and pupils first, then the staff."),
            "own_effort": _("For example hours, staff release, premises or money."),
        }
        for code in names:
            question, error = questions[code]
            hint = hints.get(code) or part_text(self.rule_set, code)
            self.fields[code] = prose(question, required=self.complete and code in needed, help_text=hint, error=error)
            self.fields[code].initial = getattr(own, code)
        self.fields["units_planned"] = CountField(
            label=_("How many schools and kindergartens?"), required=False, initial=own.units_planned, min_value=1
        )
        self.fields["participants_planned"] = CountField(
            label=_("How many participants?"), required=False, initial=own.participants_planned, min_value=1
        )

    def clean_need_how(self) -> str:
        text: str = self.cleaned_data["need_how"]
        if self.complete and text and too_thin(text, "need_how"):
            raise forms.ValidationError(
                _("Write when and how the staff took part. «Yes» is not enough: the forum must see what happened.")
            )
        return text

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("year_no"), data.get("year_count")
        if first and last and first > last:
            self.add_error("year_no", _("The measure’s year can’t be later than its last year. Check both numbers."))
        if last and last > self.profile.longest_measure_years:
            self.add_error(
                "year_count",
                _("A measure can last %(years)d years at most. Lower the number of years.")
                % {"years": self.profile.longest_measure_years},
            )
        scheme = self.scheme_chosen(data)
        if scheme is not None and data.get("sector") and data["sector"] not in scheme.sectors:
            allowed = ", ".join(str(Sector(code).label) for code in scheme.sectors)
            self.add_error("sector", _("The scheme you chose is for: %(sectors)s.") % {"sectors": allowed})
        if scheme is not None and data.get("form") and data["form"] not in scheme.forms:
            self.add_error("form", _("Choose a kind of measure the scheme allows."))
        return data

    def scheme_chosen(self, data: Mapping[str, Any]) -> Any:
        if "scheme" not in self.fields:
            return self.rule_set.schemes[0]
        return next((one for one in self.rule_set.schemes if one.code == data.get("scheme")), None)

    def to_fields(self) -> MeasureFields:
        """What was written, with what is there already where a field was left empty."""
        data, own = self.cleaned_data, self.measure_year
        scheme = self.scheme_chosen(data)
        year_no = data.get("year_no") or own.year_no
        return MeasureFields(
            title=data["title"],
            scheme=scheme.code if scheme else own.scheme,
            sector=data.get("sector") or own.sector,
            kind=own.kind if own.kind != MeasureKind.NEW or year_no == 1 else MeasureKind.CONTINUED,
            form=data.get("form") or (scheme.forms[0] if scheme and own.form not in scheme.forms else own.form),
            year_no=year_no,
            year_count=max(data.get("year_count") or own.year_count, year_no),
            own_amount=own.own_amount,
            units_planned=data.get("units_planned"),
            participants_planned=data.get("participants_planned"),
            **{code: data[code] for code in labels()},
        )


class AnswersForm(forms.Form):
    """The applicant's own words on each criterion (§ 4; pkt 3.3)."""

    def __init__(
        self, *args: Any, measure_year: MeasureYear, rule_set: RuleSet, complete: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        form, given = interface_form(), answers_of(measure_year)
        for one in asked_criteria(rule_set, measure_year.scheme):
            title = one.title.in_form(form)
            self.fields[one.code] = prose(
                title,
                required=complete and one.level != Level.TIP,
                help_text=f"{one.text.in_form(form)} ({rule_set.citation(one.paragraph, form)})",
                error=_("Write how the measure meets «%(criterion)s».") % {"criterion": title},
                rows=4,
            )
            self.fields[one.code].initial = given.get(one.code, "")

    def answers(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.fields}


class PartiesForm(forms.Form):
    """Who takes part, as what, and who confirms the plan and the annual report."""

    def __init__(
        self,
        *args: Any,
        measure_year: MeasureYear,
        report: NeedsReport,
        rule_set: RuleSet,
        complete: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rule_set, self.complete = rule_set, complete
        parties = {row.organisation_id: row for row in measure_year.parties.all()}
        own = set(own_providers(report))
        known = providers_for(report, rule_set)
        self.owners = owners_for(report)
        self.partners = [one for one in known if one.pk in own or one.pk in parties]
        listed = {one.pk for one in [*self.owners, *self.partners]}
        self.owners += [row.organisation for pk, row in parties.items() if pk not in listed]
        for one in self.owners:
            choices = [
                ("", _("Does not take part")),
                (PartyKind.OWNER, _("Owner")),
                (PartyKind.PARTICIPANT, _("Participant")),
            ]
            self._add(one, choices, parties.get(one.pk))
        for one in self.partners:
            choices = [
                ("", _("Does not take part")),
                (PartyKind.PROVIDER, _("Partner")),
                (PartyKind.SUPPORT, _("Support")),
            ]
            self._add(one, choices, parties.get(one.pk))
        self.others = [one for one in known if one.pk not in {partner.pk for partner in self.partners}]
        if self.others:
            self.fields["other"] = forms.TypedChoiceField(
                label=_("Another partner"),
                help_text=_("Choose one if your partner isn’t in the list above. It is then asked to confirm."),
                choices=[("", _("No other partner")), *((one.pk, str(one)) for one in self.others)],
                coerce=int,
                empty_value=None,
                required=False,
            )

    def _add(self, one: Organisation, choices: Sequence[tuple[str, str]], party: Any) -> None:
        self.fields[f"role_{one.pk}"] = forms.ChoiceField(
            label=str(one), choices=choices, required=False, initial=party.kind if party else ""
        )
        self.fields[f"confirms_{one.pk}"] = forms.BooleanField(
            label=_("%(name)s confirms") % {"name": one}, required=False, initial=party.confirms if party else False
        )

    @property
    def together(self) -> list[tuple[str, str]]:
        """What is said of one organisation is one answer (core.forms.conflict)."""
        return [(f"role_{one.pk}", f"confirms_{one.pk}") for one in [*self.owners, *self.partners]]

    def beside(self, data: QueryDict) -> QueryDict:
        """What another sent, with an answer for each organisation only this form has, so that those are asked about
        too: the one they chose as «another partner», else nothing."""
        made = data.copy()
        for role, confirms in self.together:
            if role not in made and f"role_{made.get('other')}" == role:
                made[role], made[confirms], made["other"] = PartyKind.PROVIDER, "on", ""
            made.setdefault(role, "")
        return made

    def rows(self, organisations: Sequence[Organisation]) -> Iterator[tuple[Organisation, Any, Any]]:
        for one in organisations:
            yield one, self[f"role_{one.pk}"], self[f"confirms_{one.pk}"]

    def owner_rows(self) -> list[tuple[Organisation, Any, Any]]:
        return list(self.rows(self.owners))

    def partner_rows(self) -> list[tuple[Organisation, Any, Any]]:
        return list(self.rows(self.partners))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.complete:
            return data
        chosen = self._chosen(data)
        rules, confirms = self.rule_set.parties, self.rule_set.report.confirms
        owners = [row for row in chosen if row[1] == PartyKind.OWNER]
        partners = [row for row in chosen if row[1] == PartyKind.PROVIDER]
        if rules.owner_required and not owners:
            self._blame(self.owners, _("Choose at least one owner."))
        elif PartyKind.OWNER in confirms and not any(row[2] for row in owners):
            self._blame(self.owners, _("Choose an owner that will confirm the plan and the annual report."))
        if rules.provider_required and not partners:
            self._blame(self.partners, _("Choose at least one partner: a university or another the rules allow."))
        elif PartyKind.PROVIDER in confirms and not any(row[2] for row in partners):
            self._blame(self.partners, _("Choose a partner that will confirm the plan and the annual report."))
        return data

    def _blame(self, rows: Sequence[Organisation], text: str) -> None:
        self.add_error(f"role_{rows[0].pk}" if rows else ("other" if self.others else None), text)

    def _chosen(self, data: Mapping[str, Any]) -> list[tuple[int, str, bool]]:
        found = [
            (one.pk, data[f"role_{one.pk}"], bool(data.get(f"confirms_{one.pk}")))
            for one in [*self.owners, *self.partners]
            if data.get(f"role_{one.pk}")
        ]
        if data.get("other"):
            found.append((data["other"], PartyKind.PROVIDER, True))
        return found

    def parties(self) -> list[tuple[int, str, bool]]:
        """(organisation id, kind, whether it confirms), for the service."""
        return self._chosen(self.cleaned_data)


class OrderForm(forms.Form):
    """The place of each measure, 1 first."""

    def __init__(self, *args: Any, measures: Sequence[MeasureYear], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.measures = list(measures)
        for place, one in enumerate(self.measures, start=1):
            self.fields[f"place_{one.pk}"] = CountField(
                label=_("Place of «%(title)s»") % {"title": title_of(one)}, initial=place, min_value=1, max_value=999
            )

    def rows(self) -> list[tuple[MeasureYear, str, Any]]:
        return [(one, title_of(one), self[f"place_{one.pk}"]) for one in self.measures]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        seen: dict[int, str] = {}
        for one in self.measures:
            place = data.get(f"place_{one.pk}")
            if place in seen:
                self.add_error(
                    f"place_{one.pk}",
                    _("«%(first)s» and «%(second)s» have the same place. Give each its own.")
                    % {"first": seen[place], "second": title_of(one)},
                )
            elif place:
                seen[place] = title_of(one)
        return data

    def order(self) -> dict[int, int]:
        return {one.pk: self.cleaned_data[f"place_{one.pk}"] for one in self.measures}
