"""The office's registers, one link each: an app registers its own from `AppConfig.ready()`.

The links stand on top of every register's list; the menu has one item for all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Register:
    """A list the office keeps; ``visible(actor, office)`` says who gets its link."""

    label: str | Promise
    url_name: str
    order: int
    visible: Callable[[Any, Any], bool]


_registers: dict[str, Register] = {}


def register(one: Register) -> None:
    _registers[one.url_name] = one


def links_for(actor: Any, office: Any, current: str) -> list[tuple[str, str, bool]]:
    """(label, address, is it the one shown) of each register the actor may open, in order."""
    return [
        (str(one.label), reverse(one.url_name, kwargs={"office": office.slug}), one.url_name == current)
        for one in sorted(_registers.values(), key=lambda one: one.order)
        if one.visible(actor, office)
    ]
