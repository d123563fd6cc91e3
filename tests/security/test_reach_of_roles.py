"""How far a role reaches: the office that gave it, the day it ends, the address it was given to (docs/adr/0032)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from accounts.models import Invitation, Notice, RoleAssignment, User
from accounts.selectors.work import waiting_for
from accounts.services import handovers, invitations, people, questions
from accounts.services.notices import notify
from accounts.services.roles import confirm_role, end_role, grant_role
from core import clock
from core.actor import Actor
from core.enums import Role
from core.models import Message
from core.requirements import StepRefused
from core.services import links
from grants.models import CoveredOwner
from networks.models import Organisation
from tests.builder import SYSTEM
from tests.world import World

MINE = "min.egen@example.org"


@pytest.fixture(autouse=True)
def sessions_in_the_database(sessions_in_cookies: None) -> Iterator[None]:
    """A session lives where a real one does."""
    with override_settings(SESSION_ENGINE="django.contrib.sessions.backends.db"):
        yield


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.adapter.PersonBackend")
    return client


def accept(token: str) -> tuple[User, Client]:
    """Who answered, and the browser it was answered in."""
    client = Client()
    client.post(f"/invitasjon/{token}/", {"name": "Min Egen"})
    return User.objects.get(pk=client.session["_auth_user_id"]), client


def end_roles(user: User) -> None:
    for row in RoleAssignment.objects.filter(user=user, ended_at=None):
        end_role(assignment=row, by=Actor.for_system("test"))


# --- An organisation that offices share ---


def let_in(world: World, organisation: Organisation, role: str) -> tuple[User, Client]:
    """A's case officer takes the organisation into use and lets an address of their own in there."""
    officer = browser(world.officer)
    officer.post(reverse("networks:organisation", args=["fjellfylket", organisation.pk]))
    data = {"people": f"Min Egen {MINE}", "role": role, "place": organisation.anchor.name}
    assert officer.post(reverse("accounts:invite", args=["fjellfylket"]), data).status_code == 302
    _row, token = invitations.send_again(
        invitation=Invitation.objects.get(email=MINE, revoked_at=None), by=world.actor("officer")
    )
    return accept(token)


@pytest.mark.parametrize(
    ("organisation", "role", "page", "what"),
    [
        ("havnes", "owner_contact", "grants:needs_report", "havnes_report"),
        ("havnes", "owner_contact", "grants:measure", "havnes_measure"),
        ("university", "provider_contact", "grants:needs_report", "havnes_report"),
    ],
)
def test_an_office_opens_nothing_of_another_office_at_an_organisation_they_share(
    world: World, organisation: str, role: str, page: str, what: str
) -> None:
    subject = getattr(world, what)
    pk = getattr(subject, "measure_id", None) or subject.pk
    person, client = let_in(world, getattr(world, organisation), role)
    assert client.get(reverse(page, args=["kystfylket", pk])).status_code == 404
    assert RoleAssignment.objects.get(user=person).within == world.a
    owed = [task.obligation.office_id for task in waiting_for(Actor.for_user(person))]
    assert world.b.pk not in owed


def test_the_office_that_keeps_an_organisation_lets_people_in_for_all(world: World) -> None:
    _row, token = invitations.invite(
        email=MINE, name="Min Egen", role=Role.OWNER_CONTACT, anchor=world.havnes.anchor,
        by=world.actor("b_officer"), office=world.b,
    )  # fmt: skip
    person, client = accept(token)
    assert RoleAssignment.objects.get(user=person).within is None
    page = reverse("grants:needs_report", args=["kystfylket", world.havnes_report.pk])
    assert client.get(page).status_code == 200


def test_two_offices_let_the_same_person_in_at_a_university(world: World) -> None:
    given = [
        grant_role(
            user=world.stranger, role=Role.LETTER_READER, anchor=world.university.anchor, office=office, by=SYSTEM
        )
        for office in (world.a, world.b, world.a)
    ]
    assert [row.within for row in given] == [world.a, world.b, world.a]
    end_role(assignment=given[0], by=world.actor("officer"))
    held = {grant.within_id for grant in Actor.for_user(world.stranger).grants}
    assert held == {world.b.pk}


