"""Opening and announcing a round, and promises from before (FOR-2026-01-12-23 §§ 3, 7, 10, 11, 14)."""

from __future__ import annotations

from datetime import date
from unittest.mock import ANY

import pytest
from django.utils import translation

from accounts.models import Notice
from core import audit, clock
from core.authz import NotAllowed
from core.models import Event, Message, Obligation
from core.requirements import AlreadyDone, StaleVersion, StepRefused
from core.services import obligations
from grants import rulesets
from grants.models import CoveredOwner, NeedsReport, PotEntry, Round
from grants.selectors.rounds import (
    announcing,
    current_round,
    dated_lines,
    deadline,
    frames_of,
    get_round,
    rule_set_of,
    wheel,
)
from grants.services.rounds import (
    announce,
    edit_round,
    open_round,
    set_deadlines,
    set_frame,
    set_participation,
)
from tests.grants.rounds_world import DATES, TODAY, YEAR, Rounds, actor, opened, owner

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(rounds: Rounds) -> Rounds:
    return rounds


def codes(refused: pytest.ExceptionInfo[StepRefused]) -> list[str]:
    return [obstacle.code for obstacle in refused.value.obstacles]


def test_opening_binds_the_rules_the_case_and_the_dates(world: Rounds) -> None:
    round = opened(world)
    assert (round.state, round.slug, round.case.year, round.case.number) == ("draft", "2027", 2027, 1)
    rules = rule_set_of(round)
    assert (round.rule_set.code, round.rule_set.version, round.rule_set.sha256) == ("REG2026", 1, rules.sha256)
    assert deadline(round, "needs") == date(2027, 2, 1)
    assert deadline(round, "forum_meeting") == date(2027, 1, 21)
    assert [frame.amount for frame in frames_of(round)] == [1_200_000]
    assert Obligation.objects.filter(kind="round_announce", done_at__isnull=True).count() == 1
    assert Event.objects.filter(code="round.opened").count() == 1


def test_rules_not_in_force_on_the_decision_date_are_refused(world: Rounds) -> None:
    with clock.frozen(TODAY), pytest.raises(StepRefused) as refused:
        open_round(
            office=world.office, year=2027, rule_set="GUIDE2021", profile={}, deadlines=DATES, by=actor(world.officer)
        )
    assert codes(refused) == ["rule_set_not_in_force"]
    with clock.frozen(TODAY), pytest.raises(StepRefused) as refused:
        open_round(
            office=world.office,
            year=2025,
            rule_set="REG2026",
            profile={},
            deadlines={"decision": date(2025, 4, 1)},
            by=actor(world.officer),
        )
    assert codes(refused) == ["rule_set_not_in_force"]
    assert Round.objects.count() == 0


@pytest.mark.parametrize(
    ("rules", "decision", "fits"),
    [
        ("GUIDE2021", date(2026, 1, 11), True),
        ("GUIDE2021", date(2026, 1, 12), False),
        ("REG2026", date(2026, 1, 11), False),
        ("REG2026", date(2026, 1, 12), True),
    ],
)
def test_the_law_changes_between_11_and_12_january_2026(rules: str, decision: date, fits: bool) -> None:
    assert rulesets.in_force(rules, decision) is fits


def test_one_main_round_a_year_and_extra_rounds_beside_it(world: Rounds) -> None:
    round = opened(world)
    with clock.frozen(TODAY), pytest.raises(StepRefused) as refused:
        opened(world)
    assert codes(refused) == ["year_taken"]
    extra = opened(world, kind="extra")
    assert (extra.slug, extra.parent, extra.number) == ("2027-2", round, 2)
    assert get_round(world.office, "2027-2") == extra
    assert current_round(world.office) == round


def test_another_offices_case_officer_may_not_open(world: Rounds) -> None:
    with clock.frozen(TODAY), pytest.raises(NotAllowed):
        open_round(
            office=world.office, year=2027, rule_set="REG2026", profile={}, deadlines=DATES, by=actor(world.stranger)
        )


