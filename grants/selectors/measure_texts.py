"""A measure in words, as the check page, the assessment, the journaled report and the measure's own page show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.dates import interface_form
from grants.enums import LineKind, MeasureKind, PartyKind
from grants.models import Assessment, MeasureYear
from grants.rulesets import Criterion, Level, OwnContributionKind, RuleSet
from grants.selectors.measures import (
    TOLD_ELSEWHERE,
    answers_of,
    budget_years,
    part_text,
    sought,
    sum_of,
    title_of,
)
from grants.selectors.opening_values import scheme_label
from networks.enums import Sector


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A question with its answer; ``text`` is empty where nothing is written."""

    code: str
    label: str
    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class CriterionText:
    """A criterion with what the applicant says about it, and what the office has judged."""

    criterion: Criterion
    title: str
    law: str
    where: str
    answers: tuple[Paragraph, ...]
    optional: bool
    told_elsewhere: bool
    assessment: Assessment | None = None


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """A line of the budget with a sum for each of the years."""

    kind: str
    description: str
    payee: str
    beneficiary: str
    amounts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MeasureText:
    """All of a measure, in the interface's written form. Sums in whole kroner."""

    measure_year: MeasureYear
    title: str
    scheme: str
    facts: tuple[tuple[str, str], ...]
    paragraphs: tuple[Paragraph, ...]
    criteria: tuple[CriterionText, ...]
    owners: tuple[tuple[str, bool], ...]
    partners: tuple[tuple[str, bool], ...]
    participants: tuple[str, ...]
    years: tuple[int, ...]
    rows: tuple[BudgetRow, ...]
    sums: tuple[int, ...]
    sought: int
    own_amount: int | None
    own_is_counted: bool

    @property
    def by_year(self) -> list[tuple[BudgetRow, list[tuple[int, int]]]]:
        """Each line of the budget, and each of its sums with its year: on a small screen a sum says its own year."""
        return [(row, list(zip(self.years, row.amounts, strict=True))) for row in self.rows]

    @property
    def sums_by_year(self) -> list[tuple[int, int]]:
        return list(zip(self.years, self.sums, strict=True))


def labels() -> dict[str, str]:
    """What each text field is called where it is shown."""
    return {
        "need": _("The need"),
        "need_how": _("How the need was found, and how the staff took part"),
        "goal": _("What the measure will lead to"),
        "work_plan": _("How you will work"),
        "own_effort": _("What the owners put in themselves"),
    }


def scheme_name(rule_set: RuleSet, code: str) -> str:
    """A scheme in words, as another law calls it where this one doesn't have it."""
    own = next((one.name.in_form(interface_form()) for one in rule_set.schemes if one.code == code), "")
    return own or scheme_label(code)


def text_of(measure_year: MeasureYear, rule_set: RuleSet, assessments: Sequence[Assessment] = ()) -> MeasureText:
    """A measure in words (prefetched parts)."""
    form = interface_form()
    names = labels()
    paragraphs = tuple(
        Paragraph(code, names[code], getattr(measure_year, code), part_text(rule_set, code))
        for code in names
        if getattr(measure_year, code) or code != "own_effort"
    )
    written = answers_of(measure_year)
    judged = {row.criterion: row for row in assessments}
    criteria = tuple(
        CriterionText(
            criterion=one,
            title=one.title.in_form(form),
            law=one.text.in_form(form),
            where=rule_set.citation(one.paragraph, form),
            answers=_answers(measure_year, one.code, written, names),
            optional=one.level == Level.TIP,
            told_elsewhere=one.code in TOLD_ELSEWHERE,
            assessment=judged.get(one.code),
        )
        for one in rule_set.criteria_for(measure_year.scheme)
    )
    parties = list(measure_year.parties.all())
    years = tuple(budget_years(measure_year))
    lines = [line for line in measure_year.budget_lines.all() if line.amount]
    own = rule_set.own_contribution_for(measure_year.scheme)
    return MeasureText(
        measure_year=measure_year,
        title=title_of(measure_year),
        scheme=scheme_name(rule_set, measure_year.scheme),
        facts=_facts(measure_year, rule_set),
        paragraphs=paragraphs,
        criteria=criteria,
        owners=tuple((str(row.organisation), row.confirms) for row in parties if row.kind == PartyKind.OWNER),
        partners=tuple((str(row.organisation), row.confirms) for row in parties if row.kind == PartyKind.PROVIDER),
        participants=tuple(
            str(row.organisation) for row in parties if row.kind in {PartyKind.PARTICIPANT, PartyKind.SUPPORT}
        ),
        years=years,
        rows=_rows(measure_year, years),
        sums=tuple(sum_of(lines, year) for year in years),
        sought=sought(measure_year),
        own_amount=measure_year.own_amount,
        own_is_counted=own is not None and own.kind == OwnContributionKind.PERCENTAGE,
    )


def _answers(
    measure_year: MeasureYear, code: str, written: dict[str, str], names: dict[str, str]
) -> tuple[Paragraph, ...]:
    told = [Paragraph(part, names[part], getattr(measure_year, part)) for part in TOLD_ELSEWHERE.get(code, ())]
    own = [Paragraph(code, "", written[code])] if code in written else []
    return tuple(one for one in [*told, *own] if one.text)


def _facts(measure_year: MeasureYear, rule_set: RuleSet) -> tuple[tuple[str, str], ...]:
    facts = [
        (_("Scheme"), scheme_name(rule_set, measure_year.scheme)),
        (_("For"), str(Sector(measure_year.sector).label)),
        (_("Kind"), _kind(measure_year.kind)),
        (
            _("Year"),
            _("%(year)d of %(years)d") % {"year": measure_year.year_no, "years": measure_year.year_count},
        ),
    ]
    if measure_year.units_planned:
        facts.append((_("Schools and kindergartens"), str(measure_year.units_planned)))
    if measure_year.participants_planned:
        facts.append((_("Participants"), str(measure_year.participants_planned)))
    return tuple(facts)


def _kind(kind: str) -> str:
    return {
        MeasureKind.NEW: pgettext("a measure", "new"),
        MeasureKind.CONTINUED: pgettext("a measure", "continued from last year"),
    }.get(MeasureKind(kind)) or str(MeasureKind(kind).label)


def _rows(measure_year: MeasureYear, years: tuple[int, ...]) -> tuple[BudgetRow, ...]:
    amounts: dict[tuple[str, str, str, str], dict[int, int]] = {}
    for line in measure_year.budget_lines.all():
        key = (
            line.kind,
            line.description,
            str(line.payee) if line.payee else "",
            str(line.beneficiary) if line.beneficiary else "",
        )
        by_year = amounts.setdefault(key, {})
        by_year[line.budget_year] = by_year.get(line.budget_year, 0) + line.amount
    return tuple(
        BudgetRow(str(LineKind(kind).label), text, payee, beneficiary, tuple(by_year.get(year, 0) for year in years))
        for (kind, text, payee, beneficiary), by_year in amounts.items()
    )