def test_a_role_that_is_over_everywhere_is_given_anew_by_an_office(world: World) -> None:
    words = {"user": world.stranger, "role": Role.OWNER_CONTACT, "anchor": world.havnes.anchor, "by": SYSTEM}
    today = clock.today()
    before = grant_role(**words, office=world.b, starts=today - timedelta(days=9), ends=today - timedelta(days=1))
    given = grant_role(**words, office=world.a)
    assert (before.within, given.within, given.pk != before.pk) == (None, world.a, True)
    everywhere = grant_role(**words, office=world.b)
    assert grant_role(**words, office=world.a) == everywhere


def test_an_office_changes_no_role_another_office_gave_at_its_owner(world: World) -> None:
    officer = browser(world.officer)
    officer.post(reverse("networks:organisation", args=["fjellfylket", world.havnes.pk]))
    person = world.havnes_owner
    row = RoleAssignment.objects.get(user=person)
    role = reverse("accounts:role", args=["fjellfylket", person.pk, row.pk])
    edit = reverse("accounts:person_edit", args=["fjellfylket", person.pk])
    answers = [
        officer.post(role, {"action": "end"}).status_code,
        officer.post(edit, {"name": person.name, "email": MINE, "version": person.version}).status_code,
    ]
    row.refresh_from_db()
    assert (answers, row.ended_at, User.objects.get(pk=person.pk).email) == ([403, 200], None, person.email)


# --- Not confirmed yet ---


def test_an_unconfirmed_role_at_an_organisation_opens_nothing(world: World) -> None:
    """The coordinator of one network lets somebody in at its member, whom another network's report covers too."""
    CoveredOwner.objects.create(report=world.south_report, organisation=world.nordli)
    _row, token = invitations.invite(
        email=MINE, name="Min Egen", role=Role.OWNER_CONTACT, anchor=world.nordli.anchor,
        by=world.actor("north_coordinator"), office=world.a,
    )  # fmt: skip
    person, client = accept(token)
    pages = [
        reverse("grants:needs_report", args=["fjellfylket", world.south_report.pk]),
        reverse("grants:letter", args=["fjellfylket", world.nordli_letter.pk]),
        reverse("grants:letter_pdf", args=["fjellfylket", world.nordli_letter.pk]),
    ]
    assert [client.get(page).status_code for page in pages] == [404, 404, 404]
    confirm_role(assignment=RoleAssignment.objects.get(user=person), by=world.actor("officer"))
    assert [client.get(page).status_code for page in pages] == [200, 200, 200]


def test_an_invitation_is_no_better_than_the_right_of_who_gave_it(world: World) -> None:
    _row, token = invitations.invite(
        email=MINE, name="Min Egen", role=Role.COORDINATOR, anchor=world.north.anchor,
        by=world.actor("north_coordinator"), office=world.a,
    )  # fmt: skip
    end_roles(world.north_coordinator)
    client = Client()
    answer = client.post(f"/invitasjon/{token}/", {"name": "Min Egen"})
    assert (answer.status_code, User.objects.filter(email=MINE).exists()) == (410, False)


# --- An address that was moved ---


def move_address(world: World) -> str:
    """The office mends the coordinator's address; the one before."""
    person = world.north_coordinator
    before = str(person.email)
    people.change_person(user=person, name=person.name, email=MINE, office=world.a, by=world.actor("officer"))
    return before


