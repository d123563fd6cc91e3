"""The rules about a budget, held against what is typed: shown beside the numbers, and again before sending."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.dates import interface_form
from core.money import format_kroner
from grants.enums import LineKind, OwnContributionBase
from grants.models import MeasureYear, ProfileVersion
from grants.rulesets import OwnContributionKind, Rule, RuleSet
from grants.selectors.measures import own_part, sum_of


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """A rule with what it says about these numbers; ``kind`` as the check component: done, note or warn."""

    kind: str
    fact: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class BudgetChecks:
    """Sums by year and the rules, for the year of the round."""

    sums: tuple[tuple[int, int], ...]
    rules: tuple[RuleCheck, ...]
    total: int


def budget_checks(rows: Any, rule_set: RuleSet, profile: ProfileVersion, measure_year: MeasureYear) -> BudgetChecks:
    """``rows`` is the budget's formset: what is typed counts, readable or not what isn't."""
    year = measure_year.round.year
    sums = tuple(rows.sums())
    lines = list(rows.lines()) if rows.is_bound else list(measure_year.budget_lines.all())
    total = sum_of(lines, year)
    checks = []
    if total:
        checks += _caps(lines, year, total, profile)
    own = own_part(rule_set=rule_set, profile=profile, scheme=measure_year.scheme, lines=lines, year=year)
    rule = rule_set.own_contribution_for(measure_year.scheme)
    if own is not None and total:
        checks.append(
            RuleCheck(
                "note",
                _("The owners’ own part is %(amount)s.") % {"amount": format_kroner(own.amount)},
                _("It is %(pct)d %% of %(base)s. We count it for you.") % {"pct": own.pct, "base": _base(own.base)},
            )
        )
    elif rule is not None and rule.kind == OwnContributionKind.DESCRIPTION:
        checks.append(_told(rule, rule_set))
    checks.append(_told(rule_set.recipients, rule_set))
    return BudgetChecks(sums, tuple(checks), total)


def _told(rule: Rule, rule_set: RuleSet) -> RuleCheck:
    """A rule in its own words, with its place in the law."""
    form = interface_form()
    return RuleCheck("note", "", f"{rule.text.in_form(form)} ({rule_set.citation(rule.paragraph, form)})")


def _caps(lines: Iterable[Any], year: int, total: int, profile: ProfileVersion) -> list[RuleCheck]:
    found = list(lines)
    network = sum_of([one for one in found if one.kind != LineKind.PROVIDER], year)
    coordinator = sum_of([one for one in found if one.kind == LineKind.COORDINATOR], year)
    checks = []
    if profile.network_cap_pct is not None and network:
        values = {"amount": format_kroner(network), "pct": _pct(network, total), "cap": profile.network_cap_pct}
        checks.append(
            RuleCheck(
                _kind(network, total, profile.network_cap_pct),
                _("The network gets %(amount)s, that is %(pct)s %%.") % values,
                _("The office’s plan says up to %(cap)d %%.") % values,
            )
        )
    if profile.coordinator_cap_pct is not None and coordinator:
        values = {
            "amount": format_kroner(coordinator),
            "pct": _pct(coordinator, total),
            "cap": profile.coordinator_cap_pct,
        }
        checks.append(
            RuleCheck(
                _kind(coordinator, total, profile.coordinator_cap_pct),
                _("The coordinator gets %(amount)s, that is %(pct)s %%.") % values,
                _("The office’s plan says up to %(cap)d %%.") % values,
            )
        )
    return checks


def _kind(part: int, total: int, cap: int) -> str:
    return "done" if part * 100 <= cap * total else "warn"


def _pct(part: int, total: int) -> str:
    """«40», «33,3»: never rounded so that a broken limit looks kept."""
    tenths = -(-part * 1000 // total)
    return str(tenths // 10) if tenths % 10 == 0 else f"{tenths // 10},{tenths % 10}"


def _base(base: str) -> str:
    words: dict[str, str] = {
        OwnContributionBase.GRANT: _("what you seek"),
        OwnContributionBase.OWNER_PART: _("what the network gets"),
        OwnContributionBase.COORDINATOR_PART: _("what the coordinator gets"),
    }
    return words.get(base, "")
