"""The decision: every sum sought gets one line, two people stand behind it, and the sums add up."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.services.roles import grant_role
from core import clock
from core.authz import NotAllowed
from core.enums import Role
from core.models import Event
from core.requirements import AlreadyDone, StaleVersion, StepRefused
from grants.enums import LineOutcome, RefusalGround
from grants.models import BudgetLine, Commitment, Decision, DecisionLine, MeasureYear, Recommendation
from grants.selectors.decisions import FRAME_EXCEEDED, Draft, exceeded_pots, outcome_of
from grants.selectors.proposals import key_of
from grants.services import decisions
from tests.grants import decision_world as built
from tests.grants.forum_world import SYSTEM, actor, person

pytestmark = pytest.mark.django_db


def refused(error: pytest.ExceptionInfo[StepRefused]) -> list[str]:
    return [obstacle.code for obstacle in error.value.obstacles]


def line_of(decision: Decision, title: str, kind: str = "network") -> DecisionLine:
    return decision.lines.select_related("decision").get(measure_year__title=title, kind=kind)


def test_waits_for_the_forum() -> None:
    world = built.small_year()
    with pytest.raises(StepRefused) as error:
        decisions.prepare(round=world.round, by=actor(world.officer))
    assert refused(error) == ["forum_not_done"]


def test_every_sum_sought_gets_exactly_one_line(prepared_year: built.Year) -> None:
    decision = prepared_year.decision
    sought = sorted(key_of(line) for line in BudgetLine.objects.all())
    assert sorted(key_of(line) for line in decision.lines.all()) == sought
    assert {(line.measure_year.title, line.kind): (line.amount, line.outcome) for line in decision.lines.all()} == {
        ("Leseløft", "network"): (100_000, "granted"),
        ("Leseløft", "provider"): (200_000, "granted"),
        ("Regnehjelp", "network"): (100_000, "partly"),
        ("Regnehjelp", "provider"): (100_000, "partly"),
        ("Lekemiljø", "network"): (0, "refused"),
    }


def test_prepared_twice_is_one_decision(prepared_year: built.Year) -> None:
    world = prepared_year.world
    first = prepared_year.decision
    assert decisions.prepare(round=world.round, by=actor(world.officer)) == first
    assert Decision.objects.count() == 1


def test_the_ready_reason_is_in_the_leads_written_form(prepared_year: built.Year) -> None:
    decision = prepared_year.decision
    assert line_of(decision, "Lekemiljø").reason == FRAME_EXCEEDED[LineOutcome.REFUSED]["nn"]
    assert line_of(decision, "Regnehjelp").reason == FRAME_EXCEEDED[LineOutcome.PARTLY]["nn"]
    assert line_of(decision, "Regnehjelp").ground == RefusalGround.PRIORITY
    assert line_of(decision, "Leseløft").reason == ""


def test_a_sought_sum_the_forum_never_saw_is_refused_and_needs_a_reason() -> None:
    world = built.letter_world(frames={"kollektiv": 900_000})
    north = built.report(world, built.owner(world, "Vågå kommune", form="nn"))
    row = built.measure(world, north, "Leseløft", network=100_000)
    built.conclude(world)
    BudgetLine.objects.create(
        measure_year=row, measure=row.measure, budget_year=2027, scheme="kollektiv", sector="both", kind="other",
        payee=north.lead, amount=5_000,
    )  # fmt: skip
    with clock.frozen(built.DECIDED):
        decision = decisions.prepare(round=world.round, by=actor(world.officer))
        assert (line_of(decision, "Leseløft", "other").outcome, line_of(decision, "Leseløft", "other").reason) == (
            "refused",
            "",
        )
        with pytest.raises(StepRefused) as error:
            decisions.submit(decision=decision, by=actor(world.officer))
    assert refused(error) == ["reason_missing"]


def test_the_ready_reason_is_refused_where_the_frame_reaches() -> None:
    world = built.letter_world(frames={"kollektiv": 900_000})
    north = built.report(world, built.owner(world, "Vågå kommune", form="nn"))
    built.measure(world, north, "Leseløft", network=100_000)
    decision = built.prepared(world)
    with pytest.raises(StepRefused) as error:
        decisions.change_line(
            line=line_of(decision, "Leseløft"), amount=0, by=actor(world.officer),
            reason=FRAME_EXCEEDED[LineOutcome.REFUSED]["nn"],
        )  # fmt: skip
    assert refused(error) == ["frame_not_exceeded"]


def test_reg2026_departs_with_a_reason_only(prepared_year: built.Year) -> None:
    world = prepared_year.world
    decision = prepared_year.decision
    line = line_of(decision, "Regnehjelp")
    with pytest.raises(StepRefused) as error:
        decisions.change_line(line=line, amount=90_000, by=actor(world.officer), reason=" ")
    assert refused(error) == ["reason_missing"]
    with pytest.raises(StepRefused) as error:
        decisions.change_line(line=line, amount=150_001, by=actor(world.officer), reason="Mer")
    assert refused(error) == ["above_sought"]
    line = decisions.change_line(
        line=line,
        amount=90_000,
        by=actor(world.officer),
        reason="Ikkje planlagt i partnarskap.",
        criterion="partnership",
    )
    assert (line.amount, line.outcome, line.ground, line.criterion) == (90_000, "partly", "criteria", "partnership")
    event = Event.objects.get(code="decision.line_changed")
    assert (event.data["from_amount"], event.data["to_amount"]) == (100_000, 90_000)


def test_guide2021_follows_the_forum_except_where_it_was_refused() -> None:
    world = built.letter_world(rule_set="GUIDE2021", year=2022, frames={"desentralisert": 900_000})
    north = built.report(world, built.owner(world, "Vågå kommune", form="nn"))
    built.measure(world, north, "Leseløft", network=100_000, provider=50_000, scheme="desentralisert")
    decision = built.prepared(world)
    line = line_of(decision, "Leseløft")
    with pytest.raises(StepRefused) as error:
        decisions.change_line(line=line, amount=0, by=actor(world.officer), reason="Nei", criterion="partnership")
    assert refused(error) == ["follow_forum"]
    source = line.source_line
    assert source is not None
    source.refused_reason, source.refused_criterion, source.upheld = "Ikkje kollektivt", "partnership", True
    source.save()
    with pytest.raises(StepRefused) as error:
        decisions.change_line(line=line, amount=0, by=actor(world.officer), reason="Nei")
    assert refused(error) == ["criterion_missing"]
    line = decisions.change_line(line=line, amount=0, by=actor(world.officer), reason="Nei", criterion="partnership")
    assert (line.outcome, line.ground) == ("refused", "criteria")


def test_two_people(prepared_year: built.Year) -> None:
    world = prepared_year.world
    decision = prepared_year.decision
    grant_role(user=world.officer, role=Role.APPROVER, anchor=world.office.anchor, by=SYSTEM, starts=date(2020, 1, 1))
    with clock.frozen(built.DECIDED):
        decisions.submit(decision=decision, by=actor(world.officer))
        with pytest.raises(StepRefused) as error:
            decisions.approve(decision=decision, by=actor(world.officer))
    assert refused(error) == ["same_person"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(
            state="approved", approved_by=world.officer, approved_at=clock.now()
        )


def test_whoever_changed_a_line_may_not_approve(prepared_year: built.Year) -> None:
    world = prepared_year.world
    decision = prepared_year.decision
    other = person("Eva Sande")
    for role in (Role.CASE_OFFICER, Role.APPROVER):
        grant_role(user=other, role=role, anchor=world.office.anchor, by=SYSTEM, starts=date(2020, 1, 1))
    with clock.frozen(built.DECIDED):
        decisions.change_line(line=line_of(decision, "Regnehjelp"), amount=90_000, by=actor(other), reason="Mindre.")
        decisions.submit(decision=decision, by=actor(world.officer))
        with pytest.raises(StepRefused) as error:
            decisions.approve(decision=decision, by=actor(other))
        assert refused(error) == ["same_person"]
        decisions.approve(decision=decision, by=actor(world.approver))
    assert decision.state == "approved"


def test_case_officers_do_not_approve_and_approvers_do_not_prepare(prepared_year: built.Year) -> None:
    world = prepared_year.world
    decision = prepared_year.decision
    with pytest.raises(NotAllowed):
        decisions.submit(decision=decision, by=actor(world.approver))
    decisions.submit(decision=decision, by=actor(world.officer))
    with pytest.raises(NotAllowed):
        decisions.approve(decision=decision, by=actor(world.officer))


def test_sent_back_with_a_comment_it_is_drafted_again(prepared_year: built.Year) -> None:
    world = prepared_year.world
    decision = prepared_year.decision
    decisions.submit(decision=decision, by=actor(world.officer))
    with pytest.raises(StepRefused) as error:
        decisions.send_back(decision=decision, by=actor(world.approver), comment=" ")
    assert refused(error) == ["comment_missing"]
    decisions.send_back(decision=decision, by=actor(world.approver), comment="Se på Regnehjelp.")
    assert decision.state == "draft"


def test_stale_and_double(prepared_year: built.Year) -> None:
    world = prepared_year.world
    decision = prepared_year.decision
    seen = decision.version
    decisions.change_line(
        line=line_of(decision, "Regnehjelp"), amount=90_000, by=actor(world.officer), reason="Mindre."
    )
    with pytest.raises(StaleVersion):
        decisions.submit(decision=decision, by=actor(world.officer), seen_version=seen)
    decision.refresh_from_db()
    decisions.submit(decision=decision, by=actor(world.officer), seen_version=seen + 1)
    with pytest.raises(AlreadyDone):
        decisions.submit(decision=decision, by=actor(world.officer), seen_version=seen + 1)
    assert Event.objects.filter(code="decision.submit").count() == 1


def test_approved_it_is_kept_and_the_measures_are_decided(approved_year: built.Year) -> None:
    decision = approved_year.decision
    assert decision.snapshot is not None
    assert {row.title: row.state for row in MeasureYear.objects.all()} == {
        "Leseløft": "granted",
        "Regnehjelp": "partly",
        "Lekemiljø": "refused",
    }
    assert set(Recommendation.objects.values_list("state", flat=True)) == {"decided"}
    assert Event.objects.get(code="decision.approve").data["total"] == 500_000
    assert Commitment.objects.count() == 0  # REG2026 promises nothing


def test_guide2021_promises_the_years_that_are_left() -> None:
    world = built.letter_world(rule_set="GUIDE2021", year=2022, frames={"desentralisert": 900_000})
    north = built.report(world, built.owner(world, "Vågå kommune", form="nn"))
    built.measure(
        world, north, "Leseløft", network=100_000, provider=50_000, scheme="desentralisert", year_no=2, year_count=4
    )
    with clock.frozen(date(2022, 3, 1)):
        built.conclude(world)
    with clock.frozen(date(2022, 3, 23)):
        decision = decisions.prepare(round=world.round, by=actor(world.officer))
        decisions.submit(decision=decision, by=actor(world.officer))
        decisions.approve(decision=decision, by=actor(world.approver))
    promised = Commitment.objects.filter(decision=decision).order_by("budget_year", "kind")
    assert [(row.budget_year, row.kind, row.amount) for row in promised] == [
        (2023, "network", 100_000),
        (2023, "provider", 50_000),
        (2024, "network", 100_000),
        (2024, "provider", 50_000),
    ]


def test_the_law_must_be_in_force() -> None:
    world = built.letter_world(rule_set="GUIDE2021", year=2022, frames={"desentralisert": 900_000})
    north = built.report(world, built.owner(world, "Vågå kommune", form="nn"))
    built.measure(world, north, "Leseløft", network=100_000, scheme="desentralisert")
    decision = built.prepared(world)
    with clock.frozen(built.DECIDED), pytest.raises(StepRefused) as error:
        decisions.submit(decision=decision, by=actor(world.officer))
    assert refused(error) == ["rule_set_not_in_force"]


def test_more_than_the_pots_hold_is_refused(prepared_year: built.Year) -> None:
    world = prepared_year.world
    decision = prepared_year.decision
    decisions.change_line(line=line_of(decision, "Lekemiljø"), amount=60_000, by=actor(world.officer), reason="Viktig.")
    with pytest.raises(StepRefused) as error:
        decisions.submit(decision=decision, by=actor(world.officer))
    assert refused(error) == ["sum_differs"]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sums=st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 10**6)), min_size=1, max_size=4),
    frame=st.integers(1, 3 * 10**6),
)
def test_the_lines_add_up_to_the_krone(sums: list[tuple[int, int]], frame: int) -> None:
    with transaction.atomic():
        world = built.letter_world(f"dal{abs(hash((tuple(sums), frame)))}", frames={"kollektiv": frame})
        north = built.report(world, built.owner(world, "Vågå kommune", form="nn"))
        for number, (own, provider) in enumerate(sums, start=1):
            built.measure(world, north, f"Tiltak {number}", priority=number, network=own, provider=provider)
        decision = built.approved(world)
        lines = list(decision.lines.all())
        sought = sum(own + provider for own, provider in sums)
        assert sum(line.sought for line in lines) == sought
        assert sum(line.amount for line in lines) == min(frame, sought)
        assert all(line.outcome == outcome_of(line.amount, line.sought) for line in lines)
        transaction.set_rollback(True)


def test_exceeded_pots_counts_what_is_sought() -> None:
    world = built.small_year()
    rows = [
        Draft(line.measure_year, line.money_key(), line.amount, 0)
        for line in BudgetLine.objects.select_related("measure_year__report")
    ]
    pot = world.round.pots.get()
    assert exceeded_pots(world.round, rows) == {pot.pk}
    assert exceeded_pots(world.round, rows[:1]) == set()
