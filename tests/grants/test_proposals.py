"""The proposal: the first one, its versions, and the step to the forum."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.utils import translation

from accounts.models import User
from accounts.services.roles import grant_role
from core import authz, clock
from core.actor import Actor
from core.enums import Role
from core.models import Message, Obligation
from core.requirements import AlreadyDone, StaleVersion, StepRefused
from core.services import obligations
from grants.models import Commitment, Participation, ProposalVersion, RecommendationLine
from grants.selectors.proposals import pot_use
from grants.services.proposals import make_first_proposal, put_forward, set_amounts
from tests.grants.forum_world import (
    DAY,
    SYSTEM,
    World,
    actor,
    make_forum,
    make_measure,
    make_report,
    make_world,
    person,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(forum_year: World) -> Iterator[World]:
    with clock.allow_setting(), clock.frozen(DAY), translation.override("nb"):
        yield forum_year


def amounts(proposal: ProposalVersion) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in proposal.lines.select_related("measure_year").order_by("id"):
        found[line.measure_year.title] = found.get(line.measure_year.title, 0) + line.amount
    return found


def test_priority_goes_before_report_and_the_rest_goes_to_the_first_that_does_not_fit(world: World) -> None:
    first, second = make_report(world, "2027-BM-001"), make_report(world, "2027-BM-002")
    make_measure(world, first, "A1", priority=1, network=200_000, provider=300_000)
    make_measure(world, first, "A2", priority=2, provider=400_000)
    make_measure(world, second, "B1", priority=1, network=100_000, provider=200_000)
    make_measure(world, second, "B2", priority=2, provider=100_000)

    proposal = make_first_proposal(round=world.round, by=world.by)

    assert amounts(proposal) == {"A1": 500_000, "A2": 200_000, "B1": 300_000, "B2": 0}
    flagged = set(proposal.lines.filter(flagged=True).values_list("measure_year__title", flat=True))
    assert flagged == {"A2"}
    without = set(proposal.lines.filter(reason="").values_list("measure_year__title", flat=True))
    assert without == {"A1", "B1"}


def test_a_partial_sum_goes_over_the_measures_lines_to_the_krone(world: World) -> None:
    report = make_report(world, "2027-BM-001")
    make_measure(world, report, "A1", network=1_000_000, provider=2_000_000)

    proposal = make_first_proposal(round=world.round, by=world.by)

    lines = {line.kind: line.amount for line in proposal.lines.all()}
    assert lines == {"network": 333_333, "provider": 666_667}


def test_what_is_promised_comes_before_every_priority(world: World) -> None:
    report = make_report(world, "2027-BM-001")
    make_measure(world, report, "New", priority=1, provider=900_000)
    old = make_measure(world, report, "Promised", priority=2, provider=600_000, year_no=2, year_count=3)
    line = old.budget_lines.get()
    assert line.payee is not None
    Commitment.objects.create(
        round=world.round,
        measure=old.measure,
        budget_year=2027,
        scheme="kollektiv",
        sector="both",
        kind="provider",
        payee=line.payee,
        beneficiary=line.beneficiary,
        amount=400_000,
    )

    proposal = make_first_proposal(round=world.round, by=world.by)

    assert amounts(proposal) == {"New": 600_000, "Promised": 400_000}
    assert list(proposal.lines.filter(promised=True).values_list("measure_year__title", flat=True)) == ["Promised"]


def test_a_withdrawn_promise_is_none_and_one_on_another_line_still_counts(world: World) -> None:
    report = make_report(world, "2027-BM-001")
    make_measure(world, report, "New", priority=1, provider=900_000)
    old = make_measure(world, report, "Old", priority=2, provider=300_000)
    key = {
        "round": world.round,
        "measure": old.measure,
        "budget_year": 2027,
        "scheme": "kollektiv",
        "sector": "both",
        "amount": 200_000,
        "payee": report.lead,
    }
    Commitment.objects.create(kind="network", **key)
    Commitment.objects.create(kind="staff_release", withdrawn_at=clock.now(), **key)

    assert amounts(make_first_proposal(round=world.round, by=world.by)) == {"New": 800_000, "Old": 200_000}


def test_an_owner_that_has_opted_out_gets_no_line_and_unassessed_measures_wait(world: World) -> None:
    out, still = make_report(world, "2027-BM-001"), make_report(world, "2027-BM-002", state="sent")
    make_measure(world, out, "A", network=100_000, provider=50_000)
    make_measure(world, still, "B", provider=100_000, state="reported")
    alone = make_report(world, "2027-BM-003", in_network=False)
    make_measure(world, alone, "C", provider=10_000)
    for organisation in (out.lead, alone.lead):
        Participation.objects.create(round=world.round, organisation=organisation, opted_out=True, **SYSTEM.columns())
    kept = make_report(world, "2027-BM-004")
    make_measure(world, kept, "D", network=1_000)

    proposal = make_first_proposal(round=world.round, by=world.by)

    assert amounts(proposal) == {"D": 1_000}


def test_nothing_assessed_is_refused_in_words(world: World) -> None:
    with pytest.raises(StepRefused) as refused:
        make_first_proposal(round=world.round, by=world.by)
    assert refused.value.obstacles[0].code == "nothing_to_share"


def test_only_case_officers_propose(world: World) -> None:
    make_measure(world, make_report(world), provider=1)
    for user in (world.approver, world.members[0].user, person("Ukjent Person")):
        with pytest.raises(authz.NotAllowed):
            make_first_proposal(round=world.round, by=actor(user))


def test_saving_makes_a_new_version_with_the_reason_and_may_be_overspent(world: World) -> None:
    make_measure(world, make_report(world, "2027-BM-001"), "A", provider=500_000)
    first = make_first_proposal(round=world.round, by=world.by)
    line = first.lines.get()

    second = set_amounts(
        proposal=first, amounts={line.pk: 1_200_000}, reasons={line.pk: "Mer til A"}, by=world.by, seen_version=1
    )

    first.refresh_from_db()
    assert (first.state, second.number, second.state) == ("superseded", 2, "working")
    fresh = second.lines.get()
    assert (fresh.amount, fresh.reason, fresh.sought) == (1_200_000, "Mer til A", 500_000)
    assert [use.rest for use in pot_use(world.round, second.lines.all())] == [-200_000]
    with pytest.raises(StepRefused) as refused:
        put_forward(proposal=second, by=world.by)
    assert [obstacle.code for obstacle in refused.value.obstacles] == ["overspent"]


def test_a_double_click_saves_once_and_a_stale_form_is_told_who_saved(world: World) -> None:
    make_measure(world, make_report(world, "2027-BM-001"), "A", provider=500_000)
    first = make_first_proposal(round=world.round, by=world.by)
    line = first.lines.get()
    other = ProposalVersion.objects.get(pk=first.pk)
    set_amounts(proposal=first, amounts={line.pk: 1}, reasons={}, by=world.by, seen_version=1)

    with pytest.raises(AlreadyDone):
        set_amounts(proposal=other, amounts={line.pk: 1}, reasons={}, by=world.by, seen_version=1)
    with pytest.raises(AlreadyDone):
        make_first_proposal(round=world.round, by=world.by, seen_number=1)
    assert ProposalVersion.objects.filter(round=world.round).count() == 2
    colleague = person("Kari Moe")
    from_colleague = _case_officer(world, colleague)
    with pytest.raises(StaleVersion) as stale:
        set_amounts(
            proposal=ProposalVersion.objects.get(pk=first.pk),
            amounts={line.pk: 2},
            reasons={},
            by=from_colleague,
            seen_version=1,
        )
    assert stale.value.saved_by == "Anne Hov"


def _case_officer(world: World, user: User) -> Actor:
    grant_role(user=user, role=Role.CASE_OFFICER, anchor=world.office.anchor, by=SYSTEM, starts=date(2020, 1, 1))
    return actor(user)


def test_a_sent_report_that_is_not_assessed_stops_the_step(world: World) -> None:
    make_measure(world, make_report(world, "2027-BM-001"), "A", provider=500_000)
    proposal = make_first_proposal(round=world.round, by=world.by)
    make_report(world, "2027-BM-002", state="sent")

    with pytest.raises(StepRefused) as refused:
        put_forward(proposal=proposal, by=world.by)
    assert [obstacle.code for obstacle in refused.value.obstacles] == ["reports_unassessed"]


def test_put_forward_asks_each_member_by_mail_and_work_list(world: World) -> None:
    make_measure(world, make_report(world, "2027-BM-001"), "A", network=100_000, provider=200_000)
    obligations.sync(world.round)
    assert Obligation.objects.filter(kind="proposal_put_forward", done_at__isnull=True).count() == 1
    proposal = make_first_proposal(round=world.round, by=world.by)

    (recommendation,) = put_forward(proposal=proposal, by=world.by, seen_version=1)

    assert recommendation.lines.count() == 2
    open_ones = Obligation.objects.filter(done_at__isnull=True)
    assert open_ones.filter(kind="proposal_put_forward").count() == 0
    assert set(open_ones.filter(kind="seat_answer").values_list("user", "due")) == {
        (member.user_id, date(2027, 3, 8)) for member in world.members
    }
    assert list(open_ones.filter(kind="forum_conclude").values_list("user", "due")) == [
        (world.members[0].user_id, date(2027, 3, 10))
    ]
    mails = Message.objects.filter(key__startswith="recommendation.put_forward")
    assert set(mails.values_list("to", flat=True)) == {member.user.email for member in world.members}
    assert "/lenke/" in mails[0].body
    assert obligations.rebuild() == []


def test_put_forward_twice_acts_once(world: World) -> None:
    make_measure(world, make_report(world, "2027-BM-001"), "A", provider=200_000)
    proposal = make_first_proposal(round=world.round, by=world.by)
    put_forward(proposal=ProposalVersion.objects.get(pk=proposal.pk), by=world.by, seen_version=1)

    with pytest.raises(AlreadyDone):
        put_forward(proposal=ProposalVersion.objects.get(pk=proposal.pk), by=world.by, seen_version=1)
    assert world.round.recommendations.count() == 1


def test_a_new_version_keeps_unchanged_lines_and_replaces_changed_ones(world: World) -> None:
    make_measure(world, make_report(world, "2027-BM-001"), "A", network=100_000, provider=200_000)
    first = make_first_proposal(round=world.round, by=world.by)
    (recommendation,) = put_forward(proposal=first, by=world.by)
    network = first.lines.get(kind="network")
    second = set_amounts(proposal=first, amounts={network.pk: 90_000}, reasons={}, by=world.by)

    (again,) = put_forward(proposal=second, by=world.by)

    assert again.pk == recommendation.pk
    rows = RecommendationLine.objects.filter(recommendation=recommendation).order_by("id")
    assert [(row.kind, row.amount, row.live) for row in rows] == [
        ("network", 100_000, False),
        ("provider", 200_000, True),
        ("network", 90_000, True),
    ]


def test_upper_secondary_has_no_part_under_reg2026_but_has_under_guide2021(world: World) -> None:
    make_forum(world.office, "Videregående", upper_secondary=True)
    make_measure(world, make_report(world, "2027-BM-001"), "A", provider=1_000)
    (recommendation,) = put_forward(proposal=make_first_proposal(round=world.round, by=world.by), by=world.by)
    assert [part.forum for part in recommendation.forums.all()] == [world.forum]

    with clock.frozen(date(2022, 2, 24)):
        older = make_world("eldre", rule_set="GUIDE2021", year=2022, frames={"desentralisert": 100})
        make_forum(older.office, "Videregående", upper_secondary=True)
        make_measure(older, make_report(older), "A", provider=100, scheme="desentralisert")
        (both,) = put_forward(proposal=make_first_proposal(round=older.round, by=older.by), by=older.by)
    assert both.forums.count() == 2


def test_forums_that_conclude_alone_get_their_own_lines() -> None:
    with clock.allow_setting(), clock.frozen(DAY):
        world = make_world("delt", joint=False)
        other, *_rest = make_forum(world.office, "Andre forum")
        make_measure(world, make_report(world, "2027-BM-001", forum=world.forum), "A", provider=10_000)
        make_measure(world, make_report(world, "2027-BM-002", forum=other), "B", provider=20_000)
        made = put_forward(proposal=make_first_proposal(round=world.round, by=world.by), by=world.by)
        homeless = make_report(world, "2027-BM-003")
        make_measure(world, homeless, "C", provider=1)
        again = make_first_proposal(round=world.round, by=world.by)
        with pytest.raises(StepRefused) as refused:
            put_forward(proposal=again, by=world.by)

    got = {
        row.forums.get().forum: [line.measure_year.title for line in row.lines.select_related("measure_year")]
        for row in made
    }
    assert got == {world.forum: ["A"], other: ["B"]}
    assert [obstacle.code for obstacle in refused.value.obstacles] == ["report_without_forum"]
