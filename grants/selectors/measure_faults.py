"""What a measure still lacks before it can be sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.dates import interface_form
from core.money import format_kroner
from grants.enums import LineKind, PartyKind
from grants.models import (
    MeasureYear,
    ProfileVersion,
)
from grants.rulesets import Level, RuleSet
from grants.selectors.measures import (
    ABOUT,
    ANSWERS,
    BUDGET,
    PARTIES,
    SECTIONS,
    asked_criteria,
    needed_parts,
    section_name,
    sum_of,
)
from networks.models import Organisation

FEWEST_WORDS = 3
"""«Ja» is no answer (ux.md F 3): the forum must be able to see what happened."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What a measure lacks before it can be sent: the section it is mended in and the id of the field there."""

    section: str
    field: str
    text: str


def faults_of(
    measure_year: MeasureYear,
    *,
    rule_set: RuleSet,
    profile: ProfileVersion,
    unread: Iterable[str] = (),
) -> list[Fault]:
    """What is missing before the measure can be sent; ``unread`` are sections whose draft can't be read yet."""
    waiting = set(unread)
    found = [
        Fault(
            section,
            "",
            _("Something in «%(section)s» can’t be read yet. Mend it first.") % {"section": section_name(section)},
        )
        for section in SECTIONS
        if section in waiting
    ]
    checks = {
        ABOUT: lambda: _about(measure_year, rule_set, profile),
        ANSWERS: lambda: _answers(measure_year, rule_set),
        PARTIES: lambda: _parties(measure_year, rule_set),
        BUDGET: lambda: _budget(measure_year),
    }
    for section in SECTIONS:
        if section not in waiting:
            found += checks[section]()
    return found


def _about(measure_year: MeasureYear, rule_set: RuleSet, profile: ProfileVersion) -> list[Fault]:
    found = []
    scheme = next((one for one in rule_set.schemes if one.code == measure_year.scheme), None)
    if not measure_year.title.strip():
        found.append(Fault(ABOUT, "id_title", _("Give the measure a title.")))
    if scheme is None:
        found.append(Fault(ABOUT, "id_scheme", _("Choose which scheme the measure belongs to.")))
    elif measure_year.sector not in scheme.sectors:
        found.append(Fault(ABOUT, "id_sector", _("Choose kindergarten or school as the scheme allows.")))
    elif measure_year.form not in scheme.forms:
        found.append(Fault(ABOUT, "id_form", _("Choose a kind of measure the scheme allows.")))
    if measure_year.year_count > profile.longest_measure_years:
        found.append(
            Fault(
                ABOUT,
                "id_year_count",
                _("A measure can last %(years)d years at most. Lower the number of years.")
                % {"years": profile.longest_measure_years},
            )
        )
    words = {
        "need": _("Write what need you have found."),
        "need_how": _("Write when and how the staff took part. «Yes» is not enough: the forum must see what happened."),
        "goal": _("Write what the measure will lead to."),
        "work_plan": _("Write how you and your partner will work."),
        "own_effort": _("Write what the owners themselves put in."),
    }
    for part in needed_parts(rule_set, measure_year.scheme):
        if part in words and too_thin(getattr(measure_year, part), part):
            found.append(Fault(ABOUT, f"id_{part}", words[part]))
    return found


def too_thin(text: str, part: str = "") -> bool:
    """Nothing, or («how the staff took part») less than says anything."""
    return len(text.split()) < (FEWEST_WORDS if part == "need_how" else 1)


def _answers(measure_year: MeasureYear, rule_set: RuleSet) -> list[Fault]:
    answered = {row.criterion for row in measure_year.criterion_answers.all() if row.answer.strip()}
    return [
        Fault(
            ANSWERS,
            f"id_{one.code}",
            _("Write how the measure meets «%(criterion)s».") % {"criterion": one.title.in_form(interface_form())},
        )
        for one in asked_criteria(rule_set, measure_year.scheme)
        if one.level != Level.TIP and one.code not in answered
    ]


def _parties(measure_year: MeasureYear, rule_set: RuleSet) -> list[Fault]:
    parties = list(measure_year.parties.all())
    owners = [row for row in parties if row.kind == PartyKind.OWNER]
    providers = [
        row
        for row in parties
        if row.kind == PartyKind.PROVIDER and row.organisation.kind in rule_set.parties.provider_kinds
    ]
    found = []
    if rule_set.parties.owner_required and not owners:
        found.append(Fault(PARTIES, "owners", _("Choose at least one owner.")))
    if rule_set.parties.provider_required and not providers:
        found.append(
            Fault(PARTIES, "providers", _("Choose at least one partner: a university or another the rules allow."))
        )
    elif PartyKind.PROVIDER in rule_set.report.confirms and not any(row.confirms for row in providers):
        found.append(
            Fault(PARTIES, "providers", _("Choose a partner that will confirm the plan and the annual report."))
        )
    if owners and PartyKind.OWNER in rule_set.report.confirms and not any(row.confirms for row in owners):
        found.append(Fault(PARTIES, "owners", _("Choose an owner that will confirm the plan and the annual report.")))
    return found


def _budget(measure_year: MeasureYear) -> list[Fault]:
    year = measure_year.round.year
    lines = [line for line in measure_year.budget_lines.all() if line.amount]
    if not sum_of(lines, year):
        return [Fault(BUDGET, "lines", _("Write what you seek for %(year)s.") % {"year": year})]
    return [
        Fault(
            BUDGET,
            "lines",
            _("Choose who gets %(amount)s for %(kind)s.")
            % {"amount": format_kroner(line.amount), "kind": LineKind(line.kind).label},
        )
        for line in lines
        if line.payee_id is None
    ]


def refused_payees(measure_year: MeasureYear, rule_set: RuleSet) -> list[Organisation]:
    """Recipients the law doesn't pay: hard law (§ 3; pkt 3.1)."""
    seen = {line.payee_id: line.payee for line in measure_year.budget_lines.all() if line.payee and line.amount}
    return [payee for payee in seen.values() if not rule_set.can_receive(payee.kind)]
