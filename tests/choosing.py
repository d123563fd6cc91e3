"""Reads the page that asks which text counts after a conflict, and answers it as its form does."""

from __future__ import annotations

from typing import Any

from core.forms.conflict import Choice


def asked(page: Any) -> dict[str, tuple[str, str]]:
    """Label → (my text, the other's text), from the answer to a form that came too late."""
    assert page.status_code == 409
    return {one.label: (one.mine, one.theirs) for one in page.context["choices"]}


def answered(page: Any, *theirs: str) -> dict[str, list[str]]:
    """What the page's form sends: the other's text for the labels named, my own for the rest."""
    data: dict[str, list[str]] = {}
    for name, value in page.context["sent"]:
        data.setdefault(name, []).append(value)
    choices: list[Choice] = page.context["choices"]
    assert {one.label for one in choices} >= set(theirs)
    for one in choices:
        data[f"{one.field}-theirs"] = [one.carried]
        data[one.field] = ["theirs" if one.label in theirs else "mine"]
    return data
