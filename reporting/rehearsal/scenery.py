"""Sets the stage: office, people, organisations, networks and forums. A later year finds what an earlier made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from accounts.models import User
from accounts.services.roles import grant_role
from core import clock
from core.actor import Actor
from core.collation import fold
from core.enums import Role
from core.identifiers import synthetic_account, synthetic_orgnr
from core.models import Office
from core.services.offices import describe_office
from forums.models import Forum, SeatGroup
from forums.selectors.seats import in_term
from forums.services import forums as forum_services
from networks import reference
from networks.enums import NetworkKind, OrganisationKind, Sector
from networks.models import Membership, Network, Organisation
from networks.selectors.accounts import account_in_use
from networks.services import accounts as account_services
from networks.services import networks as network_services
from networks.services import organisations as organisation_services
from reporting.rehearsal.cast import Cast
from reporting.rehearsal.profile import Profile

TITLES = {
    "case": ("seniorrådgiver", "seniorrådgjevar"),
    "approver": ("utdanningsdirektør", "utdanningsdirektør"),
    "admin": ("rådgiver", "rådgjevar"),
    "coordinator": ("nettverkskoordinator", "nettverkskoordinator"),
    "owner": ("kommunalsjef for oppvekst", "kommunalsjef for oppvekst"),
    "provider": ("førstelektor", "førstelektor"),
}

SEED_OF_ACCOUNTS = 7_000


@dataclass(slots=True)
class Scenery:
    """What the acts need to find. ``networks`` by code, ``leads`` by the profile's own key, ``forums`` by code."""

    profile: Profile
    office: Office
    cast: Cast
    networks: dict[str, Network] = field(default_factory=dict)
    hosts: dict[str, Organisation] = field(default_factory=dict)
    providers: dict[str, Organisation] = field(default_factory=dict)
    forums: dict[str, Forum] = field(default_factory=dict)
    leads: dict[str, Organisation] = field(default_factory=dict)

    @property
    def provider(self) -> Organisation:
        return self.providers[self.profile.raw["provider"]]

    def case_officer(self) -> Actor:
        return self.cast.actor("case", role=Role.CASE_OFFICER)

    def second_officer(self) -> Actor:
        return self.cast.actor("case2", role=Role.CASE_OFFICER)

    def approver(self) -> Actor:
        return self.cast.actor("approver", role=Role.APPROVER)

    def administrator(self) -> Actor:
        return self.cast.actor("admin", role=Role.OFFICE_ADMINISTRATOR)


def build(profile: Profile, *, seed: int, by: Actor) -> Scenery:
    """Everything that must stand before a round can be opened."""
    county = next(row for row in reference.counties() if row.number == profile.raw["county"])
    office = Office.objects.select_related("anchor").prefetch_related("names").get(orgnr=county.office_orgnr)
    describe_office(office=office, by=by, is_demo=True, **profile.raw["office"])
    scenery = Scenery(profile, office, Cast(seed, office.slug, by, tuple(profile.raw["languages"])))
    _staff(scenery)
    _providers(scenery)
    for row in profile.raw.get("networks", []):
        _network(scenery, row)
    for row in profile.raw.get("leads", []):
        _lead(scenery, row)
    for row in profile.raw["forums"]:
        _forum(scenery, row)
    return scenery


# --- The office -------------------------------------------------------------------------------------------------------


def _staff(scenery: Scenery) -> None:
    roles = (
        ("admin", Role.OFFICE_ADMINISTRATOR),
        ("case", Role.CASE_OFFICER),
        ("case2", Role.CASE_OFFICER),
        ("approver", Role.APPROVER),
    )
    for part, role in roles:
        _with_role(scenery, part, role, scenery.office, domain=scenery.office.slug, title=TITLES[part.rstrip("2")])


def _with_role(
    scenery: Scenery,
    part: str,
    role: Role,
    place: Office | Organisation | Network,
    *,
    domain: str,
    title: tuple[str, str] = ("", ""),
    form: str = "",
) -> User:
    user = scenery.cast.person(part, domain=domain, title=title, form=form)
    grant_role(user=user, role=role, anchor=place.anchor, by=scenery.cast.by, starts=clock.today())
    return user


