"""What an intruder has at hand: forms as they stand on a page, and the database before and after."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.test import Client

from tests.architecture.access_matrix import MATRIX
from tests.world import World

NOT_STATE = {"django_session"}
"""A session row is made for whoever looks in."""


NAMES = list(MATRIX)
IN_PARTS = pytest.mark.parametrize("names", [NAMES[place::8] for place in range(8)], ids=lambda names: names[0])
"""The addresses in eight parts: to put the world back for each would take longer than trying it."""


# --- forms ------------------------------------------------------------------------------------------------------------


@dataclass
class Field:
    """One name of a form, with what the page would send and what it lets one choose."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)

    @property
    def free(self) -> bool:
        """Whether a person writes the value."""
        return self.kind in {"text", "textarea", "email", "tel", "number", "search"}


@dataclass
class PageForm:
    """A form of a page: where it is sent, its fields and its buttons."""

    action: str
    fields: dict[str, Field] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def data(self, button: tuple[str, str] | None = None) -> dict[str, Any]:
        """What a browser would send."""
        sent: dict[str, Any] = {one.name: list(one.values) for one in self.fields.values() if one.values}
        if button and button[0]:
            sent[button[0]] = button[1]
        return sent


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[PageForm] = []
        self.form: PageForm | None = None
        self.select: Field | None = None
        self.area: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self.form = PageForm(given.get("action", ""))
            self.forms.append(self.form)
        if self.form is None:
            return
        if tag == "button":
            self.form.buttons.append((given.get("name", ""), given.get("value", "")))
        name = given.get("name", "")
        if tag == "input" and name:
            self._input(name, given)
        elif tag == "select" and name:
            self.select = self.form.fields.setdefault(name, Field(name, "select"))
        elif tag == "option" and self.select is not None:
            self.select.choices.append(given.get("value", ""))
            if "selected" in given:
                self.select.values.append(given.get("value", ""))
        elif tag == "textarea" and name:
            self.area = self.form.fields.setdefault(name, Field(name, "textarea", [""]))

    def _input(self, name: str, given: dict[str, str]) -> None:
        assert self.form is not None
        kind = given.get("type", "text")
        made = self.form.fields.setdefault(name, Field(name, kind))
        made.choices.append(given.get("value", "on"))
        if kind not in {"radio", "checkbox"} or "checked" in given:
            made.values.append(given.get("value", "" if kind not in {"radio", "checkbox"} else "on"))

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area.values[0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None


def forms_of(page: str) -> list[PageForm]:
    """The forms a page posts."""
    reader = _Reader()
    reader.feed(page)
    return [form for form in reader.forms if not form.action.startswith(("/logg-", "/sprak/"))]


# --- people -----------------------------------------------------------------------------------------------------------

_cookies: dict[int, str] = {}


def browser(user: Any, **options: Any) -> Client:
    """A browser in which the person is signed in (the session lies in the cookie: `sessions_in_cookies`)."""
    client = Client(**options)
    if user.pk not in _cookies:
        client.force_login(user)
        type(user).objects.filter(pk=user.pk).update(last_login=None)  # signing in is no part of the try
        _cookies[user.pk] = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.cookies[settings.SESSION_COOKIE_NAME] = _cookies[user.pk]
    return client


# --- the database -----------------------------------------------------------------------------------------------------


def tables() -> Iterator[type[models.Model]]:
    """Every table of the program."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and model._meta.db_table not in NOT_STATE:
            yield model


def digest() -> str:
    """All rows of all tables in one number: the same before and after means that nothing was written."""
    sha = hashlib.sha256()
    with connection.cursor() as cursor:
        for model in tables():
            sha.update(model._meta.db_table.encode())
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)} ORDER BY 1")
            sha.update(repr(cursor.fetchall()).encode())
    return sha.hexdigest()


Rows = dict[tuple[str, Any], dict[str, Any]]
"""(table, key) → the row."""


def all_rows() -> Rows:
    """Every row of the database."""
    found: Rows = {}
    for model in tables():
        name = model._meta.label_lower
        for row in model._base_manager.values():
            found[name, row[model._meta.pk.attname]] = row
    return found


class _TakenBack(Exception):
    pass


class taken_back:  # noqa: N801 - read as a word
    """A transaction that is always taken back, so that each try begins at the same world."""

    def __enter__(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        self.atomic.__exit__(_TakenBack, _TakenBack(), None)


# --- whose is what ----------------------------------------------------------------------------------------------------


def belongings(world: World, office: Any, rows: Rows) -> set[tuple[str, Any]]:
    """The rows that are one office's alone, followed through every foreign key."""
    own: set[tuple[str, Any]] = {("core.office", office.pk)}
    if office == world.b:
        names = ("havnes", "fjordvik", "b_officer", "b_officer2", "b_approver", "b_administrator", "havnes_owner",
                 "havnes_reader", "fjordvik_owner", "fjordvik_reader", "coast_chair", "coast_member", "coast_deputy",
                 "coast_secretary")  # fmt: skip
    else:
        names = ("nordli", "norddal", "sorli", "officer", "officer2", "approver", "administrator")
    for name in names:
        row = getattr(world, name)
        own.add((row._meta.label_lower, row.pk))
        if hasattr(row, "anchor_id"):
            own.add(("core.anchor", row.anchor_id))
    links = {model._meta.label_lower: list(_links(model)) for model in tables()}
    grown = True
    while grown:
        grown = False
        for (table, pk), row in rows.items():
            if (table, pk) not in own and any(
                (target, row[column]) in own for column, target, _m in links[table] if row[column] is not None
            ):
                own.add((table, pk))
                grown = True
    return own


def _links(model: type[models.Model]) -> Iterator[tuple[str, str, type[models.Model]]]:
    for one in model._meta.concrete_fields:
        if isinstance(one, models.ForeignKey):
            yield one.attname, one.related_model._meta.label_lower, one.related_model


def crossings(before: Rows, foreign: set[tuple[str, Any]]) -> list[str]:
    """What was done to the other office's rows since ``before``, and what now points at them."""
    links = {model._meta.label_lower: list(_links(model)) for model in tables()}
    after, found = all_rows(), []
    for key in foreign:
        if key in before and after.get(key) != before[key]:
            found.append(f"{key} was changed")
    for (table, pk), row in after.items():
        if before.get((table, pk)) == row:
            continue
        found += [
            f"{table} {pk}.{column} points at {target} {row[column]}"
            for column, target, _m in links[table]
            if (target, row[column]) in foreign
        ]
    return found
