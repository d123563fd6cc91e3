"""The pages of networks: what is typed is kept, a refusal says why, and long lists ask no more than short ones."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import User
from core import clock
from core.models import Event
from grants.models import CoveredOwner
from grants.services.announcing import announce
from networks.models import Host, Membership, Network, ProviderContact
from networks.services.memberships import MemberRow, add_members
from networks.services.networks import change_network, register_network
from networks.services.organisations import OrganisationRow, register_organisation, register_organisations
from tests.choosing import answered
from tests.grants.rounds_world import SETUP, TODAY, Rounds, actor, build, make_network, opened, owner

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(rounds: Rounds) -> Rounds:
    return rounds


def browser(user: User) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="nb")
    client.force_login(user)
    return client


def text_of(answer: Any) -> str:
    return str(answer.content.decode()).replace("\u00a0", " ")


def at(network: Network, page: str = "") -> str:
    return f"/innlandet/nettverk/{network.pk}/{page}"


# --- make and change --------------------------------------------------------------------------------------------------


def test_a_network_is_made_and_changed_on_screen(world: Rounds) -> None:
    client = browser(world.officer)
    register_organisation(name="RKK Dal", kind="coordinator", by=SETUP)
    form = {
        "name": "Øvre dal", "code": "N9", "kind": "sub_network", "parent": world.networks[0].pk,
        "coordinator": "rkk dal", "schemes": ["kollektiv"],
    }  # fmt: skip
    answer = client.post("/innlandet/nettverk/nytt/", form)
    made = Network.objects.get(code="N9")
    assert (answer.status_code, answer.headers["Location"]) == (302, at(made))
    assert (made.parent, made.coordinator_organisation.anchor.name, made.schemes.get().scheme) == (  # type: ignore[union-attr]
        world.networks[0], "RKK Dal", "kollektiv",
    )  # fmt: skip
    page = text_of(client.get(at(made)))
    assert "Del av" in page and "RKK Dal" in page and "ollektiv" in page
    answer = client.post(at(made, "rediger/"), form | {"name": "Øvste dal", "version": made.version})
    assert answer.status_code == 302
    made.refresh_from_db()
    assert (made.anchor.name, made.version) == ("Øvste dal", 2)


def test_what_was_typed_is_kept_when_it_is_refused(world: Rounds) -> None:
    form = {"name": "Nytt nett", "code": "n1", "kind": "geographic", "coordinator": "Hamre komune"}
    page = text_of(browser(world.officer).post("/innlandet/nettverk/nytt/", form))
    assert "Vi kjenner ikke organisasjonen «Hamre komune». Mente du «Hamre kommune»?" in page
    assert 'value="Hamre komune"' in page and 'value="n1"' in page
    page = text_of(browser(world.officer).post("/innlandet/nettverk/nytt/", form | {"coordinator": ""}))
    assert "Koden n1 er brukt av Lågendalen. Velg en annen." in page
    assert Network.objects.filter(office=world.office).count() == 3


def test_two_who_change_a_network_choose_field_by_field(world: Rounds) -> None:
    network = world.networks[0]
    change_network(
        network=network, by=actor(world.colleague), code="N1", name="Låg", kind="thematic", parent=None,
        coordinator_organisation=None,
    )  # fmt: skip
    form = {"name": "Lågen", "code": "N1", "kind": "geographic", "version": 1, "parent": "", "coordinator": ""}
    client = browser(world.officer)
    answer = client.post(at(network, "rediger/"), form)
    page = text_of(answer)
    assert answer.status_code == 409
    assert "Lågen" in page and "Låg" in page and "Jon Aas" in page
    assert client.post(at(network, "rediger/"), answered(answer)).status_code == 302
    network.refresh_from_db()
    assert (network.anchor.name, network.kind) == ("Lågen", "geographic")


def test_a_network_ends_on_screen(world: Rounds) -> None:
    client, network = browser(world.officer), world.networks[1]
    page = text_of(client.post(at(network, "slutt/"), {"last_day": "snart", "version": 1}))
    assert 'value="snart"' in page
    answer = client.post(at(network, "slutt/"), {"last_day": "31.10.2026", "version": 1})
    assert answer.status_code == 302
    assert "Valdres" not in text_of(client.get("/innlandet/nettverk/")).replace("Valdres har siste dag", "")
    assert "Siste dag 31. oktober 2026" in text_of(client.get(at(network)))


# --- ties -------------------------------------------------------------------------------------------------------------


def test_several_members_at_once(world: Rounds) -> None:
    network, client = world.networks[1], browser(world.officer)
    form = {"organisations": "Hamre\r\n\r\nSolvik barnehage 1,\r\n", "sector": "kindergarten", "valid_from": "1.1.2027"}
    assert client.post(at(network, "medlem/"), form).status_code == 302
    new = Membership.objects.filter(network=network, valid_from=date(2027, 1, 1))
    assert set(new.values_list("organisation", "sector")) == {
        (world.hosts[0].pk, "kindergarten"), (world.owners[1].pk, "kindergarten"),
    }  # fmt: skip
    page = text_of(client.post(at(network, "medlem/"), form | {"organisations": "Åsnesset\nUkjent\nHamre"}))
    assert "Vi kjenner ikke organisasjonen «Åsnesset»." in page and "«Ukjent»" in page
    page = text_of(client.post(at(network, "medlem/"), form))
    assert "Hamre kommune er allerede med i Valdres (barnehage) fra 1. januar 2027." in page
    assert "Solvik barnehage 1,\n</textarea>" in page.replace("\r", "")


def test_a_membership_ends_on_screen(world: Rounds) -> None:
    network, client = world.networks[0], browser(world.officer)
    member = Membership.objects.get(network=network, organisation=world.owners[1])
    address = at(network, f"medlem/{member.pk}/")
    assert "Når går Solvik barnehage 1 ut av Lågendalen?" in text_of(client.get(address))
    page = text_of(client.post(address, {"last_day": "1.1.2020", "version": 1}))
    assert "Siste dag er før første dag, 1. januar 2026." in page
    assert client.post(address, {"last_day": "31.10.2026", "version": 1}).status_code == 302
    page = text_of(client.get(at(network)))
    assert "De som har gått ut" in page
    answer = client.post(address, {"last_day": "1.10.2026", "version": 1})
    assert (answer.status_code, "31.10.2026" in text_of(answer)) == (409, True)
    assert client.get(at(world.networks[1], f"medlem/{member.pk}/")).status_code == 404


def test_a_membership_entered_by_mistake_is_taken_away_while_no_report_covers_it(world: Rounds) -> None:
    network, client = world.networks[0], browser(world.officer)
    member = Membership.objects.get(network=network, organisation=world.owners[1])
    address = at(network, f"medlem/{member.pk}/")
    assert "Ble medlemskapet lagt inn ved en feil?" in text_of(client.get(address))
    announce(round=opened(world), by=actor(world.officer))  # makes a needs report for each network
    assert CoveredOwner.objects.filter(organisation=member.organisation).exists()
    assert "Ble medlemskapet lagt inn ved en feil?" not in text_of(client.get(address))
    refused = client.post(address, {"action": "take_away"})
    assert refused.status_code == 409
    assert "Solvik barnehage 1 er dekket av nettverkets behovsmelding i runden 2027." in text_of(refused)
    assert Membership.objects.filter(pk=member.pk).exists()
    CoveredOwner.objects.all().delete()
    assert browser(world.coordinator).post(address, {"action": "take_away"}).status_code == 403
    assert client.post(address, {"action": "take_away"}).status_code == 302
    assert not Membership.objects.filter(pk=member.pk).exists()
    assert Event.objects.get(code="membership.taken_back").data["organisation"] == "Solvik barnehage 1"


def test_a_host_is_chosen_with_its_mandate(world: Rounds) -> None:
    network, client = world.networks[0], browser(world.officer)
    now = network.hosts.get()
    form = {"organisation": "Lågendalen", "valid_from": "1.1.2027", "mandate_note": "Sak 4", "version": now.pk}
    page = text_of(client.post(at(network, "vert/"), form))
    assert "«Lågendalen» er et nettverk, ikke en organisasjon. Skriv navnet på en eier." in page
    assert 'value="Sak 4"' in page
    file = SimpleUploadedFile("fullmakt.pdf", b"%PDF-1.7 x", "application/pdf")
    answer = client.post(at(network, "vert/"), form | {"organisation": "Solvik barnehage 1", "document": file})
    assert answer.status_code == 302
    row = Host.objects.latest("pk")
    page = text_of(client.get(at(network)))
    assert "Verter til nå" in page and "fullmakt.pdf" in page
    assert "Hamre kommune" in text_of(client.get(at(network, "vert/")))
    link = at(network, f"vert/{row.pk}/{row.mandate.files.get().pk}/")  # type: ignore[union-attr]
    assert browser(world.coordinator).get(link).content == b"%PDF-1.7 x"
    assert browser(world.stranger).get(link).status_code == 404
    answer = client.post(at(network, "vert/"), form | {"organisation": "Fagerlund", "valid_from": "1.2.2027"})
    assert (answer.status_code, Host.objects.latest("pk")) == (409, row)


def test_a_contact_is_picked_among_known_people(world: Rounds) -> None:
    network, client = world.networks[1], browser(world.officer)
    person = f"{world.provider_contact.pk}-{world.university.pk}"
    page = text_of(client.get(at(network, "kontakt/")))
    assert f'<option value="{person}">Per Vik (Høgskolen Glomma)</option>' in page
    for wrong in ("", f"{world.stranger.pk}-{world.university.pk}"):
        page = text_of(client.post(at(network, "kontakt/"), {"person": wrong, "valid_from": "1.1.2027"}))
        assert ProviderContact.objects.filter(network=network).count() == 0
    assert client.post(at(network, "kontakt/"), {"person": person, "valid_from": "1.1.2027"}).status_code == 302
    contact = ProviderContact.objects.get(network=network)
    answer = client.post(at(network, f"kontakt/{contact.pk}/"), {"last_day": "1.6.2027", "version": 1})
    assert answer.status_code == 302
    assert "til 1. juni 2027" in text_of(client.get(at(network)))
    assert "Personen må inviteres først." in text_of(client.get(at(network, "kontakt/")))


def test_a_networks_own_people_only_read(world: Rounds) -> None:
    client, network = browser(world.coordinator), world.networks[0]
    page = text_of(client.get(at(network)))
    assert "Legg til medlemmer" not in page and "Hamre kommune" in page
    pages = ("rediger/", "slutt/", "medlem/", "vert/", "kontakt/")
    assert [client.post(at(network, page), {}).status_code for page in pages] == [403] * 5
    assert [client.get(f"/innlandet/nettverk/{page}").status_code for page in ("tre/", "tabell/", "nytt/")] == [404] * 3


# --- tree and table ---------------------------------------------------------------------------------------------------


def test_the_tree_shows_who_belongs_where(world: Rounds) -> None:
    register_network(
        office=world.office, code="N1A", name="Øvre del", kind="sub_network", parent=world.networks[0], by=SETUP
    )
    owner(world.office, "Ås kommune", "municipality", 77)
    page = text_of(browser(world.officer).get("/innlandet/nettverk/tre/"))
    words = ("Lågendalen", "Koordinator: Kari Moe.", "Vert: Hamre kommune.", "Øvre del", "Ingen vert.", "Valdres")
    places = [page.index(word) for word in words]
    assert places == sorted(places)
    assert "1 eier er ikke med i noe nettverk" in page


def rows_of(page: str) -> int:
    return page.count('<tr role="row"') - 1


def test_the_table_is_searched_folded_and_shows_owners_without_network(world: Rounds) -> None:
    owner(world.office, "Årdal kommune", "municipality", 77, municipality_number="0422")
    client = browser(world.officer)

    def count(query: str) -> int:
        return rows_of(text_of(client.get(f"/innlandet/nettverk/tabell/?{query}")))

    assert [count(q) for q in ("", "q=ÅRDAL", "q=aardal", "q=422", "q=lågendal", "q=finnes+ikke", "nettverk=0")] == [
        6, 1, 1, 1, 2, -1, 1,
    ]  # fmt: skip
    page = text_of(client.get("/innlandet/nettverk/tabell/?nettverk=0"))
    assert "Årdal kommune" in page and "Ikke i noe nettverk" in page
    assert count(f"nettverk={world.networks[0].pk}") == 2
    assert count("sektor=school&nettverk=0") == -1
    assert count("nettverk=99999999999999&side=x&sektor=nope") == 6


def test_the_table_as_a_spreadsheet(world: Rounds) -> None:
    owner(world.office, "Årdal kommune", "municipality", 77, municipality_number="0422")
    answer = browser(world.officer).get("/innlandet/nettverk/tabell.xlsx?q=rdal")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="nettverk 2026-11-16.xlsx"'
    rows = list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert rows[0] == (
        "Kommunenummer", "Organisasjonsnummer", "Eier", "Type", "Kode", "Nettverk", "Sektor", "Fra", "Vert",
    )  # fmt: skip
    assert [(row[0], row[2], row[5]) for row in rows[1:]] == [("0422", "Årdal kommune", None)]


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


PAGES = {"": 12, "tre/": 12, "tabell/": 12}


@pytest.mark.parametrize("page", PAGES)
def test_a_long_list_asks_no_more_than_a_short_one(page: str) -> None:
    with clock.frozen(TODAY):
        world = build(networks=1)
        client, address = browser(world.officer), f"/innlandet/nettverk/{page}"
        few = queries(client, address)
        for number in range(3):
            host = owner(world.office, f"Kommune {number}", "municipality", 200 + number)
            made = make_network(world.office, f"M{number}", f"Nett {number}", host, [host])
            change_network(
                network=made, by=SETUP, code=made.code, name=f"Nett {number}", kind="sub_network",
                parent=world.networks[0], coordinator_organisation=host, schemes=["kollektiv"],
            )  # fmt: skip
            owner(world.office, f"Alene {number}", "municipality", 300 + number)
        assert (few, queries(client, address)) == (few, few)
        assert few <= PAGES[page]


def test_a_network_asks_no_more_for_many_ties(world: Rounds) -> None:
    client, network = browser(world.officer), world.networks[0]
    few = queries(client, at(network))
    new = register_organisations(
        rows=[OrganisationRow(name=f"Kommune {n}", kind="municipality") for n in range(5)], by=SETUP
    )
    rows = [MemberRow(network, one, "both", TODAY) for one in new[:3]]
    rows += [MemberRow(network, one, "both", date(2020, 1, 1), date(2020, 12, 31)) for one in new]
    add_members(rows=rows, office=world.office, by=SETUP)
    assert (few, queries(client, at(network))) == (few, few)
    assert few <= 16


def test_fifty_rows_a_page(world: Rounds) -> None:
    new = register_organisations(
        rows=[OrganisationRow(name=f"Kommune {n:03}", kind="municipality") for n in range(120)], by=SETUP
    )
    add_members(rows=[MemberRow(world.networks[0], one, "both", TODAY) for one in new], office=world.office, by=SETUP)
    client = browser(world.officer)
    assert rows_of(text_of(client.get("/innlandet/nettverk/tabell/"))) == 50
    assert rows_of(text_of(client.get("/innlandet/nettverk/tabell/?side=3"))) == 25
    tree = text_of(client.get("/innlandet/nettverk/tre/"))
    assert "og 72 til" in tree and tree.count("Kommune 0") < 60
