"""The life of an annual report through its services."""

from __future__ import annotations

import pytest

from accounts.models import Notice
from core import authz
from core.models import Confirmation, Event, Obligation
from core.models.subjects import subject_key
from core.requirements import AlreadyDone, StaleVersion, StepRefused
from core.services import archive, obligations
from reporting.models import AnnualReport
from reporting.rules import required_parties, rule_set_of
from reporting.selectors.confirming import confirming
from reporting.selectors.facts import live_rows, wishes
from reporting.selectors.reports import fresh, left_of, sums
from reporting.services import reports
from tests.reporting.acts import confirm_both, filled_in, seen, write_and_send
from tests.world import World


def open_kinds(report: AnnualReport) -> dict[str, list[str]]:
    """Kind → roles of what is owed because of the report now."""
    found: dict[str, list[str]] = {}
    for row in Obligation.objects.filter(done_at__isnull=True, **subject_key(report)).order_by("id"):
        found.setdefault(row.kind, []).append(row.role)
    return found


def told(report: AnnualReport, code: str) -> list[str]:
    """The addresses that have got this notice."""
    found = Notice.objects.filter(code=code, **subject_key(report)).order_by("user__email")
    return list(found.values_list("user__email", flat=True))


# --- creating ---------------------------------------------------------------------------------------------------------


def test_one_report_per_measure_with_an_award_and_again_changes_nothing(world: World) -> None:
    first = reports.create_reports(round=world.past_round)
    again = reports.create_reports(round=world.past_round)
    assert sorted(report.measure_year.title for report in first) == ["Lek og språk", "Leseløft"]
    assert [report.pk for report in again] == [report.pk for report in first]
    assert AnnualReport.objects.filter(round=world.past_round).count() == 2


def test_lines_are_prefilled_and_the_coordinator_writes(old: AnnualReport, world: World) -> None:
    lines = {str(line.payee): (line.amount, line.used) for line in old.lines.all()}
    assert lines == {"Nordli kommune": (60_000, None), "Universitetet i Midten": (90_000, None)}
    assert old.contact == world.north_coordinator
    assert str(old.due) == "2025-02-01"
    assert open_kinds(old) == {"report_write": ["coordinator"]}


def test_without_a_network_the_leads_contact_writes(new: AnnualReport, world: World) -> None:
    assert new.contact == world.havnes_owner
    assert open_kinds(new) == {"report_write": ["owner_contact"]}


# --- the law of the award ---------------------------------------------------------------------------------------------


def test_a_2021_award_keeps_its_signs_whatever_is_in_force(old: AnnualReport, new: AnnualReport) -> None:
    of_old = [sign.code for sign in rule_set_of(old).signs_for(old.measure_year.scheme)]
    of_new = [sign.code for sign in rule_set_of(new).signs_for(new.measure_year.scheme)]
    assert of_old == ["collective_measures", "anchored", "sami", "partnership", "teacher_education"]
    assert of_new == ["collective_measures", "practice", "learning_community", "teacher_education", "inclusion"]


@pytest.mark.parametrize(
    ("kind", "old_law", "new_law"), [("university", 1, 1), ("fagskole", 0, 1), ("other_provider", 0, 1)]
)
def test_who_counts_as_provider_follows_the_law(
    old: AnnualReport, new: AnnualReport, world: World, kind: str, old_law: int, new_law: int
) -> None:
    world.university.kind = kind
    world.university.save(update_fields=["kind"])
    for report, count in ((old, old_law), (new, new_law)):
        kinds = [str(party.kind) for party in required_parties(fresh(report))]
        assert kinds == ["owner"] + ["provider"] * count


def test_a_sign_of_another_law_is_refused(old: AnnualReport, world: World) -> None:
    with pytest.raises(ValueError, match="practice"):
        reports.save_report(
            report=old, fields=filled_in(old, ratings={"practice": (3, "")}), by=world.actor("north_coordinator")
        )


