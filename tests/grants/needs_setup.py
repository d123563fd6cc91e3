"""A small world for the tests of needs reports: two offices, a network with a report, a lead without a network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.test import Client

from accounts.models import User
from accounts.services.people import register_person
from accounts.services.roles import grant_role
from core import clock
from core.actor import Actor
from core.enums import Role
from core.models import Anchor, Office
from core.services import archive, obligations
from core.services.offices import register_office
from grants import rulesets
from grants.models import CoveredOwner, Deadline, MeasureYear, NeedsReport, ProfileVersion, Round, RuleSetVersion
from grants.services import needs
from networks.models import Network, Organisation
from networks.services.networks import add_member, add_provider_contact, choose_host, register_network
from networks.services.organisations import register_organisation

SETUP = Actor.for_system("setup")
START = date(2027, 1, 20)
DATES = (
    ("needs", date(2027, 2, 1)),
    ("forum_papers", date(2027, 2, 24)),
    ("forum_meeting", date(2027, 3, 10)),
    ("recommendation", date(2027, 3, 15)),
    ("decision", date(2027, 4, 5)),
    ("payment", date(2027, 4, 15)),
)


@dataclass
class World:
    """What the tests use."""

    office: Office
    other_office: Office
    round: Round
    network: Network
    host: Organisation
    member: Organisation
    county: Organisation
    university: Organisation
    report: NeedsReport
    lone_report: NeedsReport
    coordinator: User
    colleague: User
    owner_contact: User
    lone_contact: User
    provider_contact: User
    officer: User
    second_officer: User
    stranger: User


def person(name: str, form: str = "") -> User:
    email = name.lower().replace(" ", ".").replace("å", "a").replace("ø", "o").replace("æ", "ae") + "@example.no"
    return register_person(email=email, name=name, by=SETUP, form=form, is_demo=True)


def give(user: User, role: Role, anchor: Anchor) -> User:
    grant_role(user=user, role=role, anchor=anchor, by=SETUP, starts=date(2026, 1, 1))
    return user


def actor(user: User) -> Actor:
    return Actor.for_user(user)


def organisation(name: str, kind: str, name_nn: str = "") -> Organisation:
    return register_organisation(name=name, kind=kind, by=SETUP, name_nn=name_nn, is_synthetic=True)


def make_round(office: Office, rules: str = "REG2026", year: int = 2027, longest: int = 4) -> Round:
    rule_set = rulesets.get(rules)
    version, _made = RuleSetVersion.objects.get_or_create(
        code=rule_set.code, version=rule_set.version, defaults={"sha256": rule_set.sha256}
    )
    profile = ProfileVersion.objects.create(
        office=office, year=year, number=1, longest_measure_years=longest, network_cap_pct=40, coordinator_cap_pct=20
    )
    found = Round.objects.create(
        office=office,
        year=year,
        rule_set=version,
        profile=profile,
        case=archive.open_case(office=office, year=year, title="Kompetansemidler"),
        state="announced",
        announced_at=clock.now(),
        **SETUP.columns(),
    )
    Deadline.objects.bulk_create(Deadline(round=found, kind=kind, date=day.replace(year=year)) for kind, day in DATES)
    return found


def build(rules: str = "REG2026") -> World:
    """Make it all; the caller has frozen the clock at :data:`START`."""
    office = register_office(
        slug="innlandet", orgnr="974761645",
        names={"nb": "Statsforvalteren i Innlandet", "nn": "Statsforvaltaren i Innlandet"},
        default_form="nb", is_demo=True, email="post@example.no", phone="00 00 00 00", by=SETUP,
    )  # fmt: skip
    other = register_office(
        slug="moreogromsdal", orgnr="974764067",
        names={"nb": "Statsforvalteren i Møre og Romsdal", "nn": "Statsforvaltaren i Møre og Romsdal"},
        default_form="nn", is_demo=True, by=SETUP,
    )  # fmt: skip
    host = organisation("Fjellheim kommune", "municipality")
    member = organisation("Elvdal kommune", "municipality")
    private = organisation("Solsikken barnehage AS", "private_kindergarten")
    county = organisation("Innmark fylkeskommune", "county_council")
    university = organisation("Høgskolen Glomma", "university", "Høgskulen Glomma")
    lone = organisation("Sjøvik kommune", "municipality")
    officer = give(person("Anne Hov"), Role.CASE_OFFICER, office.anchor)
    second = give(person("Bjørn Lie"), Role.CASE_OFFICER, office.anchor)
    admin = give(person("Carl Adm"), Role.OFFICE_ADMINISTRATOR, office.anchor)
    by = actor(admin)
    network = register_network(office=office, code="glamdal", name="Glåmdal", kind="geographic", by=by, schemes=())
    begins = date(2026, 1, 1)
    for one in (host, member, private):
        add_member(network=network, organisation=one, sector="both", by=by, valid_from=begins)
    choose_host(network=network, organisation=host, by=by, valid_from=begins)
    per = person("Per Vik")
    add_provider_contact(network=network, organisation=university, user=per, by=by, valid_from=begins)
    round_ = make_round(office, rules)
    report = NeedsReport.objects.create(round=round_, network=network, lead=host)
    CoveredOwner.objects.bulk_create(CoveredOwner(report=report, organisation=one) for one in (host, member, private))
    lone_report = NeedsReport.objects.create(round=round_, lead=lone)
    for made in (report, lone_report):
        obligations.sync(made)
    return World(
        office=office,
        other_office=other,
        round=round_,
        network=network,
        host=host,
        member=member,
        county=county,
        university=university,
        report=report,
        lone_report=lone_report,
        coordinator=give(person("Kari Moe"), Role.COORDINATOR, network.anchor),
        colleague=give(person("Jon Aas"), Role.COORDINATOR, network.anchor),
        owner_contact=give(person("Siri Dahl"), Role.OWNER_CONTACT, member.anchor),
        lone_contact=give(person("Nils Berg"), Role.OWNER_CONTACT, lone.anchor),
        provider_contact=per,
        officer=officer,
        second_officer=second,
        stranger=person("Ukjent Person"),
    )


FIELDS: dict[str, Any] = {
    "need": "Kartleggingen i høst viste at elevene på 1. og 2. trinn leser ulikt, og at skolene følger opp ulikt.",
    "need_how": "Lærerne drøftet funnene på tre teammøter i oktober. Tillitsvalgte var med 14. oktober.",
    "goal": "Lærerne ved fem skoler planlegger og vurderer begynneropplæringen sammen.",
    "work_plan": "Seks fagdager med høgskolen, og utprøving med observasjon mellom dem.",
    "own_effort": "Kommunene setter av 60 timer til hver skole og dekker vikarer.",
}


def fill(
    world: World, report: NeedsReport, user: User, title: str = "Begynneropplæring", amount: int = 400000
) -> MeasureYear:
    """A whole measure, ready to be sent."""
    by = actor(user)
    row = needs.add_measure(report=report, by=by)
    rule_set = rulesets.get(report.round.rule_set.code)
    scheme = rule_set.schemes[-1 if rule_set.code == "REG2026" else 1]
    row = needs.save_measure(
        measure_year=row,
        fields=needs.MeasureFields(
            title=title, scheme=scheme.code, sector=scheme.sectors[0], year_no=1, year_count=2, **FIELDS
        ),
        by=by,
    )
    answers = {
        one.code: f"Slik oppfyller tiltaket «{one.title.nb}»: skolene arbeider sammen."
        for one in rule_set.criteria_for(scheme.code)
        if one.code != "local_need"
    }
    needs.save_answers(measure_year=row, answers=answers, by=by)
    needs.set_parties(
        measure_year=row,
        parties=[(report.lead_id, "owner", True), (world.university.pk, "provider", True)],
        by=by,
    )
    return needs.set_budget(
        measure_year=row,
        lines=[
            needs.BudgetInput(kind="provider", amount=amount * 6 // 10, budget_year=2027, payee_id=world.university.pk),
            needs.BudgetInput(
                kind="network", amount=amount - amount * 6 // 10, budget_year=2027, payee_id=report.lead_id
            ),
        ],
        by=by,
    )


def client_for(user: User) -> Client:
    """A browser signed in as the person."""
    client = Client()
    client.force_login(user)
    return client
