"""The rows of a letter's table, and the reasons for those that got less than was sought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from grants.enums import LetterKind, RefusalGround
from grants.letters.facts import Refusal
from grants.letters.facts import RefusalGround as LetterGround
from grants.models import DecisionLine, MeasureYear
from grants.rulesets import RuleSet
from grants.selectors.letter_plans import LetterPlan
from grants.selectors.proposals import order_of

PART = {
    "nb": ("{title}: delen til {payee}", "{title}: den avslåtte delen til {payee}"),
    "nn": ("{title}: delen til {payee}", "{title}: den avslåtte delen til {payee}"),
}
"""A row about money to someone else that the recipient's needs report sought: all of it, or the part refused."""

RULE = {
    "nb": "Tiltaket må oppfylle kriteriet «{title}» ({where}): {text}",
    "nn": "Tiltaket må oppfylle kriteriet «{title}» ({where}): {text}",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: ``applied`` and ``amount`` in whole kroner; ``lines`` are the cut lines behind it."""

    title: str
    scheme: str
    sector: str
    applied: int
    amount: int
    year_no: int
    year_count: int
    network: str = ""
    own_effort: str = ""
    lines: tuple[DecisionLine, ...] = ()
    number: int = 0


def rows_of(plan: LetterPlan, rules: RuleSet, names: Mapping[int, str], form: str) -> list[Row]:
    """The rows of the letter, numbered, by scheme and priority.

    A measure has one row for the recipient's own lines. Where only somebody else's part of it was cut, the lead of the
    needs report reads that in a row of its own (fvl. § 27). ``names``: display names by organisation.
    """
    schemes = [scheme.code for scheme in rules.schemes]
    places: dict[tuple[int, str], list[DecisionLine]] = {}
    for line in plan.all_lines:
        places.setdefault((line.measure_year_id, line.scheme), []).append(line)
    ordered = sorted(
        places.values(),
        key=lambda own: (
            schemes.index(own[0].scheme) if own[0].scheme in schemes else len(schemes),
            own[0].measure_year.report_id or 0,
            order_of(own[0].measure_year),
        ),
    )
    rows = [row for own in ordered for row in _rows_of_measure(plan, own, names, form)]
    return [replace(row, number=number) for number, row in enumerate(rows, start=1)]


def _rows_of_measure(plan: LetterPlan, lines: list[DecisionLine], names: Mapping[int, str], form: str) -> list[Row]:
    measure_year = lines[0].measure_year
    if plan.kind == LetterKind.REFUSAL:
        missing = sum(line.sought - line.amount for line in lines)
        return [_row(measure_year, lines, title=measure_year.title, applied=missing, amount=0, cut=lines)]
    own = [line for line in lines if line.payee_id == plan.recipient.pk]
    others = [line for line in lines if line.payee_id != plan.recipient.pk and line.amount < line.sought]
    rows = []
    cut = [line for line in own if line.amount < line.sought]
    if own:
        sought = sum(max(line.sought, line.amount) for line in own)
        amount = sum(line.amount for line in own)
        rows.append(_row(measure_year, lines, title=measure_year.title, applied=sought, amount=amount, cut=cut))
    if not cut:
        for payee in dict.fromkeys(line.payee_id for line in others):
            theirs = [line for line in others if line.payee_id == payee]
            whole, part = PART[form]
            words = whole if not any(line.amount for line in theirs) else part
            title = words.format(title=measure_year.title, payee=names.get(payee, ""))
            missing = sum(line.sought - line.amount for line in theirs)
            rows.append(_row(measure_year, lines, title=title, applied=missing, amount=0, cut=theirs))
    return rows


def _row(
    measure_year: MeasureYear,
    lines: Sequence[DecisionLine],
    *,
    title: str,
    applied: int,
    amount: int,
    cut: Sequence[DecisionLine],
) -> Row:
    report = measure_year.report
    return Row(
        title=title,
        scheme=lines[0].scheme,
        sector=measure_year.sector,
        applied=applied,
        amount=amount,
        year_no=measure_year.year_no,
        year_count=measure_year.year_count,
        network=str(report.network) if report and report.network else str(report.lead) if report else "",
        own_effort=" ".join(measure_year.own_effort.split()).rstrip("."),
        lines=tuple(cut),
    )


def refusals_of(rows: Sequence[Row], rules: RuleSet, form: str) -> tuple[Refusal, ...]:
    """One section for each reason, with the measures it is true of (fvl. §§ 24–25)."""
    found: dict[tuple[str, str, str], list[int]] = {}
    for row in rows:
        if not row.lines or row.amount >= row.applied:
            continue
        criterion = next((line.criterion for line in row.lines if line.criterion), "")
        ground = RefusalGround.CRITERIA if criterion else RefusalGround.PRIORITY
        reason = "\n\n".join(dict.fromkeys(line.reason.strip() for line in row.lines if line.reason.strip()))
        found.setdefault((ground, criterion, reason), []).append(row.number)
    return tuple(
        Refusal(
            measures=tuple(numbers),
            ground=LetterGround(ground),
            assessment=reason,
            rule=_rule(rules, criterion, form) if criterion else "",
        )
        for (ground, criterion, reason), numbers in found.items()
    )


def _rule(rules: RuleSet, code: str, form: str) -> str:
    """The criterion as the law has it: fvl. § 25 first paragraph, «gjengi innholdet av reglene»."""
    criterion = next((one for one in rules.criteria if one.code == code), None)
    if criterion is None:
        return ""
    return RULE[form].format(
        title=criterion.title.in_form(form),
        where=rules.citation(criterion.paragraph, form),
        text=criterion.text.in_form(form),
    )
