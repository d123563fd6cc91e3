"""The menu's registry: order, who sees what, and which page one stands on."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

from core.ui import nav
from core.ui.nav import NavItem, NavLink, links_for, no_arguments, register, registered


def page(request: HttpRequest, office: str = "") -> HttpResponse:
    """A page to lead to."""
    return HttpResponse(office)


urlpatterns = [
    path("", page, name="home"),
    path("<slug:office>/runde/", page, name="round"),
    path("<slug:office>/runde/behov/", page, name="needs"),
]

OFFICE = SimpleNamespace(slug="fjell")


@pytest.fixture(autouse=True)
def empty_menu(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A menu of the test's own."""
    monkeypatch.setattr(nav, "_items", {})
    with override_settings(ROOT_URLCONF=__name__):
        yield


def everyone(actor: object, office: object) -> bool:
    """Visible to all."""
    return True


def fill() -> None:
    """Home, round and needs, registered in the wrong order."""
    register(NavItem("Behov", "needs", 30, everyone, note=lambda actor, office: "4 av 11"))
    register(NavItem("Hjem", "home", 10, everyone, arguments=no_arguments, needs_office=False))
    register(NavItem("Runde", "round", 20, visible=lambda actor, office: bool(actor == "anne")))


def test_items_stand_in_their_order_with_the_offices_address() -> None:
    fill()
    assert links_for("anne", OFFICE, "/fjell/runde/") == [
        NavLink("Hjem", "/", False),
        NavLink("Runde", "/fjell/runde/", True),
        NavLink("Behov", "/fjell/runde/behov/", False, "4 av 11"),
    ]


@pytest.mark.parametrize(
    ("here", "current"),
    [("/", "Hjem"), ("/fjell/runde/behov/7/", "Behov"), ("/fjell/runde/brev/", "Runde"), ("/fjell/annet/", None)],
)
def test_the_longest_address_that_fits_is_the_page_one_stands_on(here: str, current: str | None) -> None:
    fill()
    marked = [link.label for link in links_for("anne", OFFICE, here) if link.current]
    assert marked == ([current] if current else [])


def test_what_one_may_not_see_is_not_there() -> None:
    fill()
    assert [link.label for link in links_for("per", OFFICE, "/")] == ["Hjem", "Behov"]


def test_without_an_office_only_pages_of_no_office_are_there() -> None:
    fill()
    assert [link.label for link in links_for("anne", None, "/")] == ["Hjem"]


def test_registering_again_replaces() -> None:
    fill()
    register(NavItem("Forside", "home", 5, everyone, arguments=no_arguments, needs_office=False))
    assert [str(item.label) for item in registered()] == ["Forside", "Runde", "Behov"]
