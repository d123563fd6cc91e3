"""The register of units: under their owners, found, changed and ended."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core import clock
from core.authz import NotAllowed
from core.identifiers import synthetic_orgnr
from core.models import Event
from core.requirements import StaleVersion, StepRefused
from networks.models import Organisation, Unit
from networks.selectors import units as selector
from networks.selectors.units import UnitWish
from networks.services import units
from networks.services.units import UnitFacts
from tests.choosing import asked
from tests.grants.rounds_world import TODAY, Rounds, actor, build

pytestmark = pytest.mark.django_db

NUMBER = synthetic_orgnr(950)


@pytest.fixture
def world(rounds: Rounds) -> Rounds:
    return rounds


def signed_in(user: User) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="nb")
    client.force_login(user)
    return client


def facts(world: Rounds, name: str = "Åsen skole", **more: Any) -> UnitFacts:
    values: dict[str, Any] = {"owner": world.hosts[0], "name": name, "sector": "school"} | more
    return UnitFacts(**values)


def add(world: Rounds, name: str = "Åsen skole", **more: Any) -> Unit:
    return units.add_unit(office=world.office, facts=facts(world, name, **more), by=actor(world.officer))


def codes(refused: pytest.ExceptionInfo[StepRefused]) -> list[str]:
    return [obstacle.code for obstacle in refused.value.obstacles]


def names(world: Rounds, **wish: Any) -> list[str]:
    return [one.name for one in selector.leaf(UnitWish(**wish), world.office, 1)]


def test_units_are_found_in_norwegian_order(world: Rounds) -> None:
    for place, name in enumerate(("Åsen skole", "Ørnes barnehage", "Aker skole")):
        add(world, name, orgnr=synthetic_orgnr(960 + place), sector="kindergarten" if "barne" in name else "school")
    assert names(world) == ["Aker skole", "Ørnes barnehage", "Åsen skole"]
    assert names(world, text="aasen") == ["Åsen skole"]
    assert names(world, text=synthetic_orgnr(961)) == ["Ørnes barnehage"]
    assert names(world, sector="kindergarten") == ["Ørnes barnehage"]
    assert names(world, owner=world.hosts[1].pk) == []


def test_another_offices_owners_are_not_in_the_list(world: Rounds) -> None:
    add(world)
    found = [one.name for one in selector.leaf(UnitWish(), world.other, 1)]
    assert found == []
    by_owner = [one.name for one in selector.leaf(UnitWish(owner=world.hosts[0].pk), world.other, 1)]
    assert by_owner == ["Åsen skole"]


def test_a_unit_is_changed_ended_and_taken_up_again(world: Rounds) -> None:
    made, by = add(world, orgnr=NUMBER), actor(world.officer)
    row = units.edit_unit(unit=made, facts=facts(world, "Åsen oppvekstsenter", orgnr=NUMBER), by=by, seen_version=1)
    ended = facts(world, "Åsen oppvekstsenter", orgnr=NUMBER, ended_on=date(2026, 7, 31))
    row = units.edit_unit(unit=row, facts=ended, by=by, seen_version=2)
    assert (names(world), names(world, which="ended")) == ([], ["Åsen oppvekstsenter"])
    row = units.edit_unit(unit=row, facts=facts(world, "Åsen oppvekstsenter", orgnr=NUMBER), by=by, seen_version=3)
    assert (row.ended_on, row.version) == (None, 4)
    assert list(Event.objects.filter(code__startswith="unit.").order_by("pk").values_list("code", flat=True)) == [
        "unit.registered", "unit.changed", "unit.ended", "unit.reopened",
    ]  # fmt: skip
    with pytest.raises(StaleVersion):
        units.edit_unit(unit=row, facts=ended, by=by, seen_version=3)
    same = units.edit_unit(unit=row, facts=facts(world, "Åsen oppvekstsenter", orgnr=NUMBER), by=by)
    assert same.version == 4


def test_one_that_is_its_own_legal_person_is_linked_to_it(world: Rounds) -> None:
    own = world.owners[1]
    made = add(world, "Solvik barnehage", sector="kindergarten", organisation=own)
    assert (made.organisation, own.as_unit) == (own, made)
    with pytest.raises(StepRefused) as refused:
        add(world, "Solvik barnehage to", organisation=own)
    assert codes(refused) == ["person_taken"]
    with pytest.raises(StepRefused) as refused:
        add(world, "Glomma skole", organisation=world.university)
    assert codes(refused) == ["not_its_own_person"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"orgnr": NUMBER, "name": "En annen"}, "number_taken"),
        ({"name": "ÅSEN SKOLE"}, "name_taken"),
        ({"owner": "university", "name": "En annen"}, "not_an_owner"),
        ({"owner": "ended", "name": "En annen"}, "organisation_ended"),
    ],
)
def test_what_cant_be_is_refused(world: Rounds, change: dict[str, Any], code: str) -> None:
    add(world, orgnr=NUMBER)
    if change.get("owner") == "university":
        change = change | {"owner": world.university}
    if change.get("owner") == "ended":
        Organisation.objects.filter(pk=world.hosts[1].pk).update(ended_on=date(2025, 12, 31))
        change = change | {"owner": Organisation.objects.get(pk=world.hosts[1].pk)}
    with pytest.raises(StepRefused) as refused:
        add(world, **change)
    assert codes(refused) == [code]


def test_another_office_may_add_under_the_owner_but_not_change(world: Rounds) -> None:
    made = add(world)
    theirs = units.add_unit(office=world.other, facts=facts(world, "Fjern skole"), by=actor(world.stranger))
    assert theirs.kept_by == world.other
    with pytest.raises(NotAllowed):
        units.edit_unit(unit=made, facts=facts(world, "Noe annet"), by=actor(world.stranger))
    assert signed_in(world.stranger).get(f"/nordland/institusjon/{made.pk}/").status_code == 403


def test_the_pages_add_change_and_ask_after_anothers_saving(world: Rounds) -> None:
    client = signed_in(world.officer)
    typed = {"name": "Dalen skole", "owner": "Hamre", "sector": "school", "municipality_number": "301"}
    assert client.get(f"/innlandet/institusjon/ny/?under={world.hosts[0].pk}").status_code == 200
    unknown = client.post("/innlandet/institusjon/ny/", typed | {"owner": "Hamra kommune"})
    assert "Mente du «Hamre kommune»?" in unknown.content.decode()
    assert client.post("/innlandet/institusjon/ny/", typed).status_code == 302
    made = Unit.objects.get()
    assert (made.owner, made.municipality_number) == (world.hosts[0], "0301")
    url = f"/innlandet/institusjon/{made.pk}/"
    assert signed_in(world.colleague).post(url, typed | {"name": "Først", "version": 1}).status_code == 302
    stale = client.post(url, typed | {"name": "Sist", "version": 1})
    assert asked(stale) == {"Navn": ("Sist", "Først")}
    for query in ("?under=x", f"?under={world.hosts[0].pk}", "?vis=tull", "?vis=ended", "?q=%00"):
        assert client.get(f"/innlandet/institusjon/{query}").status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_at_one_and_at_three_rows(count: int) -> None:
    with clock.frozen(TODAY):
        world = build(networks=1)
        for place in range(count):
            add(world, f"Skole {place}")
        client = signed_in(world.officer)
        client.get("/innlandet/institusjon/")
        with CaptureQueriesContext(connection) as caught:
            client.get("/innlandet/institusjon/")
    assert len(caught) == 7
