"""The register of people on screen: who is in it, what is found, what is kept of what was typed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.models import AnchorPermission, Invitation, RoleAssignment, User
from accounts.selectors.folk import Asked, folk
from accounts.selectors.places import in_sight
from accounts.selectors.sees import sees
from accounts.services.invitations import accept, invite
from accounts.services.roles import confirm_role, grant_role
from core import clock
from core.actor import Actor
from core.enums import Role
from core.models import Event, Message, Obligation
from core.services.outbox import run_due
from grants.services import needs
from tests.accounts.test_roles import role_of
from tests.world import TODAY, World

SYSTEM = Actor.for_system("tests")


def signed_in(world: World, who: str) -> Client:
    client = Client()
    client.force_login(getattr(world, who))
    return client


def found(world: World, office: str = "a", **asked: Any) -> list[str]:
    return [row.name.removesuffix(" Testesen") for row in folk(getattr(world, office), Asked(**asked)).rows]


def many(world: World, count: int, first: int = 0) -> None:
    """So many owner contacts more, each at one of A's three municipalities."""
    people = [User(email=f"p{n}@example.org", name=f"Åse Æra {n}") for n in range(first, first + count)]
    for one in people:
        one.set_keys()
    User.objects.bulk_create(people)
    anchors = [world.nordli.anchor_id, world.norddal.anchor_id, world.sorli.anchor_id]
    moment = clock.now()
    roles = RoleAssignment.objects.bulk_create(
        RoleAssignment(
            user=one, role=Role.OWNER_CONTACT, anchor_id=anchors[n % 3], starts=TODAY, granted_at=moment,
            confirmed_at=moment, by_system="tests",
        )
        for n, one in enumerate(people)
    )  # fmt: skip
    permission = AnchorPermission.objects.first().permission  # type: ignore[union-attr]
    AnchorPermission.objects.bulk_create(
        AnchorPermission(
            user=role.user, permission=permission, content_object_id=role.anchor_id, source=f"role:{role.pk}",
            starts=TODAY,
        )
        for role in roles
    )  # fmt: skip
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as a table that grew over days has been, not one that grew in a test


def cost(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


# --- who is in it -----------------------------------------------------------------------------------------------------


def test_an_office_sees_its_own_and_no_others(world: World) -> None:
    ours, theirs = found(world), found(world, "b")
    assert "North Coordinator" in ours
    assert "Havnes Owner" not in ours
    assert "Havnes Owner" in theirs
    assert set(ours) & set(theirs) == {"University Contact"}


def test_what_somebody_does_elsewhere_isnt_shown(world: World) -> None:
    grant_role(user=world.university_contact, role=Role.FORUM_SECRETARY, anchor=world.coast.anchor, by=SYSTEM)
    page = signed_in(world, "officer").get(f"/fjellfylket/folk/{world.university_contact.pk}/").content.decode()
    assert "Universitetet i Midten" in page
    assert "Kystfylket" not in page
    [row] = folk(world.a, Asked(words="university.contact")).rows
    assert [tie.place for tie in row.ties] == ["Universitetet i Midten"]


def test_who_gave_a_role_in_another_office_isnt_named(world: World) -> None:
    anchor, by = world.university.anchor, world.actor("b_officer")
    grant_role(user=world.stranger, role=Role.LETTER_READER, anchor=anchor, by=by, office=world.b)
    for who, slug, named in (("officer", "fjellfylket", False), ("b_officer", "kystfylket", True)):
        page = signed_in(world, who).get(f"/{slug}/folk/{world.stranger.pk}/").content.decode()
        assert ("<td" in page, world.b_officer.name in page.split("</header>")[1]) == (True, named)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"words": "NORDLI"}, ["Nordli Owner", "Nordli Reader"]),
        ({"words": "sørli owner"}, ["Sorli Owner"]),
        ({"words": "north.prov"}, ["North Provider"]),
        ({"words": "nettverk sør", "role": "coordinator"}, ["South Coordinator"]),
        ({"role": "forum_secretary"}, ["Kindergarten Secretary", "School Secretary"]),
        ({"role": "seat", "words": "barnehage"}, ["Kindergarten Chair", "Kindergarten Deputy", "Kindergarten Member"]),
        ({"words": "kystfylket"}, []),
    ],
)
def test_name_address_place_and_role_find(world: World, asked: dict[str, str], expected: list[str]) -> None:
    assert found(world, **asked) == expected


