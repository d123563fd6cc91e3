"""The menu: what is high registers its pages here, so that the frame shows them without knowing them.

An app calls `register(NavItem(...))` from `AppConfig.ready()`. The context processor asks `links_for` once a page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise

MAX_ITEMS: Final = 7
"""No role may see more than this; the architecture tests count them."""

Text = str | Promise
Arguments = Mapping[str, object]


def office_slug(office: Any) -> Arguments:
    """The arguments of an address that begins with the office's short name."""
    return {"office": office.slug}


def no_arguments(office: Any) -> Arguments:
    """The arguments of an address that carries no office."""
    return {}


@dataclass(frozen=True, slots=True)
class NavItem:
    """A page of the menu.

    `visible(actor, office)` says who sees it; `arguments(office)` gives the address its parts (by default none
    without an office, else ``office=<slug>``); `note(actor, office)` is a short count at the right («4 av 11»).
    """

    label: Text
    url_name: str
    order: int
    visible: Callable[[Any, Any], bool]
    arguments: Callable[[Any], Arguments] = office_slug
    note: Callable[[Any, Any], str] | None = None
    needs_office: bool = True


@dataclass(frozen=True, slots=True)
class NavLink:
    """An item as the frame draws it."""

    label: Text
    url: str
    current: bool
    note: str = ""


_items: dict[str, NavItem] = {}


def register(item: NavItem) -> None:
    """Add a page to the menu; registering the same address name again replaces it (Django may start twice)."""
    _items[item.url_name] = item


def registered() -> list[NavItem]:
    """All items in their order."""
    return sorted(_items.values(), key=lambda item: (item.order, item.url_name))


def links_for(actor: Any, office: Any, path: str) -> list[NavLink]:
    """The menu of `actor` at `office` (or none), with the page one stands on marked: the longest address that fits."""
    shown = [
        (item, reverse(item.url_name, kwargs=dict(item.arguments(office)) or None))
        for item in registered()
        if (office is not None or not item.needs_office) and item.visible(actor, office)
    ]
    here = max(
        (url for _item, url in shown if path == url or (url != "/" and path.startswith(url))), key=len, default=None
    )
    return [NavLink(item.label, url, url == here, item.note(actor, office) if item.note else "") for item, url in shown]
