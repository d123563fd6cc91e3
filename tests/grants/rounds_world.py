"""An office that is about to open its round: networks with hosts and people, a county council's network, two forums."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import User
from accounts.services.people import register_person
from accounts.services.roles import grant_role
from core import clock
from core.actor import Actor
from core.enums import Role
from core.identifiers import synthetic_orgnr
from core.models import Office
from core.services.offices import register_office
from forums.models import Forum
from forums.services.forums import add_seat, add_seat_group, appoint, register_forum
from grants.models import Round
from grants.services.rounds import open_round, set_frame
from networks.models import Network, Organisation
from networks.services.networks import add_member, add_provider_contact, choose_host, register_network
from networks.services.organisations import register_organisation, set_office_details

SETUP = Actor.for_system("tests")
TODAY = date(2026, 11, 16)
YEAR = 2027
DATES: dict[str, Any] = {
    "needs": date(2027, 2, 1),
    "forum_papers": date(2027, 2, 24),
    "forum_answer": date(2027, 3, 8),
    "forum_meeting": [date(2027, 1, 21), date(2027, 3, 11)],
    "recommendation": date(2027, 3, 15),
    "decision": date(2027, 4, 1),
    "payment": date(2027, 4, 15),
    "use_by": date(2027, 12, 31),
    "report": date(2028, 1, 14),
}


@dataclass
class Rounds:
    """What the tests use."""

    office: Office
    other: Office
    officer: User
    colleague: User
    stranger: User
    coordinator: User
    owner_contact: User
    provider_contact: User
    member: User
    networks: list[Network]
    county_network: Network
    hosts: list[Organisation]
    owners: list[Organisation]
    county: Organisation
    university: Organisation
    forum: Forum


def actor(user: User) -> Actor:
    return Actor.for_user(user)


def person(name: str, form: str = "") -> User:
    email = name.lower().replace(" ", ".").replace("å", "a").replace("ø", "o").replace("æ", "ae") + "@example.no"
    return register_person(email=email, name=name, by=SETUP, form=form)


def make_office(slug: str, seed: int, name: str, form: str = "nb") -> Office:
    return register_office(
        slug=slug,
        orgnr=synthetic_orgnr(seed),
        names={"nb": name, "nn": name.replace("Statsforvalteren", "Statsforvaltaren")},
        default_form=form,
        is_demo=True,
        email=f"post@{slug}.example",
        phone="00 00 00 00",
        by=SETUP,
    )


def owner(office: Office, name: str, kind: str, seed: int, **more: Any) -> Organisation:
    made = register_organisation(name=name, kind=kind, orgnr=synthetic_orgnr(seed), is_synthetic=True, by=SETUP, **more)
    set_office_details(
        office=office, organisation=made, by=SETUP, notice_email=f"post{seed}@example.no", postal_address="Gata 1"
    )
    return made


def make_network(office: Office, code: str, name: str, host: Organisation, members: list[Organisation]) -> Network:
    made = register_network(office=office, code=code, name=name, kind="geographic", by=SETUP, certainty="GUESS")
    for one in members:
        add_member(network=made, organisation=one, sector="both", by=SETUP, valid_from=date(2026, 1, 1))
    choose_host(
        network=made, organisation=host, by=SETUP, valid_from=date(2026, 1, 1), mandate_note="Vedtatt i nettverksmøte."
    )
    return made


def build(networks: int = 2) -> Rounds:
    """The office on 16 November 2026, before it opens the round of 2027."""
    with clock.frozen(TODAY):
        office = make_office("innlandet", 1, "Statsforvalteren i Innlandet")
        other = make_office("nordland", 2, "Statsforvalteren i Nordland")
        officer, colleague = person("Anne Hov"), person("Jon Aas")
        stranger, coordinator = person("Siri Fremmed"), person("Kari Moe", "nn")
        owner_contact, provider_contact, member = person("Ola Nes"), person("Per Vik"), person("Berit Lie")
        for user in (officer, colleague):
            grant_role(user=user, role=Role.CASE_OFFICER, anchor=office.anchor, by=SETUP)
        grant_role(user=stranger, role=Role.CASE_OFFICER, anchor=other.anchor, by=SETUP)
        names = [("Lågendalen", "Hamre kommune"), ("Valdres", "Fagerlund kommune"), ("Åsbygda", "Åsnes kommune")]
        made, hosts, owners = [], [], []
        for number, (name, host_name) in enumerate(names[:networks], start=1):
            host = owner(office, host_name, "municipality", 10 + number)
            second = owner(office, f"Solvik barnehage {number}", "private_kindergarten", 20 + number)
            made.append(make_network(office, f"N{number}", name, host, [host, second]))
            hosts.append(host)
            owners += [host, second]
        county = owner(office, "Innlandet fylkeskommune", "county_council", 30)
        county_network = make_network(office, "VGO", "Videregående", county, [county])
        university = owner(office, "Høgskolen Glomma", "university", 40)
        grant_role(user=coordinator, role=Role.COORDINATOR, anchor=made[0].anchor, by=SETUP)
        grant_role(user=owner_contact, role=Role.OWNER_CONTACT, anchor=owners[1].anchor, by=SETUP)
        add_provider_contact(
            network=made[0], organisation=university, user=provider_contact, by=SETUP, valid_from=date(2026, 1, 1)
        )
        forum = register_forum(office=office, code="F1", name="Samarbeidsforum", sectors="both", by=SETUP)
        owners_group = add_seat_group(
            forum=forum,
            code="owners",
            name_nb="Kommunale eiere",
            name_nn="Kommunale eigarar",
            min_seats=1,
            max_seats=2,
            by=SETUP,
        )
        seat = add_seat(group=owners_group, by=SETUP)
        add_seat(group=owners_group, by=SETUP)
        appoint(
            seat=seat,
            user=member,
            organisation=hosts[0],
            by=SETUP,
            chairs=True,
            valid_from=date(2026, 1, 1),
            valid_to=date(2027, 12, 31),
        )
        staff = add_seat_group(
            forum=forum,
            code="office",
            name_nb="Statsforvalteren",
            name_nn="Statsforvaltaren",
            min_seats=0,
            max_seats=1,
            is_office=True,
            order=9,
            by=SETUP,
        )
        appoint(
            seat=add_seat(group=staff, by=SETUP),
            user=officer,
            organisation=None,
            by=SETUP,
            valid_from=date(2026, 1, 1),
        )
    return Rounds(
        office=office,
        other=other,
        officer=officer,
        colleague=colleague,
        stranger=stranger,
        coordinator=coordinator,
        owner_contact=owner_contact,
        provider_contact=provider_contact,
        member=member,
        networks=made,
        county_network=county_network,
        hosts=hosts,
        owners=owners,
        county=county,
        university=university,
        forum=forum,
    )


def opened(world: Rounds, **more: Any) -> Round:
    """The round of 2027, opened by the case officer, with its frame."""
    with clock.frozen(TODAY):
        by = actor(world.officer)
        round = open_round(
            office=world.office,
            year=YEAR,
            rule_set="REG2026",
            profile={"joint_conclusion": True},
            deadlines=DATES,
            conditions_nb="Vi prioriterer oppstartede tiltak.",
            conditions_nn="Vi prioriterer tiltak som er i gang.",
            by=by,
            **more,
        )
        set_frame(round=round, scheme="kollektiv", amount=1_200_000, reason="Årets ramme", is_demo=True, by=by)
    return round
