"""Bad text in every field of every form and in every address: never an error page, and never lost or changed."""

from __future__ import annotations

import contextlib
import json
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.urls import reverse

from core.validators import strip_control
from tests.architecture.access_matrix import MATRIX
from tests.security.intruder import IN_PARTS, PageForm, all_rows, browser, forms_of, taken_back
from tests.security.test_foreign_ids import forms, sides
from tests.world import World

TEXTS = {
    "mixed": "čđŋšŧž før\0etter <script>alert(1)</script> {{ 7|add:7 }} 🏔️ a\u202eb ٣",
    "number": "9" * 5000,
    "long": "Ordet om språkløftet. " * 4546,  # 100 012 characters
    "unbroken": "å" * 3000,
    "nul": "før\0etter",
    "direction": "a\u202eb\u2066c\u200fd",
    "emoji": "🏔️👩‍🏫 ok",
    "sami": "čđŋšŧž ČĐŊŠŦŽ áÁ",
    "script": "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>",
    "template": "{{ 7|add:7 }}{% load x %}${7*7}%(name)s{0}",
    "small number": "-1",
    "other digits": "٣٤٥",
    "lines": "en\r\nto\rtre\n\n",
}
ALWAYS = {"mixed"}
"""The others are tried in `make test-all`."""
KINDS = [pytest.param(kind, marks=[] if kind in ALWAYS else pytest.mark.exhaustive) for kind in TEXTS]
PARAMETERS = ("vis", "pott", "plass", "form", "forum", "party", "til", "next", "last", "version")


def lost(text: str, form: PageForm, names: list[str], page: str, before: Any) -> list[str]:
    """The fields whose text stands neither on the page that came back nor in the database."""
    shown: dict[str, set[str]] = {}
    for one in forms_of(page):
        for each in one.fields.values():
            shown.setdefault(each.name, set()).update(plain(value) for value in each.values)
    stored = None
    gone = []
    for name in names:
        if plain(text) in shown.get(name, set()):
            continue
        if stored is None:
            stored = plain(
                "\n".join(
                    words(value) for key, row in all_rows().items() if before.get(key) != row for value in row.values()
                )
            )
        if plain(text) not in stored:
            gone.append(name)
    return gone


def words(value: Any) -> str:
    return "\n".join(leaves(value)) if isinstance(value, dict | list) else str(value)


def leaves(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [leaf for one in value.values() for leaf in leaves(one)]
    return [leaf for one in value for leaf in leaves(one)] if isinstance(value, list) else [str(value)]


def plain(text: str) -> str:
    """What may go without being missed: control characters and the white space at the ends and between lines."""
    with contextlib.suppress(ValueError):
        text = "\n".join(leaves(json.loads(text))) if text[:1] in {"{", "["} else text
    return " ".join(strip_control(text, keep_lines=True).split())


@IN_PARTS
@pytest.mark.parametrize("kind", KINDS)
def test_bad_text_breaks_nothing_and_is_not_lost(names: list[str], kind: str, world: World) -> None:
    assert [bad for name in names for bad in typed_in(name, kind, world)] == []


def at_once(names: list[str], text: str) -> list[list[str]]:
    """The fields, as many at a time as the server reads of such a text: half of what one form may hold."""
    room = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2 // len(text.encode())
    return [names[first : first + room] for first in range(0, len(names), room)] or [[]]


def typed_in(name: str, kind: str, world: World) -> list[str]:
    """What went wrong when a text was sent with every form of an address."""
    if name == "core:ui" or name.startswith("account"):
        return []  # the gallery's forms lead nowhere; sign-in has its own tests
    text, bad = TEXTS[kind], []
    before = all_rows()
    for side, people, _theirs in sides(name, world):
        for person, url, form in forms(name, side, people, world):
            names = [one.name for one in form.fields.values() if one.free and one.name != "year"]  # fixed once opened
            hidden = [one.name for one in form.fields.values() if one.kind in {"hidden", "radio", "select", "checkbox"}]
            client = browser(getattr(world, person), raise_request_exception=False)
            for button in form.buttons[-2:] or [("", "")]:
                for some in at_once(names, text):
                    with taken_back():
                        answer = client.post(url, form.data(button) | dict.fromkeys(some, text))
                        page = answer.content.decode() if answer.status_code != 302 else ""
                        if answer.status_code >= 500:
                            bad.append(f"{person} {url} {button}: {answer.status_code}")
                        elif answer.status_code not in {403, 404} and some and kind != "other digits":  # read as 345
                            gone = lost(text, form, some, page, before)
                            bad += [f"{person} {url} {button}: «{one}» is lost" for one in gone]
                if kind in {"nul", "number", "long", "other digits"}:
                    for one in hidden:
                        with taken_back():
                            status = client.post(url, form.data(button) | {one: text}).status_code
                            if status >= 500:
                                bad.append(f"{person} {url} {one}: {status}")
    return bad


@IN_PARTS
def test_bad_text_in_the_address_breaks_nothing(names: list[str], world: World) -> None:
    assert [bad for name in names for bad in asked_with(name, world)] == []


def asked_with(name: str, world: World) -> list[str]:
    """What went wrong when an address was asked for with bad parameters."""
    if name == "core:jobs":
        return []  # says 503 when nobody carries jobs
    row, bad = MATRIX[name], []
    url = reverse(name, kwargs=row.own(world))
    people = [group[0] for group, status in row.gets.items() if status == 200][:2] or ["officer"]
    for person in people:
        client = browser(getattr(world, person), raise_request_exception=False)
        for kind in ("nul", "number", "script", "small number", "other digits"):
            query = "&".join(f"{one}={quote(TEXTS[kind])}" for one in PARAMETERS)
            status = client.get(f"{url}?{query}").status_code
            if status >= 500:
                bad.append(f"{person} {url} {kind}: {status}")
    return bad


PARTS = ("a%00b", "%ff", "9" * 5000, "..%2f..%2fetc", "%e2%80%ae", "x" * 3000)
ADDRESSES = ("/{}/", "/{}/runde/2027/", "/fjellfylket/runde/{}/", "/fjellfylket/behov/{}/", "/lenke/{}/",
             "/invitasjon/{}/", "/fjellfylket/runde/2024/brev/utkast/{}/", "/static/{}", "/sprak/{}/")  # fmt: skip


def test_bad_text_as_a_part_of_the_address(world: World) -> None:
    client = browser(world.officer, raise_request_exception=False)
    found = {
        (address, part[:20]): client.get(address.format(part)).status_code for address in ADDRESSES for part in PARTS
    }
    assert {each: status for each, status in found.items() if status not in {302, 404, 410}} == {}
