"""Public registers: what they answer, every kind of trouble, the page that shows it, and files instead."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

from core import clock
from core.identifiers import valid_orgnr
from core.models import Event
from networks import lookups
from networks.lookups import LookupFailed
from networks.lookups.enhetsregisteret import Enhetsregisteret, display_name, parse_entity
from networks.lookups.failures import SENTENCES
from networks.lookups.http import JsonClient
from networks.lookups.klass import Klass
from networks.lookups.nsr import Nsr, parse_units
from networks.models import OfficeOrganisation, Organisation, Successor, Unit
from networks.services import register
from networks.services.organisations import OrganisationRow, register_organisations
from networks.services.register import Facts
from tests.grants.rounds_world import SETUP, Rounds, actor
from tests.networks.registers_stand_in import CHANGES, ENTITY, SCHOOL, StandIn, standing_in

NUMBER = str(ENTITY["organisasjonsnummer"])


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with standing_in() as server:
        yield server


@pytest.fixture
def world(rounds: Rounds) -> Rounds:
    return rounds


def ask(server: StandIn, **limits: Any) -> Enhetsregisteret:
    return Enhetsregisteret(JsonClient(f"{server.address}/api", **{"seconds": 3} | limits))


# --- answers ---------------------------------------------------------------------------------------------------------


def test_the_invented_numbers_are_right() -> None:
    units = [SCHOOL["Organisasjonsnummer"], "310000027", "310000035"]
    assert [number for number in (NUMBER, *units) if not valid_orgnr(str(number))] == []


def test_enhetsregisteret_is_read(stand_in: StandIn) -> None:
    found = ask(stand_in).entity(NUMBER)
    assert (found.name, found.company_form, found.email) == (
        "BAKKEKROKEN BARNEHAGE AS", "AS", "post@bakkekroken.example",
    )  # fmt: skip
    assert (found.postal_address, found.municipality_number) == ("Postboks 12\n2312 OTTESTAD", "3413")
    assert (found.written_form, found.ended_on, found.in_trouble) == ("nn", None, False)
    assert stand_in.asked == [f"/api/enheter/{NUMBER}"]


def test_the_registers_of_schools_and_kindergartens_are_read_page_by_page(stand_in: StandIn) -> None:
    register_of_schools = Nsr(JsonClient(stand_in.address, seconds=3))
    found = list(register_of_schools.units())
    assert [(one.name, one.owner_orgnr, one.sector, one.written_form) for one in found] == [
        ("Åsen skole", "310000027", "school", "nb"), ("Dalen skole", "310000027", "school", "nb"),
    ]  # fmt: skip
    assert [path.split("?")[1] for path in stand_in.asked] == [
        "sidenummer=1&antallperside=1000", "sidenummer=2&antallperside=1000",
    ]  # fmt: skip
    assert register_of_schools.unit("310000019").municipality_number == "3413"


def test_klass_is_read(stand_in: StandIn) -> None:
    klass = Klass(JsonClient(stand_in.address, seconds=3))
    assert [(one.number, one.name) for one in klass.codes_at(date(2024, 1, 1))] == [("0301", "Oslo")]
    [change] = klass.changes_since(date(2019, 1, 1))
    assert (change.old.number, change.new.name, change.day) == ("1228", "Ullensvang", date(2020, 1, 1))
    assert stand_in.asked == [
        "/classifications/131/codesAt?date=2024-01-01", "/classifications/131/changes?from=2019-01-01",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("BAKKEKROKEN BARNEHAGE AS", "Bakkekroken barnehage AS"),
        ("ÅS KOMMUNE", "Ås kommune"),
        ("Læringsverkstedet AS", "Læringsverkstedet AS"),
    ],
)
def test_a_name_in_capitals_is_shown_as_people_write(typed: str, shown: str) -> None:
    assert display_name(typed) == shown


# --- trouble ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "code"),
    [
        ("broken", "server"),
        ("refused", "refused"),
        ("html", "not_json"),
        ("half", "not_json"),
        ("other", "other_shape"),
        ("elsewhere", "redirected"),
        ("hangs_up", "unreachable"),
    ],
)
def test_trouble_is_a_sentence(stand_in: StandIn, mode: str, code: str) -> None:
    stand_in.mode = mode
    with pytest.raises(LookupFailed) as failed:
        ask(stand_in).entity(NUMBER)
    assert (failed.value.code, str(failed.value)) == (code, str(SENTENCES[code]))


@pytest.mark.parametrize("mode", ["slow", "trickle"])
def test_a_slow_register_is_not_waited_for(stand_in: StandIn, mode: str) -> None:
    stand_in.mode = mode
    with pytest.raises(LookupFailed) as failed:
        ask(stand_in, seconds=0.3).entity(NUMBER)
    assert failed.value.code == "slow"


def test_a_flood_is_not_read_to_its_end(stand_in: StandIn) -> None:
    stand_in.mode = "huge"
    with pytest.raises(LookupFailed) as failed:
        ask(stand_in, largest=300_000).entity(NUMBER)
    assert failed.value.code == "too_big"


def test_an_unknown_number_is_said_so_and_a_move_within_the_house_followed(stand_in: StandIn) -> None:
    with pytest.raises(LookupFailed) as failed:
        ask(stand_in).entity("310000043")
    assert failed.value.code == "not_found"
    stand_in.mode = "moved"
    assert ask(stand_in).entity(NUMBER).orgnr == NUMBER


def test_nobody_there_is_no_contact(stand_in: StandIn) -> None:
    stand_in.shutdown()
    stand_in.server_close()
    with pytest.raises(LookupFailed) as failed:
        ask(stand_in, seconds=1).entity(NUMBER)
    assert failed.value.code == "unreachable"


@pytest.mark.parametrize("address", ["http://register.example", "ftp://register.example", "file:///etc/hostname"])
def test_only_https_leaves_the_house(address: str) -> None:
    with pytest.raises(ValueError, match="https"):
        JsonClient(address, seconds=1)


@pytest.mark.parametrize("row", [None, [], {}, {"organisasjonsnummer": 5}, {"organisasjonsnummer": "123456789"}])
def test_what_isnt_an_entity_is_not_taken_for_one(row: Any) -> None:
    with pytest.raises(LookupFailed):
        parse_entity(row)
    odd = ENTITY | {"postadresse": "x", "forretningsadresse": [1], "maalform": 3, "slettedato": "tull", "navn": None}
    found = parse_entity(odd)
    assert (found.postal_address, found.written_form, found.ended_on, found.name) == ("", "", None, "")


def test_what_isnt_a_list_of_units_is_refused() -> None:
    for payload in ({}, {"EnhetListe": 5}, None):
        with pytest.raises(LookupFailed):
            parse_units(payload)
    odd = SCHOOL | {"ForeldreRelasjoner": [1, {"Relasjonstype": 6}], "Kommune": None, "ErBarnehage": True}
    [found] = parse_units([odd])
    assert (found.owner_orgnr, found.municipality_number, found.sector) == ("", "", "both")


# --- settings --------------------------------------------------------------------------------------------------------


def test_all_are_off_until_they_are_given_an_address() -> None:
    assert set(settings.REGISTERS.values()) == {""}
    doors = (lookups.legal_entities, lookups.school_register, lookups.kindergarten_register, lookups.municipality_codes)
    assert [door() for door in doors] == [None] * 4
    on = dict.fromkeys(settings.REGISTERS, "https://register.example")
    with override_settings(REGISTERS=on):
        assert [type(door()) for door in doors] == [Enhetsregisteret, Nsr, Nsr, Klass]


@pytest.mark.parametrize(("address", "starts"), [("https://a.example", True), ("http://a.example", False)])
def test_an_address_that_isnt_https_stops_the_start(address: str, starts: bool, tmp_path: Path) -> None:
    told = os.environ | {"ARSHJUL_NSR_URL": address, "ARSHJUL_VAR_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=settings.BASE_DIR, env=told, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode == 0, "ARSHJUL_NSR_URL must begin with https://" in done.stderr) == (starts, not starts)


# --- the page --------------------------------------------------------------------------------------------------------


def signed_in(world: Rounds) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="nb")
    client.force_login(world.officer)
    return client


def kindergarten(world: Rounds, name: str = "Bakkekroken barnehage") -> Organisation:
    facts = Facts(name=name, kind="private_kindergarten", orgnr=NUMBER)
    return register.add_organisation(office=world.office, facts=facts, by=actor(world.officer))


def test_what_the_register_says_is_shown_and_saved_when_somebody_says_so(world: Rounds, stand_in: StandIn) -> None:
    made, client = kindergarten(world), signed_in(world)
    url = f"/innlandet/organisasjon/{made.pk}/oppslag/"
    with override_settings(REGISTERS=dict(settings.REGISTERS) | {"enhetsregisteret": stand_in.address}):
        assert client.get(url).status_code == 200
        assert stand_in.asked == []
        page = client.post(url, {"action": "fetch"})
        initial = page.context["form"].initial
        assert (initial["name"], initial["written_form"]) == ("Bakkekroken barnehage AS", "nn")
        assert OfficeOrganisation.objects.get(organisation=made).postal_address == ""
        sent = {name: value for name, value in initial.items() if value} | {"action": "save"}
        bad = client.post(url, sent | {"municipality_number": "1201"})
        assert list(bad.context["form"].errors) == ["municipality_number"]
        assert client.post(url, sent).status_code == 302
    fresh = Organisation.objects.select_related("anchor").get(pk=made.pk)
    details = OfficeOrganisation.objects.get(organisation=made)
    assert (fresh.anchor.name, fresh.municipality_number) == ("Bakkekroken barnehage AS", "3413")
    assert (details.postal_address, details.notice_email) == ("Postboks 12\n2312 OTTESTAD", "post@bakkekroken.example")
    assert fresh.written_forms.get().form == "nn"
    assert client.post(url, sent).status_code == 409


def test_trouble_stands_on_the_page(world: Rounds, stand_in: StandIn) -> None:
    made, client = kindergarten(world), signed_in(world)
    url = f"/innlandet/organisasjon/{made.pk}/oppslag/"
    off = client.post(url, {"action": "fetch"}).content.decode()
    assert "kan hente inn en fil fra registeret i stedet" in off
    stand_in.mode = "broken"
    with override_settings(REGISTERS=dict(settings.REGISTERS) | {"enhetsregisteret": stand_in.address}):
        page = client.post(url, {"action": "fetch"})
    assert (page.status_code, "Registeret er ute av drift." in page.content.decode()) == (200, True)


def test_an_office_that_doesnt_keep_it_takes_over_only_its_own(world: Rounds, stand_in: StandIn) -> None:
    made = kindergarten(world)
    client = Client(HTTP_ACCEPT_LANGUAGE="nb")
    client.force_login(world.stranger)
    url = f"/nordland/organisasjon/{made.pk}/oppslag/"
    with override_settings(REGISTERS=dict(settings.REGISTERS) | {"enhetsregisteret": stand_in.address}):
        page = client.post(url, {"action": "fetch"})
        assert set(page.context["form"].fields) == {"version", "postal_address", "notice_email", "written_form"}
        sent = {"action": "save", "name": "Overtatt AS", "postal_address": "Gata 9"}
        assert client.post(url, sent).status_code == 302
    made.anchor.refresh_from_db()
    assert made.anchor.name == "Bakkekroken barnehage"
    assert OfficeOrganisation.objects.get(office=world.other, organisation=made).postal_address == "Gata 9"


# --- files -----------------------------------------------------------------------------------------------------------


def load(tmp_path: Path, payload: Any, kind: str, *options: str) -> list[str]:
    file = tmp_path / "register.json"
    file.write_text(json.dumps(payload), encoding="utf-8")
    out = StringIO()
    call_command("load_register", str(file), "--kind", kind, *options, stdout=out)
    return out.getvalue().splitlines()


def real(name: str, kind: str, orgnr: str | None = None, **more: Any) -> Organisation:
    """An organisation a register can know: not marked as invented."""
    row = OrganisationRow(name=name, kind=kind, orgnr=orgnr, **more)
    return register_organisations(rows=[row], by=SETUP)[0]


def test_a_file_of_enhetsregisteret_fills_in_and_ends(world: Rounds, tmp_path: Path) -> None:
    made = real("Bakkekroken barnehage", "private_kindergarten", NUMBER)
    payload = {
        "_embedded": {"enheter": [ENTITY | {"slettedato": "2026-06-30"}, ENTITY | {"organisasjonsnummer": "310000027"}]}
    }
    dry = load(tmp_path, payload, "enhetsregisteret", "--dry-run")
    assert (dry[-1], Organisation.objects.get(pk=made.pk).municipality_number) == (
        "Nothing was saved (--dry-run).", "",
    )  # fmt: skip
    first = load(tmp_path, payload, "enhetsregisteret")
    fresh = Organisation.objects.select_related("anchor").get(pk=made.pk)
    assert (fresh.municipality_number, fresh.county_number, fresh.ended_on) == ("3413", "34", date(2026, 6, 30))
    assert (fresh.anchor.name, fresh.written_forms.get().form) == ("Bakkekroken barnehage", "nn")
    assert first == [
        "Bakkekroken barnehage: municipality_number 3413, county_number 34, ended_on 2026-06-30, form nn",
        "changed               1",
        "not here              1",
    ]
    events = Event.objects.count()
    assert load(tmp_path, payload, "enhetsregisteret") == ["not here              1", "unchanged             1"]
    assert Event.objects.count() == events


def test_a_file_of_schools_adds_changes_and_ends_units(world: Rounds, tmp_path: Path) -> None:
    owner = real("Stange kommune", "municipality", "310000027", municipality_number="3413")
    payload = {"EnhetListe": [SCHOOL, SCHOOL | {"Organisasjonsnummer": "310000035", "ForeldreRelasjoner": []}]}
    assert load(tmp_path, payload, "nsr") == [
        "Stange kommune: Åsen skole", "created               1", "owner not here        1",
    ]  # fmt: skip
    unit = Unit.objects.get()
    assert (unit.owner, unit.orgnr, unit.kept_by, unit.municipality_number) == (owner, "310000019", None, "3413")
    events = Event.objects.count()
    assert load(tmp_path, payload, "nsr") == ["owner not here        1", "unchanged             1"]
    assert Event.objects.count() == events
    closed = [SCHOOL | {"Navn": "Åsen oppvekstsenter", "ErAktiv": False}]
    assert load(tmp_path, closed, "nsr")[0] == "Stange kommune: Åsen skole: ended_on, name"
    unit.refresh_from_db()
    assert (unit.name, unit.ended_on) == ("Åsen oppvekstsenter", clock.today())


def test_a_file_of_klass_ends_what_was_merged(world: Rounds, tmp_path: Path) -> None:
    odda = real("Odda kommune", "municipality", municipality_number="1228")
    assert load(tmp_path, CHANGES, "klass") == [
        "4618 Ullensvang kommune", "Odda kommune -> Ullensvang kommune, 2020-01-01", "changed               1",
        "created               1",
    ]  # fmt: skip
    row = Successor.objects.select_related("ended", "successor__anchor").get()
    assert (row.ended, row.ended.ended_on, row.kind) == (odda, date(2019, 12, 31), "taken_over")
    assert load(tmp_path, CHANGES, "klass") == ["unchanged             1"]
    assert load(tmp_path, {"codes": [{"code": "4619", "name": "Eidfjord"}]}, "klass")[0] == "4619 Eidfjord kommune"


def test_a_file_that_isnt_from_the_register_is_refused(db: None, tmp_path: Path) -> None:
    for kind in ("enhetsregisteret", "nsr", "nbr", "klass"):
        with pytest.raises(CommandError, match="other_shape"):
            load(tmp_path, {"noe": "annet"}, kind)
    file = tmp_path / "x.json"
    file.write_text("<html>")
    with pytest.raises(CommandError, match="isn't JSON"):
        call_command("load_register", str(file), "--kind", "nsr")
    with pytest.raises(CommandError, match="can't be read"):
        call_command("load_register", str(tmp_path / "none.json"), "--kind", "nsr")
