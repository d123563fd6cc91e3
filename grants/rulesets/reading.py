"""From the bytes of a TOML file to a rule set."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from typing import TypeVar

from grants.enums import DeadlineKind, MeasureForm, OwnContributionBase, PartyKind
from grants.rulesets.model import (
    Appeal,
    Body,
    Complainant,
    Criterion,
    DateRule,
    ForumRole,
    LetterRules,
    Level,
    NeedsRules,
    OwnContribution,
    OwnContributionKind,
    Parties,
    Procedure,
    Quota,
    Recipients,
    ReportRules,
    Rule,
    RuleSet,
    Scheme,
    SchemeRule,
    SeatGroupRule,
    Sign,
)
from grants.rulesets.tables import Reading, RuleSetError, Table
from networks.enums import OrganisationKind, Sector

T = TypeVar("T")

LEAP_YEAR = 2028
ITEMS_OF_A_LETTER = 6
"""Both laws demand the same six (FOR-2021-01-26-230 pkt 7.3, FOR-2026-01-12-23 § 13)."""


def read_rule_set(source: bytes, file: str) -> RuleSet:
    """A rule set from the bytes of its file. Raises RuleSetError with every fault."""
    try:
        values = tomllib.loads(source.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RuleSetError(file, [f"isn't TOML: {error}"]) from error
    faults: list[str] = []
    head = Table(Reading(faults, date.min, None), "", values)
    valid_from = head.day("valid_from")
    valid_to = head.open_day("valid_to", None)
    if valid_to is not None and valid_to < valid_from:
        head.fault("valid_to", "is before valid_from")
    root = Table(Reading(faults, valid_from, valid_to), "", values)
    root.asked |= head.asked
    rule_set = _rule_set(root, sha256(source).hexdigest(), valid_from, valid_to)
    root.done()
    _check(root, rule_set)
    if faults:
        raise RuleSetError(file, faults)
    return rule_set


def _rule_set(root: Table, digest: str, valid_from: date, valid_to: date | None) -> RuleSet:
    law = root.table("law")
    rule_set = RuleSet(
        code=root.string("code"),
        version=root.number("version", 1, 999),
        flow=root.string("flow"),
        sha256=digest,
        valid_from=valid_from,
        valid_to=valid_to,
        name=root.text("name"),
        law_reference=law.string("reference"),
        law_title=law.string("title"),
        law_language=law.string("language"),
        cite=law.text("cite"),
        schemes=_each(root, "schemes", _scheme),
        recipients=_one(root, "recipients", _recipients),
        parties=_one(root, "parties", _parties),
        target_groups=_each(root, "target_groups", _target_group),
        criteria=_each(root, "criteria", _criterion),
        quotas=_each(root, "quotas", _quota, may_be_none=True),
        signs=_each(root, "signs", _sign),
        needs_report=_one(root, "needs_report", _needs_report),
        own_contribution=_each(root, "own_contribution", _own_contribution, may_be_none=True),
        procedure=_one(root, "procedure", _procedure),
        seat_groups=_each(root, "seat_groups", _seat_group),
        deadlines=_each(root, "deadlines", _deadline),
        letter=_one(root, "letter", _letter),
        report=_one(root, "report", _report),
        appeal=_one(root, "appeal", _appeal),
        rules=_each(root, "rules", _plain_rule),
    )
    law.done()
    return rule_set


def _one(root: Table, key: str, make: Callable[[Table], T]) -> T:
    table = root.table(key)
    made = make(table)
    table.done()
    return made


def _each(root: Table, key: str, make: Callable[[Table], T], *, may_be_none: bool = False) -> tuple[T, ...]:
    made = []
    codes: set[object] = set()
    for table in root.tables(key, may_be_none=may_be_none):
        made.append(make(table))
        table.done()
        code = table.values.get("code", table.values.get("kind"))
        if code in codes:
            table.fault("code", f"«{code}» stands there twice")
        codes.add(code)
    return tuple(made)


def _scheme(table: Table) -> Scheme:
    return Scheme(
        code=table.string("code"),
        paragraph=table.string("paragraph"),
        sectors=table.words("sectors", Sector),
        forms=table.words("forms", MeasureForm),
        name=table.text("name"),
        goal=table.text("goal"),
    )


def _recipients(table: Table) -> Recipients:
    return Recipients(**table.rule(code="recipients"), kinds=frozenset(table.words("kinds", OrganisationKind)))


def _parties(table: Table) -> Parties:
    return Parties(
        **table.rule(code="parties"),
        provider_kinds=frozenset(table.words("provider_kinds", OrganisationKind)),
        owner_required=table.truth("owner_required"),
        provider_required=table.truth("provider_required"),
    )


def _target_group(table: Table) -> SchemeRule:
    return SchemeRule(**table.rule(level=Level.STOP), schemes=table.strings("schemes"))


def _criterion(table: Table) -> Criterion:
    return Criterion(**table.rule(), schemes=table.strings("schemes"), title=table.text("title"))


def _quota(table: Table) -> Quota:
    return Quota(
        **table.rule(),
        scheme=table.string("scheme"),
        forms=frozenset(table.words("forms", MeasureForm)),
        max_pct=table.number("max_pct", 1, 100),
    )


def _sign(table: Table) -> Sign:
    return Sign(
        **table.rule(level=Level.STOP),
        schemes=table.strings("schemes"),
        provider_answers=table.truth("provider_answers", default=False),
    )


def _plain_rule(table: Table) -> Rule:
    return Rule(**table.rule())


def _letter_item(table: Table) -> Rule:
    return Rule(**table.rule(level=Level.STOP))


def _needs_report(table: Table) -> NeedsRules:
    return NeedsRules(
        **table.rule(code="needs_report"),
        describe_every_year=table.truth("describe_every_year"),
        parts=_each(table, "parts", _plain_rule),
    )


def _own_contribution(table: Table) -> OwnContribution:
    kind = table.word("kind", OwnContributionKind)
    base = table.word("base", OwnContributionBase)
    counted = kind is OwnContributionKind.PERCENTAGE
    pct = table.number("pct", 1, 100) if counted or "pct" in table.values else None
    if counted and base is OwnContributionBase.NONE:
        table.fault("base", "a percentage is of something")
    if not counted and (pct is not None or base is not OwnContributionBase.NONE):
        table.fault("kind", "a description has neither percentage nor base")
    return OwnContribution(
        **table.rule(),
        schemes=table.strings("schemes"),
        kind=kind,
        pct=pct,
        base=base,
        in_kind=table.truth("in_kind"),
    )


def _procedure(table: Table) -> Procedure:
    procedure = Procedure(
        **table.rule(code="procedure", level=Level.STOP),
        proposes=table.word("proposes", Body),
        forum_role=table.word("forum_role", ForumRole),
        decides=table.word("decides", Body),
        part_refusal_returns_to_forum=table.truth("part_refusal_returns_to_forum"),
        forum_may_uphold=table.truth("forum_may_uphold"),
        joint_conclusion=table.truth("joint_conclusion"),
        outcome_name=table.text("outcome_name"),
    )
    if procedure.forum_may_uphold and not procedure.part_refusal_returns_to_forum:
        table.fault("forum_may_uphold", "a forum that gets nothing back has nothing to uphold")
    return procedure


def _seat_group(table: Table) -> SeatGroupRule:
    group = SeatGroupRule(
        code=table.string("code"),
        paragraph=table.string("paragraph"),
        required=table.truth("required"),
        office=table.truth("office", default=False),
        votes=table.truth("votes", default=True),
        name=table.text("name"),
    )
    if group.office and group.votes:
        table.fault("votes", "the office's people have no vote")
    return group


def _deadline(table: Table) -> DateRule:
    kind = table.word("kind", DeadlineKind)
    month = table.number("month", 1, 12)
    day = table.number("day", 1, 31)
    try:
        date(LEAP_YEAR, month or 1, day or 1)
    except ValueError:
        table.fault("day", f"there is no day {day} in month {month}")
    return DateRule(
        **table.rule(code=str(kind.value)),
        kind=kind,
        month=month,
        day=day,
        earlier_by_agreement=table.truth("earlier_by_agreement"),
    )


def _letter(table: Table) -> LetterRules:
    letter = LetterRules(
        **table.rule(code="letter"),
        award_name=table.text("award_name"),
        refusal_name=table.text("refusal_name"),
        items=_each(table, "items", _letter_item),
    )
    if len(letter.items) != ITEMS_OF_A_LETTER:
        table.fault("items", f"are {len(letter.items)}, not {ITEMS_OF_A_LETTER}")
    return letter


def _report(table: Table) -> ReportRules:
    return ReportRules(
        **table.rule(code="report"),
        confirms=frozenset(table.words("confirms", PartyKind)),
        control_paragraph=table.string("control_paragraph"),
    )


def _appeal(table: Table) -> Appeal:
    return Appeal(
        **table.rule(code="appeal", level=Level.STOP),
        who=frozenset(table.words("who", Complainant)),
        weeks=table.number("weeks", 1, 52),
        body=table.text("body"),
    )


def _check(root: Table, rule_set: RuleSet) -> None:
    """What one field alone can't show: schemes that are named exist, and every scheme has criteria and signs."""
    schemes = {scheme.code for scheme in rule_set.schemes}
    scheme_rules: dict[str, tuple[SchemeRule, ...]] = {
        "target_groups": rule_set.target_groups,
        "criteria": rule_set.criteria,
        "signs": rule_set.signs,
        "own_contribution": rule_set.own_contribution,
    }
    for section, rules in scheme_rules.items():
        for number, rule in enumerate(rules):
            for scheme in sorted(set(rule.schemes) - schemes):
                root.fault(f"{section}[{number}].schemes", f"«{scheme}» is no scheme here")
    for number, quota in enumerate(rule_set.quotas):
        if quota.scheme not in schemes:
            root.fault(f"quotas[{number}].scheme", f"«{quota.scheme}» is no scheme here")
        elif not quota.forms <= set(rule_set.scheme(quota.scheme).forms):
            root.fault(f"quotas[{number}].forms", f"the scheme {quota.scheme} doesn't have them all")
    for number, known in enumerate(rule_set.schemes):
        for section, rules in scheme_rules.items():
            if section != "own_contribution" and not any(known.code in rule.schemes for rule in rules):
                root.fault(f"schemes[{number}]", f"has no {section}")