def test_a_place_of_another_office_narrows_to_nothing(world: World) -> None:
    assert found(world, place=world.north.anchor_id)[0] == "North Coordinator"
    assert found(world, place=world.coast.anchor_id) == []
    assert found(world, place=10**8) == []


def test_coming_is_there_and_over_isnt(world: World) -> None:
    day = TODAY + timedelta(days=5)
    grant_role(
        user=world.stranger, role=Role.LETTER_READER, anchor=world.nordli.anchor, by=SYSTEM, starts=day, ends=day
    )
    assert "Stranger" in found(world)
    with clock.frozen(day + timedelta(days=1)):
        assert "Stranger" not in found(world)


def test_an_invited_address_is_one_row_and_nobodys_account(world: World) -> None:
    """Somebody who works for another office already is just an address here, until they accept."""
    by = world.actor("officer")
    for role in (Role.LETTER_READER, Role.OWNER_CONTACT):
        invite(email="HAVNES.owner@example.org", name="Hanne Havn", role=role, anchor=world.nordli.anchor, by=by)
    [row] = [row for row in folk(world.a, Asked()).rows if row.name == "Hanne Havn"]
    assert (row.pk, len(row.invitations)) == (0, 2)
    assert found(world, role="invited") == ["Hanne Havn"]
    _again, token = invite(
        email="havnes.owner@example.org", name="", role=Role.LETTER_READER, anchor=world.nordli.anchor, by=by
    )
    assert accept(token=token, name="") == world.havnes_owner
    [row] = folk(world.a, Asked(words="havnes")).rows
    assert (row.pk, [tie.place for tie in row.ties]) == (world.havnes_owner.pk, ["Nordli kommune"])


def test_ten_thousand_people_cost_as_many_queries_as_thirty(world: World) -> None:
    client = signed_in(world, "officer")
    pages = ("", "?q=æra", "?q=nordli+ase", "?rolle=owner_contact", f"?sted={world.nordli.anchor_id}", "?side=3")
    many(world, 3)
    client.get("/fjellfylket/folk/")
    few = [cost(client, f"/fjellfylket/folk/{query}") for query in pages]
    many(world, 10_000, first=3)
    assert [cost(client, f"/fjellfylket/folk/{query}") for query in pages] == few
    assert max(few) <= 12
    assert folk(world.a, Asked(words="aase æra 9999")).rows.total == 1


# --- what Kari sees ---------------------------------------------------------------------------------------------------


def names(world: World, who: str, days: int = 0) -> dict[str, list[str]]:
    places = set(in_sight(world.a).values_list("pk", flat=True))
    with translation.override("nb"):
        shown = sees(getattr(world, who), world.a, TODAY + timedelta(days=days), places)
    return {kind.label: [name for name, _url in kind.things] for kind in shown.kinds}


def test_on_another_day_other_roles_count(world: World) -> None:
    row = role_of(world.north_network_reader)
    row.ends = TODAY + timedelta(days=3)
    row.save(update_fields=["ends"])
    assert names(world, "north_network_reader", 3)["Nettverk"] == ["Nettverk Nord"]
    assert names(world, "north_network_reader", 4) == {}


def test_the_page_asks_for_a_day_one_can_read(world: World) -> None:
    client = signed_in(world, "officer")
    url = f"/fjellfylket/folk/{world.north_coordinator.pk}/ser/"
    assert "Nettverk Nord" in client.get(f"{url}?dag=1.3.2027").content.decode()
    assert "Skriv dag, måned og år" in client.get(f"{url}?dag=snart").content.decode()


# --- inviting ---------------------------------------------------------------------------------------------------------

INVITE = "/fjellfylket/folk/inviter/"


def form(**fields: str) -> dict[str, str]:
    return {"people": "Ny Nes ny@example.org", "role": "coordinator", "place": "Nettverk Nord", **fields}


