"""Being let in by invitation."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Invitation, RoleAssignment, User
from accounts.services import invitations
from accounts.services.invitations import InvitationProblem, accept, invite, revoke
from core import clock
from core.actor import Actor
from core.authz import NotAllowed
from core.enums import Role
from core.models import Event, Message
from tests.accounts.conftest import Small


def sent(small: Small, email: str = "nils@example.no") -> tuple[Invitation, str]:
    return invite(
        email=email, name="Nils Berg", role=Role.COORDINATOR, anchor=small.network, by=Actor.for_user(small.anne)
    )


def test_inviting_mails_a_link_and_stores_only_a_hash(small: Small) -> None:
    invitation, token = sent(small)
    mail = Message.objects.get()
    assert mail.to == "nils@example.no"
    assert f"http://127.0.0.1:8000/invitasjon/{token}/" in mail.body
    assert "Anne Hov hos Statsforvalteren i Lia inviterer deg til å bli nettverkskoordinator for Hadeland" in mail.body
    assert token not in str(Invitation.objects.filter(pk=invitation.pk).values())
    assert Event.objects.filter(code="invitation.sent").count() == 1


def test_looking_changes_nothing(small: Small, client: Client) -> None:
    _invitation, token = sent(small)
    people = User.objects.count()
    page = client.get(f"/invitasjon/{token}/")
    assert page.status_code == 200
    assert page["Referrer-Policy"] == "same-origin"
    assert "Anne Hov" in page.content.decode()
    assert (User.objects.count(), Invitation.objects.get().accepted_at) == (people, None)


def test_accepting_makes_the_person_gives_the_role_and_signs_in(small: Small, client: Client) -> None:
    _invitation, token = sent(small)
    response = client.post(f"/invitasjon/{token}/", {"name": "Nils J. Berg"})
    assert (response.status_code, response["Location"]) == (302, "/")
    nils = User.objects.get(email="nils@example.no")
    role = RoleAssignment.objects.get(user=nils)
    assert (nils.name, role.role, role.anchor, role.by_user) == (
        "Nils J. Berg",
        "coordinator",
        small.network,
        small.anne,
    )
    assert client.session["_auth_user_id"] == str(nils.pk)
    event = Event.objects.get(code="invitation.accepted")
    assert (event.by_user, event.data["person"], event.office) == (nils, "Nils J. Berg", small.office)


def test_a_name_is_needed_and_what_was_typed_stays(small: Small, client: Client) -> None:
    _invitation, token = sent(small)
    page = client.post(f"/invitasjon/{token}/", {"name": " "})
    assert page.status_code == 200
    assert list(page.context["form"].errors) == ["name"]
    assert not User.objects.filter(email="nils@example.no").exists()


def test_someone_known_keeps_name_and_account(small: Small, client: Client) -> None:
    _invitation, token = sent(small, "PER@example.no")
    assert 'name="name"' not in client.get(f"/invitasjon/{token}/").content.decode()
    assert client.post(f"/invitasjon/{token}/")["Location"] == f"/logg-inn/?next=%2Finvitasjon%2F{token}%2F"
    assert "_auth_user_id" not in client.session
    assert not RoleAssignment.objects.filter(user=small.per).exists()
    client.force_login(small.per)
    client.post(f"/invitasjon/{token}/")
    assert RoleAssignment.objects.get(user=small.per).anchor == small.network
    assert User.objects.get(pk=small.per.pk).name == "Per Vik"


def test_an_invitation_counts_once(small: Small, client: Client) -> None:
    _invitation, token = sent(small)
    accept(token=token, name="Nils Berg")
    page = client.post(f"/invitasjon/{token}/", {"name": "Somebody Else"})
    assert page.status_code == 410
    assert "anne@example.no" in page.content.decode()
    assert "_auth_user_id" not in client.session
    with pytest.raises(InvitationProblem, match="used"):
        accept(token=token, name="X")


def test_expired_withdrawn_and_unknown_say_so(small: Small, client: Client) -> None:
    invitation, token = sent(small)
    with clock.frozen(clock.now() + timedelta(days=31)), pytest.raises(InvitationProblem, match="expired"):
        invitations.find(token)
    revoke(invitation=invitation, by=Actor.for_user(small.anne))
    with pytest.raises(InvitationProblem, match="revoked"):
        invitations.find(token)
    assert client.get(f"/invitasjon/{token}/").status_code == 410
    assert client.get("/invitasjon/nonsense/").status_code == 410


def test_a_new_invitation_replaces_the_open_one(small: Small) -> None:
    _first, old = sent(small)
    _second, new = sent(small)
    with pytest.raises(InvitationProblem, match="revoked"):
        invitations.find(old)
    assert invitations.find(new).email == "nils@example.no"


def test_accepting_as_someone_else_signs_them_out(small: Small, client: Client) -> None:
    client.force_login(small.per)
    _invitation, token = sent(small)
    assert client.get(f"/invitasjon/{token}/").context["page"].other == small.per
    client.post(f"/invitasjon/{token}/", {"name": "Nils Berg"})
    assert client.session["_auth_user_id"] == str(User.objects.get(email="nils@example.no").pk)


@pytest.mark.parametrize(
    ("who", "where", "may"),
    [
        ("anne", "network", True),
        ("anne", "owner", True),
        ("anne", "office", False),
        ("berit", "office", True),
        ("berit", "network", True),
        ("kari", "network", True),
        ("per", "owner", False),
    ],
)
def test_who_may_invite_to_what(small: Small, who: str, where: str, may: bool) -> None:
    anchor, role = {
        "network": (small.network, Role.COORDINATOR),
        "owner": (small.owner, Role.OWNER_CONTACT),
        "office": (small.office.anchor, Role.APPROVER),
    }[where]
    by = Actor.for_user(getattr(small, who))
    if may:
        assert invite(email="x@example.no", name="X", role=role, anchor=anchor, by=by)[0].role == role
    else:
        with pytest.raises(NotAllowed):
            invite(email="x@example.no", name="X", role=role, anchor=anchor, by=by)
        assert Invitation.objects.count() == 0
