"""A whole county's networks from one file, counted in clicks from the home page (issue 4: at most fifteen)."""

from __future__ import annotations

from pathlib import Path

from django.urls import reverse
from playwright.sync_api import Locator

from accounts.services.roles import grant_role
from core.actor import Actor
from core.enums import Role
from core.models import Office
from networks.models import Host, Membership, Network
from networks.services.reference import load_reference
from tests.browser.people import Person, Site

FILE = Path(__file__).parent.parent / "networks" / "data" / "vestland_medlemer.csv"
WHERE = {"office": "vestland"}
BAR = 15


class Counted:
    """Clicks as they are made."""

    def __init__(self, person: Person) -> None:
        self.person, self.clicks = person, 0

    def on(self, what: Locator) -> None:
        assert what.count(), f"{what} isn't at {self.person.page.url}"
        what.first.click()
        self.person.page.wait_for_load_state()
        self.clicks += 1

    def link(self, address: str, **words: str) -> None:
        self.on(self.person.page.locator(f'a[href="{reverse(address, kwargs=words)}"]'))


def test_vestland_by_import(site: Site) -> None:
    site.at(2027, 1, 11)
    setup = Actor.for_system("tests")
    load_reference(by=setup)
    office = Office.objects.get(slug="vestland")
    grant_role(user=site.world.stranger, role=Role.CASE_OFFICER, anchor=office.anchor, by=setup)
    officer = site.person("stranger")
    officer.goes_to("accounts:home")
    hand = Counted(officer)
    hand.link("networks:networks", **WHERE)
    hand.link("core:imports", **WHERE)
    hand.link("core:import_new", kind="memberships", **WHERE)
    officer.page.locator("main input[type=file]").set_input_files(FILE)
    hand.clicks += 2  # the file field, and the file in the window the browser opens
    hand.on(officer.page.locator("main form button[type=submit], main form button:not([type])"))
    officer.looks()
    hand.on(officer.page.locator('main button[name="action"][value="apply"]'))
    officer.looks()
    networks = Network.objects.filter(office=office)
    assert (networks.count(), Membership.objects.filter(network__in=networks).count()) == (12, 43)
    assert Host.objects.filter(network__in=networks).count() == 12
    assert hand.clicks == 7 <= BAR
