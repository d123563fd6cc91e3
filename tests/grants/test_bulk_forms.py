"""What is written for many at once is what is written one by one: the same rows in every table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from core import clock
from core.authz import NotAllowed
from core.models import Event, Section
from core.requirements import StepRefused
from grants import rulesets
from grants.models import Assessment, MeasureYear
from grants.services import assessment, needs
from grants.services.assessment import Judged
from grants.services.measure_batches import MeasureInput, write_measures
from tests.grants.needs_setup import FIELDS, START, World, actor, build, fill
from tests.tables import left_by

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["REG2026", "GUIDE2021"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with clock.frozen(START):
        yield build(request.param)


def wanted(world: World, count: int = 3) -> list[MeasureInput]:
    """Measures that differ in everything that is counted from them."""
    rules = rulesets.get(world.round.rule_set.code)
    made = []
    for number in range(count):
        scheme = rules.schemes[number % len(rules.schemes)]
        made.append(
            MeasureInput(
                fields=needs.MeasureFields(
                    title=f" Tiltak {number} ",
                    scheme=scheme.code,
                    sector=scheme.sectors[0],
                    year_no=1 + number % 2,
                    year_count=2,
                    own_amount=number * 1000 or None,
                    **FIELDS,
                ),
                answers={one.code: f"Svar {number} " for one in rules.criteria_for(scheme.code)} | {"local_need": ""},
                parties=[
                    (world.host.pk, "owner", True),
                    (world.university.pk, "provider", True),
                    (world.host.pk, "owner", number == 0),
                ],
                lines=[
                    needs.BudgetInput(
                        kind="provider",
                        amount=600_000,
                        budget_year=2027,
                        payee_id=world.university.pk,
                        description=" x ",
                    ),
                    needs.BudgetInput(kind="network", amount=400_000, budget_year=2027, payee_id=world.host.pk),
                    needs.BudgetInput(kind="coordinator", amount=0, budget_year=2027, payee_id=world.host.pk),
                ],
            )
        )
    return made


def one_by_one(world: World, measures: list[MeasureInput]) -> list[MeasureYear]:
    by = actor(world.coordinator)
    rows = []
    for one in measures:
        row = needs.add_measure(report=world.report, by=by, title=one.fields.title)
        row = needs.save_measure(measure_year=row, fields=one.fields, by=by)
        row = needs.save_answers(measure_year=row, answers=one.answers, by=by)
        row = needs.set_parties(measure_year=row, parties=one.parties, by=by)
        rows.append(needs.set_budget(measure_year=row, lines=one.lines, by=by))
    return rows


def test_measures_written_at_once_are_those_written_one_by_one(world: World) -> None:
    measures = wanted(world)
    single = left_by(lambda: one_by_one(world, measures))
    bulk = left_by(lambda: write_measures(report=world.report, measures=measures, by=actor(world.coordinator)))
    assert bulk == single
    assert (len(single["grants.MeasureYear"]), len(single["grants.BudgetLine"]), len(single["core.Section"])) == (
        3,
        6,
        12,
    )


def test_measures_written_at_once_come_after_those_there_are(world: World) -> None:
    fill(world, world.report, world.coordinator)
    made = write_measures(report=world.report, measures=wanted(world, 2), by=actor(world.coordinator))
    assert [row.priority for row in made] == [2, 3]


def test_one_that_cannot_be_written_stops_all(world: World) -> None:
    measures = wanted(world)
    twice = replace(measures[-1], lines=[*measures[-1].lines[:1], *measures[-1].lines[:1]])
    for wrong in (twice, replace(measures[-1], fields=replace(measures[-1].fields, year_no=3))):
        with pytest.raises(StepRefused):
            write_measures(report=world.report, measures=[*measures[:2], wrong], by=actor(world.coordinator))
    with pytest.raises(NotAllowed):
        write_measures(report=world.report, measures=measures, by=actor(world.stranger))
    assert (
        MeasureYear.objects.count(),
        Section.objects.count(),
        Event.objects.filter(code="measure.added").count(),
    ) == (
        0,
        0,
        0,
    )


def judged(world: World, result: str = "met", reason: str = " Vurdert ") -> list[Judged]:
    rules = rulesets.get(world.round.rule_set.code)
    return [
        Judged(row.pk, criterion.code, result, reason)
        for row in world.report.measures.order_by("priority")
        for criterion in rules.criteria_for(row.scheme)
    ]


@pytest.fixture
def sent(world: World) -> World:
    for number in range(2):
        fill(world, world.report, world.coordinator, title=f"Tiltak {number}")
    needs.send(report=world.report, by=actor(world.coordinator))
    return world


def test_measures_judged_at_once_are_those_judged_one_by_one(sent: World) -> None:
    by = actor(sent.officer)
    all_of_it = judged(sent)

    def single() -> None:
        for one in all_of_it:
            row = MeasureYear.objects.get(pk=one.measure_year_id)
            assessment.assess_criterion(
                measure_year=row, criterion=one.criterion, result=one.result, reason=one.reason, by=by
            )

    with clock.frozen(date(2027, 2, 10)):
        expected = left_by(single)
        assert left_by(lambda: assessment.assess_measures(report=sent.report, judged=all_of_it, by=by)) == expected
    assert len(expected["grants.Assessment"]) == len(all_of_it) > 2


def test_a_judgement_without_its_reason_stops_all(sent: World) -> None:
    by = actor(sent.officer)
    with pytest.raises(StepRefused):
        assessment.assess_measures(report=sent.report, judged=[*judged(sent), *judged(sent, "not_met", " ")], by=by)
    with pytest.raises(NotAllowed):
        assessment.assess_measures(report=sent.report, judged=judged(sent), by=actor(sent.coordinator))
    assert Assessment.objects.count() == 0
