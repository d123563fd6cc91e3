"""Signing in as people do, one task by keyboard alone, and what a page says when something is wrong."""

from __future__ import annotations

import re

from django.urls import reverse

from core.models import Message
from core.services.links import issue
from grants.models import NeedsReport
from tests.browser.keyboard import KeyboardPerson
from tests.browser.people import Person, Site, faults_of

A = "fjellfylket"


def test_signing_in_with_the_mailed_code(site: Site) -> None:
    """The address, the code from the mail, and the home page; no session is made behind the pages."""
    coordinator = site.world.north_coordinator
    person = Person(site, "somebody", None, site.window(script=False))
    person.page.goto(f"{site.url}/")
    assert reverse("account_login") in person.page.url
    person.looks()
    person.fills({"email": coordinator.email})
    person.presses(look=False)
    mail = Message.objects.filter(user=coordinator).latest("id")
    code = re.search(r"^\s*([A-Z0-9]{4}-[A-Z0-9]{4})\s*$", mail.body, re.MULTILINE)
    assert code is not None, mail.body
    person.fills({"code": code.group(1)})
    person.presses(look=False)
    assert person.page.url == f"{site.url}/"
    assert coordinator.first_name in person.page.locator("main h1").inner_text()


def test_a_personal_link_opens_its_one_thing_by_a_button(site: Site) -> None:
    """As the mail leads there: the page of the link, its button, and the needs report."""
    report, coordinator = site.world.north_report, site.world.north_coordinator
    where = reverse("grants:needs_report", kwargs={"office": A, "pk": report.pk})
    _link, token = issue(subject=report, purpose="needs_report", user=coordinator, url=where)
    person = Person(site, "somebody", None, site.window(script=False))
    person.page.goto(site.url + reverse("accounts:link", kwargs={"token": token}))
    person.presses(look=False)
    assert person.page.url == site.url + where


def test_a_wrong_code_is_said_so(site: Site) -> None:
    person = Person(site, "somebody", None, site.window(script=False))
    person.page.goto(site.url + reverse("account_login"))
    person.fills({"email": site.world.north_coordinator.email})
    person.presses(look=False)
    person.fills({"code": "AAAAAA"})
    person.presses(look=False)
    assert person.page.title().startswith("Feil:")
    assert person.page.locator("[name=code]").count() == 1


def test_the_needs_report_is_sent_by_keyboard_alone(site: Site) -> None:
    """From the home page to the receipt with Tab and Enter; the whole year so is left to the exhaustive run."""
    site.hands = KeyboardPerson
    person = site.person("north_coordinator", script=True)
    words = {"office": A, "pk": site.world.north_report.pk}
    page = person.finds_task("grants:needs_report", **words)
    person.presses(f'a[href^="{reverse("grants:needs_check", kwargs=words)}"]')
    person.presses_step("step", "send")
    assert page.url.endswith(reverse("grants:needs_receipt", kwargs=words))
    assert NeedsReport.objects.get(pk=words["pk"]).state == "sent"


def test_an_error_keeps_every_keystroke_and_says_how_to_mend_it(site: Site) -> None:
    """Summary on top with focus and links, «Feil:» first in the title, the typed text still there."""
    officer = site.person("officer", script=True)
    site.at(2027, 10, 4)
    officer.goes_to("grants:round_new", office=A, look=False)
    typed = {"year": "2028", "date_needs": "snart", "frame_kollektiv": "fem hundre", "conditions_nb": "Våre egne ord."}
    officer.fills(typed)
    officer.presses(look=False)
    page = officer.page
    assert page.title().startswith("Feil: ")
    assert page.evaluate("document.activeElement.closest('.ds-error-summary') !== null") is True
    assert {name: page.locator(f'[name="{name}"]').input_value() for name in typed} == typed
    links = [link.get_attribute("href") for link in page.locator(".ds-error-summary a").all()]
    assert links == ["#id_date_needs", "#id_frame_kollektiv"]
    for link in links:
        field = page.locator(link or "")
        assert field.get_attribute("aria-invalid") == "true"
        assert page.locator(f"#{(field.get_attribute('aria-describedby') or '').split()[-1]}").count() == 1
    faults_of(page, "the round's form with errors")


def test_a_stale_form_says_who_saved_and_keeps_what_was_typed(site: Site) -> None:
    first, second = site.person("north_coordinator"), site.person("nordli_owner")
    words = {"office": A, "pk": site.world.north_report.pk, "measure": site.world.draft_measure.pk}
    for person in (first, second):
        person.goes_to("grants:measure_edit", **words, look=False)
    second.fills({"goal": "Noe annet."})
    second.presses_step("later", "1")
    first.fills({"goal": "Det jeg skrev."})
    first.presses('button[name="later"]', look=False)
    text = first.page.locator("main").inner_text()
    assert site.world.nordli_owner.name in text
    assert "Det jeg skrev." in first.page.content()


def test_a_double_click_acts_once(site: Site) -> None:
    person = site.person("north_coordinator", script=True)
    words = {"office": A, "pk": site.world.north_report.pk}
    person.goes_to("grants:needs_check", **words, look=False)
    person.page.locator('main button[name="step"][value="send"]').dblclick()
    person.page.wait_for_url("**/kvittering/")
    assert NeedsReport.objects.get(pk=words["pk"]).version == site.world.north_report.version + 1