def test_dates_are_set_by_kind_and_the_others_stay(world: Rounds) -> None:
    round = opened(world)
    with clock.frozen(TODAY):
        set_deadlines(
            round=round,
            deadlines={"needs": date(2027, 2, 8), "forum_meeting": [date(2027, 3, 11)], "use_by": None},
            by=actor(world.officer),
            seen_version=round.version,
        )
    fresh = Round.objects.get(pk=round.pk)
    assert fresh.version == 2
    assert [(line.deadline.kind, line.deadline.date) for line in dated_lines(fresh, TODAY)] == [
        ("needs", date(2027, 2, 8)),
        ("forum_papers", date(2027, 2, 24)),
        ("forum_answer", date(2027, 3, 8)),
        ("forum_meeting", date(2027, 3, 11)),
        ("recommendation", date(2027, 3, 15)),
        ("decision", date(2027, 4, 1)),
        ("payment", date(2027, 4, 15)),
        ("report", date(2028, 1, 14)),
    ]
    with clock.frozen(TODAY), pytest.raises(StaleVersion):
        set_deadlines(round=round, deadlines={"needs": date(2027, 2, 9)}, by=actor(world.officer), seen_version=1)
    with clock.frozen(TODAY), pytest.raises(StepRefused) as refused:
        set_deadlines(round=round, deadlines={"decision": date(2025, 4, 1)}, by=actor(world.officer))
    assert codes(refused) == ["rule_set_not_in_force"]


def test_a_frame_is_the_sum_of_its_entries(world: Rounds) -> None:
    round = opened(world)
    by = actor(world.officer)
    with clock.frozen(TODAY):
        set_frame(round=round, scheme="kollektiv", amount=1_000_000, reason="Revidert", by=by)
        set_frame(round=round, scheme="kollektiv", amount=1_000_000, reason="", by=by)
        with pytest.raises(StepRefused) as refused:
            set_frame(round=round, scheme="kollektiv", amount=2, reason=" ", by=by)
        assert codes(refused) == ["reason_missing"]
        with pytest.raises(StepRefused) as refused:
            set_frame(round=round, scheme="regional", amount=2, reason="x", by=by)
        assert codes(refused) == ["scheme_unknown"]
    assert list(PotEntry.objects.order_by("id").values_list("amount", flat=True)) == [1_200_000, -200_000]
    assert [frame.amount for frame in frames_of(round)] == [1_000_000]


def test_announcing_makes_a_report_per_network_the_law_can_pay(world: Rounds) -> None:
    round = opened(world)
    with clock.frozen(TODAY):
        plan = announcing(round)
        assert [one.name for one in plan.reporting] == ["Lågendalen", "Valdres"]
        assert [(one.name, one.left_out_because) for one in plan.left_out] == [("Videregående", ANY)]
        announce(round=round, by=actor(world.officer), seen_version=round.version)
    assert (round.state, round.announced_at is not None) == ("announced", True)
    reports = list(NeedsReport.objects.order_by("id"))
    assert [(one.network, one.lead, one.forum, one.state) for one in reports] == [
        (world.networks[0], world.hosts[0], None, "draft"),
        (world.networks[1], world.hosts[1], None, "draft"),
    ]
    assert CoveredOwner.objects.count() == 4
    assert not Obligation.objects.filter(kind="round_announce", done_at__isnull=True).exists()
    assert obligations.rebuild() == []


def test_announcing_tells_those_who_write_and_the_owners_once(world: Rounds) -> None:
    round = opened(world)
    with clock.frozen(TODAY):
        announce(round=round, by=actor(world.officer))
    told = {message.to: message for message in Message.objects.all()}
    assert sorted(told) == ["kari.moe@example.no", "ola.nes@example.no"]
    assert told["kari.moe@example.no"].form == "nn"
    assert "/lenke/" in told["kari.moe@example.no"].body
    assert "/innlandet/runde/2027/info/" in told["ola.nes@example.no"].body
    assert Notice.objects.count() == 2


def test_announcing_twice_acts_once(world: Rounds) -> None:
    round = opened(world)
    with clock.frozen(TODAY):
        seen = round.version
        announce(round=round, by=actor(world.officer), seen_version=seen)
        with pytest.raises(AlreadyDone):
            announce(round=round, by=actor(world.officer), seen_version=seen)
    assert NeedsReport.objects.count() == 2


