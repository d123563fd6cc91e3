"""What goes wrong between a person and the form: the session ends, two tabs, a double click, the back button."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.urls import reverse

from core.models import Event, Message, Section, Stash
from core.models.subjects import subject_key
from grants.models import MeasureYear, NeedsReport
from tests.browser.people import Person, Site, faults_of

A = "fjellfylket"
TEXT = "Lærerne trenger mer om čálli, đŋŧž og 😀.\nOg en linje til."


def words_of(site: Site) -> dict[str, object]:
    return {"office": A, "pk": site.world.north_report.pk, "measure": site.world.draft_measure.pk}


def as_stored(site: Site) -> MeasureYear:
    return MeasureYear.objects.get(pk=site.world.draft_measure.pk)


def loses_the_session(person: Person) -> None:
    """21 hours have passed: the browser drops the cookie, the server the row."""
    Session.objects.all().delete()
    person.page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)


def signs_in(person: Person, email: str) -> None:
    """From the page that asks for an address to whatever comes after the code."""
    person.fills({"email": email})
    person.presses(look=False)
    code = re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", Message.objects.latest("id").body, re.MULTILINE)
    assert code is not None
    person.fills({"code": code[1]})
    person.presses(look=False)


def main_text(person: Person) -> str:
    return str(person.page.locator("main").inner_text())


@pytest.mark.parametrize("script", [False, True], ids=["without script", "with script"])
def test_a_text_survives_the_end_of_the_session(site: Site, script: bool) -> None:
    person = site.person("north_coordinator", script=script)
    person.goes_to("grants:measure_edit", **words_of(site), look=False)
    person.fills({"goal": TEXT})
    loses_the_session(person)
    person.presses('button[name="later"]', look=False)
    assert "er tatt vare på i 24 timer" in main_text(person)
    if script:  # axe needs it
        faults_of(person.page, "signing in after the session ended")
    assert as_stored(site).goal != TEXT
    signs_in(person, site.world.north_coordinator.email)
    row = Stash.objects.get()
    assert person.page.url == site.url + reverse("core:kept_form", args=[row.pk])
    assert TEXT in [area.input_value() for area in person.page.locator("main textarea").all()]
    if script:
        faults_of(person.page, "what is kept")
    person.presses("button:has-text('Send det på nytt')", look=False)
    assert person.page.url == site.url + reverse("grants:needs_report", args=[A, site.world.north_report.pk])
    assert (as_stored(site).goal, Stash.objects.count()) == (TEXT, 0)


def test_what_is_kept_is_seen_on_every_page_until_it_is_thrown_away(site: Site) -> None:
    person = site.person("north_coordinator", script=True)
    person.goes_to("grants:measure_edit", **words_of(site), look=False)
    person.fills({"goal": TEXT})
    loses_the_session(person)
    person.presses('button[name="later"]', look=False)
    signs_in(person, site.world.north_coordinator.email)
    person.goes_to("accounts:home", look=False)
    faults_of(person.page, "home with something kept")
    person.page.locator("main a:has-text('Se på det')").click()
    faults_of(person.page, "the list of what is kept")
    person.page.locator("main .tasks__link").click()
    person.presses("button:has-text('Forkast')", look=False)
    assert "er forkastet" in main_text(person)
    assert Stash.objects.count() == 0
    person.goes_to("accounts:home", look=False)
    assert person.page.locator("main a:has-text('Se på det')").count() == 0


def test_another_on_the_same_machine_sees_nothing_of_it(site: Site) -> None:
    person = site.person("north_coordinator")
    person.goes_to("grants:measure_edit", **words_of(site), look=False)
    person.fills({"goal": TEXT})
    loses_the_session(person)
    person.presses('button[name="later"]', look=False)
    signs_in(person, site.world.nordli_owner.email)
    assert TEXT.splitlines()[0] not in person.page.content()
    assert Stash.objects.get().user == site.world.north_coordinator


@pytest.mark.parametrize("form", ["nb", "nn"])
def test_two_tabs_write_the_same_section_and_one_chooses(site: Site, form: str) -> None:
    context = site.window(form=form)
    site.session(context, site.world.north_coordinator)
    first, second = (Person(site, "north_coordinator", None, context) for _tab in range(2))
    for tab in (first, second):
        tab.goes_to("grants:measure_edit", **words_of(site), look=False)
    second.fills({"goal": "Fra den andre fanen.", "title": "Tittel to"})
    second.presses('button[name="later"]', look=False)
    first.fills({"goal": TEXT, "title": "Tittel én"})
    first.presses('button[name="later"]', look=False)
    assert first.page.locator("main fieldset").count() == 2
    assert first.page.locator("main input[type=radio]:checked").evaluate_all("all => all.map(one => one.value)") == [
        "mine", "mine",
    ]  # fmt: skip
    assert "Fra den andre fanen." in main_text(first)
    faults_of(first.page, "choosing between two texts")
    assert as_stored(site).goal == "Fra den andre fanen."
    first.page.locator("main input[type=radio][value=theirs]").first.check()
    first.presses(look=False)
    assert first.page.url == site.url + reverse("grants:needs_report", args=[A, site.world.north_report.pk])
    assert (as_stored(site).title, as_stored(site).goal) == ("Tittel to", TEXT)


def test_a_double_click_on_save_saves_once(site: Site) -> None:
    person = site.person("north_coordinator", script=True)
    person.goes_to("grants:measure_edit", **words_of(site), look=False)
    person.fills({"goal": TEXT})
    section = Section.objects.filter(name="about", **subject_key(site.world.draft_measure))
    before = [row.version for row in section]
    person.page.locator('main button[name="later"]').dblclick()
    person.page.wait_for_url(f"**{reverse('grants:needs_report', args=[A, site.world.north_report.pk])}")
    after = [row.version for row in section.all()]
    assert (as_stored(site).goal, after) == (TEXT, [version + 1 for version in before] or [1])


@pytest.mark.parametrize("script", [False, True], ids=["without script", "with script"])
def test_back_after_sending_leads_to_the_receipt(site: Site, script: bool) -> None:
    """There is no button to press again: the page is asked for anew, and what was sent has a receipt."""
    person = site.person("north_coordinator", script=script)
    person.goes_to("grants:needs_check", office=A, pk=site.world.north_report.pk, look=False)
    person.presses('button[name="step"]', look=False)
    receipt = person.page.url
    person.page.go_back()
    person.page.go_back()
    person.page.go_forward()
    assert person.page.url == receipt
    assert person.page.locator('main button[name="step"]').count() == 0


@pytest.mark.parametrize("script", [False, True], ids=["without script", "with script"])
def test_sending_again_from_a_page_that_stood_open_is_said_and_does_nothing(site: Site, script: bool) -> None:
    """As the back button does where the browser shows the old page as it stood."""
    person = site.person("north_coordinator", script=script)
    report = site.world.north_report
    old = Person(site, "north_coordinator", None, person.page.context)
    for tab in (person, old):
        tab.goes_to("grants:needs_check", office=A, pk=report.pk, look=False)
    person.presses('button[name="step"]', look=False)
    version, mails = NeedsReport.objects.get(pk=report.pk).version, Message.objects.count()
    old.presses('button[name="step"]', look=False)
    assert "Dette var allerede gjort. Ingenting ble gjort to ganger." in main_text(old)
    assert old.page.url == person.page.url
    assert (NeedsReport.objects.get(pk=report.pk).version, Message.objects.count()) == (version, mails)
    assert Event.objects.filter(code="needs_report.send", subject_id=report.pk).count() == 1
