"""Networks and members from a spreadsheet: a whole county in one file, slips asked about, and all of it taken back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from core import clock, imports
from core.authz import NotAllowed
from core.imports import Change
from core.models import Anchor, Event, Office
from core.requirements import StepRefused
from core.unreadable import Unreadable
from grants.services.announcing import announce
from networks.importers import cells
from networks.importers.memberships import Memberships
from networks.importers.networks import Networks
from networks.models import Host, Membership, Network, OfficeOrganisation, Organisation
from networks.services.memberships import end_membership
from networks.services.organisations import OrganisationRow, register_organisations
from networks.services.reference import load_reference
from tests.grants.rounds_world import SETUP, TODAY, Rounds, actor, opened
from tests.networks.spreadsheet import changes, faults, from_csv, values

pytestmark = pytest.mark.django_db
MEMBERS, NETWORKS = Memberships(), Networks()


@pytest.fixture(autouse=True)
def bokmal() -> Iterator[None]:
    with translation.override("nb"), clock.frozen(TODAY):
        yield


@pytest.fixture
def world(rounds: Rounds) -> Rounds:
    return rounds


@pytest.fixture
def vestland() -> Office:
    """The office as the shipped reference data make it, with no networks."""
    load_reference(by=SETUP)
    return Office.objects.get(slug="vestland")


def member_rows(*rows: dict[str, str]) -> list[dict[str, Any]]:
    return [values(MEMBERS, row) for row in rows]


def network_rows(*rows: dict[str, str]) -> list[dict[str, Any]]:
    return [values(NETWORKS, row) for row in rows]


def test_both_are_registered() -> None:
    assert {type(imports.importer(code)) for code in ("networks", "memberships")} == {Networks, Memberships}


# --- a whole county ---------------------------------------------------------------------------------------------------


def test_a_county_in_one_file(vestland: Office) -> None:
    rows = from_csv(MEMBERS, "vestland_medlemer.csv")
    plans = MEMBERS.plan(rows, office=vestland, by=SETUP)
    assert (changes(plans), faults(plans)) == ([Change.NEW] * 43, [])
    done = MEMBERS.apply(rows, office=vestland, by=SETUP)
    assert Counter(type(one.subject).__name__ for one in done) == {"Network": 12, "Membership": 43, "Host": 12}
    events = Event.objects.filter(office=vestland).exclude(code="office.registered")
    assert Counter(events.values_list("code", flat=True)) == {
        "network.registered": 12,
        "membership.added": 43,
        "host.chosen": 12,
    }
    assert OfficeOrganisation.objects.filter(office=vestland).count() == 43
    first = Network.objects.get(office=vestland, anchor__name="Fjordlaget (oppdikta)")
    members = first.memberships.order_by("organisation__municipality_number")
    assert [(one.organisation.anchor.name, one.sector, one.valid_from) for one in members] == [
        ("Bergen kommune", "both", date(2027, 1, 1)),
        ("Kinn kommune", "both", date(2027, 1, 1)),
        ("Etne kommune", "both", date(2027, 1, 1)),
        ("Sveio kommune", "both", date(2027, 1, 1)),
    ]
    assert first.hosts.get().organisation.municipality_number == "4601"
    assert changes(MEMBERS.plan(rows, office=vestland, by=SETUP)) == [Change.SAME] * 43
    assert MEMBERS.apply(rows, office=vestland, by=SETUP) == []


def test_a_county_taken_back(vestland: Office) -> None:
    rows = from_csv(MEMBERS, "vestland_medlemer.csv")
    anchors = Anchor.objects.count()
    done = MEMBERS.apply(rows, office=vestland, by=SETUP)
    MEMBERS.undo(done, office=vestland, by=SETUP)
    left = [Network, Membership, Host, OfficeOrganisation]
    assert [model._default_manager.count() for model in left] == [0, 0, 0, 0]
    assert Anchor.objects.count() == anchors


@pytest.mark.parametrize("count", [1, 300])
def test_a_plan_asks_as_little_for_many_rows_as_for_one(world: Rounds, count: int) -> None:
    register_organisations(
        rows=[OrganisationRow(name=f"Kommune {n}", kind="municipality", municipality_number=f"{n + 1000}")
              for n in range(count)], by=SETUP,
    )  # fmt: skip
    rows = member_rows(*({"network": f"Nett {n % 9}", "municipality_number": str(n + 1000)} for n in range(count)))
    by = actor(world.officer)
    with CaptureQueriesContext(connection) as asked:
        plans = MEMBERS.plan(rows, office=world.office, by=by)
    assert (changes(plans), len(asked)) == ([Change.NEW] * count, 7)
    networks = network_rows(*({"name": f"Nett {n}"} for n in range(count)))
    with CaptureQueriesContext(connection) as asked:
        plans = NETWORKS.plan(networks, office=world.office, by=by)
    assert (changes(plans), len(asked)) == ([Change.NEW] * count, 6)


def test_many_rows_are_written_in_a_handful_of_statements(world: Rounds) -> None:
    register_organisations(
        rows=[OrganisationRow(name=f"Kommune {n}", kind="municipality", municipality_number=f"{n + 1000}")
              for n in range(300)], by=SETUP,
    )  # fmt: skip
    rows = member_rows(*({"network": "Lågendalen", "municipality_number": str(n + 1000)} for n in range(300)))
    with CaptureQueriesContext(connection) as asked:
        MEMBERS.apply(rows, office=world.office, by=actor(world.officer))
    assert len(asked) < 40
    assert Membership.objects.filter(network=world.networks[0]).count() == 302


def test_only_the_offices_keepers_import(world: Rounds) -> None:
    rows = member_rows({"network": "Ny", "organisation": "Hamre"})
    for who in (world.coordinator, world.stranger):
        with pytest.raises(NotAllowed):
            MEMBERS.apply(rows, office=world.office, by=actor(who))


# --- slips ------------------------------------------------------------------------------------------------------------


def test_what_a_row_can_not_be(world: Rounds) -> None:
    register_organisations(
        rows=[
            OrganisationRow(name="Gamle kommune", kind="municipality", municipality_number="1246",
                            ended_on=date(2019, 12, 31)),
            OrganisationRow(name="RKK Dal", kind="coordinator"),
        ], by=SETUP,
    )  # fmt: skip
    rows = member_rows(
        {"network": "Lågendalen", "organisation": "Fagerlnd"},
        {"network": "Lågendaln", "organisation": "Fagerlund"},
        {"network": "Lågendalen", "organisation": "Valdres"},
        {"network": "Lågendalen", "organisation": "Gamle"},
        {"network": "Lågendalen", "organisation": "RKK Dal"},
        {"network": "Lågendalen"},
        {"network": "Lågendalen", "municipality_number": "9999"},
        {"network": "N1", "organisation": "Hamre kommune", "sector": "skole"},
        {"network": "N1", "organisation": "Fagerlund", "valid_from": "1.2.2027", "valid_to": "1.1.2027"},
    )
    plans = MEMBERS.plan(rows, office=world.office, by=actor(world.officer))
    assert [plans[row].faults[0].suggestions for row in range(3)] == [("Fagerlund kommune",), ("Lågendalen",), ()]
    assert faults(plans) == [
        (0, "organisation", "Vi kjenner ikke organisasjonen «Fagerlnd». Mente du «Fagerlund kommune»?"),
        (1, "network", "Vi kjenner ikke nettverket «Lågendaln». Mente du «Lågendalen»?"),
        (2, "organisation", "«Valdres» er et nettverk, ikke en organisasjon. Skriv navnet på en eier."),
        (3, "organisation", "Gamle kommune ble avsluttet 31. desember 2019. Bruk Øygarden kommune."),
        (4, "organisation", "RKK Dal eier ingen barnehager eller skoler og kan derfor ikke være medlem. Velg en eier."),
        (5, "organisation", "Skriv hvilken eier det er: navn, kommunenummer eller organisasjonsnummer."),
        (6, "municipality_number", "Ingen kommune har nummeret 9999. Kontroller nummeret, eller skriv navnet."),
        (
            7,
            "valid_from",
            "Hamre kommune er allerede med i Lågendalen (barnehage og skole) fra 1. januar 2026. "
            "Avslutt det først, eller velg andre dager.",
        ),
        (8, "valid_to", "Siste dag er før første dag, 1. februar 2027. Velg en senere dag."),
    ]  # fmt: skip


def test_two_hosts_of_one_network_in_a_file(world: Rounds) -> None:
    rows = member_rows(
        {"network": "Nytt nett", "organisation": "Hamre", "host": "ja"},
        {"network": "Nytt nett", "organisation": "Fagerlund", "host": "x"},
        {"network": "Nytt nett", "organisation": "Solvik barnehage 1", "host": "nei"},
    )
    plans = MEMBERS.plan(rows, office=world.office, by=actor(world.officer))
    assert faults(plans) == [
        (1, "host", "En annen rad i filen gjør Hamre kommune til vert for Nytt nett. Behold ett av kryssene.")
    ]


def test_a_new_host_takes_over_and_is_taken_back(world: Rounds) -> None:
    by = actor(world.officer)
    rows = member_rows({"network": "N1", "organisation": "Solvik barnehage 1", "host": "ja", "valid_from": "1.1.2027"})
    [plan] = MEMBERS.plan(rows, office=world.office, by=by)
    assert (plan.change, [one.column for one in plan.differences]) == (Change.CHANGED, ["host"])
    done = MEMBERS.apply(rows, office=world.office, by=by)
    hosts = Host.objects.filter(network=world.networks[0]).order_by("valid_from")
    taken_over = [(world.hosts[0].pk, date(2026, 12, 31)), (world.owners[1].pk, None)]
    assert list(hosts.values_list("organisation", "valid_to")) == taken_over
    MEMBERS.undo(done, office=world.office, by=by)
    assert list(hosts.values_list("organisation", "valid_to")) == [(world.hosts[0].pk, None)]


def test_what_is_used_or_changed_since_is_not_taken_back(world: Rounds) -> None:
    by = actor(world.officer)
    rows = member_rows({"network": "N1", "organisation": "Fagerlund"})
    done = MEMBERS.apply(rows, office=world.office, by=by)
    member = Membership.objects.latest("pk")
    end_membership(membership=member, last_day=date(2027, 5, 1), by=by)
    with pytest.raises(StepRefused) as refused:
        MEMBERS.undo(done, office=world.office, by=by)
    assert [one.code for one in refused.value.obstacles] == ["changed_since"]
    announce(round=opened(world), by=by)
    with pytest.raises(StepRefused) as refused:
        MEMBERS.undo(done, office=world.office, by=by)
    assert [one.code for one in refused.value.obstacles] == ["in_use", "changed_since"]
    assert Membership.objects.filter(pk=member.pk).exists()


# --- cells ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (cells.read_municipality_number, "301", "0301"),
        (cells.read_municipality_number, " 4601.0 ", "4601"),
        (cells.read_municipality_number, "K-1103", "1103"),
        (cells.read_sector, "Barnehagar", "kindergarten"),
        (cells.read_sector, "GRUNNSKULE", "school"),
        (cells.read_sector, "barnehage  og skule", "both"),
        (cells.read_kind, "Vidaregåande", "upper_secondary"),
        (cells.read_kind, "friskular", "private_schools"),
        (cells.read_mark, " X", True),
        (cells.read_mark, "Nei", False),
        (cells.read_day, "2027-01-01 00:00:00", date(2027, 1, 1)),
        (cells.read_day, "1.1.27", date(2027, 1, 1)),
        (cells.read_name, "Nord\u00a0 fjord ", "Nord fjord"),
    ],
)
def test_cells_are_read_as_offices_write_them(read: Any, text: str, value: object) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text", "words"),
    [
        (
            cells.read_municipality_number,
            "46 01",
            "Et kommunenummer har fire sifre, for eksempel 4601. Du skrev «46 01».",
        ),
        (cells.read_sector, "SFO", "Vi kjenner ikke sektoren «SFO». Skriv barnehage, skole eller begge."),
        (
            cells.read_kind,
            "stort",
            "Vi kjenner ikke typen «stort». Skriv geografisk, delnettverk, friskoler, videregående eller tematisk.",
        ),
        (cells.read_mark, "kanskje", "Skriv ja eller nei, ikke «kanskje»."),
        (cells.read_code, "K" * 21, f"Koden «{'K' * 21}» er lengre enn 20 tegn."),
        (cells.read_name, "K" * 201, "Navnet er lengre enn 200 tegn. Kort det ned."),
    ],
)  # fmt: skip
def test_a_cell_that_can_not_be_read_says_how(read: Any, text: str, words: str) -> None:
    with pytest.raises(Unreadable) as unreadable:
        read(text)
    assert str(unreadable.value) == words


# --- the networks themselves ------------------------------------------------------------------------------------------


def test_networks_with_parts_bodies_and_hosts(world: Rounds) -> None:
    by = actor(world.officer)
    register_organisations(rows=[OrganisationRow(name="RKK Dal", kind="coordinator")], by=SETUP)
    rows = network_rows(
        {"name": "Øvre dal", "parent": "Dalene", "host": "Solvik barnehage 2"},
        {"name": "Dalene", "kind": "geografisk", "coordinator": "RKK Dal", "code": "D", "host": "Fagerlund"},
        {"name": "Lågendalen", "code": "N1", "parent": "Dalene", "kind": "delnettverk"},
        {"name": "Valdres"},
    )
    plans = NETWORKS.plan(rows, office=world.office, by=by)
    assert changes(plans) == [Change.NEW, Change.NEW, Change.CHANGED, Change.SAME]
    assert [(one.column, one.before, one.after) for one in plans[2].differences] == [
        ("kind", "geografisk", "delnettverk"),
        ("parent", "", "Dalene"),
    ]
    done = NETWORKS.apply(rows, office=world.office, by=by)
    made = Network.objects.get(office=world.office, anchor__name="Øvre dal")
    assert (made.code, made.kind, made.parent.code, made.parent.coordinator_organisation.anchor.name) == (
        "ØVRE-DAL", "sub_network", "D", "RKK Dal"
    )  # fmt: skip
    assert made.hosts.get().organisation == world.owners[3]
    NETWORKS.undo(done, office=world.office, by=by)
    assert Network.objects.filter(office=world.office).count() == 3
    world.networks[0].refresh_from_db()
    assert (world.networks[0].kind, world.networks[0].parent) == ("geographic", None)


def test_a_network_that_contains_itself_or_is_not_there(world: Rounds) -> None:
    register_organisations(rows=[OrganisationRow(name="RKK Dal", kind="coordinator")], by=SETUP)
    rows = network_rows(
        {"name": "A", "parent": "B"},
        {"name": "B", "parent": "C"},
        {"name": "C", "parent": "A"},
        {"name": "D", "parent": "Valdrs"},
        {"name": "E", "parent": "Ukjent"},
        {"name": "Valdres", "code": "N1"},
        {"name": "F", "host": "RKK Dal"},
        {"name": "G", "host": "Lågendalen"},
    )
    plans = NETWORKS.plan(rows, office=world.office, by=actor(world.officer))
    circle = "{} ville blitt en del av seg selv. Rett hva det er en del av."
    assert faults(plans) == [
        (0, "parent", circle.format("A")),
        (1, "parent", circle.format("B")),
        (2, "parent", circle.format("C")),
        (3, "parent", "Vi kjenner ikke nettverket «Valdrs». Mente du «Valdres»?"),
        (4, "parent", "Vi kjenner ikke nettverket «Ukjent». Skriv koden eller navnet, eller legg til en rad for det."),
        (5, "code", "Koden N1 er brukt av Lågendalen, og navnet av et annet nettverk. Rett ett av dem."),
        (
            6,
            "host",
            "RKK Dal kan ikke få tilskudd uten å eie barnehager eller skoler. "
            "Velg en eier, for eksempel en kommune i nettverket.",
        ),
        (7, "host", "«Lågendalen» er et nettverk, ikke en organisasjon. Skriv navnet på en eier."),
    ]  # fmt: skip


def test_a_network_with_people_is_not_taken_back(world: Rounds) -> None:
    by = actor(world.officer)
    done = NETWORKS.apply(network_rows({"name": "Nytt nett"}), office=world.office, by=by)
    made = Network.objects.get(anchor__name="Nytt nett")
    MEMBERS.apply(member_rows({"network": "Nytt nett", "organisation": "Hamre"}), office=world.office, by=by)
    with pytest.raises(StepRefused) as refused:
        NETWORKS.undo(done, office=world.office, by=by)
    assert [one.code for one in refused.value.obstacles] == ["in_use"]
    assert Network.objects.filter(pk=made.pk).exists()
    assert Organisation.objects.filter(memberships__network=made).count() == 1
