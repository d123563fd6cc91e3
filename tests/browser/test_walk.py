"""A whole grant year in the browser, by the people who live it, without JavaScript."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core.models import Event, Message
from grants.models import Decision, Letter, MeasureYear, NeedsReport, Recommendation, Round
from reporting.models import AnnualReport
from tests.browser.keyboard import KeyboardPerson
from tests.browser.people import Site

A = "fjellfylket"
YEAR = {"office": A, "year": "2028"}
TEXTS = {
    "title": "Leseløft",
    "need": "Elevene leser mindre enn før.",
    "need_how": "Alle lærerne svarte på en undersøkelse i november.",
    "goal": "Elevene leser mer, og lærerne underviser i lesing i alle fag.",
    "work_plan": "Fire samlinger med universitetet og arbeid i egne team.",
    "own_effort": "Kommunen frikjøper én ressurslærer per skole.",
}


def test_the_whole_year(site: Site) -> None:
    """Every page reached is looked at, in both written forms, wide and narrow."""
    the_whole_year(site)
    assert len(site.seen) > 40


@pytest.mark.exhaustive
def test_the_whole_year_by_keyboard_alone(site: Site) -> None:
    """Tab, Enter, Space and the arrows; what has focus is always seen."""
    site.hands = KeyboardPerson
    the_whole_year(site)


def the_whole_year(site: Site) -> None:
    the_round_is_opened(site)
    report = the_north_writes_and_sends(site)
    the_office_assesses_and_proposes(site, report)
    recommendation = the_forums_answer(site)
    the_office_decides(site, recommendation)
    the_letters_leave(site)
    the_year_is_reported(site)
    assert Round.objects.get(year=2028).state == "decided"


def the_round_is_opened(site: Site) -> None:
    site.at(2027, 10, 4)
    officer = site.person("officer")
    officer.goes_to("grants:rounds", office=A)
    officer.goes_to("grants:round_new", office=A)
    officer.fills({"year": "2028", "date_needs": "1.2.28", "frame_kollektiv*": "900 000,-"})
    officer.chooses({"rule_set": "REG2026"})
    officer.presses()
    officer.finds_task("grants:round", **YEAR)
    officer.goes_to("grants:round_edit", **YEAR)
    officer.goes_to("grants:round_announce", **YEAR)
    officer.presses_step("step", "announce")
    assert Round.objects.get(year=2028).state == "announced"
    officer.goes_to("grants:announcement", **YEAR)
    officer.goes_to("grants:status", **YEAR)
    site.jobs()
    assert Message.objects.filter(user=site.world.north_coordinator, key__startswith="round.announced").exists()


def the_north_writes_and_sends(site: Site) -> NeedsReport:
    site.at(2028, 1, 18)
    report = NeedsReport.objects.get(round__year=2028, network=site.world.north)
    words = {"office": A, "pk": report.pk}
    coordinator = site.person("north_coordinator")
    coordinator.finds_task("grants:needs_report", **words)
    coordinator.presses(f'form[action="{reverse("grants:measure_new", kwargs=words)}"] button')
    coordinator.fills(TEXTS)
    coordinator.chooses({"sector": "school"})
    coordinator.presses_step("on", "1")
    coordinator.fills({"learning_community": "Slik oppfyller vi dette.", "partnership": "Slik oppfyller vi dette."})
    coordinator.fills({"teacher_education": "Slik oppfyller vi dette.", "sami": "Ikke aktuelt hos oss."})
    coordinator.presses_step("on", "1")
    university = site.world.university.pk
    coordinator.chooses({f"role_{site.world.nordli.pk}": "owner", f"role_{university}": "provider"})
    coordinator.chooses({f"confirms_{site.world.nordli.pk}": "on", f"confirms_{university}": "on"})
    coordinator.presses_step("on", "1")
    coordinator.chooses({"form-0-kind": "provider", "form-0-payee": str(university)})
    coordinator.chooses({"form-1-kind": "network", "form-1-payee": str(site.world.nordli.pk)})
    coordinator.fills({"form-0-y2028": "kr 150 000", "form-1-y2028": "100.000"})
    coordinator.presses_step("on", "1")
    coordinator.goes_to("grants:needs_report", **words)
    coordinator.goes_to("grants:needs_order", **words)
    coordinator.goes_to("grants:needs_check", **words)
    coordinator.presses_step("step", "send")
    report.refresh_from_db()
    assert (report.state, report.reference) == ("sent", "2028-BM-001")
    assert coordinator.page.url.endswith(reverse("grants:needs_receipt", kwargs=words))
    return report


def the_office_assesses_and_proposes(site: Site, report: NeedsReport) -> None:
    site.at(2028, 2, 14)
    officer = site.person("officer")
    words = {"office": A, "pk": report.pk}
    officer.finds_task("grants:assess", **words)
    officer.chooses({"m*_result": "met"})
    officer.fills({"m*_reason": "Godt gjort rede for."})
    officer.presses("form:has(input[name=measure]) button[type=submit]")
    officer.presses_step("step", "assess")
    measure = MeasureYear.objects.get(report=report)
    assert measure.state == "assessed"
    officer.goes_to("grants:measure", office=A, pk=measure.measure_id)
    officer.goes_to("grants:workbench", **YEAR)
    first = reverse("grants:workbench_first", kwargs=YEAR)
    officer.presses(f'form[action="{first}"] button')
    send = reverse("grants:workbench_send", kwargs=YEAR)
    officer.presses(f'form[action="{send}"] button')


def the_forums_answer(site: Site) -> Recommendation:
    site.at(2028, 3, 13)
    recommendation = Recommendation.objects.get(round__year=2028)
    words = {"office": A, "pk": recommendation.pk}
    seats = ("kindergarten_chair", "kindergarten_member", "school_chair", "school_member")
    for place, name in enumerate(seats):
        member = site.person(name)
        member.finds_task("grants:recommendation", **words)
        member.chooses({"answer_*": "agree_with_remark" if place == 1 else "agree"})
        if place == 1:
            member.fills({"reason_*": "Ta med barnehagene også."})
        answers = reverse("grants:recommendation_answer", kwargs=words)
        member.presses(f'form[action="{answers}"] button[type=submit]:not([name=recuse])')
    for name, forum in (("kindergarten_chair", site.world.kindergarten), ("school_chair", site.world.school)):
        chair = site.person(name)
        chair.finds_task("grants:recommendation", **words)
        chair.page.goto(f"{site.url}{reverse('grants:recommendation_conclude', kwargs=words)}?forum={forum.pk}")
        chair.looks()
        chair.chooses({"outcome": "agreed"})
        chair.presses("form:has(input[name=version]) button[type=submit]")
        minutes = reverse("grants:recommendation_minutes", kwargs={**words, "forum_pk": forum.pk})
        assert "Leseløft" in chair.page.request.get(site.url + minutes).text()
    recommendation.refresh_from_db()
    assert recommendation.state == "concluded"
    return recommendation


def the_office_decides(site: Site, recommendation: Recommendation) -> None:
    site.at(2028, 4, 3)
    officer, approver = site.person("officer"), site.person("approver")
    officer.goes_to("grants:decision", **YEAR)
    officer.presses_step("step", "prepare")
    officer.presses_step("step", "submit")
    approver.finds_task("grants:decision", **YEAR)
    approver.presses_step("step", "approve")
    decision = Decision.objects.get(round=recommendation.round)
    assert (decision.state, decision.approved_by) == ("approved", site.world.approver)


def the_letters_leave(site: Site) -> None:
    site.at(2028, 4, 10)
    officer, second = site.person("officer"), site.person("officer2")
    organisation = site.world.nordli
    officer.goes_to("networks:accounts", office=A)
    officer.goes_to("networks:account", office=A, pk=organisation.pk)
    officer.fills({"number": "1234 56 78903"})
    officer.presses_step("action", "enter")
    second.goes_to("networks:account", office=A, pk=organisation.pk)
    second.fills({"note": "Ringte økonomiavdelingen"})
    second.presses_step("action", "confirm")
    officer.goes_to("grants:letters", **YEAR)
    officer.goes_to("grants:letters_send", **YEAR)
    officer.presses("form:has(input[name=version]) button")
    site.jobs()
    letters = Letter.objects.filter(round__year=2028)
    assert sorted(letters.values_list("recipient__anchor__name", "total", "state")) == [
        ("Nordli kommune", 100_000, "noticed"),
        ("Universitetet i Midten", 150_000, "noticed"),
    ]
    officer.goes_to("grants:letters", **YEAR)
    letter = letters.get(recipient=organisation)
    words = {"office": A, "pk": letter.pk}
    owner = site.person("nordli_owner")
    owner.finds_task("grants:letter", **words)
    owner.presses()
    letter.refresh_from_db()
    assert letter.state == "opened"
    pdf = owner.page.request.get(site.url + reverse("grants:letter_pdf", kwargs=words))
    assert (pdf.status, pdf.body()[:5]) == (200, b"%PDF-")
    assert Event.objects.filter(code="letter.downloaded", subject_id=letter.pk).count() == 1
    site.person("approver").goes_to("grants:letter", **words)


def the_year_is_reported(site: Site) -> None:
    site.at(2029, 1, 15)
    report = AnnualReport.objects.get(round__year=2028)
    words = {"office": A, "pk": report.pk}
    coordinator = site.person("north_coordinator")
    coordinator.finds_task("reporting:report", **words)
    coordinator.chooses({"progress": "finished", "sign_*": "4"})
    coordinator.fills(
        {
            "activities": "Fire samlinger ble holdt.",
            "units": "6",
            "participants": "78",
            "learnt": "Samlingene virket best når hele laget var med.",
            "sign_*_text": "Lærerne sier det selv.",
        }
    )
    for line in report.lines.all():
        coordinator.fills({f"used_{line.pk}": str(line.amount)})
    coordinator.presses_step("step", "send")
    for name in ("nordli_owner", "north_provider"):
        party = site.person(name)
        party.finds_task("reporting:confirm", **words)
        party.presses_step("answer", "confirm")
    officer = site.person("officer")
    officer.finds_task("reporting:approve", **words)
    officer.chooses({"formal": "on", "reasonable": "on"})
    officer.presses_step("step", "approve")
    report.refresh_from_db()
    assert report.state == "approved"
    officer.goes_to("reporting:reports", **YEAR)
    officer.goes_to("reporting:report", **words)