# --- Organisations ----------------------------------------------------------------------------------------------------


def municipality(number: str) -> Organisation:
    return Organisation.objects.select_related("anchor").get(
        kind=OrganisationKind.MUNICIPALITY, municipality_number=number
    )


def _details(scenery: Scenery, organisation: Organisation, *, place: str = "") -> None:
    """The office knows where to send things, and the account is entered by one and confirmed by another."""
    name = organisation.anchor.name
    organisation_services.set_office_details(
        office=scenery.office,
        organisation=organisation,
        by=scenery.case_officer(),
        notice_email=f"post@{fold(name).replace(' ', '-')}.example",
        postal_address=f"Postboks 000\n0000 {place or name.split()[0].upper()}",
    )


def _account(scenery: Scenery, organisation: Organisation) -> None:
    if account_in_use(scenery.office, organisation) is not None:
        return
    texts = (
        "Ringte og fikk nummeret bekreftet."
        if scenery.profile.main_form == "nb"
        else "Ringde og fekk nummeret stadfesta."
    )
    account = account_services.enter_account(
        office=scenery.office,
        organisation=organisation,
        number=synthetic_account(SEED_OF_ACCOUNTS + organisation.pk),
        by=scenery.case_officer(),
    )
    account_services.confirm_account(
        account=account, by=scenery.second_officer(), note=texts, seen_number_tail=account.number[-4:]
    )


def _private(scenery: Scenery, name: str, kind: OrganisationKind, *, form: str = "") -> Organisation:
    """An invented private owner, found again by name."""
    known = Organisation.objects.select_related("anchor").filter(anchor__name=name, is_synthetic=True).first()
    if known is None:
        known = organisation_services.register_organisation(
            name=name,
            kind=kind,
            by=scenery.cast.by,
            orgnr=synthetic_orgnr(Organisation.objects.filter(is_synthetic=True).count() + 1),
            county_number=scenery.profile.raw["county"],
            is_synthetic=True,
            form=form or None,
            form_source="own_choice" if form else None,
        )
    _details(scenery, known)
    return known


def _owner_contact(scenery: Scenery, organisation: Organisation, *, part: str) -> None:
    title = TITLES["owner"] if organisation.kind == OrganisationKind.MUNICIPALITY else ("daglig leder", "dagleg leiar")
    _with_role(scenery, part, Role.OWNER_CONTACT, organisation, domain=organisation.anchor.name, title=title)


def _providers(scenery: Scenery) -> None:
    short = scenery.profile.raw["provider"]
    facts = next(row for row in reference.institutions() if row.short == short)
    organisation = Organisation.objects.select_related("anchor").get(orgnr=facts.orgnr)
    scenery.providers[short] = organisation
    _details(scenery, organisation)
    _account(scenery, organisation)
    for role, part in ((Role.LETTER_READER, f"provider:{short}"), (Role.PROVIDER_CONTACT, f"provider:{short}")):
        _with_role(scenery, part, role, organisation, domain=facts.domain.rpartition(".")[0], title=TITLES["provider"])


# --- Networks ---------------------------------------------------------------------------------------------------------


def _network(scenery: Scenery, row: dict[str, Any]) -> None:
    if "members" in row:
        network = _registered(scenery, row["code"], row["name"], kind=NetworkKind.GEOGRAPHIC, certainty="GUESS")
        members = [municipality(number) for number in row["members"]]
        _people_network(scenery, network, row["code"], members, Sector.BOTH)
        return
    facts = next(r for r in reference.regions() if r.code == row["code"])
    network = _registered(
        scenery, row["code"], facts.name, kind=facts.kind, certainty=str(facts.certainty_members), note=facts.note
    )
    if "parts" in row:
        for number, name in enumerate(row["parts"], start=1):
            code = f"{row['code']}-{number}"
            part = _registered(scenery, code, name, kind=NetworkKind.UPPER_SECONDARY, certainty="GUESS", parent=network)
            _people_network(scenery, part, code, [_county_council(scenery)], Sector.SCHOOL)
        return
    if "private" in row:
        members = [_private(scenery, name, OrganisationKind.PRIVATE_SCHOOL) for name in row["private"]]
        _people_network(scenery, network, row["code"], members, Sector.SCHOOL)
        return
    members = [municipality(number) for number in (row["host"], *(m for m in facts.members if m != row["host"]))]
    _people_network(scenery, network, row["code"], members, Sector.BOTH)


