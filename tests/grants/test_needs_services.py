"""Writing and sending needs reports."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import Notice
from core import clock
from core.authz import NotAllowed, allowed
from core.models import Message, Obligation, Section
from core.requirements import AlreadyDone, StaleVersion, StepRefused
from core.services import archive, obligations
from grants.models import Commitment, Measure, MeasureYear, NeedsReport, Round
from grants.selectors.measure_choices import continuable
from grants.selectors.needs import needs_facts, read_by
from grants.services import continuing, needs
from tests.grants.needs_setup import SETUP, START, World, actor, build, fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(needs_phase: World) -> World:
    return needs_phase


def codes(refused: StepRefused) -> list[str]:
    return [obstacle.code for obstacle in refused.obstacles]


def test_an_empty_report_is_not_sent_and_says_why(world: World) -> None:
    with pytest.raises(StepRefused) as refused:
        needs.send(report=world.report, by=actor(world.coordinator))
    assert codes(refused.value) == ["no_measures"]
    assert NeedsReport.objects.get(pk=world.report.pk).state == "draft"


def test_a_new_measure_knows_what_is_known(world: World) -> None:
    row = needs.add_measure(report=world.report, by=actor(world.coordinator))
    assert (row.scheme, row.sector, row.priority) == ("kollektiv", "both", 1)
    assert sorted((party.organisation.pk, party.kind, party.confirms) for party in row.parties.all()) == sorted(
        [(world.host.pk, "owner", True), (world.university.pk, "provider", True)]
    )


def test_what_an_empty_measure_lacks(world: World) -> None:
    needs.add_measure(report=world.report, by=actor(world.coordinator))
    anchors = [fault.anchor.rpartition("-")[2] for fault in needs_facts(world.report).faults]
    assert anchors == ["about"] * 6 + ["answers"] * 4 + ["budget"]


def test_sending(world: World, django_capture_on_commit_callbacks: object) -> None:
    row = fill(world, world.report, world.coordinator)
    sent = needs.send(report=world.report, by=actor(world.coordinator), seen_version=1)
    assert (sent.state, sent.reference, sent.sent_late) == ("sent", "2027-BM-001", False)
    assert MeasureYear.objects.get(pk=row.pk).state == "reported"
    receipt = NeedsReport.objects.get(pk=sent.pk).receipt
    assert receipt is not None
    assert (receipt.kind, receipt.document_date) == ("in", START)
    assert [(party.role, party.name) for party in receipt.parties.order_by("role")] == [
        ("recipient", "Statsforvalteren i Innlandet"),
        ("sender", "Fjellheim kommune"),
    ]
    page = archive.read(receipt.files.get()).decode()
    assert "2027-BM-001" in page
    assert "Elvdal kommune" in page
    assert "tre teammøter" in page
    assert [row.data for row in Section.objects.all()] == [{}] * 4
    assert Message.objects.filter(key__startswith="needs-sent").count() == 2
    assert Notice.objects.filter(code="needs_report.sent").count() == 2
    assert "2027-BM-001" in Message.objects.filter(user=world.coordinator).latest("pk").body


def test_the_next_report_gets_the_next_reference(world: World) -> None:
    fill(world, world.report, world.coordinator)
    fill(world, world.lone_report, world.lone_contact)
    needs.send(report=world.report, by=actor(world.coordinator))
    assert needs.send(report=world.lone_report, by=actor(world.lone_contact)).reference == "2027-BM-002"


def test_after_the_deadline_it_is_late_and_sent_all_the_same(world: World) -> None:
    fill(world, world.report, world.coordinator)
    with clock.frozen(date(2027, 2, 2)):
        assert needs.send(report=world.report, by=actor(world.coordinator)).sent_late is True


def test_on_the_deadline_it_is_in_time(world: World) -> None:
    fill(world, world.report, world.coordinator)
    with clock.frozen(date(2027, 2, 1)):
        assert needs.send(report=world.report, by=actor(world.coordinator)).sent_late is False


def test_a_double_click_sends_once(world: World) -> None:
    fill(world, world.report, world.coordinator)
    needs.send(report=world.report, by=actor(world.coordinator), seen_version=1)
    with pytest.raises(AlreadyDone):
        needs.send(report=world.report, by=actor(world.coordinator), seen_version=1)
    assert Message.objects.filter(user=world.coordinator).count() == 1


def test_only_the_coordinator_and_the_leads_contact_write_and_send(world: World) -> None:
    fill(world, world.report, world.coordinator)
    for user in (world.owner_contact, world.provider_contact, world.officer, world.stranger):
        with pytest.raises(NotAllowed):
            needs.add_measure(report=world.report, by=actor(user))
        with pytest.raises(NotAllowed):
            needs.send(report=world.report, by=actor(user))


def test_the_office_sees_no_draft(world: World) -> None:
    row = fill(world, world.report, world.coordinator)
    officer = actor(world.officer)
    assert allowed(officer, "grants.see_needs", world.report)
    assert not allowed(officer, "grants.see_needs_content", world.report)
    needs.send(report=world.report, by=actor(world.coordinator))
    assert allowed(officer, "grants.see_needs_content", MeasureYear.objects.get(pk=row.pk))


def test_nothing_is_written_after_sending(world: World) -> None:
    row = fill(world, world.report, world.coordinator)
    needs.send(report=world.report, by=actor(world.coordinator))
    with pytest.raises(StepRefused) as refused:
        needs.set_budget(measure_year=row, lines=[], by=actor(world.coordinator))
    assert codes(refused.value) == ["report_sent"]


def test_two_writers_in_two_sections_dont_disturb_each_other(world: World) -> None:
    row = needs.add_measure(report=world.report, by=actor(world.coordinator))
    needs.save_answers(measure_year=row, answers={"sami": "Ja, i planen."}, by=actor(world.coordinator), seen_version=0)
    saved = needs.set_budget(measure_year=row, lines=[], by=actor(world.colleague), seen_version=0)
    assert saved.version == 3


def test_two_writers_in_one_section_are_told(world: World) -> None:
    row = needs.add_measure(report=world.report, by=actor(world.coordinator))
    needs.save_answers(measure_year=row, answers={"sami": "Én"}, by=actor(world.coordinator), seen_version=0)
    with pytest.raises(StaleVersion) as stale:
        needs.save_answers(measure_year=row, answers={"sami": "To"}, by=actor(world.colleague), seen_version=0)
    assert stale.value.saved_by == "Kari Moe"
    assert row.criterion_answers.get().answer == "Én"


def test_a_section_that_cant_be_read_is_kept_as_typed_and_stops_the_sending(world: World) -> None:
    row = fill(world, world.report, world.coordinator)
    typed = {"form-0-y2027": ["fem hundre"]}
    needs.save_section(measure_year=row, name="budget", data=typed, by=actor(world.coordinator))
    with pytest.raises(StepRefused) as refused:
        needs.send(report=world.report, by=actor(world.coordinator))
    assert [obstacle.anchor for obstacle in refused.value.obstacles] == [f"measure-{row.pk}-budget"]
    assert Section.objects.get(name="budget").data == {"typed": typed}


def test_the_county_council_is_not_paid_under_the_2026_rules(world: World) -> None:
    row = fill(world, world.report, world.coordinator)
    line = needs.BudgetInput(kind="network", amount=100, budget_year=2027, payee_id=world.county.pk)
    needs.set_budget(measure_year=row, lines=[line], by=actor(world.coordinator))
    with pytest.raises(StepRefused) as refused:
        needs.send(report=world.report, by=actor(world.coordinator))
    assert codes(refused.value) == ["recipient_not_allowed"]
    assert "Innmark fylkeskommune" in str(refused.value)


def test_the_county_council_is_paid_under_the_2021_guidelines() -> None:
    with clock.frozen(START):
        world = build("GUIDE2021")
        row = fill(world, world.report, world.coordinator)
        line = needs.BudgetInput(kind="network", amount=100, budget_year=2027, payee_id=world.county.pk)
        needs.set_budget(measure_year=row, lines=[line], by=actor(world.coordinator))
        assert needs.send(report=world.report, by=actor(world.coordinator)).state == "sent"


def test_own_part_is_counted_in_the_decentralised_scheme_of_2021() -> None:
    with clock.frozen(START):
        world = build("GUIDE2021")
        row = fill(world, world.report, world.coordinator, amount=400000)
        assert (row.scheme, row.own_amount) == ("desentralisert", 120000)


@pytest.mark.parametrize(
    ("change", "code", "section"),
    [
        ({"own_effort": ""}, "measure_incomplete", "about"),
        ({"need_how": "Ja"}, "measure_incomplete", "about"),
        ({"year_count": 5}, "measure_incomplete", "about"),
        ({"scheme": "regional"}, "measure_incomplete", "about"),
    ],
)
def test_what_stops_the_sending(world: World, change: dict[str, object], code: str, section: str) -> None:
    row = fill(world, world.report, world.coordinator)
    MeasureYear.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(StepRefused) as refused:
        needs.send(report=world.report, by=actor(world.coordinator))
    assert next((one.code, one.anchor) for one in refused.value.obstacles) == (code, f"measure-{row.pk}-{section}")


def test_a_partner_must_confirm(world: World) -> None:
    row = fill(world, world.report, world.coordinator)
    by = actor(world.coordinator)
    needs.set_parties(
        measure_year=row, parties=[(world.host.pk, "owner", True), (world.university.pk, "provider", False)], by=by
    )
    with pytest.raises(StepRefused) as refused:
        needs.send(report=world.report, by=by)
    assert [one.anchor for one in refused.value.obstacles] == [f"measure-{row.pk}-parties"]


def test_a_line_without_recipient_waits_until_sending(world: World) -> None:
    row = fill(world, world.report, world.coordinator)
    by = actor(world.coordinator)
    needs.set_budget(measure_year=row, lines=[needs.BudgetInput(kind="other", amount=5000, budget_year=2027)], by=by)
    with pytest.raises(StepRefused) as refused:
        needs.send(report=world.report, by=by)
    assert [one.anchor for one in refused.value.obstacles] == [f"measure-{row.pk}-budget"]


def test_two_lines_that_cant_be_told_apart(world: World) -> None:
    row = fill(world, world.report, world.coordinator)
    line = needs.BudgetInput(kind="other", amount=5000, budget_year=2027, payee_id=world.host.pk)
    with pytest.raises(StepRefused) as refused:
        needs.set_budget(measure_year=row, lines=[line, line], by=actor(world.coordinator))
    assert codes(refused.value) == ["same_line"]
    assert row.budget_lines.count() == 2


def test_each_measure_has_its_own_place(world: World) -> None:
    by = actor(world.coordinator)
    first, second = (needs.add_measure(report=world.report, by=by, title=title) for title in ("Én", "To"))
    with pytest.raises(StepRefused) as refused:
        needs.set_priorities(report=world.report, order={first.pk: 1, second.pk: 1}, by=by)
    assert codes(refused.value) == ["same_priority"]
    needs.set_priorities(report=world.report, order={first.pk: 2, second.pk: 1}, by=by)
    assert [one.title for one in world.report.measures.order_by("priority")] == ["To", "Én"]


def test_a_removed_measure_is_gone(world: World) -> None:
    by = actor(world.coordinator)
    row = fill(world, world.report, world.coordinator)
    needs.remove_measure(measure_year=row, by=by)
    assert MeasureYear.objects.count() == 0
    assert Section.objects.count() == 0


def promise(world: World, amount: int = 250000) -> Commitment:
    with clock.frozen(date(2026, 1, 20)):
        before = make_before(world)
        row = MeasureYear.objects.create(
            measure=before.measure, round=before.round, report=None, kind="joint", title="Lesing", scheme="kollektiv",
            sector="both", year_no=1, year_count=3, state="granted", need="Lesing i alle fag.",
        )  # fmt: skip
        row.parties.create(organisation=world.host, kind="owner", confirms=True)
        row.criterion_answers.create(criterion="sami", answer="Samiske tekster er med.")
        return before


def make_before(world: World) -> Commitment:
    from_round = Round.objects.create(
        office=world.office, year=2026, rule_set=world.round.rule_set, profile=world.round.profile,
        case=archive.open_case(office=world.office, year=2026, title="2026"), state="decided",
        announced_at=clock.now(), **SETUP.columns(),
    )  # fmt: skip
    measure = Measure.objects.create(
        office=world.office, lead=world.host, network=world.network, first_year=2026, title="Lesing"
    )
    return Commitment.objects.create(
        round=from_round, measure=measure, budget_year=2027, scheme="kollektiv", sector="both", kind="provider",
        payee=world.university, amount=250000,
    )  # fmt: skip


def test_a_promised_measure_goes_on_with_its_text_and_its_sum(world: World) -> None:
    promised = promise(world)
    assert [one.pk for one in continuable(world.report)] == [promised.measure_id]
    row = continuing.continue_measure(report=world.report, measure=promised.measure, by=actor(world.coordinator))
    assert (row.kind, row.year_no, row.year_count, row.need) == ("continued", 2, 3, "Lesing i alle fag.")
    assert [(line.kind, line.payee_id, line.amount) for line in row.budget_lines.all()] == [
        ("provider", world.university.pk, 250000)
    ]
    assert [one.answer for one in row.criterion_answers.all()] == ["Samiske tekster er med."]
    assert list(continuable(world.report)) == []
    with pytest.raises(StepRefused) as refused:
        continuing.continue_measure(report=world.report, measure=promised.measure, by=actor(world.coordinator))
    assert codes(refused.value) == ["here_already"]


def test_another_leads_measure_cant_be_taken_on(world: World) -> None:
    promised = promise(world)
    with pytest.raises(StepRefused) as refused:
        continuing.continue_measure(report=world.lone_report, measure=promised.measure, by=actor(world.lone_contact))
    assert codes(refused.value) == ["other_measure"]


def owed() -> list[tuple[str, str, date | None]]:
    return [
        (row.kind, row.role, row.due)
        for row in Obligation.objects.filter(done_at__isnull=True, kind__startswith="needs").order_by("kind", "pk")
    ]


def test_what_is_owed(world: World) -> None:
    due = date(2027, 2, 1)
    assert owed() == [("needs_send", "coordinator", due), ("needs_send", "owner_contact", due)]
    fill(world, world.report, world.coordinator)
    needs.send(report=world.report, by=actor(world.coordinator))
    assert owed() == [
        ("needs_assess", "case_officer", date(2027, 2, 24)),
        ("needs_send", "owner_contact", due),
    ]
    assert read_by(NeedsReport.objects.get(pk=world.report.pk)) == date(2027, 2, 24)
    assert obligations.rebuild() == []


def test_nothing_is_owed_when_the_round_is_over(world: World) -> None:
    Round.objects.filter(pk=world.round.pk).update(state="decided")
    needs.sync_reports(round=Round.objects.get(pk=world.round.pk))
    assert owed() == []
