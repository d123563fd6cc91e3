"""What one may see in the end isn't told before its time: outcomes, working sums, text that isn't sent."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core import clock
from grants.models import MeasureYear
from grants.services import decisions, proposals, recommendations, rounds
from reporting.selectors.reports import fresh
from reporting.services import reports
from tests.builder import Builder
from tests.reporting.acts import filled_in, seen
from tests.world import World

UNSENT = "Halvskrevet"


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.adapter.PersonBackend")
    return client


def measure_url(world: World) -> str:
    return reverse("grants:measure", args=["kystfylket", world.havnes_measure.measure_id])


def approved(world: World) -> None:
    """B's decision is made; the letters lie there."""
    laid = world.b_recommendation
    with clock.frozen(date(2027, 3, 11)):
        for who in ("coast_chair", "coast_member"):
            answers = {line.pk: ("agree", "") for line in laid.lines.filter(live=True)}
            seat = getattr(world, f"{who}_seat")
            recommendations.answer(recommendation=laid, seat=seat, answers=answers, by=world.actor(who))
        recommendations.conclude_forum(
            recommendation=laid, forum=world.coast, by=world.actor("coast_chair"), outcome="agreed"
        )
    with clock.frozen(date(2027, 4, 1)):
        decision = decisions.prepare(round=world.b_round, by=world.actor("b_officer"))
        decisions.submit(decision=decision, by=world.actor("b_officer"))
        decisions.approve(decision=decision, by=world.actor("b_approver"))


@pytest.mark.parametrize(("who", "told"), [("havnes_owner", False), ("university_contact", False), ("b_officer", True)])
def test_the_parties_hear_the_outcome_from_the_letter(world: World, who: str, told: bool) -> None:
    client = browser(getattr(world, who))
    approved(world)
    with clock.frozen(date(2027, 4, 2)):
        page = client.get(measure_url(world)).context["page"]
    year = next(row for row in page.years if row.year == 2027)
    outcomes = [line.what for line in page.log if "230" in line.what]
    assert (year.shape, year.awarded, len(outcomes)) == (("done", 230_000, 1) if told else ("ready", None, 0))


@pytest.mark.parametrize(("who", "proposed"), [("coast_member", 230_000), ("b_officer", 212_345)])
def test_the_forum_reads_the_sums_it_was_given_and_the_office_its_newest(world: World, who: str, proposed: int) -> None:
    [first, *rest] = world.b_proposal.lines.filter(measure_year=world.havnes_measure).order_by("pk")
    less = first.amount + sum(line.amount for line in rest) - 212_345
    proposals.set_amounts(
        proposal=world.b_proposal,
        amounts={first.pk: first.amount - less},
        reasons={first.pk: "Mindre til reiser."},
        by=world.actor("b_officer"),
    )
    page = browser(getattr(world, who)).get(measure_url(world))
    assert [row.proposed for row in page.context["page"].years if row.year == 2027] == [proposed]


def test_a_forum_reads_no_sum_before_anything_lies_before_it(world: World) -> None:
    builder = Builder()
    builder._rows["officer"] = world.officer
    builder.assess(world.south_report, "officer")
    proposals.make_first_proposal(round=world.a_round, by=world.actor("officer"))
    url = reverse("grants:measure", args=["fjellfylket", world.sent_measure.measure_id])
    page = browser(world.kindergarten_member).get(url)
    assert {row.proposed for row in page.context["page"].years} == {None}


def test_a_forum_reads_a_year_when_it_is_assessed(world: World) -> None:
    MeasureYear.objects.filter(pk=world.sent_measure.pk).update(measure=world.counting.measure_id, need=UNSENT)
    page = browser(world.kindergarten_member).get(
        reverse("grants:measure", args=["fjellfylket", world.counting.measure_id])
    )
    assert (page.status_code, UNSENT in page.content.decode()) == (200, False)


def test_what_somebody_sees_names_no_draft_to_the_office(world: World) -> None:
    MeasureYear.objects.filter(pk=world.draft_measure.pk).update(title="Kladdetittelen")
    url = reverse("accounts:person_sees", args=["fjellfylket", world.north_coordinator.pk])
    page = browser(world.officer).get(url).content.decode()
    there = reverse("grants:measure", args=["fjellfylket", world.draft_measure.measure_id])
    assert ("Kladdetittelen" in page, there in page) == (False, True)


def test_who_has_letters_learns_of_no_round_that_isnt_announced(world: World) -> None:
    with clock.frozen(date(2027, 2, 25)):
        rounds.open_round(
            office=world.a, year=2028, rule_set="REG2026", profile={}, deadlines={}, by=world.actor("officer")
        )
    client = browser(world.nordli_owner)
    pages = ("2028/", "2028/brev/", "2031/brev/")
    assert [client.get(f"/fjellfylket/runde/{page}").status_code for page in pages] == [404, 404, 404]


def test_a_report_that_is_opened_again_is_read_as_it_was_sent(world: World) -> None:
    report = fresh(world.reading_report)
    sent = report.activities
    with clock.frozen(date(2025, 1, 22)):
        report = reports.ask_for_change(
            report=report,
            party=world.nordli.anchor,
            by=world.actor("nordli_owner"),
            comment="Tallet på dager er feil.",
            seen=seen(report, world.nordli.anchor),
        )
        fields = filled_in(report, activities=UNSENT)
        reports.save_report(report=report, fields=fields, by=world.actor("north_coordinator"))
        page = browser(world.officer).get(reverse("reporting:report", args=["fjellfylket", report.pk]))
    read = page.content.decode()
    assert (page.status_code, UNSENT in read, sent in read) == (200, False, True)