def test_a_moved_address_shuts_out_the_old_one(world: World) -> None:
    page = f"/fjellfylket/behov/{world.north_report.pk}/"
    _link, token = links.issue(
        subject=world.north_report, purpose="needs_report", user=world.north_coordinator, url=page
    )
    signed_in, asking, by_link = browser(world.north_coordinator), Client(), Client()
    asking.post("/logg-inn/", {"email": world.north_coordinator.email})
    [code] = re.findall(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", Message.objects.latest("pk").body)
    before = signed_in.get(page).status_code
    move_address(world)
    asking.post("/logg-inn/kode/", {"code": code})
    by_link.post(f"/lenke/{token}/")
    after = [client.get(page).status_code for client in (signed_in, asking, by_link)]
    assert (before, after, "_auth_user_id" in asking.session) == (200, [302, 302, 302], False)


def test_the_moved_address_gets_in(world: World) -> None:
    move_address(world)
    client = Client()
    client.post("/logg-inn/", {"email": MINE})
    [code] = re.findall(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", Message.objects.latest("pk").body)
    client.post("/logg-inn/kode/", {"code": code})
    assert client.session["_auth_user_id"] == str(world.north_coordinator.pk)


# --- One who left ---


def left(world: World) -> User:
    """Somebody who once read in A's network, was an owner's contact in B, and has no role today."""
    person: User = world.stranger
    for role, anchor in ((Role.NETWORK_READER, world.north.anchor), (Role.OWNER_CONTACT, world.havnes.anchor)):
        grant_role(user=person, role=role, anchor=anchor, by=SYSTEM)
    questions.ask(subject=world.havnes_report, office=world.b, text="Noko fortruleg.", by=Actor.for_user(person))
    end_roles(person)
    return person


def test_an_office_takes_over_nobody_who_has_had_to_do_with_another(world: World) -> None:
    person = left(world)
    with pytest.raises(StepRefused):
        people.change_person(user=person, name=person.name, email=MINE, office=world.a, by=world.actor("officer"))
    with pytest.raises(StepRefused):
        handovers.merge(gone=person, kept=world.north_network_reader, office=world.a, by=world.actor("officer"))


def test_what_an_office_told_somebody_isnt_moved_by_another(world: World) -> None:
    person: User = world.stranger
    end_role(
        assignment=grant_role(user=person, role=Role.NETWORK_READER, anchor=world.north.anchor, by=SYSTEM),
        by=Actor.for_system("test"),
    )
    notify(
        users=[person],
        code="question.answered",
        key="x",
        subject=world.havnes_report,
        office=world.b,
        texts=lambda _person, _form: ("Fortruleg", "x"),
        url="/kystfylket/",
    )
    with pytest.raises(StepRefused):
        handovers.merge(gone=person, kept=world.north_network_reader, office=world.a, by=world.actor("officer"))
    assert Notice.objects.filter(code="question.answered").latest("pk").user == person


def test_an_office_isnt_told_who_is_registered_elsewhere(world: World) -> None:
    person = world.north_coordinator
    url = reverse("accounts:person_edit", args=["fjellfylket", person.pk])
    pages = [
        browser(world.officer).post(url, {"name": person.name, "email": email, "version": person.version}).content
        for email in (world.b_approver.email, world.south_coordinator.email)
    ]
    assert [b"registrert med denne" in page for page in pages] == [False, True]


@override_settings(DEMO=True)
def test_the_demo_shows_no_mail_to_a_real_person(world: World) -> None:
    User.objects.filter(pk=world.approver.pk).update(is_demo=False)
    client = Client()
    for person in (world.approver, world.officer):
        client.post("/logg-inn/", {"email": person.email})
    shown = client.get("/demo/epost/").content.decode()
    assert (world.approver.email in shown, world.officer.email in shown) == (False, True)


def test_home_says_that_a_role_waits(world: World) -> None:
    grant_role(
        user=world.stranger, role=Role.OWNER_CONTACT, anchor=world.nordli.anchor, office=world.a,
        confirmed=False, by=world.actor("north_coordinator"),
    )  # fmt: skip
    page = browser(world.stranger).get("/", HTTP_ACCEPT_LANGUAGE="nb")
    assert page.context["unconfirmed"] == [world.nordli.anchor.name]
