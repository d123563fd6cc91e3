"""Ids of the other office in every field of every form: nothing of theirs changes, and nothing comes to point at it.

The forms are read off the pages themselves, so a new page is tried without anybody adding it here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from grants.forms.measures import PartiesForm
from tests.architecture.access_matrix import B_PEOPLE, MATRIX
from tests.security.intruder import (
    IN_PARTS,
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


@IN_PARTS
def test_a_foreign_id_does_nothing(names: list[str], world: World) -> None:
    """An organisation and a measure; `make test-all` tries all kinds of ids."""
    assert smuggle(names, world, kinds=("networks.organisation", "grants.measureyear"), each=1) == []


@IN_PARTS
@pytest.mark.exhaustive
def test_no_foreign_id_does_anything(names: list[str], world: World) -> None:
    assert smuggle(names, world, kinds=KINDS, each=9) == []


def test_a_hole_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A form that takes whichever id comes: the tries above must see it."""

    def careless(form: PartiesForm) -> list[tuple[int, str, bool]]:
        roles = {name: str(kind) for name, kind in form.data.items() if name.startswith("role_") and kind}
        return [(int(name.removeprefix("role_")), kind, False) for name, kind in roles.items()]

    monkeypatch.setattr(PartiesForm, "clean", lambda form: form.cleaned_data)
    monkeypatch.setattr(PartiesForm, "parties", careless)
    found = smuggle(["grants:measure_parties"], world, kinds=("networks.organisation",), each=1)
    assert any("points at networks.organisation" in one for one in found)


def smuggle(names: list[str], world: World, *, kinds: tuple[str, ...], each: int) -> list[str]:
    """What went wrong when ids of the other office were sent with the forms of these addresses."""
    for name in names:
        for words in (MATRIX[name].own, MATRIX[name].other):
            if words is not None:
                words(world)  # some make what their address shows
    before, still = all_rows(), digest()
    bad: list[str] = []
    for theirs in (world.a, world.b):
        foreign = only(world, theirs, before)
        ids = numbers(foreign, kinds, each)
        for name in names:
            for person, url, form in forms_to_try(name, theirs, world):
                client = browser(getattr(world, person), raise_request_exception=False)
                for what, data in tries(form, ids):
                    with taken_back():
                        status = client.post(url, data).status_code
                        if status >= 500:
                            bad.append(f"{person} {url} {what}: {status}")
                        elif digest() != still:
                            bad += [f"{person} {url} {what}: {one}" for one in crossings(before, foreign)]
    return bad


def forms_to_try(name: str, theirs: Any, world: World) -> Iterator[tuple[str, str, PageForm]]:
    """The forms of an address that belongs to the other office than ``theirs``."""
    if not name.startswith("account"):
        for side, people, whose in sides(name, world):
            if whose == theirs:
                yield from forms(name, side, people, world)


def only(world: World, office: Any, rows: Rows) -> set[tuple[str, Any]]:
    """What is this office's and not shared with the other."""
    other = world.a if office == world.b else world.b
    return belongings(world, office, rows) - belongings(world, other, rows)