def _county_council(scenery: Scenery) -> Organisation:
    return Organisation.objects.select_related("anchor").get(
        kind=OrganisationKind.COUNTY_COUNCIL, county_number=scenery.profile.raw["county"]
    )


def _registered(
    scenery: Scenery,
    code: str,
    name: str,
    *,
    kind: str,
    certainty: str,
    note: str = "",
    parent: Network | None = None,
) -> Network:
    known = Network.objects.select_related("anchor").filter(office=scenery.office, code=code).first()
    return known or network_services.register_network(
        office=scenery.office,
        code=code,
        name=name,
        kind=kind,
        by=scenery.administrator(),
        certainty=certainty,
        source_note=note,
        schemes=tuple(scenery.profile.raw["frames"]),
        parent=parent,
    )


def _people_network(scenery: Scenery, network: Network, code: str, members: list[Organisation], sector: Sector) -> None:
    """Members, host (the first member), coordinator, owner contact and the provider's contact."""
    today = clock.today()
    admin = scenery.administrator()
    known = set(Membership.objects.filter(network=network).values_list("organisation_id", flat=True))
    for member in members:
        if member.pk not in known:
            network_services.add_member(network=network, organisation=member, sector=sector, by=admin, valid_from=today)
        _details(scenery, member)
    host = members[0]
    if not network.hosts.exists():
        note = "Valgt av nettverket" if scenery.profile.main_form == "nb" else "Vald av nettverket"
        network_services.choose_host(network=network, organisation=host, by=admin, valid_from=today, mandate_note=note)
    _account(scenery, host)
    _with_role(
        scenery,
        f"coordinator:{code}",
        Role.COORDINATOR,
        network,
        domain=host.anchor.name,
        title=TITLES["coordinator"],
        form="nn" if host.municipality_number == "3435" else "",
    )
    _owner_contact(scenery, host, part=f"owner:{host.pk}")
    contact = scenery.cast.person(f"provider:{code}", domain="inn", title=TITLES["provider"])
    network_services.add_provider_contact(
        network=network, organisation=scenery.provider, user=contact, by=admin, valid_from=today
    )
    scenery.networks[code] = network
    scenery.hosts[code] = host


# --- Owners that report without a network -----------------------------------------------------------------------------


def lead_key(row: dict[str, Any]) -> str:
    return str(row.get("municipality") or row["private_kindergarten"])


def _lead(scenery: Scenery, row: dict[str, Any]) -> None:
    key = lead_key(row)
    if "municipality" in row:
        lead = municipality(key)
        _details(scenery, lead)
    else:
        lead = _private(scenery, key, OrganisationKind.PRIVATE_KINDERGARTEN, form=row.get("form", ""))
    for number in row.get("covers", []):
        _details(scenery, municipality(number))
    _account(scenery, lead)
    _owner_contact(scenery, lead, part=f"owner:{lead.pk}")
    scenery.leads[key] = lead


# --- Forums -----------------------------------------------------------------------------------------------------------


def _forum(scenery: Scenery, row: dict[str, Any]) -> None:
    admin = scenery.administrator()
    forum = Forum.objects.select_related("anchor").filter(office=scenery.office, code=row["code"]).first()
    if forum is None:
        forum = forum_services.register_forum(
            office=scenery.office,
            code=row["code"],
            name=row["name"],
            sectors=row["sectors"],
            by=admin,
            upper_secondary=row.get("upper_secondary", False),
        )
    for order, group_row in enumerate(row["groups"]):
        _seat_group(scenery, forum, row, group_row, order)
    scenery.forums[row["code"]] = forum