def test_several_are_invited_by_lines(world: World) -> None:
    people = "Ny Nes ny@example.org\n\n<ola@example.org> Ola Dal; \nkari@example.org"
    answer = signed_in(world, "officer").post(INVITE, form(people=people, starts="1.8.2027", ends="31.7.2029"))
    assert answer.status_code == 302
    rows = Invitation.objects.filter(anchor=world.north.anchor).order_by("pk")
    assert [(row.name, row.email, row.office, row.confirmed) for row in rows] == [
        ("Ny Nes", "ny@example.org", world.a, True),
        ("Ola Dal", "ola@example.org", world.a, True),
        ("", "kari@example.org", world.a, True),
    ]
    assert {str(row.starts) for row in rows} == {"2027-08-01"}
    while run_due():
        pass
    assert Message.objects.filter(key__startswith="invitation:").count() == 3
    assert Event.objects.filter(code="invitation.sent").count() == 3


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"people": "Ny Nes"}, "Linje 1: Vi finner ingen e-postadresse i «Ny Nes»"),
        ({"people": "a@b.no\nOla ola@dal"}, "Linje 2: «ola@dal» er ingen e-postadresse"),
        ({"people": "a@b.no c@d.no"}, "Linje 1: Det står flere adresser"),
        ({"people": "a@b.no\nA@b.no"}, "a@b.no står der to ganger"),
        ({"people": "north.coordinator@example.org"}, "North Coordinator Testesen har allerede denne rollen"),
        ({"place": "Nettverk"}, "Mente du «Nettverk Nord», «Nettverk Sør»?"),
        ({"place": "Samarbeidsforum Kystfylket"}, "Vi finner ikke «Samarbeidsforum Kystfylket»"),
        ({"role": "owner_contact"}, "Nettverk Nord kan ikke ha noen som er «eierkontakt»"),
        ({"role": "provider_contact"}, "Skriv hvilket universitet eller hvilken organisasjon"),
        ({"role": "approver"}, "Velg et gyldig valg"),
        ({"ends": "1.1.2020"}, "Siste dag kan ikke være før den første"),
        ({"held_for": "Universitetet i Midten"}, "Bare en UH-kontakt i et nettverk"),
    ],
)
def test_a_fault_is_told_and_what_was_typed_is_kept(world: World, fields: dict[str, str], words: str) -> None:
    answer = signed_in(world, "officer").post(INVITE, form(**fields))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert words in page.replace("\N{NO-BREAK SPACE}", " ")
    for name, value in form(**fields).items():
        assert name == "role" or value.replace("\n", "\r\n") in page or value in page
    assert not Invitation.objects.exists()


def test_the_administrator_invites_to_the_office_itself(world: World) -> None:
    data = form(role="approver", place="Statsforvalteren i Fjellfylket")
    assert signed_in(world, "administrator").post(INVITE, data).status_code == 302


def test_an_invitation_is_sent_again_and_taken_back(world: World) -> None:
    by = world.actor("officer")
    row, token = invite(email="ny@example.org", name="", role=Role.COORDINATOR, anchor=world.north.anchor, by=by)
    client = signed_in(world, "officer")
    client.post(f"/fjellfylket/folk/invitasjon/{row.pk}/", {"action": "again"})
    again = Invitation.objects.get(accepted_at=None, revoked_at=None)
    assert (again.pk != row.pk, Client().get(f"/invitasjon/{token}/").status_code) == (True, 410)
    theirs = signed_in(world, "b_officer").post(f"/kystfylket/folk/invitasjon/{again.pk}/", {"action": "revoke"})
    assert theirs.status_code == 404
    client.post(f"/fjellfylket/folk/invitasjon/{again.pk}/", {"action": "revoke"})
    assert not Invitation.objects.filter(revoked_at=None).exists()
    assert Event.objects.filter(code="invitation.revoked").count() == 1


# --- a coordinator lets somebody in -----------------------------------------------------------------------------------


def let_in(world: World, **fields: str) -> User:
    """North's coordinator invites somebody, who accepts."""
    data = {"new-people": "Nora Ny nora@example.org", "new-role": "coordinator", "action": "invite"}
    url = f"/fjellfylket/folk/liste/{world.north.anchor_id}/"
    assert signed_in(world, "north_coordinator").post(url, data | fields).status_code == 302
    row = Invitation.objects.get(email="nora@example.org")
    assert (row.confirmed, row.office) == (False, world.a)
    token = invite_token(row)
    return accept(token=token, name="Nora Ny")


def invite_token(row: Invitation) -> str:
    while run_due():
        pass
    body = Message.objects.get(key=f"invitation:{row.pk}").body
    return body.split("/invitasjon/")[1].split("/")[0]


