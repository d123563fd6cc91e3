"""An office that isn't shipped, set up on screen only: people, registers, running measures, and its first round."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.urls import reverse

from accounts.models import User
from core.identifiers import synthetic_orgnr
from core.models import Message, Office
from forums.models import Forum
from grants.models import MeasureYear, NeedsReport, Round
from networks.models import Host, Membership, Network
from tests.browser.people import Person, Site

SLUG = "nordfylket"
WHERE = {"office": SLUG}
OWNERS = (
    "Navn\tOrgnr\tType\tMålform\n"
    f"Storvik friskole SA\t{synthetic_orgnr(911)}\tprivat skole\tbokmål\n"
    f"Lillevik barnehage AS\t{synthetic_orgnr(912)}\tprivat barnehage\tnynorsk\n"
)
MEMBERS = (
    "Nettverk\tEier\tSektor\tVert\n"
    "Nettverk Ytre\tNordli kommune\tbegge\tja\n"
    "Nettverk Ytre\tStorvik friskole SA\tskole\tnei\n"
    "Nettverk Ytre\tLillevik barnehage AS\tbarnehage\tnei\n"
)
MEASURES = (
    "Tiltak\tNettverk\tOrdning\tSektor\tFørste år\tÅr\tAv\tMottaker\tHva til\tPartner\t"
    "Tildelt i fjor\tLovet neste år\tLovet om to år\tUbrukt\n"
    "Leseløft i ytre\tNettverk Ytre\tKollektiv kompetanseutvikling\tskole\t2027\t1\t3\t"
    "Universitetet i Midten\tpartner\t"
    "Universitetet i Midten\t300 000\t300 000\t300 000\t\n"
    "Leseløft i ytre\tNettverk Ytre\tKollektiv kompetanseutvikling\tskole\t2027\t1\t3\tNordli kommune\tnettverk\t"
    "Universitetet i Midten\t200 000\t200 000\t200 000\t25 000\n"
)
DATES = {
    "date_needs": "1.2.28",
    "date_recommendation": "15.3.28",
    "date_decision": "3.4.28",
    "date_payment": "15.4.28",
    "date_report": "15.1.29",
}


def test_an_office_begins_from_nothing(site: Site) -> None:
    """Every page reached is looked at, in both written forms, wide and narrow."""
    site.at(2027, 9, 6)
    ada = the_first_administrator(site)
    the_office_tells_of_itself(ada)
    officer, approver = colleagues(site, ada)
    the_registers_are_filled(site, officer)
    coordinator = the_networks_people(site, officer)
    what_was_before_comes_in(officer)
    the_first_round(site, officer)
    the_coordinator_continues(site, coordinator)
    assert User.objects.filter(email__in=[person.name for person in (ada, officer, approver)]).count() == 3


def comes_in(site: Site, email: str) -> Person:
    """Opens the link of the invitation in the mail, and accepts."""
    site.jobs()
    body = Message.objects.filter(to=email).latest("pk").body
    found = re.search(r"http\S*(/invitasjon/\S+/)", body)
    assert found, body
    person = site.hands(site, email, None, site.window(script=False))
    person.page.goto(site.url + urlsplit(found[1]).path)
    person.presses(look=False)
    person.user = User.objects.get(email=email)
    person.looks()
    return person


def the_first_administrator(site: Site) -> Person:
    User.objects.create_user("drift@example.no", name="Dag Rift", is_staff=True)
    operator = site.hands(site, "operator", User.objects.get(email="drift@example.no"), site.window(script=False))
    assert operator.user is not None
    site.session(operator.page.context, operator.user)
    operator.goes_to("accounts:offices")
    operator.goes_to("accounts:office_new")
    operator.fills({"name_nb": "Statsforvalteren i Nordfylket", "name_nn": "Statsforvaltaren i Nordfylket"})
    operator.fills({"orgnr": synthetic_orgnr(910), "slug": SLUG})
    operator.chooses({"default_form": "nb"})
    operator.presses()
    operator.fills({"name": "Ada Nord", "email": "ada@example.no"})
    operator.presses()
    return comes_in(site, "ada@example.no")


def the_office_tells_of_itself(ada: Person) -> None:
    ada.finds_task("grants:setup", **WHERE)
    ada.goes_to("grants:setup_office", **WHERE)
    ada.fills({"postal_address": "Postboks 1, 8000 Nordby", "phone": "11 22 33 44", "email": "post@nord.example"})
    ada.presses()


def colleagues(site: Site, ada: Person) -> tuple[Person, Person]:
    office = Office.objects.get(slug=SLUG)
    for role, line in (
        ("case_officer", "Siri Sak siri@example.no"),
        ("approver", "Gro Godtfred gro@example.no"),
    ):
        ada.goes_to("accounts:invite", **WHERE)
        ada.fills({"people": line, "place": office.anchor.name})
        ada.chooses({"role": role})
        ada.presses()
    return comes_in(site, "siri@example.no"), comes_in(site, "gro@example.no")


def takes_in(officer: Person, kind: str, table: str) -> None:
    """Pasted, looked through, used."""
    officer.goes_to("core:import_new", kind=kind, **WHERE)
    officer.fills({"pasted": table})
    officer.presses()
    officer.presses('button[name="action"][value="apply"]')


def the_registers_are_filled(site: Site, officer: Person) -> None:
    takes_in(officer, "organisations", OWNERS)
    takes_in(officer, "memberships", MEMBERS)
    network = Network.objects.get(office__slug=SLUG)
    assert Membership.objects.filter(network=network).count() == 3
    assert Host.objects.get(network=network).organisation == site.world.nordli
    officer.goes_to("networks:network", pk=network.pk, **WHERE)
    officer.goes_to("forums:forum_new", **WHERE)
    officer.fills({"name": "Samarbeidsforum Nordfylket", "code": "sf"})
    officer.presses()
    forum = Forum.objects.get(office__slug=SLUG)
    assert forum.seat_groups.exists()


def the_networks_people(site: Site, officer: Person) -> Person:
    officer.goes_to("accounts:invite", **WHERE)
    officer.fills({"people": "Kari Ytre kari@example.no", "place": "Nettverk Ytre"})
    officer.chooses({"role": "coordinator"})
    officer.presses()
    return comes_in(site, "kari@example.no")


def what_was_before_comes_in(officer: Person) -> None:
    officer.goes_to("grants:opening", **WHERE)
    officer.chooses({"first_year": "2028"})
    officer.presses()
    takes_in(officer, "running_measures", MEASURES)
    officer.goes_to("grants:opening", **WHERE)
    measure = MeasureYear.objects.get(measure__office__slug=SLUG)
    assert (measure.state, measure.year_no, measure.year_count) == ("granted", 1, 3)


def the_first_round(site: Site, officer: Person) -> None:
    site.at(2027, 10, 4)
    officer.goes_to("grants:setup_profile", **WHERE)
    officer.fills({"network_cap_pct": "40 %"})
    officer.chooses({"own_contribution_base": "none", "joint_conclusion": "yes"})
    officer.presses()
    officer.goes_to("grants:setup", **WHERE)
    officer.goes_to("grants:round_new", **WHERE)
    officer.fills({"year": "2028", "frame_kollektiv*": "2 000 000", **DATES})
    officer.chooses({"rule_set": "REG2026"})
    officer.presses()
    officer.goes_to("grants:round_announce", year="2028", **WHERE)
    officer.presses_step("step", "announce")
    round = Round.objects.get(office__slug=SLUG, year=2028)
    assert (round.state, round.profile.network_cap_pct) == ("announced", 40)


def the_coordinator_continues(site: Site, coordinator: Person) -> None:
    """Last year's measure waits; taking it on brings its sums, parties and year along."""
    report = NeedsReport.objects.get(round__office__slug=SLUG)
    assert report.lead == site.world.nordli
    coordinator.finds_task("grants:needs_report", pk=report.pk, **WHERE)
    waiting = MeasureYear.objects.get(measure__office__slug=SLUG).measure
    assert "Leseløft i ytre" in coordinator.page.locator("main").inner_text()
    take_on = reverse("grants:measure_continue", kwargs={"pk": report.pk, "measure": waiting.pk, **WHERE})
    coordinator.presses(f'form[action="{take_on}"] button')
    goes_on = MeasureYear.objects.get(report=report)
    assert (goes_on.measure, goes_on.year_no, goes_on.year_count) == (waiting, 2, 3)
    assert sum(line.amount for line in goes_on.budget_lines.filter(budget_year=2028)) == 500_000
