"""The one who runs the installation: makes offices, lets the first administrator in, and sees nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from accounts.models import Invitation, RoleAssignment, User
from accounts.services.invitations import invite
from accounts.services.people import make_operator
from core import authz
from core.actor import Actor
from core.enums import Role
from core.identifiers import synthetic_orgnr
from core.models import Event, Message, Office
from core.requirements import StepRefused
from core.services.offices import found_office
from tests.world import World

SETUP = Actor.for_system("tests")
NEW = {
    "name_nb": "Statsforvalteren i Nordfylket",
    "name_nn": "Statsforvaltaren i Nordfylket",
    "orgnr": synthetic_orgnr(901),
    "slug": "nordfylket",
    "default_form": "nb",
}


def operator() -> User:
    return make_operator(email="drift@example.no", name="Dag Rift", by=SETUP)


def signed_in(user: User) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="nb")
    client.force_login(user)
    return client


@pytest.mark.django_db
def test_an_operator_is_made_once_and_leaves_a_mark(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("make_operator", "drift@example.no", "Dag Rift")
    call_command("make_operator", "drift@example.no", "Dag Rift")
    assert User.objects.get().is_staff is True
    assert list(Event.objects.order_by("pk").values_list("code", flat=True)) == ["person.registered", "person.operator"]
    assert "/drift/" in capsys.readouterr().out
    with pytest.raises(CommandError, match="is no e-mail address"):
        call_command("make_operator", "drift", "Dag Rift")


def test_an_office_is_made_and_its_administrator_let_in(world: World) -> None:
    client = signed_in(operator())
    answer = client.post("/drift/nytt/", NEW)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/drift/nordfylket/administrator/")
    office = Office.objects.get(slug="nordfylket")
    assert (office.anchor.name, office.default_form) == ("Statsforvalteren i Nordfylket", "nb")
    answer = client.post("/drift/nordfylket/administrator/", {"name": "Ada Nord", "email": "ada@example.no"})
    assert answer.headers["Location"] == "/drift/"
    invitation = Invitation.objects.get(email="ada@example.no")
    assert (invitation.role, invitation.anchor) == (Role.OFFICE_ADMINISTRATOR, office.anchor)
    mail = Message.objects.get(to="ada@example.no").body
    assert "Dag Rift inviterer deg til å bli administrator for Statsforvalteren i Nordfylket i Årshjul." in mail
    assert "Invitert: Ada Nord" in client.get("/drift/").content.decode()


def test_one_who_runs_the_installation_sees_no_office(world: World) -> None:
    client = signed_in(operator())
    assert client.get("/drift/").status_code == 200
    assert client.get("/fjellfylket/oppsett/").status_code == 404
    assert client.get("/fjellfylket/nettverk/").status_code == 404


def test_others_do_not_know_of_it(world: World) -> None:
    for who in ("officer", "administrator", "north_coordinator", "stranger"):
        client = signed_in(getattr(world, who))
        assert [client.get(path).status_code for path in ("/drift/", "/drift/nytt/")] == [404, 404]


def test_where_there_is_an_administrator_only_they_let_others_in(world: World) -> None:
    user = operator()
    assert signed_in(user).get("/drift/fjellfylket/administrator/").status_code == 403
    with pytest.raises(authz.NotAllowed):
        invite(
            email="x@example.no",
            name="X",
            role=Role.OFFICE_ADMINISTRATOR,
            anchor=world.a.anchor,
            by=Actor.for_user(user),
        )
    RoleAssignment.objects.filter(anchor=world.a.anchor, role=Role.OFFICE_ADMINISTRATOR).delete()
    assert authz.allowed(Actor.for_user(user), "accounts.invite", world.a.anchor) is True
    assert authz.allowed(Actor.for_user(user), "accounts.invite", world.north.anchor) is False


def test_what_is_taken_is_said_at_its_field(world: World) -> None:
    client = signed_in(operator())
    page = client.post("/drift/nytt/", {**NEW, "slug": "fjellfylket", "orgnr": world.b.orgnr}).content.decode()
    assert "Et annet kontor har kortnavnet «fjellfylket». Velg et annet." in page
    assert f"{world.b.anchor.name} er her allerede med dette organisasjonsnummeret." in page
    assert "Statsforvalteren i Nordfylket" in page
    page = client.post("/drift/nytt/", {**NEW, "slug": "varsel"}).content.decode()
    assert "Programmet bruker «varsel» til en egen side. Velg et annet kortnavn." in page
    assert not Office.objects.filter(orgnr=NEW["orgnr"]).exists()


def test_only_an_operator_founds_an_office(world: World) -> None:
    with pytest.raises(authz.NotAllowed):
        found_office(
            slug="x",
            orgnr=synthetic_orgnr(902),
            names={"nb": "X", "nn": "X"},
            default_form="nb",
            by=world.actor("officer"),
        )
    with pytest.raises(StepRefused) as refused:
        found_office(
            slug=world.a.slug,
            orgnr=world.b.orgnr,
            names={"nb": "X", "nn": "X"},
            default_form="nb",
            by=Actor.for_user(operator()),
        )
    assert [one.code for one in refused.value.obstacles] == ["slug_taken", "orgnr_taken"]


@pytest.mark.django_db
def test_the_demo_has_an_operator_to_try(settings: Any) -> None:
    settings.DEMO = True
    make_operator(email="drift@arshjul.example", name="Dag Rift", by=SETUP, is_demo=True)
    page = Client(HTTP_ACCEPT_LANGUAGE="nb").get("/demo/").content.decode()
    assert ("Driftsansvarlig" in page, "Dag Rift" in page) == (True, True)
