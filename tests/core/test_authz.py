"""The one question of access."""

from __future__ import annotations

import pytest
import rules
from django.http import Http404
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from core import authz
from core.actor import Actor, Grant
from core.models import Office
from core.services import links
from grants.models import Round
from tests.accounts.conftest import Small, make_office


@rules.predicate
def anyone(_actor: Actor, _obj: object = None) -> bool:
    return True


@pytest.fixture(autouse=True)
def permission(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authz, "_declared", dict(authz._declared))
    authz.add_perm("test.anyone", anyone, who="Only someone can do this.")


def test_an_undeclared_permission_is_an_error(small: Small) -> None:
    for ask in (authz.allowed, authz.require, authz.require_visible):
        with pytest.raises(authz.UndeclaredPermission, match=r"test\.typo"):
            ask(Actor.for_user(small.anne), "test.typo", small.office)
    with pytest.raises(authz.UndeclaredPermission):
        authz.allowed(None, "test.typo")


def test_a_permission_is_declared_once() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        authz.add_perm("test.anyone", anyone, who="")
    assert authz.declared()["test.anyone"].who == "Only someone can do this."


def test_nobody_may_nothing() -> None:
    assert authz.allowed(None, "test.anyone") is False
    assert authz.allowed(SimpleLazyObject(lambda: None), "test.anyone") is False  # type: ignore[arg-type]


def test_not_visible_is_404_and_not_allowed_says_who_can(small: Small) -> None:
    stranger = Actor.for_user(small.per)
    with pytest.raises(Http404):
        authz.require_visible(stranger, "core.see_office", small.office)
    with pytest.raises(authz.NotAllowed) as refused:
        authz.require(stranger, "core.see_office", small.office)
    assert str(refused.value) == str(authz.permission("core.see_office").who)
    authz.require_visible(Actor.for_user(small.anne), "core.see_office", small.office)
    authz.require(Actor.for_user(small.anne), "core.see_office", small.office)


def test_an_office_is_no_other_office(small: Small) -> None:
    other = make_office("moere", "987654333")
    assert authz.allowed(Actor.for_user(small.anne), "core.see_office", other) is False
    assert authz.allowed(Actor.for_user(small.berit), "core.administer_office", small.office) is True
    assert authz.allowed(Actor.for_user(small.anne), "core.administer_office", small.office) is False


def test_a_superuser_is_let_past_no_rule(small: Small) -> None:
    chief = User.objects.create_superuser("root@example.no", name="Root")
    assert authz.allowed(Actor.for_user(chief), "core.see_office", small.office) is False


def test_a_link_reaches_its_object_and_its_parts(small: Small, row: Round) -> None:
    link, _token = links.issue(subject=row, purpose="task", user=small.anne)
    actor = Actor.for_link(link)
    assert authz.allowed(actor, "test.anyone", row) is True
    assert authz.allowed(actor, "test.anyone", small.office) is False
    assert authz.allowed(actor, "test.anyone", None) is False
    other = Round(pk=row.pk + 1, office=small.office)
    assert authz.allowed(actor, "test.anyone", other) is False
    same_id_other_kind = Office(pk=row.pk)
    assert authz.within(same_id_other_kind, link) is False


def test_a_link_holds_no_more_than_its_person(small: Small, row: Round) -> None:
    link, _token = links.issue(subject=row, purpose="task", user=small.per)
    guest, _token = links.issue(subject=row, purpose="task", email="x@example.no")
    assert authz.allowed(Actor.for_link(link), "core.see_office", row) is False
    assert Actor.for_link(guest).person is None
    assert Actor.for_link(guest).grants == frozenset()
    mine, _token = links.issue(subject=row, purpose="task", user=small.anne)
    assert authz.allowed(Actor.for_user(small.anne), "core.see_office", row) is True
    assert Actor.for_link(mine).grants == frozenset()  # what is held in an office needs signing in


def test_an_actor_is_exactly_one_thing(small: Small) -> None:
    with pytest.raises(ValueError, match="exactly one"):
        Actor()
    with pytest.raises(ValueError, match="exactly one"):
        Actor(user=small.anne, system="x")


def test_holding_for_an_organisation() -> None:
    actor = Actor(system="x", grants=frozenset({Grant("provider_contact", 1, "network", "N", for_anchor_id=2)}))
    assert actor.holds_for(1, 2, "provider_contact") is True
    assert actor.holds_for(1, 3, "provider_contact") is False
    assert actor.holds_for(1, None, "provider_contact") is False
    assert actor.holds(1, "provider_contact") is True
    assert actor.holds(None, "provider_contact") is False
    assert actor.anchors("provider_contact", "coordinator") == frozenset({1})
    assert actor.anchors("coordinator") == frozenset()
