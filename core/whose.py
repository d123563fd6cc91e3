"""Whose something is: the office an object belongs to."""

from __future__ import annotations

from typing import Any

from django.apps import apps

OFFICE_PATH = (
    "office_id",
    "round",
    "report",
    "measure_year",
    "measure",
    "network",
    "forum",
    "case",
    "decision",
    "letter",
)
"""The columns that lead from an object to its office, in the order they are tried."""


def office_of(obj: Any) -> int | None:
    """The id of the office an object belongs to, followed through the columns our tables use."""
    if isinstance(obj, apps.get_model("core", "Office")):
        return obj.pk
    for name in OFFICE_PATH:
        value = getattr(obj, name, None)
        if value is None:
            continue
        return value if isinstance(value, int) else office_of(value)
    return None
