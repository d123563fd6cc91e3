"""Ids of the other office in every field of every form: nothing of theirs changes, and nothing comes to point at it.

The forms are read off the pages themselves, so a new page is tried without anybody adding it here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from tests.architecture.access_matrix import B_PEOPLE, MATRIX
from tests.security.intruder import (
    Field,
    PageForm,
    Rows,
    all_rows,
    belongings,
    browser,
    crossings,
    digest,
    forms_of,
    taken_back,
)
from tests.world import World

KINDS = (
    "core.anchor", "networks.organisation", "networks.network", "networks.account", "forums.forum", "forums.seat",
    "grants.round", "grants.measure", "grants.measureyear", "grants.needsreport", "grants.proposalline",
    "grants.recommendation", "grants.recommendationline", "reporting.annualreport", "accounts.user",
)  # fmt: skip
MARKS = {"on", "later", "calc", "more", "rest", "save", "calculate"}
"""Buttons whose «1» means that they were pressed."""
EMBEDDED = re.compile(r"(?<=[_-])\d+(?=$|[-_])|(?<=^m)\d+(?=-)")
"""An id in the name of a field: ``amount_12``, ``m5-sami_result``."""


def sides(name: str, world: World) -> list[tuple[str, tuple[str, ...], Any]]:
    """Whose pages, who opens them, whose ids are smuggled in. One of each group that gets the page."""
    ours = tuple(group[0] for group, status in MATRIX[name].gets.items() if status == 200)
    return [("own", ours, world.b), ("other", B_PEOPLE, world.a)]


def forms(name: str, side: str, people: tuple[str, ...], world: World) -> Iterator[tuple[str, str, PageForm]]:
    """Each different form of an address, with the first person who gets it."""
    words = MATRIX[name].own if side == "own" else MATRIX[name].other
    if words is None:
        return
    url, seen = reverse(name, kwargs=words(world)), set()
    for person in people:
        answer = browser(getattr(world, person)).get(url)
        if answer.status_code != 200 or "html" not in answer.headers["Content-Type"]:
            continue
        for form in forms_of(answer.content.decode()):
            key = (form.action, *form.fields, *form.buttons)
            if key not in seen:
                seen.add(key)
                yield person, form.action or url, form


def numbers(foreign: set[tuple[str, Any]], kinds: tuple[str, ...], each: int) -> list[int]:
    """Ids of the other office: ``each`` of every kind of thing."""
    by_kind = [sorted(pk for table, pk in foreign if table == kind)[:each] for kind in kinds]
    return list(dict.fromkeys(pk for pks in by_kind for pk in pks))


def tries(form: PageForm, ids: list[int]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is sent: one id at a time put in the place of what the page would send, with each of the buttons."""
    sent = form.data(form.buttons[-1] if form.buttons else None)
    for name in {name for name, value in form.buttons if name and value.isdecimal() and name not in MARKS}:
        for number in ids:
            yield f"button {name}={number}", form.data() | {name: str(number)}
    for one in form.fields.values():
        if takes_an_id(one):
            known = set(one.choices) | set(one.values)
            for number in ids:
                if str(number) not in known:
                    yield f"{one.name}={number}", sent | {one.name: str(number)}
        if EMBEDDED.search(one.name):
            for number in ids:
                name = EMBEDDED.sub(str(number), one.name, count=1)
                if name not in form.fields:
                    value = next((choice for choice in reversed(one.choices) if choice), "1")
                    yield f"{one.name} as {name}", sent | {name: one.values or value}


def takes_an_id(one: Field) -> bool:
    shown = [value for value in [*one.choices, *one.values] if value]
    return one.kind in {"select", "radio", "hidden"} and bool(shown) and all(value.isdecimal() for value in shown)


EACH = pytest.mark.parametrize("name", [name for name in MATRIX if not name.startswith("account")])


@EACH
def test_a_foreign_id_does_nothing(name: str, world: World) -> None:
    """A few ids; `make test-all` tries them all."""
    assert smuggle(name, world, kinds=("core.anchor", "networks.organisation", "grants.measureyear"), each=1) == []


@EACH
@pytest.mark.exhaustive
def test_no_foreign_id_does_anything(name: str, world: World) -> None:
    assert smuggle(name, world, kinds=KINDS, each=9) == []


def smuggle(name: str, world: World, *, kinds: tuple[str, ...], each: int) -> list[str]:
    """What went wrong when ids of the other office were sent with the forms of an address."""
    before, still = all_rows(), digest()
    bad: list[str] = []
    for side, people, theirs in sides(name, world):
        foreign = only(world, theirs, before)
        ids = numbers(foreign, kinds, each)
        for person, url, form in forms(name, side, people, world):
            client = browser(getattr(world, person), raise_request_exception=False)
            for what, data in tries(form, ids):
                with taken_back():
                    status = client.post(url, data).status_code
                    if status >= 500:
                        bad.append(f"{person} {url} {what}: {status}")
                    elif digest() != still:
                        bad += [f"{person} {url} {what}: {one}" for one in crossings(before, foreign)]
    return bad


def only(world: World, office: Any, rows: Rows) -> set[tuple[str, Any]]:
    """What is this office's and not shared with the other."""
    other = world.a if office == world.b else world.b
    return belongings(world, office, rows) - belongings(world, other, rows)