def _seat_group(scenery: Scenery, forum: Forum, row: dict[str, Any], group_row: dict[str, Any], order: int) -> None:
    is_office = group_row.get("office", False)
    group = SeatGroup.objects.filter(forum=forum, code=group_row["code"]).first()
    regions = _regions(scenery) if group_row.get("per_region") else []
    if group is None:
        group = forum_services.add_seat_group(
            forum=forum,
            code=group_row["code"],
            name_nb=group_row["nb"],
            name_nn=group_row["nn"],
            min_seats=group_row["min"],
            max_seats=group_row["max"],
            by=scenery.administrator(),
            per_region=bool(regions),
            is_office=is_office,
            votes=not is_office,
            order=order,
        )
        count = len(regions) or group_row.get("seats", group_row["min"])
        for number in range(count):
            forum_services.add_seat(
                group=group, by=scenery.administrator(), region=regions[number] if regions else None
            )
    _appoint_all(scenery, group, row, group_row)


def _appoint_all(scenery: Scenery, group: SeatGroup, row: dict[str, Any], group_row: dict[str, Any]) -> None:
    start = max(scenery.profile.term_from, scenery.profile.acts.opened)
    for number, seat in enumerate(group.seats.select_related("region__anchor").order_by("number")):
        if seat.appointments.filter(in_term(start)).exists():
            continue
        organisation = _sits_for(scenery, group_row, number, seat.region, schools=row["sectors"] == Sector.SCHOOL)
        part = f"seat:{row['code']}:{group.code}:{number}"
        if group_row.get("office"):
            user = scenery.cast.people["case" if number == 0 else "admin"]
        else:
            domain = organisation.anchor.name if organisation else group_row["nb"]
            user = scenery.cast.person(part, domain=domain)
        forum_services.appoint(
            seat=seat,
            user=user,
            organisation=organisation,
            by=scenery.administrator(),
            chairs=number == 0 and group.code == row["chair"],
            valid_from=start,
            valid_to=scenery.profile.term_to,
        )


def _regions(scenery: Scenery) -> list[Network]:
    return [network for network in scenery.networks.values() if network.kind == NetworkKind.GEOGRAPHIC]


def _sits_for(
    scenery: Scenery, group_row: dict[str, Any], number: int, region: Network | None, *, schools: bool
) -> Organisation | None:
    """The organisation a seat speaks for, as far as the group tells."""
    if "organisation" in group_row:
        return _interest(scenery, group_row["organisation"])
    if region is not None:
        return scenery.hosts[region.code]
    owners = [org for org in (*scenery.hosts.values(), *scenery.leads.values()) if not org.is_synthetic]
    choices = {
        "municipal_owner": [org for org in owners if org.kind == OrganisationKind.MUNICIPALITY],
        "higher_education": [scenery.provider],
        "county_council_owner": [org for org in owners if org.kind == OrganisationKind.COUNTY_COUNCIL],
        "private_owner": _private_owners(scenery, schools=schools),
    }.get(group_row["code"], [])
    return choices[number % len(choices)] if choices else None


def _private_owners(scenery: Scenery, *, schools: bool) -> list[Organisation]:
    """Schools sit in a forum for schools, kindergartens in the others."""
    if schools and (found := [org for org in scenery.hosts.values() if org.kind == OrganisationKind.PRIVATE_SCHOOL]):
        return found
    names = ("Trollstua barnehage AS", "Bekkeblom barnehage SA", "Eventyrskogen barnehage AS")
    return [_private(scenery, name, OrganisationKind.PRIVATE_KINDERGARTEN) for name in names]


def _interest(scenery: Scenery, name: str) -> Organisation:
    known = Organisation.objects.select_related("anchor").filter(anchor__name=name).first()
    return known or organisation_services.register_organisation(
        name=name,
        kind=OrganisationKind.INTEREST_ORGANISATION,
        by=scenery.cast.by,
        county_number=scenery.profile.raw["county"],
    )
