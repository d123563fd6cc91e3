"""Holding measures against criteria, returning and finishing."""

from __future__ import annotations

from datetime import date

import pytest

from core import clock
from core.authz import NotAllowed
from core.models import Message, Obligation
from core.requirements import StaleVersion, StepRefused
from core.services import obligations
from grants import rulesets
from grants.models import Assessment, MeasureYear, NeedsReport
from grants.services import assessment, needs
from tests.grants.needs_setup import World, actor, fill

pytestmark = pytest.mark.django_db
CRITERIA = [one.code for one in rulesets.get("REG2026").criteria_for("kollektiv")]


@pytest.fixture
def world(needs_phase: World) -> World:
    fill(needs_phase, needs_phase.report, needs_phase.coordinator)
    needs_phase.report = needs.send(report=needs_phase.report, by=actor(needs_phase.coordinator))
    return needs_phase


def measure(world: World) -> MeasureYear:
    return MeasureYear.objects.get(report=world.report)


def assess_all(world: World, but: tuple[str, ...] = ()) -> None:
    for code in CRITERIA:
        if code not in but:
            assessment.assess_criterion(
                measure_year=measure(world), criterion=code, result="met", reason="", by=actor(world.officer)
            )


def codes(refused: StepRefused) -> list[str]:
    return [obstacle.code for obstacle in refused.obstacles]


@pytest.mark.parametrize("result", ["partly", "not_met"])
def test_what_is_not_met_needs_a_reason(world: World, result: str) -> None:
    by = actor(world.officer)
    with pytest.raises(StepRefused) as refused:
        assessment.assess_criterion(measure_year=measure(world), criterion="sami", result=result, reason=" ", by=by)
    assert codes(refused.value) == ["reason_missing"]
    row = assessment.assess_criterion(
        measure_year=measure(world), criterion="sami", result=result, reason="Ikke nevnt.", by=by
    )
    assert (row.result, row.reason, row.by_user) == (result, "Ikke nevnt.", world.officer)


def test_a_may_criterion_can_be_left_out(world: World) -> None:
    assess_all(world, but=("cross_professional",))
    report = assessment.finish_assessment(report=world.report, by=actor(world.officer))
    assert report.state == "assessed"
    assert measure(world).state == "assessed"
    assert not Obligation.objects.filter(done_at__isnull=True, kind="needs_assess").exists()
    assert obligations.rebuild() == []


def test_a_criterion_left_out_stops_the_finish(world: World) -> None:
    assess_all(world, but=("sami",))
    with pytest.raises(StepRefused) as refused:
        assessment.finish_assessment(report=world.report, by=actor(world.officer))
    assert codes(refused.value) == ["not_assessed"]


def test_only_case_officers_assess(world: World) -> None:
    for user in (world.coordinator, world.owner_contact, world.stranger):
        with pytest.raises(NotAllowed):
            assessment.assess_criterion(
                measure_year=measure(world), criterion="sami", result="met", reason="", by=actor(user)
            )
        with pytest.raises(NotAllowed):
            assessment.return_report(report=world.report, by=actor(user), comment="Nei")


def test_two_assessors(world: World) -> None:
    seen = assessment.stamp(None)
    with clock.frozen(date(2027, 1, 21)):
        assessment.assess_criterion(
            measure_year=measure(world), criterion="sami", result="met", reason="", by=actor(world.officer), seen=seen
        )
    with pytest.raises(StaleVersion) as stale:
        assessment.assess_criterion(
            measure_year=measure(world),
            criterion="sami",
            result="not_met",
            reason="Mangler",
            by=actor(world.second_officer),
            seen=seen,
        )
    assert stale.value.saved_by == "Anne Hov"
    assert Assessment.objects.get().result == "met"


def test_returning_needs_a_comment_and_tells_the_writers(world: World) -> None:
    with pytest.raises(StepRefused) as refused:
        assessment.return_report(report=world.report, by=actor(world.officer), comment="  ")
    assert codes(refused.value) == ["comment_missing"]
    assessment.return_report(report=world.report, by=actor(world.officer), comment="Skriv om de samiske perspektivene.")
    report = NeedsReport.objects.get(pk=world.report.pk)
    assert (report.state, report.return_comment) == ("returned", "Skriv om de samiske perspektivene.")
    assert measure(world).state == "draft"
    mails = Message.objects.filter(key__startswith="needs-returned")
    assert sorted(mail.to for mail in mails) == ["jon.aas@example.no", "kari.moe@example.no"]
    assert all("samiske perspektivene" in mail.body for mail in mails)
    assert [row.kind for row in Obligation.objects.filter(done_at__isnull=True, subject_id=report.pk)] == [
        "needs_correct"
    ]


def test_a_corrected_report_keeps_its_reference_and_stays_in_time(world: World) -> None:
    assessment.return_report(report=world.report, by=actor(world.officer), comment="Rett.")
    first = NeedsReport.objects.get(pk=world.report.pk).receipt
    with clock.frozen(date(2027, 2, 10)):
        report = needs.send(report=world.report, by=actor(world.coordinator))
    assert (report.reference, report.sent_late, report.state) == ("2027-BM-001", False, "sent")
    assert report.receipt is not None
    assert report.receipt.replaces == first
