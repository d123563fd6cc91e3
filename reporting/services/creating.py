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
from core.services.events import record_many
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
        .select_related("measure_year__measure__network__anchor", "measure_year__measure__lead__anchor")
        .order_by("measure_year_id", "id")
    )
    for line in lines:
        awarded[line.measure_year].append(line)
    known = {
        report.measure_year_id: report
        for report in AnnualReport.objects.filter(round=round)
        .select_related("measure_year", "measure__network__anchor", "measure__lead__anchor", "round__office")
        .prefetch_related("lines")
    }
    new = {one.pk: report for one, report in _create(round, [one for one in awarded if one.pk not in known]).items()}
    reports = [known.get(one.pk) or new[one.pk] for one in awarded]
    _follow([(report, rows) for report, rows in zip(reports, awarded.values(), strict=True) if report.state == "open"])
    obligations.sync_many(reports)
    return reports


def _create(round: Round, measure_years: list[MeasureYear]) -> dict[MeasureYear, AnnualReport]:
    due = deadline(round, DeadlineKind.REPORT) or next_working_day(date(round.year + 1, *USUAL_DUE))
    contacts: dict[tuple[int | None, int], User | None] = {}
    for one in measure_years:
        key = (one.measure.network_id, one.measure.lead_id)
        if key not in contacts:
            contacts[key] = _contact(one.measure)
    reports = AnnualReport.objects.bulk_create(
        AnnualReport(
            measure=one.measure,
            measure_year=one,
            round=round,
            budget_year=round.year,
            rule_set=round.rule_set,
            contact=contacts[one.measure.network_id, one.measure.lead_id],
            due=due,
        )
        for one in measure_years
    )
    record_many(
        code="report.created",
        subjects=reports,
        by=Actor.for_system("reports"),
        office=round.office_id,
        data=[{"title": one.title} for one in measure_years],
    )
    return dict(zip(measure_years, reports, strict=True))


def _contact(measure: Measure) -> User | None:
    """The network's coordinator, or the lead's owner contact: the one who writes for all parties (row 36)."""
    found = None
    if measure.network is not None:
        found = holders(
            role=Role.COORDINATOR,
            anchor_id=measure.network.anchor_id,
            office_id=measure.office_id,
            on=clock.today(),
        ).first()
    return (
        found
        or holders(
            role=Role.OWNER_CONTACT, anchor_id=measure.lead.anchor_id, office_id=measure.office_id, on=clock.today()
        ).first()
    )


def _follow(awards: list[tuple[AnnualReport, list[DecisionLine]]]) -> None:
    """Make each report's lines the award's, and keep what is filled in."""
    fresh, changed, gone = [], [], []
    for report, rows in awards:
        stored = {tuple(line.money_key().values()): line for line in report.lines.all()}
        for row in rows:
            line = stored.pop(tuple(row.money_key().values()), None)
            if line is None:
                fresh.append(ReportLine(report=report, decision_line=row, amount=row.amount, **row.money_key()))
            elif (line.amount, line.decision_line_id) != (row.amount, row.pk):
                line.amount, line.decision_line = row.amount, row
                changed.append(line)
        gone += [line.pk for line in stored.values()]
    ReportLine.objects.filter(pk__in=gone).delete()
    ReportLine.objects.bulk_update(changed, ["amount", "decision_line"])
    ReportLine.objects.bulk_create(fresh)
