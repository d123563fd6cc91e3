"""What was before the program: brought in, changed, taken out, and continued by the first round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.services.roles import grant_role
from core import authz, clock
from core.enums import Role
from core.models import Event
from core.requirements import StaleVersion, StepRefused
from core.services import obligations
from core.services.chain import audit_faults
from grants.models import Commitment, LedgerEntry, Measure, MeasureParty, MeasureYear, NeedsReport, Round
from grants.selectors.measure_choices import offers
from grants.selectors.opening_values import MoneyLine, scheme_label
from grants.selectors.openings import as_told, opening_page, opening_round, unspent_of_schemes
from grants.selectors.proposals import promises
from grants.selectors.rounds import current_round, rounds_of
from grants.services import announcing, continuing, measures, openings, rounds
from grants.services.openings import begin, bring_in, change_brought_in, set_unspent, take_out
from networks.services.organisations import register_organisation
from tests.grants.opening_world import brought_in, lines, running
from tests.grants.rounds_world import SETUP, TODAY, YEAR, Rounds, actor, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(rounds: Rounds) -> Rounds:
    return rounds


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with clock.frozen(TODAY):
        yield


def codes(caught: pytest.ExceptionInfo[StepRefused]) -> list[tuple[str, str]]:
    return [(one.code, one.anchor) for one in caught.value.obstacles]


def sums(kind: str) -> list[tuple[int, int]]:
    found = LedgerEntry.objects.filter(entry=kind).order_by("pk")
    return list(found.values_list("budget_year", "amount"))


def test_the_first_year_is_said_once_and_can_be_said_anew_while_nothing_stands_there(world: Rounds) -> None:
    by = actor(world.officer)
    first = begin(office=world.office, first_year=2027, by=by)
    assert begin(office=world.office, first_year=2027, by=by) == first
    again = begin(office=world.office, first_year=2026, by=by)
    assert (again.pk, again.year, again.rule_set.code) == (first.pk, 2025, "GUIDE2021")
    begin(office=world.office, first_year=2027, by=by)
    bring_in(office=world.office, measures=[running(world)], by=by)
    with pytest.raises(StepRefused) as refused:
        begin(office=world.office, first_year=2026, by=by)
    assert codes(refused) == [("already_begun", "first_year")]
    with pytest.raises(StepRefused) as refused:
        begin(office=world.office, first_year=2050, by=by)
    assert codes(refused) == [("first_year", "first_year")]
    assert (rounds_of(world.office), current_round(world.office)) == ([], None)


def test_nothing_is_brought_in_before_the_year_is_chosen(world: Rounds) -> None:
    with pytest.raises(StepRefused) as refused:
        bring_in(office=world.office, measures=[running(world)], by=actor(world.officer))
    assert codes(refused) == [("not_begun", "first_year")]


def test_a_measure_is_brought_in_as_granted_with_an_object_and_an_event_for_each_sum(world: Rounds) -> None:
    part = brought_in(world)
    row = MeasureYear.objects.get(pk=part.pk)
    assert (row.state, row.kind, row.report, row.year_no, row.year_count) == ("granted", "opening", None, 1, 3)
    assert (row.round.year, row.round.kind, row.round.rule_set.code) == (2026, "opening", "REG2026")
    promised = Commitment.objects.order_by("pk").values_list("kind", "budget_year", "amount", "decision")
    assert list(promised) == [
        ("network", 2027, 200_000, None),
        ("network", 2028, 150_000, None),
        ("provider", 2027, 500_000, None),
    ]
    assert (sums("awarded"), sums("carried")) == ([(2026, 300_000), (2026, 500_000)], [(2026, 40_000)])
    assert list(LedgerEntry.objects.filter(entry="carried").values_list("to_year", flat=True)) == [2027]
    parties = MeasureParty.objects.filter(measure_year=row).values_list("organisation", "kind")
    assert sorted(parties) == sorted([(world.hosts[0].pk, "owner"), (world.university.pk, "provider")])
    told = Event.objects.exclude(code__in=["round.opened"]).filter(office=world.office, at__date=TODAY)
    written = told.filter(code__in=["measure.bring_in", "commitment.opening", "ledger.awarded", "ledger.carried"])
    assert sorted(written.values_list("code", flat=True)) == [
        *["commitment.opening"] * 3, *["ledger.awarded"] * 2, "ledger.carried", "measure.bring_in",
    ]  # fmt: skip
    assert set(written.values_list("by_user", flat=True)) == {world.officer.pk}
    assert obligations.rebuild() == []
    assert audit_faults() == []


def test_what_was_told_comes_back_as_it_was_told(world: Rounds) -> None:
    part = brought_in(world)
    told, wanted = as_told(MeasureYear.objects.get(pk=part.pk)), running(world)
    plain = ("title", "network", "lead", "scheme", "sector", "first_year", "year_no", "year_count", "need", "goal")
    assert [getattr(told, name) for name in plain] == [getattr(wanted, name) for name in plain]
    assert [(one.key, one.awarded, one.unspent, dict(one.promised)) for one in told.lines] == [
        (one.key, one.awarded, one.unspent, dict(one.promised)) for one in wanted.lines
    ]


def test_many_are_brought_in_with_as_many_statements_as_one(world: Rounds) -> None:
    by = actor(world.officer)
    begin(office=world.office, first_year=YEAR, by=by)
    counts = []
    bring_in(office=world.office, measures=[running(world, title="Tiltak 0")], by=by)  # content types are read once
    for number in (1, 3):
        many = [running(world, title=f"Tiltak {number} {one}") for one in range(number)]
        with CaptureQueriesContext(connection) as counted:
            bring_in(office=world.office, measures=many, by=by)
        counts.append(len(counted))
    assert counts == [counts[0]] * 2


def test_a_changed_sum_is_reversed_and_written_beside(world: Rounds) -> None:
    part = brought_in(world)
    host, university = lines(world)
    changed = replace(host, awarded=310_000, unspent=0, promised={2027: 200_000, 2028: 170_000})
    now = running(world, title="Lesing", year_count=4, lines=[changed, university])
    row = change_brought_in(
        measure_year=part, measure=now, by=actor(world.officer), seen_version=MeasureYear.objects.get().version
    )
    assert (row.title, row.year_count, row.measure.title) == ("Lesing", 4, "Lesing")
    assert sums("awarded") == [(2026, 300_000), (2026, 500_000), (2026, -300_000), (2026, 310_000)]
    assert sums("carried") == [(2026, 40_000), (2026, -40_000)]
    alive = Commitment.objects.filter(withdrawn_at__isnull=True).order_by("budget_year", "pk")
    assert list(alive.values_list("kind", "budget_year", "amount")) == [
        ("network", 2027, 200_000),
        ("provider", 2027, 500_000),
        ("network", 2028, 170_000),
    ]
    assert Commitment.objects.filter(withdrawn_at__isnull=False).count() == 1
    told = Event.objects.filter(code__in=["ledger.reversed", "commitment.withdrawn", "measure.changed_from_before"])
    assert sorted(told.values_list("code", flat=True)) == [
        "commitment.withdrawn", "ledger.reversed", "ledger.reversed", "measure.changed_from_before",
    ]  # fmt: skip
    assert audit_faults() == []


def test_changing_nothing_writes_no_sum(world: Rounds) -> None:
    part = brought_in(world)
    change_brought_in(measure_year=part, measure=running(world), by=actor(world.officer))
    assert (LedgerEntry.objects.count(), Commitment.objects.count()) == (3, 3)


def test_another_scheme_moves_every_sum_to_its_new_key(world: Rounds) -> None:
    part = brought_in(world)
    change_brought_in(measure_year=part, measure=running(world, scheme="desentralisert"), by=actor(world.officer))
    assert {one.scheme for one in opening_page(part.round).sums} == {scheme_label("desentralisert")}
    assert sum(LedgerEntry.objects.filter(scheme="kollektiv").values_list("amount", flat=True)) == 0


def test_two_who_change_the_same_measure_are_told(world: Rounds) -> None:
    part = brought_in(world)
    seen = MeasureYear.objects.get().version
    change_brought_in(measure_year=part, measure=running(world, title="A"), by=actor(world.officer), seen_version=seen)
    with pytest.raises(StaleVersion) as stale:
        change_brought_in(
            measure_year=part, measure=running(world, title="B"), by=actor(world.colleague), seen_version=seen
        )
    assert (stale.value.saved_by, MeasureYear.objects.get().title) == ("Anne Hov", "A")


def test_what_is_taken_out_is_withdrawn_and_reversed_and_can_be_brought_in_again(world: Rounds) -> None:
    part = brought_in(world)
    take_out(measure_year=part, by=actor(world.officer))
    assert MeasureYear.objects.count() == 0
    assert Commitment.objects.filter(withdrawn_at__isnull=True).count() == 0
    assert sum(LedgerEntry.objects.values_list("amount", flat=True)) == 0
    assert opening_page(part.round).sums == ()
    assert Event.objects.filter(code="measure.taken_out", subject_id=part.measure_id).count() == 1
    bring_in(office=world.office, measures=[running(world)], by=actor(world.officer))
    assert [one.awarded for one in opening_page(part.round).sums] == [800_000]
    assert audit_faults() == []


# --- Continued by the first round -------------------------------------------------------------------------------------


def report_of(round: Round, world: Rounds) -> NeedsReport:
    return NeedsReport.objects.get(round=round, network=world.networks[0])


def _announced(world: Rounds) -> Round:
    round = opened(world)
    announcing.announce(round=round, by=actor(world.officer))
    return round


def test_the_first_round_continues_it_with_texts_parties_and_promises(world: Rounds) -> None:
    part = brought_in(world)
    report = report_of(_announced(world), world)
    [offer] = offers(report)
    assert (offer.measure.pk, offer.year_no, offer.year_count, offer.promised) == (part.measure_id, 2, 3, 700_000)
    assert offer.before is not None
    assert (offer.before.awarded, offer.before.unspent) == (800_000, 40_000)
    row = continuing.continue_measure(report=report, measure=offer.measure, by=actor(world.coordinator))
    assert (row.kind, row.year_no, row.year_count, row.scheme, row.sector) == ("continued", 2, 3, "kollektiv", "school")
    assert (row.title, row.need, row.goal, row.work_plan) == (
        "Begynneropplæring", "Elevene leser lite.", "Elevene leser mer.", "Fire samlinger.",
    )  # fmt: skip
    assert sorted(row.parties.values_list("organisation", "kind", "confirms")) == sorted(
        [(world.hosts[0].pk, "owner", True), (world.university.pk, "provider", True)]
    )
    budget = row.budget_lines.order_by("budget_year", "kind").values_list("budget_year", "kind", "payee", "amount")
    assert list(budget) == [
        (2027, "network", world.hosts[0].pk, 200_000),
        (2027, "provider", world.university.pk, 500_000),
        (2028, "network", world.hosts[0].pk, 150_000),
    ]
    assert offers(report) == []


def test_what_a_later_round_has_continued_stays_until_it_is_taken_out_there(world: Rounds) -> None:
    part = brought_in(world)
    report = report_of(_announced(world), world)
    row = continuing.continue_measure(report=report, measure=part.measure, by=actor(world.coordinator))
    for act in (
        lambda: change_brought_in(measure_year=part, measure=running(world, title="B"), by=actor(world.officer)),
        lambda: take_out(measure_year=part, by=actor(world.officer)),
    ):
        with pytest.raises(StepRefused) as refused:
            act()
        assert codes(refused) == [("moved_on", "")]
        assert "2027" in str(refused.value)
        assert "Lågendalen" in str(refused.value)
    measures.remove_measure(measure_year=row, by=actor(world.coordinator))
    change_brought_in(measure_year=part, measure=running(world, title="B"), by=actor(world.officer))
    assert Measure.objects.get().title == "B"


def test_an_old_scheme_is_continued_under_the_one_scheme_of_2026(world: Rounds) -> None:
    part = brought_in(world, scheme="desentralisert")
    report = report_of(_announced(world), world)
    row = continuing.continue_measure(report=report, measure=part.measure, by=actor(world.coordinator))
    assert (row.scheme, row.sector) == ("kollektiv", "school")
    assert set(row.budget_lines.values_list("scheme", flat=True)) == {"kollektiv"}
    promised = promises(report.round, [row])[row.measure_id]
    keys = {tuple(line.money_key().values()): line.amount for line in row.budget_lines.filter(budget_year=YEAR)}
    assert dict(promised) == keys


def test_the_schemes_of_2021_are_continued_under_the_rules_of_2021(world: Rounds) -> None:
    by = actor(world.officer)
    with clock.frozen(date(2024, 11, 15)):
        begin(office=world.office, first_year=2025, by=by)
        host = MoneyLine(kind="network", payee=world.hosts[0], awarded=100_000, promised={2025: 90_000})
        told = running(world, scheme="regional", sector="kindergarten", first_year=2023, year_no=2, lines=[host])
        [part] = bring_in(office=world.office, measures=[told], by=by)
        round = rounds.open_round(
            office=world.office, year=2025, rule_set="GUIDE2021", profile={"joint_conclusion": True}, by=by,
            deadlines={"needs": date(2025, 2, 1), "decision": date(2025, 4, 1)},
        )  # fmt: skip
    report = NeedsReport.objects.create(round=round, network=world.networks[0], lead=world.hosts[0])
    Round.objects.filter(pk=round.pk).update(state="announced", announced_at=clock.now())
    [offer] = offers(report)
    assert (part.round.rule_set.code, offer.year_no, offer.year_count, offer.promised) == ("GUIDE2021", 3, 3, 90_000)
    row = continuing.continue_measure(report=report, measure=offer.measure, by=actor(world.coordinator))
    assert (row.scheme, row.sector, row.year_no) == ("regional", "kindergarten", 3)
    assert list(row.budget_lines.values_list("budget_year", "scheme", "amount")) == [(2025, "regional", 90_000)]


def test_an_owner_without_a_network_finds_its_own(world: Rounds) -> None:
    lead = world.owners[1]
    only = MoneyLine(kind="network", payee=lead, awarded=50_000, promised={2027: 60_000})
    part = brought_in(world, network=None, lead=lead, owners=[lead], lines=[only])
    report = NeedsReport.objects.create(round=_announced(world), network=None, lead=lead)
    [offer] = offers(report)
    assert (offer.measure.pk, offer.promised) == (part.measure_id, 60_000)
    row = continuing.continue_measure(report=report, measure=offer.measure, by=actor(world.owner_contact))
    assert list(row.budget_lines.values_list("payee", "amount")) == [(lead.pk, 60_000)]


# --- Bad input --------------------------------------------------------------------------------------------------------


def _with_line(world: Rounds, **more: Any) -> list[MoneyLine]:
    return [replace(lines(world)[0], **more)]


def test_what_cannot_be_is_refused_with_the_field_it_is_mended_in(world: Rounds) -> None:
    by = actor(world.officer)
    begin(office=world.office, first_year=YEAR, by=by)
    coordinating = register_organisation(name="RKK Ytre", kind="coordinator", by=SETUP)
    ended = register_organisation(
        name="Gamle Hamre kommune", kind="municipality", by=SETUP, ended_on=date(2019, 12, 31)
    )
    cases: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
        ({"title": " "}, [("title_missing", "title")]),
        ({"year_no": 4, "first_year": 2023}, [("year_of", "year_no")]),
        ({"year_no": 2, "year_count": 4}, [("year_too_late", "year_no")]),
        ({"first_year": 2027}, [("first_year", "first_year")]),
        ({"scheme": "finnes_ikke"}, [("scheme_unknown", "scheme")]),
        ({"scheme": "regional", "lines": lines(world)[:1]}, [("sector", "sector")]),
        ({"lead": world.university}, [("lead_kind", "lead")]),
        ({"providers": [world.hosts[0]]}, [("provider_kind", "providers")]),
        ({"owners": [world.university]}, [("owner_kind", "owners")]),
        ({"lines": []}, [("nothing_promised", "lines-0-awarded")]),
        ({"lines": _with_line(world, promised={2026: 1})}, [("year_over", "lines-0-promised-2026")]),
        ({"lines": _with_line(world, promised={2029: 1})}, [("after_the_end", "lines-0-promised-2029")]),
        ({"lines": _with_line(world, payee=ended)}, [("organisation_ended", "lines-0-payee")]),
        ({"lines": _with_line(world, payee=coordinating)}, [("payee_coordinates", "lines-0-payee")]),
        ({"lines": _with_line(world, payee=world.county)}, [("recipient_not_allowed", "lines-0-payee")]),
        (
            {"lines": _with_line(world, awarded=-1)},
            [("negative", "lines-0-awarded"), ("unspent_reason", "lines-0-unspent")],
        ),
        ({"lines": _with_line(world, unspent=400_000)}, [("unspent_reason", "lines-0-unspent")]),
        ({"lines": lines(world)[:1] * 2}, [("same_line", "lines-1-payee")]),
        ({"lines": _with_line(world, beneficiary=world.university)}, [("beneficiary_kind", "lines-0-beneficiary")]),
    ]
    for told, wanted in cases:
        with pytest.raises(StepRefused) as refused:
            bring_in(office=world.office, measures=[running(world, **told)], by=by)
        assert codes(refused) == wanted, told
    assert MeasureYear.objects.count() == 0
    bring_in(
        office=world.office,
        measures=[
            running(world, lines=_with_line(world, unspent=400_000), reason="Også fra 2025."),
            running(world, title="Videregående", scheme="desentralisert", lines=_with_line(world, payee=world.county)),
        ],
        by=by,
    )
    assert list(LedgerEntry.objects.filter(entry="carried").values_list("reason", flat=True)) == ["Også fra 2025.", ""]


def test_the_same_measure_twice_is_refused(world: Rounds) -> None:
    brought_in(world)
    by = actor(world.officer)
    for many in ([running(world, title="begynneropplæring ")], [running(world, title="X"), running(world, title="x")]):
        with pytest.raises(StepRefused) as refused:
            bring_in(office=world.office, measures=many, by=by)
        assert codes(refused) == [("measure_twice", "title")]
    bring_in(office=world.office, measures=[running(world, network=world.networks[1])], by=by)
    assert Measure.objects.count() == 2


def test_a_network_of_another_office_is_refused(world: Rounds) -> None:
    by = actor(world.stranger)
    begin(office=world.other, first_year=YEAR, by=by)
    with pytest.raises(StepRefused) as refused:
        bring_in(office=world.other, measures=[running(world)], by=by)
    assert codes(refused) == [("other_office", "network")]


def test_only_case_officers_and_administrators_bring_in(world: Rounds) -> None:
    part = brought_in(world)
    grant_role(user=world.member, role=Role.APPROVER, anchor=world.office.anchor, by=SETUP)
    for user in (world.member, world.coordinator, world.stranger):
        by = actor(user)
        acts = [
            lambda by=by: begin(office=world.office, first_year=2027, by=by),
            lambda by=by: bring_in(office=world.office, measures=[running(world, title="B")], by=by),
            lambda by=by: change_brought_in(measure_year=part, measure=running(world), by=by),
            lambda by=by: take_out(measure_year=part, by=by),
            lambda by=by: set_unspent(office=world.office, amounts={"kollektiv": 1}, by=by),
        ]
        for act in acts:
            with pytest.raises(authz.NotAllowed):
                act()


# --- What no measure has ----------------------------------------------------------------------------------------------


def test_what_is_left_of_a_scheme_is_set_and_mended_by_reversal(world: Rounds) -> None:
    by = actor(world.officer)
    round = begin(office=world.office, first_year=YEAR, by=by)
    set_unspent(office=world.office, amounts={"regional": 90_000, "kollektiv": 0}, by=by, seen_version=round.version)
    seen = Round.objects.get(pk=round.pk).version
    set_unspent(office=world.office, amounts={"regional": 70_000, "kollektiv": 5_000}, by=by, seen_version=seen)
    assert unspent_of_schemes(round) == {"regional": 70_000, "kollektiv": 5_000}
    assert sums("carried") == [(2026, 90_000), (2026, -90_000), (2026, 70_000), (2026, 5_000)]
    with pytest.raises(StaleVersion) as stale:
        set_unspent(office=world.office, amounts={"regional": 1}, by=actor(world.colleague), seen_version=seen)
    assert stale.value.saved_by == "Anne Hov"
    for amounts, wanted in (({"x": 1}, [("scheme_unknown", "x")]), ({"regional": -1}, [("negative", "regional")])):
        with pytest.raises(StepRefused) as refused:
            set_unspent(office=world.office, amounts=amounts, by=by)
        assert codes(refused) == wanted
    assert Event.objects.filter(code__startswith="ledger.").count() == 4


def test_the_sums_of_each_scheme_and_year(world: Rounds) -> None:
    part = brought_in(world)
    by = actor(world.officer)
    bring_in(office=world.office, measures=[running(world, title="B", scheme="desentralisert")], by=by)
    set_unspent(office=world.office, amounts={"desentralisert": 7}, by=by)
    page = opening_page(part.round)
    assert page.years == (2027, 2028, 2029)
    rows = [(one.awarded, one.promised, one.in_measures, one.beside) for one in page.sums]
    assert rows == [
        (800_000, (700_000, 150_000, 0), 40_000, 0),
        (800_000, (700_000, 150_000, 0), 40_000, 7),
    ]
    assert (page.total.awarded, page.total.promised, page.total.unspent) == (1_600_000, (1_400_000, 300_000, 0), 80_007)


# --- The table --------------------------------------------------------------------------------------------------------


def test_the_database_believes_nobody(world: Rounds) -> None:
    brought_in(world)
    entry = LedgerEntry.objects.filter(entry="awarded").first()
    assert entry is not None
    wrong: list[dict[str, Any]] = [
        {"amount": 0},
        {"entry": "lost"},
        {"kind": "gift"},
        {"sector": "sea"},
        {"measure": None},
        {"measure": None, "payee": None},
        {"to_year": 2028},
        {"entry": "carried", "to_year": 2026},
        {"by_system": "also"},
    ]
    for more in wrong:
        row = LedgerEntry.objects.get(pk=entry.pk)
        row.pk = None
        row._state.adding = True
        for name, value in more.items():
            setattr(row, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()
    assert opening_round(world.other) is None
    assert openings.CASE_TITLE.keys() == {"nb", "nn"}