def test_until_the_office_confirms_one_writes_but_doesnt_send(world: World) -> None:
    nora, report = let_in(world), world.north_report
    client = Client()
    client.force_login(nora)
    check = client.get(f"/fjellfylket/behov/{report.pk}/kontroll/").content.decode()
    assert "må bekrefte rollen din i Nettverk Nord først" in check
    assert client.get(f"/fjellfylket/behov/{report.pk}/tiltak/{world.draft_measure.pk}/").status_code == 200
    data = {"version": str(report.version), "step": "send"}
    refused = client.post(f"/fjellfylket/behov/{report.pk}/kontroll/", data)
    report.refresh_from_db()
    assert (refused.status_code, report.state) == (403, "draft")
    owed = Obligation.objects.get(kind="role_confirm", done_at=None)
    home = signed_in(world, "officer").get("/").content.decode()
    assert "Bekreft at Nora Ny er nettverkskoordinator: Nettverk Nord" in home
    url = f"/fjellfylket/folk/{nora.pk}/rolle/{owed.subject_id}/"
    assert signed_in(world, "officer").post(url, {"action": "confirm"}).status_code == 302
    needs.send(report=report, by=Actor.for_user(nora))
    report.refresh_from_db()
    assert report.state == "sent"


def test_an_unconfirmed_contact_confirms_no_report(world: World) -> None:
    kinds = {"new-role": "owner_contact"}
    url = f"/fjellfylket/folk/liste/{world.norddal.anchor_id}/"
    data = {"new-people": "Nora Ny nora@example.org", "action": "invite"} | kinds
    assert signed_in(world, "north_coordinator").post(url, data).status_code == 302
    nora = accept(token=invite_token(Invitation.objects.get(email="nora@example.org")), name="Nora Ny")
    client = Client()
    client.force_login(nora)
    needs_report = f"/fjellfylket/behov/{world.north_report.pk}/"
    assert client.get(needs_report).status_code == 404
    row = grant_role(
        user=nora, role=Role.OWNER_CONTACT, anchor=world.nordli.anchor, by=world.actor("north_coordinator"),
        office=world.a, confirmed=False,
    )  # fmt: skip
    report = f"/fjellfylket/rapport/{world.reading_report.pk}/"
    assert client.get(report).status_code == 404
    assert client.post(f"{report}bekreft/", {"party": str(world.nordli.anchor_id)}).status_code == 404
    confirm_role(assignment=row, by=world.actor("officer"))
    assert [client.get(page).status_code for page in (needs_report, report)] == [200, 200]


@pytest.mark.parametrize(
    ("who", "place", "status"),
    [
        ("north_coordinator", "north", 200),
        ("north_coordinator", "nordli", 200),
        ("north_coordinator", "south", 404),
        ("north_coordinator", "sorli", 404),
        ("north_coordinator", "university", 404),
        ("north_network_reader", "north", 404),
        ("nordli_owner", "nordli", 200),
        ("nordli_owner", "norddal", 404),
        ("south_coordinator", "north", 404),
    ],
)
def test_whose_list_one_opens(world: World, who: str, place: str, status: int) -> None:
    anchor = getattr(world, place).anchor_id
    assert signed_in(world, who).get(f"/fjellfylket/folk/liste/{anchor}/").status_code == status
    assert signed_in(world, who).get(f"/kystfylket/folk/liste/{anchor}/").status_code == 404


@pytest.mark.parametrize("role", ["case_officer", "forum_secretary", "owner_contact", "letter_reader"])
def test_a_coordinator_invites_only_to_what_is_theirs_to_propose(world: World, role: str) -> None:
    url = f"/fjellfylket/folk/liste/{world.north.anchor_id}/"
    data = {"new-people": "Nora Ny nora@example.org", "new-role": role, "action": "invite"}
    assert signed_in(world, "north_coordinator").post(url, data).status_code == 200
    assert not Invitation.objects.exists()


def test_an_unconfirmed_coordinator_lets_nobody_in(world: World) -> None:
    nora = let_in(world)
    client = Client()
    client.force_login(nora)
    url = f"/fjellfylket/folk/liste/{world.north.anchor_id}/"
    page = client.get(url).content.decode()
    assert "new-people" not in page
    assert "må bekrefte rollen din" in page
    client.post(url, {"new-people": "x@example.org", "new-role": "network_reader", "action": "invite"})
    assert not Invitation.objects.filter(email="x@example.org").exists()
