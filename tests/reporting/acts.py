"""What people do with annual reports, for the tests."""

from __future__ import annotations

from datetime import date

from accounts.models import User
from core import clock
from core.actor import Actor
from core.models import Anchor
from grants.enums import LineOutcome
from grants.models import Decision, DecisionLine, MeasureYear
from reporting.models import AnnualReport
from reporting.rules import rule_set_of
from reporting.selectors.facts import live_rows
from reporting.selectors.reports import fresh
from reporting.services import reports
from reporting.services.reports import ReportFields
from tests.world import World

LATER = date(2028, 1, 10)
"""A day on which the reports on 2027 are being written."""


def filled_in(report: AnnualReport, **changes: object) -> ReportFields:
    """A complete report in which all the money is used."""
    signs = rule_set_of(report).signs_for(report.measure_year.scheme)
    values: dict[str, object] = {
        "progress": "finished",
        "activities": "Elleve fagdager er holdt.",
        "units": 6,
        "participants": 75,
        "used": {line.pk: line.amount for line in report.lines.all()},
        "learnt": "Start med lederne.",
        "ratings": {sign.code: (4, "Lærerne planlegger sammen.") for sign in signs},
    }
    return ReportFields(**(values | changes))  # type: ignore[arg-type]


def write_and_send(report: AnnualReport, writer: Actor) -> AnnualReport:
    """The report as it lies before the parties."""
    reports.save_report(report=report, fields=filled_in(fresh(report)), by=writer)
    return reports.send(report=report, by=writer)


def award(measure_year: MeasureYear, *, prepared_by: User, number: int = 9) -> None:
    """A decision that gives the measure all it has asked for."""
    decision = Decision.objects.create(
        round=measure_year.round, number=number, prepared_by=prepared_by, prepared_at=clock.now()
    )
    measure_year.decision_lines.update(live=False)
    for line in measure_year.budget_lines.filter(budget_year=measure_year.round.year):
        DecisionLine.objects.create(
            decision=decision,
            round=measure_year.round,
            measure_year=measure_year,
            amount=line.amount,
            sought=line.amount,
            outcome=LineOutcome.GRANTED,
            **line.money_key(),
        )


def seen(report: AnnualReport, party: Anchor) -> dict[str, str]:
    """What a party has on the screen: part → hash."""
    return {row.part: row.part_hash for row in live_rows(report) if row.party == party}


def confirm_both(report: AnnualReport, world: World) -> AnnualReport:
    """Owner and university confirm what stands there."""
    for anchor, who in ((world.nordli.anchor, "nordli_owner"), (world.university.anchor, "north_provider")):
        report = reports.confirm(report=report, party=anchor, by=world.actor(who), seen=seen(report, anchor))
    return report