# --- writing ----------------------------------------------------------------------------------------------------------


def test_half_a_report_is_kept_and_can_not_be_sent(old: AnnualReport, world: World) -> None:
    writer = world.actor("north_coordinator")
    reports.save_report(report=old, fields=filled_in(old, progress="", used={}), by=writer)
    with pytest.raises(StepRefused) as refused:
        reports.send(report=old, by=writer)
    lines = [f"used_{line.pk}" for line in old.lines.all()]
    assert [obstacle.anchor for obstacle in refused.value.obstacles] == ["progress", *lines]
    assert fresh(old).state == "open"
    assert fresh(old).activities == "Elleve fagdager er holdt."


def test_unspent_money_needs_a_reason(old: AnnualReport, world: World) -> None:
    writer = world.actor("north_coordinator")
    first, second = old.lines.all()
    used = {first.pk: first.amount - 16_000, second.pk: second.amount + 1_000}
    reports.save_report(report=old, fields=filled_in(old, used=used), by=writer)
    with pytest.raises(StepRefused) as refused:
        reports.send(report=old, by=writer)
    assert [obstacle.anchor for obstacle in refused.value.obstacles] == ["unspent_why"]
    reports.save_report(report=old, fields=filled_in(old, used=used, unspent_why="Én dag ble flyttet."), by=writer)
    sent = reports.send(report=old, by=writer)
    assert sent.state == "to_confirm"
    assert [one.left for one in sums(sent)] == [16_000, -1_000]
    assert left_of(sent) == 15_000


def test_saving_the_same_twice_saves_once(old: AnnualReport, world: World) -> None:
    writer = world.actor("north_coordinator")
    first = reports.save_report(report=old, fields=filled_in(old), by=writer, seen_version=1)
    again = reports.save_report(report=old, fields=filled_in(old), by=writer, seen_version=1)
    assert (first.version, again.version) == (2, 2)
    assert Event.objects.filter(code="report.saved", **subject_key(old)).count() == 1


def test_a_stale_save_says_who_saved(old: AnnualReport, world: World) -> None:
    reports.save_report(report=old, fields=filled_in(old), by=world.actor("north_coordinator"), seen_version=1)
    with pytest.raises(StaleVersion) as stale:
        reports.save_report(
            report=old, fields=filled_in(old, learnt="Noe annet"), by=world.actor("nordli_owner"), seen_version=1
        )
    assert stale.value.saved_by == world.north_coordinator.name


def test_others_can_not_write(old: AnnualReport, world: World) -> None:
    for name in ("stranger", "south_coordinator", "north_provider", "officer"):
        with pytest.raises(authz.NotAllowed):
            reports.save_report(report=old, fields=filled_in(old), by=world.actor(name))


# --- confirming -------------------------------------------------------------------------------------------------------


def test_the_parties_are_asked_and_mailed_a_link(old: AnnualReport, world: World) -> None:
    sent = write_and_send(old, world.actor("north_coordinator"))
    assert sent.state == "to_confirm"
    assert open_kinds(sent) == {"report_confirm": ["owner_contact", "provider_contact"]}
    notices = sorted(user.email for user in (world.nordli_owner, world.north_provider))
    assert told(sent, "report_confirm") == notices


def test_when_all_have_confirmed_it_waits_for_the_office(old: AnnualReport, world: World) -> None:
    done = confirm_both(write_and_send(old, world.actor("north_coordinator")), world)
    assert done.state == "confirmed"
    assert open_kinds(done) == {"report_approve": ["case_officer"]}
    assert [line.people for line in confirming(done, None).lines] == [
        world.nordli_owner.name,
        world.north_provider.name,
    ]


def test_a_double_click_confirms_once(old: AnnualReport, world: World) -> None:
    sent = write_and_send(old, world.actor("north_coordinator"))
    anchor, by = world.nordli.anchor, world.actor("nordli_owner")
    given = seen(sent, anchor)
    reports.confirm(report=sent, party=anchor, by=by, seen=given)
    with pytest.raises(AlreadyDone):
        reports.confirm(report=sent, party=anchor, by=by, seen=given)
    assert Event.objects.filter(code="report.confirmed").count() == 1


