"""Makes the annual reports of a round from its awards."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.selectors.holders import holders
from core import clock
from core.actor import Actor
from core.calendar import next_working_day
from core.enums import Role
from core.services import obligations
from core.services.events import record
from grants.enums import DeadlineKind
from grants.models import DecisionLine, Measure, MeasureYear, Round
from grants.selectors.rounds import deadline
from reporting.models import AnnualReport, ReportLine

USUAL_DUE = (1, 15)
"""15 January of the year after, where the round sets no date (domain.md § 6.3 row 36)."""


@transaction.atomic
def create_reports(*, round: Round) -> list[AnnualReport]:
    """One report for each measure with an award; doing it again adds what is new and changes nothing else.

    The rules are those of the award's round. A report that isn't sent follows a later decision on its lines.
    """
    awarded: dict[MeasureYear, list[DecisionLine]] = defaultdict(list)
    lines = (
        DecisionLine.objects.filter(round=round, live=True, amount__gt=0, budget_year=round.year)
        .select_related("measure_year__measure__network", "measure_year__measure__lead")
        .order_by("measure_year_id", "id")
    )
    for line in lines:
        awarded[line.measure_year].append(line)
    known = {report.measure_year_id: report for report in AnnualReport.objects.filter(round=round)}
    due = deadline(round, DeadlineKind.REPORT) or next_working_day(date(round.year + 1, *USUAL_DUE))
    reports = []
    for measure_year, rows in awarded.items():
        report = known.get(measure_year.pk) or _create(round, measure_year, due)
        if report.state == "open":
            _follow(report, rows)
        obligations.sync(report)
        reports.append(report)
    return reports


def _create(round: Round, measure_year: MeasureYear, due: date) -> AnnualReport:
    report = AnnualReport.objects.create(
        measure=measure_year.measure,
        measure_year=measure_year,
        round=round,
        budget_year=round.year,
        rule_set=round.rule_set,
        contact=_contact(measure_year.measure),
        due=due,
    )
    record(
        code="report.created",
        subject=report,
        by=Actor.for_system("reports"),
        office=round.office_id,
        data={"title": measure_year.title},
    )
    return report


def _contact(measure: Measure) -> User | None:
    """The network's coordinator, or the lead's owner contact: the one who writes for all parties (row 36)."""
    found = None
    if measure.network is not None:
        found = holders(role=Role.COORDINATOR, anchor_id=measure.network.anchor_id, on=clock.today()).first()
    return found or holders(role=Role.OWNER_CONTACT, anchor_id=measure.lead.anchor_id, on=clock.today()).first()


def _follow(report: AnnualReport, rows: list[DecisionLine]) -> None:
    """Make the report's lines the award's, and keep what is filled in."""
    stored = {tuple(line.money_key().values()): line for line in report.lines.all()}
    for row in rows:
        key = tuple(row.money_key().values())
        line = stored.pop(key, None)
        if line is None:
            ReportLine.objects.create(report=report, decision_line=row, amount=row.amount, **row.money_key())
        elif (line.amount, line.decision_line_id) != (row.amount, row.pk):
            line.amount = row.amount
            line.decision_line = row
            line.save(update_fields=["amount", "decision_line"])
    for line in stored.values():
        line.delete()
