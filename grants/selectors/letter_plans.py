"""Which letters a decision calls for: one per payee, one refusal per lead that gets nothing.

FOR-2026-01-12-23 § 13 and FOR-2021-01-26-230 pkt 7.3: the award letter. Fvl. § 27: who got nothing is told too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from grants.enums import LetterKind
from grants.models import DecisionLine, LetterLine, NeedsReport
from grants.models import Letter as LetterRow
from networks.enums import PROVIDER_KINDS
from networks.models import Organisation


@dataclass(frozen=True, slots=True)
class LetterPlan:
    """One letter. ``lines`` give the sum; ``cut`` are the lines that got less than was sought and that it explains.

    ``report`` is the needs report a refusal answers.
    """

    kind: LetterKind
    recipient: Organisation
    lines: tuple[DecisionLine, ...]
    cut: tuple[DecisionLine, ...] = ()
    report: NeedsReport | None = None

    @property
    def total(self) -> int:
        """Whole kroner."""
        return sum(line.amount for line in self.lines)

    @property
    def key(self) -> str:
        """The letter in an address before it has a row: «award-12», «refusal-3»."""
        return f"refusal-{self.report.pk}" if self.report else f"award-{self.recipient.pk}"

    @property
    def to_provider(self) -> bool:
        return self.recipient.kind in PROVIDER_KINDS

    @property
    def all_lines(self) -> tuple[DecisionLine, ...]:
        """Every line it tells about, once."""
        return tuple({line.pk: line for line in (*self.lines, *self.cut)}.values())

    @property
    def reports(self) -> tuple[NeedsReport, ...]:
        """The needs reports behind it: those the recipient leads, else those its own lines come from."""
        found = {line.measure_year.report_id: line.measure_year.report for line in self.all_lines}
        behind = [report for report in found.values() if report is not None]
        led = [report for report in behind if report.lead_id == self.recipient.pk]
        return tuple(sorted(led or behind, key=lambda report: report.pk))


def plan_letters(lines: Iterable[DecisionLine]) -> list[LetterPlan]:
    """The letters of a decision, in the order of the recipients' names. Queries nothing.

    A payee gets one award letter with all its lines; as lead (or as owner with lines of its own) it also reads what
    its reports didn't get. A report that gets nothing, or whose lead is paid nothing and had something cut, gives the
    lead a refusal.
    """
    rows = [line for line in lines if line.sought or line.amount]
    paid: dict[int, list[DecisionLine]] = defaultdict(list)
    by_report: dict[int, list[DecisionLine]] = defaultdict(list)
    for line in rows:
        if line.amount:
            paid[line.payee_id].append(line)
        if line.measure_year.report_id is not None:
            by_report[line.measure_year.report_id].append(line)
    plans = []
    told: set[int] = set()
    for report_id, own in by_report.items():
        report = own[0].measure_year.report
        cut = tuple(line for line in own if line.amount < line.sought)
        if report is None or not cut:
            continue
        if not any(line.amount for line in own) or report.lead_id not in paid:
            told.add(report_id)
            plans.append(LetterPlan(LetterKind.REFUSAL, report.lead, (), cut, report))
    for payee_id, own in paid.items():
        payee = own[0].payee
        cut = (
            ()
            if payee.kind in PROVIDER_KINDS
            else tuple(
                line
                for line in rows
                if line.amount < line.sought and line.measure_year.report_id not in told and _concerns(line, payee_id)
            )
        )
        plans.append(LetterPlan(LetterKind.AWARD, payee, tuple(own), cut))
    return sorted(plans, key=lambda plan: (plan.recipient.sort_key, plan.kind, plan.key))


def _concerns(line: DecisionLine, organisation_id: int) -> bool:
    """The organisation led the report, or would have been paid the line."""
    report = line.measure_year.report
    return line.payee_id == organisation_id or (report is not None and report.lead_id == organisation_id)


def plan_of(letter: LetterRow) -> LetterPlan:
    """The plan a letter was made from. One query."""
    told = [
        row.decision_line
        for row in LetterLine.objects.filter(letter=letter)
        .select_related(
            "decision_line__payee__anchor",
            "decision_line__measure_year__report__lead__anchor",
            "decision_line__measure_year__report__network__anchor",
            "decision_line__measure_year__measure",
        )
        .order_by("id")
    ]
    if letter.kind == LetterKind.REFUSAL:
        return LetterPlan(LetterKind.REFUSAL, letter.recipient, (), tuple(told), letter.needs_report)
    own = tuple(line for line in told if line.amount and line.payee_id == letter.recipient_id)
    cut = () if letter.recipient.kind in PROVIDER_KINDS else tuple(line for line in told if line.amount < line.sought)
    return LetterPlan(LetterKind.AWARD, letter.recipient, own, cut)