def test_nobody_confirms_for_another_party(old: AnnualReport, world: World) -> None:
    sent = write_and_send(old, world.actor("north_coordinator"))
    anchor = world.university.anchor
    given = seen(sent, anchor)
    for name in ("nordli_owner", "south_provider", "officer", "stranger", "north_coordinator"):
        with pytest.raises(authz.NotAllowed):
            reports.confirm(report=sent, party=anchor, by=world.actor(name), seen=given)


def test_what_was_changed_meanwhile_is_not_confirmed(old: AnnualReport, world: World) -> None:
    writer = world.actor("north_coordinator")
    sent = write_and_send(old, writer)
    given = seen(sent, world.nordli.anchor)
    reports.save_report(report=sent, fields=filled_in(sent, learnt="Noe annet"), by=writer)
    with pytest.raises(StepRefused) as refused:
        reports.confirm(report=sent, party=world.nordli.anchor, by=world.actor("nordli_owner"), seen=given)
    assert [obstacle.code for obstacle in refused.value.obstacles] == ["changed_since_seen"]


def test_an_edit_after_all_confirmed_asks_again_about_the_changed_part(old: AnnualReport, world: World) -> None:
    writer = world.actor("north_coordinator")
    done = confirm_both(write_and_send(old, writer), world)
    edited = reports.save_report(report=done, fields=filled_in(done, participants=80), by=writer)
    assert edited.state == "to_confirm"
    waiting = {(row.party.name, row.part) for row in live_rows(edited) if not row.answer}
    assert waiting == {("Nordli kommune", "activities"), ("Universitetet i Midten", "activities")}
    shown = confirming(edited, world.actor("nordli_owner"))
    assert [(one.key, one.before, one.after) for one in shown.changes] == [("participants", "75", "80")]
    assert shown.mine is not None
    assert confirm_both(edited, world).state == "confirmed"


def test_an_edit_that_leaves_a_hole_is_refused_while_the_parties_have_it(old: AnnualReport, world: World) -> None:
    writer = world.actor("north_coordinator")
    sent = write_and_send(old, writer)
    with pytest.raises(StepRefused):
        reports.save_report(report=sent, fields=filled_in(sent, activities=""), by=writer)
    now = fresh(sent)
    assert (now.state, now.activities) == ("to_confirm", "Elleve fagdager er holdt.")


def test_a_wish_for_a_change_goes_round(old: AnnualReport, world: World) -> None:
    writer = world.actor("north_coordinator")
    sent = write_and_send(old, writer)
    anchor, by = world.university.anchor, world.actor("north_provider")
    reports.confirm(
        report=sent, party=world.nordli.anchor, by=world.actor("nordli_owner"), seen=seen(sent, world.nordli.anchor)
    )
    with pytest.raises(StepRefused):
        reports.ask_for_change(report=sent, party=anchor, by=by, comment="  ", seen=seen(sent, anchor))
    opened = reports.ask_for_change(
        report=sent, party=anchor, by=by, comment="Tallet er feil.", seen=seen(sent, anchor)
    )
    assert opened.state == "open"
    assert open_kinds(opened) == {"report_correct": ["coordinator"]}
    assert [wish.comment for wish in wishes(opened)] == ["Tallet er feil."]
    assert told(opened, "report_correct") == [world.north_coordinator.email]
    with pytest.raises(AlreadyDone):
        reports.ask_for_change(report=sent, party=anchor, by=by, comment="Tallet er feil.", seen={})
    reports.save_report(report=opened, fields=filled_in(opened, learnt="Rettet."), by=writer)
    assert [wish.comment for wish in wishes(opened)] == ["Tallet er feil."]
    again = reports.send(report=opened, by=writer)
    assert wishes(again) == []
    waiting = {(row.party.name, row.part) for row in live_rows(again) if not row.answer}
    assert waiting == {
        ("Nordli kommune", "goals"),
        ("Universitetet i Midten", "activities"),
        ("Universitetet i Midten", "goals"),
        ("Universitetet i Midten", "money"),
    }
    assert confirm_both(again, world).state == "confirmed"


