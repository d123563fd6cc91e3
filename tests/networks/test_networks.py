"""Networks: ties with days, one host at a time, and who sees which."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from accounts.models import RoleAssignment
from core.authz import NotAllowed
from core.requirements import StepRefused
from networks.models import Host, Membership, Organisation, OrganisationName
from networks.selectors.networks import rows
from networks.services.networks import add_member, choose_host, register_network
from networks.services.organisations import (
    OrganisationRow,
    change_organisation,
    register_organisations,
    rename_organisation,
)
from tests.grants.rounds_world import SETUP, Rounds, actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(rounds: Rounds) -> Rounds:
    return rounds


def test_many_organisations_in_a_handful_of_statements() -> None:
    made = register_organisations(
        rows=[OrganisationRow(name=f"Kommune {number}", kind="municipality") for number in range(400)], by=SETUP
    )
    assert (len(made), Organisation.objects.count(), OrganisationName.objects.count()) == (400, 400, 400)
    assert [one.anchor.name for one in made[:2]] == ["Kommune 0", "Kommune 1"]


def test_a_name_has_its_days(world: Rounds) -> None:
    rename_organisation(
        organisation=world.university, name="Universitetet Glomma", by=SETUP, valid_from=date(2026, 9, 1)
    )
    fresh = Organisation.objects.prefetch_related("names").get(pk=world.university.pk)
    assert fresh.name_in("nb", date(2026, 8, 31)) == "Høgskolen Glomma"
    assert fresh.name_in("nb", date(2026, 9, 1)) == "Universitetet Glomma"
    assert change_organisation(organisation=fresh, by=SETUP, kind="university") is False
    with pytest.raises(ValueError, match="not to be changed"):
        change_organisation(organisation=fresh, by=SETUP, is_synthetic=False)


def test_a_network_has_one_host_at_a_time(world: Rounds) -> None:
    network, by = world.networks[0], actor(world.officer)
    same = choose_host(network=network, organisation=world.hosts[0], by=by, valid_from=date(2026, 5, 1))
    assert same.valid_from == date(2026, 1, 1)
    with pytest.raises(StepRefused):
        choose_host(network=network, organisation=world.hosts[1], by=by, valid_from=date(2026, 1, 1))
    choose_host(network=network, organisation=world.hosts[1], by=by, valid_from=date(2027, 1, 1))
    assert list(Host.objects.filter(network=network).order_by("id").values_list("valid_from", "valid_to")) == [
        (date(2026, 1, 1), date(2026, 12, 31)),
        (date(2027, 1, 1), None),
    ]


def test_being_a_member_twice_changes_nothing(world: Rounds) -> None:
    before = Membership.objects.count()
    add_member(
        network=world.networks[0],
        organisation=world.hosts[0],
        sector="both",
        by=actor(world.officer),
        valid_from=date(2026, 6, 1),
    )
    assert Membership.objects.count() == before


def test_the_provider_contact_gets_the_role_for_the_provider(world: Rounds) -> None:
    role = RoleAssignment.objects.get(user=world.provider_contact)
    assert (role.role, role.anchor, role.held_for) == (
        "provider_contact",
        world.networks[0].anchor,
        world.university.anchor,
    )


def test_only_the_office_keeps_the_registers(world: Rounds) -> None:
    for user in (world.coordinator, world.stranger):
        with pytest.raises(NotAllowed):
            register_network(office=world.office, code="X", name="X", kind="geographic", by=actor(user))


def test_one_sees_ones_own_networks_only(world: Rounds) -> None:
    names = {
        who: [row.network.anchor.name for row in rows(actor(getattr(world, who)), world.office)]
        for who in ("officer", "coordinator", "provider_contact", "stranger")
    }
    assert names == {
        "officer": ["Lågendalen", "Valdres", "Videregående"],
        "coordinator": ["Lågendalen"],
        "provider_contact": ["Lågendalen"],
        "stranger": [],
    }


@pytest.mark.parametrize(
    ("who", "expected"), [("officer", [200, 200, 200]), ("coordinator", [200, 200, 404]), ("stranger", [404, 404, 404])]
)
def test_who_sees_which_page(world: Rounds, who: str, expected: list[int]) -> None:
    client = Client(HTTP_ACCEPT_LANGUAGE="nb")
    client.force_login(getattr(world, who))
    pages = ["nettverk/", f"nettverk/{world.networks[0].pk}/", f"nettverk/{world.networks[1].pk}/"]
    assert [client.get(f"/innlandet/{page}").status_code for page in pages] == expected
    assert client.get(f"/nordland/{pages[1]}").status_code == 404
