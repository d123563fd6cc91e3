"""What the tables hold, written so that two ways of making the same rows can be held against each other.

Ids differ between two runs (PostgreSQL never gives a number twice), so each row is named by its place in its table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

Picture = dict[str, list[tuple[tuple[str, Any], ...]]]
"""Table → its rows as (column, value), in the order they were made; the log in order of what it is about."""

OURS = ("core", "accounts", "networks", "forums", "grants", "reporting")


class _Undo(Exception):
    pass


def left_by(act: Callable[[], object]) -> Picture:
    """The picture of all tables after ``act``, which is then undone."""
    found: Picture = {}
    with _undone():
        act()
        found.update(picture())
    return found


@contextmanager
def _undone() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
            raise _Undo
    except _Undo:
        pass


def picture() -> Picture:
    """All our tables as they are now."""
    tables = [model for app in OURS for model in apps.get_app_config(app).get_models(include_auto_created=True)]
    rows = {model: list(model._base_manager.order_by("pk").values()) for model in tables}
    places = {
        model: {row[model._meta.pk.attname]: place for place, row in enumerate(own)} for model, own in rows.items()
    }
    return {
        model._meta.label: sorted((_named(model, row, places) for row in own), key=_about)
        for model, own in rows.items()
    }


def _named(
    model: type[models.Model], row: dict[str, Any], places: dict[type[models.Model], dict[Any, int]]
) -> tuple[tuple[str, Any], ...]:
    named = {}
    for field in model._meta.concrete_fields:
        value = row[field.attname]
        if field.primary_key:
            continue
        if field.remote_field and field.related_model in places:
            value = places[field.related_model].get(value)  # type: ignore[index]
        if field.name == "subject_id":
            subject = ContentType.objects.get_for_id(row["subject_type_id"]).model_class()
            value = places[subject].get(value) if subject in places else value  # type: ignore[index]
        named[field.name] = value
    if "subject_id" in named:  # ids are written into these two as text
        named.pop("key", None)
        named["data"] = {name: value for name, value in (named.get("data") or {}).items() if name != "url"}
    return tuple((name, repr(value)) for name, value in named.items())


def _about(row: tuple[tuple[str, Any], ...]) -> tuple[Any, ...]:
    """Sorting is stable: rows about the same thing stay in the order they were made."""
    named = dict(row)
    return (named["subject_type"], int(named["subject_id"])) if "subject_id" in named else ()