# --- the office -------------------------------------------------------------------------------------------------------


def test_the_office_sends_back_and_the_writer_corrects(old: AnnualReport, world: World) -> None:
    writer, officer = world.actor("north_coordinator"), world.actor("officer")
    done = confirm_both(write_and_send(old, writer), world)
    with pytest.raises(StepRefused):
        reports.return_report(report=done, by=officer, comment="", seen_version=done.version)
    back = reports.return_report(report=done, by=officer, comment="Skriv hvem som var med.", seen_version=done.version)
    assert (back.state, back.return_comment) == ("returned", "Skriv hvem som var med.")
    assert open_kinds(back) == {"report_correct": ["coordinator"]}
    reports.save_report(report=back, fields=filled_in(back, activities="Alle lærerne var med."), by=writer)
    again = reports.send(report=back, by=writer)
    assert again.return_comment == ""
    assert {row.part for row in live_rows(again) if not row.answer} == {"activities"}


def test_sent_back_and_sent_unchanged_keeps_all_confirmations(old: AnnualReport, world: World) -> None:
    writer = world.actor("north_coordinator")
    done = confirm_both(write_and_send(old, writer), world)
    back = reports.return_report(report=done, by=world.actor("officer"), comment="Se på dette.")
    assert reports.send(report=back, by=writer).state == "confirmed"
    assert Confirmation.objects.filter(voided_at__isnull=False, **subject_key(old)).count() == 0


def test_approved_is_journaled_and_owes_nothing(old: AnnualReport, world: World) -> None:
    done = confirm_both(write_and_send(old, world.actor("north_coordinator")), world)
    with pytest.raises(authz.NotAllowed):
        reports.approve(report=done, by=world.actor("approver"))
    approved = reports.approve(report=done, by=world.actor("officer"), seen_version=done.version)
    assert approved.state == "approved"
    assert approved.document is not None
    assert (approved.document.kind, approved.document.case_id) == ("in", world.past_round.case_id)
    [file] = approved.document.files.all()
    content = archive.read(file).decode()
    assert "Elleve fagdager er holdt." in content
    assert world.north_provider.name in content
    assert open_kinds(approved) == {}
    with pytest.raises(StepRefused):
        reports.save_report(
            report=approved, fields=filled_in(approved, learnt="x"), by=world.actor("north_coordinator")
        )


def test_a_report_found_unreasonable_is_not_approved(old: AnnualReport, world: World) -> None:
    done = confirm_both(write_and_send(old, world.actor("north_coordinator")), world)
    with pytest.raises(StepRefused) as refused:
        reports.approve(report=done, by=world.actor("officer"), control=reports.Control(formal=True, reasonable=False))
    assert [obstacle.anchor for obstacle in refused.value.obstacles] == ["reasonable"]
    assert fresh(done).state == "confirmed"


def test_what_is_owed_follows_from_the_rows(old: AnnualReport, new: AnnualReport, world: World) -> None:
    write_and_send(old, world.actor("north_coordinator"))
    write_and_send(new, world.actor("havnes_owner"))
    assert [key for key in obligations.rebuild() if "annualreport" in key] == []


def test_a_later_decision_changes_an_unsent_report(world: World, new: AnnualReport) -> None:
    line = new.lines.order_by("id").first()
    assert line is not None
    line.decision_line.__class__.objects.filter(pk=line.decision_line_id).update(amount=12_345)
    [report] = reports.create_reports(round=world.b_round)
    assert report.lines.get(pk=line.pk).amount == 12_345
    award_count = report.lines.count()
    assert award_count == 2