def test_announcing_is_refused_with_all_its_reasons(world: Rounds) -> None:
    with clock.frozen(TODAY):
        round = open_round(
            office=world.office,
            year=YEAR,
            rule_set="REG2026",
            profile={},
            deadlines={"needs": date(2027, 3, 1), "recommendation": date(2027, 2, 1), "payment": date(2027, 4, 15)},
            by=actor(world.officer),
        )
        with pytest.raises(StepRefused) as refused:
            announce(round=round, by=actor(world.officer))
    assert codes(refused) == ["date_missing", "dates_order", "pot_missing"]
    assert NeedsReport.objects.count() == 0


def test_an_owner_that_opted_out_is_not_covered(world: Rounds) -> None:
    round = opened(world)
    with clock.frozen(TODAY):
        set_participation(round=round, organisation=world.owners[1], opted_out=True, by=actor(world.officer))
        announce(round=round, by=actor(world.officer))
    assert [row.organisation for row in CoveredOwner.objects.order_by("id")] == [
        world.hosts[0],
        world.hosts[1],
        world.owners[3],
    ]


def test_without_networks_each_lead_reports_to_its_forum(world: Rounds) -> None:
    with clock.frozen(TODAY):
        round = opened_without_networks(world)
        announce(round=round, by=actor(world.stranger))
    reports = list(NeedsReport.objects.order_by("id"))
    assert [
        (str(one.lead), one.network, sorted(str(row.organisation) for row in one.covered.all())) for one in reports
    ] == [
        ("Aure kommune", None, ["Aure kommune"]),
        ("Smøla kommune", None, ["Kårvåg barnehage", "Smøla kommune"]),
    ]


def opened_without_networks(world: Rounds) -> Round:
    by = actor(world.stranger)
    round = open_round(
        office=world.other,
        year=YEAR,
        rule_set="REG2026",
        profile={"joint_conclusion": False},
        deadlines=DATES,
        by=by,
    )
    set_frame(round=round, scheme="kollektiv", amount=500_000, reason="Ramme", by=by)
    lead = owner(world.other, "Smøla kommune", "municipality", 71)
    set_participation(round=round, organisation=lead, opted_out=False, by=by)
    nursery = owner(world.other, "Kårvåg barnehage", "private_kindergarten", 72)
    set_participation(round=round, organisation=nursery, opted_out=False, lead=lead, by=by)
    set_participation(
        round=round, organisation=owner(world.other, "Aure kommune", "municipality", 73), opted_out=False, by=by
    )
    return round


def test_the_rules_may_change_until_the_announcement(world: Rounds) -> None:
    round = opened(world)
    by = actor(world.officer)
    with clock.frozen(TODAY):
        with pytest.raises(StepRefused) as refused:
            edit_round(round=round, by=by, rule_set="GUIDE2021")
        assert codes(refused) == ["rule_set_not_in_force"]
        announce(round=round, by=by)
        with pytest.raises(StepRefused) as refused:
            edit_round(round=round, by=by, rule_set="GUIDE2021")
        assert codes(refused) == ["rule_set_bound"]
        edit_round(round=round, by=by, conditions_nb="Nye vilkår", seen_version=round.version)
    assert Round.objects.get(pk=round.pk).conditions_nb == "Nye vilkår"


def test_the_wheel_holds_the_same_dates_as_the_list(world: Rounds) -> None:
    round = opened(world)
    with clock.frozen(TODAY):
        drawn = wheel(round)
    assert [row.date.day for row in drawn.rows] == [line.deadline.date for line in dated_lines(round, TODAY)]
    assert [phase.text for phase in drawn.phases] == ["1", "2", "3", "4"]


def test_the_log_is_read_in_the_readers_language() -> None:
    """What is stored is codes and sums: a nynorsk reader gets nynorsk whoever wrote it."""
    rows = [
        ("round.edited", {"what": ["conditions", "needs"]}),
        ("pot.changed", {"scheme": "REG2026:kollektiv", "amount": -50_000, "reason": "Rett tal"}),
        ("round.participation", {"name": "Vågå kommune", "what": "opted_out"}),
    ]
    with translation.override("nn"):
        words = [audit.sentence(code, data).replace("\xa0", " ") for code, data in rows]
    assert words == [
        "endra runden: vilkår, Frist for behovsmelding",
        "endra ramma for «Kollektiv kompetanseutvikling i barnehage og grunnskule» med −50 000 kroner: Rett tal",
        "førte opp Vågå kommune: deltek ikkje",
    ]
