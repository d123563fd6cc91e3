"""Reads measures: their parts, their sums, what the rules ask of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.dates import interface_form
from core.models import Section
from core.models.subjects import subject_key
from grants.enums import LineKind, OwnContributionBase
from grants.models import (
    BudgetLine,
    CriterionAnswer,
    MeasureParty,
    MeasureYear,
    NeedsReport,
    ProfileVersion,
)
from grants.rulesets import Level, OwnContributionKind, RuleSet

ABOUT, ANSWERS, PARTIES, BUDGET = "about", "answers", "parties", "budget"
SECTIONS = (ABOUT, ANSWERS, PARTIES, BUDGET)
"""The parts of a measure, in the order they are shown; each is saved by itself."""

TOLD_ELSEWHERE: Mapping[str, tuple[str, ...]] = {"local_need": ("need", "need_how")}
"""A criterion that other fields already answer isn't asked about again (ux.md: «same info asked again»)."""


@dataclass(frozen=True, slots=True)
class OwnPart:
    """The owners' own part where it is counted: ``pct`` of ``base_sum`` is ``amount``, whole kroner."""

    pct: int
    base: str
    base_sum: int
    amount: int


def section_name(section: str) -> str:
    """A section in words."""
    return {
        ABOUT: _("Need and goal"),
        ANSWERS: _("Criteria"),
        PARTIES: _("Who takes part"),
        BUDGET: _("Budget"),
    }[section]


def section_heading(section: str, title: str) -> str:
    """The heading of a section's page."""
    return {
        ABOUT: _("Need and goal for %(title)s"),
        ANSWERS: _("Criteria for %(title)s"),
        PARTIES: _("Who takes part in %(title)s"),
        BUDGET: _("Budget for %(title)s"),
    }[section] % {"title": title}


def title_of(measure_year: MeasureYear) -> str:
    """The title, or what an unnamed measure is called on the writers' pages."""
    return measure_year.title or pgettext("a measure without a title", "New measure")


def with_parts(measure_years: QuerySet[MeasureYear]) -> QuerySet[MeasureYear]:
    """With all that is shown of a measure, in four queries however many there are."""
    return measure_years.select_related("measure").prefetch_related(
        Prefetch("parties", MeasureParty.objects.select_related("organisation__anchor")),
        Prefetch("budget_lines", BudgetLine.objects.select_related("payee__anchor", "beneficiary__anchor")),
        "criterion_answers",
    )


def editable_measure(report: NeedsReport, pk: int) -> MeasureYear | None:
    """One measure of a report with all its parts."""
    found = with_parts(MeasureYear.objects.filter(report=report, pk=pk)).first()
    if found is not None:
        found.report = report
        found.round = report.round
    return found


def sum_of(lines: Iterable[Any], year: int | None = None) -> int:
    """What lines add up to, in whole kroner, in one budget year or in all."""
    return sum(line.amount for line in lines if year is None or line.budget_year == year)


def sought(measure_year: MeasureYear) -> int:
    """What the measure seeks in the round's year (prefetched ``budget_lines``)."""
    return sum_of(measure_year.budget_lines.all(), measure_year.round.year)


def budget_years(measure_year: MeasureYear) -> list[int]:
    """The years a budget is asked for: this one and those the measure has left."""
    first = measure_year.round.year
    left = max(measure_year.year_count - measure_year.year_no, 0)
    years = {first + step for step in range(left + 1)}
    years |= {line.budget_year for line in measure_year.budget_lines.all() if line.amount}
    return sorted(years)


def own_part(
    *, rule_set: RuleSet, profile: ProfileVersion, scheme: str, lines: Iterable[Any], year: int
) -> OwnPart | None:
    """The owners' own part where the rules count it in per cent (FOR-2021-01-26-230 pkt 7.2), else None.

    The office's profile may count it from another base (seed 003: 30 per cent of the network's part).
    """
    rule = rule_set.own_contribution_for(scheme)
    if rule is None or rule.kind != OwnContributionKind.PERCENTAGE or not rule.pct:
        return None
    pct, base = rule.pct, str(rule.base)
    if (
        profile.own_contribution_pct
        and profile.own_contribution_base != OwnContributionBase.NONE
        and profile.own_contribution_scheme in {"", scheme}
    ):
        pct, base = profile.own_contribution_pct, profile.own_contribution_base
    counted = [line for line in lines if line.budget_year == year and _counts(base, line.kind)]
    base_sum = sum_of(counted)
    return OwnPart(pct, base, base_sum, (base_sum * pct + 50) // 100)


def _counts(base: str, kind: str) -> bool:
    if base == OwnContributionBase.OWNER_PART:
        return kind != LineKind.PROVIDER
    if base == OwnContributionBase.COORDINATOR_PART:
        return kind == LineKind.COORDINATOR
    return True


def asked_criteria(rule_set: RuleSet, scheme: str) -> list[Any]:
    """The criteria the applicant answers in words of their own."""
    return [one for one in rule_set.criteria_for(scheme) if one.code not in TOLD_ELSEWHERE]


def needed_parts(rule_set: RuleSet, scheme: str) -> list[str]:
    """The text fields that must be written: the parts of a needs report (§ 11; pkt 7.1), and the owner's own effort
    where the law wants it told."""
    parts = [part.code for part in rule_set.needs_report.parts if part.level != Level.TIP]
    own = rule_set.own_contribution_for(scheme)
    if own is not None and own.kind == OwnContributionKind.DESCRIPTION and "own_effort" not in parts:
        parts.append("own_effort")
    return parts


def part_text(rule_set: RuleSet, code: str) -> str:
    """What the law asks for in a part, in the interface's written form."""
    for part in rule_set.needs_report.parts:
        if part.code == code:
            return part.text.in_form(interface_form())
    return ""


def drafts_of(measure_years: Sequence[MeasureYear]) -> dict[int, dict[str, Section]]:
    """The writers' drafts by measure and section. One query."""
    if not measure_years:
        return {}
    kind = subject_key(measure_years[0])["subject_type"]
    rows = Section.objects.filter(subject_type=kind, subject_id__in=[row.pk for row in measure_years]).select_related(
        "saved_by"
    )
    found: dict[int, dict[str, Section]] = {}
    for row in rows:
        found.setdefault(row.subject_id, {})[row.name] = row
    return found


def is_unread(draft: Section | None) -> bool:
    """Whether a draft holds what was typed but can't be read yet."""
    return draft is not None and "typed" in draft.data


def answers_of(measure_year: MeasureYear) -> dict[str, str]:
    """The applicant's own answers by criterion (prefetched)."""
    answers: Iterable[CriterionAnswer] = measure_year.criterion_answers.all()
    return {row.criterion: row.answer for row in answers}
