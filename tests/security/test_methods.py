"""Every method on every address: looking writes nothing, and who may not look may not write either."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.test import Client
from django.urls import reverse

from tests.architecture.access_matrix import B_PEOPLE, MATRIX, MIXERS, TRAVELLERS, Row
from tests.security.intruder import IN_PARTS, browser, digest, forms_of, taken_back
from tests.world import World

READING_IS_KEPT = {
    "grants:letter_pdf", "grants:letter_attachment", "networks:mandate", "reporting:confirm", "core:set_language",
}  # fmt: skip
"""A GET here leaves a mark on purpose: who read what, or the written form chosen. A HEAD never does."""
PROBES = {"core:jobs", "core:ready", "core:alive"}
"""They say 503 when something is wrong: that is what they are for."""
ALWAYS_POSTED = {"accounts:demo", "accounts:profile", "account_request_login_code", "account_login"}
"""Anybody's own; their tests stand with them."""
MAY_POST = {
    "grants:measure_new": {"north_coordinator", "nordli_owner"},
    "grants:measure_continue": {"north_coordinator", "nordli_owner"},
    "grants:measure_remove": {"north_coordinator", "nordli_owner"},
    "core:try_jobs_again": {"officer", "approver", "administrator"},
    "grants:opening_remove": {"officer", "administrator"},
    "grants:workbench_first": {"officer"},
    "grants:workbench_send": {"officer"},
    # reading it doesn't give the right to send it
    "grants:measure_edit": set(),
}
PEOPLE = ("officer", "approver", "north_network_reader", "nordli_reader", "university_contact", "kindergarten_chair",
          "b_officer", "stranger")  # fmt: skip
"""One of each kind."""


def representatives(row: Row) -> tuple[str, ...]:
    """One of each group of the row, and a stranger."""
    return (*(group[0] for group in row.gets), "stranger")


@IN_PARTS
def test_looking_writes_nothing(names: list[str], world: World) -> None:
    for name in names:
        with taken_back():
            looked(name, world)


def looked(name: str, world: World) -> None:
    """GET and HEAD by one of each group."""
    row = MATRIX[name]
    if name.startswith("account_"):
        return  # allauth's own, which write nothing but the session
    url = reverse(name, kwargs=row.own(world))
    people = [browser(getattr(world, person)) for person in representatives(row)]
    before = digest()
    for client in people:
        assert client.head(url).status_code < 500 or name in PROBES
    assert (name, digest()) == (name, before)
    if name not in READING_IS_KEPT:
        for client in people:
            assert client.get(url).status_code < 500 or name in PROBES
        assert (name, digest()) == (name, before)


@IN_PARTS
def test_a_method_no_page_knows_is_refused(names: list[str], world: World) -> None:
    for name in names:
        with taken_back():
            strange(name, world)


def strange(name: str, world: World) -> None:
    """Methods nobody uses."""
    row = MATRIX[name]
    url = reverse(name, kwargs=row.own(world))
    before = digest()
    for client in (browser(world.officer), browser(world.north_coordinator), Client()):
        for method in ("PUT", "PATCH", "DELETE", "TRACE"):
            answer = client.generic(method, url, b"x", content_type="text/plain")
            found = (name, method, answer.status_code)
            assert found in {(name, method, status) for status in (302, 403, 404, 405, 410)}
        assert client.options(url).status_code in {200, 302, 403, 404, 405, 410}
    assert (name, digest()) == (name, before)


def posts(name: str, side: str, world: World) -> dict[str, Any]:
    """What a page of this address would send."""
    row = MATRIX[name]
    words, people = (row.own, row.gets) if side == "own" else (row.other, {B_PEOPLE: 200})
    found: dict[str, Any] = {"version": "1"}
    for group, status in people.items():
        for person in group[:1] if side == "own" else group:
            if words is None or status != 200:
                continue
            answer = browser(getattr(world, person)).get(reverse(name, kwargs=words(world)))
            if answer.status_code == 200 and "html" in answer.headers["Content-Type"]:
                for form in forms_of(answer.content.decode()):
                    found |= form.data(form.buttons[0] if form.buttons else None)
                return found
    return found


def steps(name: str) -> Iterator[dict[str, str]]:
    """The buttons of pages with several steps: each is tried."""
    yield {}
    by_name = {
        "grants:decision": ("prepare", "submit", "send_back", "approve"),
        "grants:assess": ("return", "finish"),
        "reporting:approve": ("return", "approve"),
    }
    for step in by_name.get(name, ()):
        yield {"step": step, "comment": "x"}
    if name == "networks:account":
        for action in ("details", "enter", "confirm", "reject", "reveal", "reveal_pending"):
            yield {"action": action}


@IN_PARTS
def test_who_may_not_look_may_not_post(names: list[str], world: World) -> None:
    for name in names:
        with taken_back():
            posted_by_others(name, world)


def posted_by_others(name: str, world: World) -> None:
    """POST by those who may not."""
    row = MATRIX[name]
    if name in ALWAYS_POSTED or (row.anonymous != 302 and name.startswith("account")):
        return
    data = posts(name, "own", world)
    url = reverse(name, kwargs=row.own(world))
    before = digest()
    wrong = {}
    for person in PEOPLE:
        refused = row.status(person) in {403, 404} or (
            row.status(person) == 405 and person not in MAY_POST.get(name, ())
        )
        if not refused:
            continue
        for step in steps(name):
            status = browser(getattr(world, person)).post(url, data | step).status_code
            if status not in {403, 404, 405}:
                wrong[person, *step.values()] = status
    assert (name, wrong) == (name, {})
    for step in steps(name):
        assert Client().post(url, data | step).status_code in {200, 302, 403, 404, 405, 410}
    assert (name, digest()) == (name, before)


@IN_PARTS
def test_nobody_posts_to_the_other_office(names: list[str], world: World) -> None:
    for name in names:
        with taken_back():
            posted_abroad(name, world)


def posted_abroad(name: str, world: World) -> None:
    """POST across offices."""
    row = MATRIX[name]
    if row.other is None:
        return
    words = row.other(world)
    data = posts(name, "other", world)
    before = digest()
    wrong = {}
    for person in TRAVELLERS:
        if row.status_abroad(person) in {403, 404, 405}:
            for step in steps(name):
                status = browser(getattr(world, person)).post(reverse(name, kwargs=words), data | step).status_code
                if status not in {403, 404, 405}:
                    wrong[person, *step.values()] = status
    if set(words) - {"office", "year"} and not row.borrowed:
        mixed = reverse(name, kwargs=words | {"office": row.own(world)["office"]})
        for person in MIXERS:
            status = browser(getattr(world, person)).post(mixed, data).status_code
            if status not in {404, 405}:
                wrong["mixed", person] = status
    assert (name, wrong) == (name, {})
    assert (name, digest()) == (name, before)
