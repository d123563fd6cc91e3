"""«Spør kontoret»: which page is about what, how that is called, and who has to do with an office.

Higher apps fill it from ``AppConfig.ready()``. A question is asked from a page; the page's address says what it is
about, so that no page costs a query for offering it, and nothing in the address needs to be trusted: the right to see
the thing is asked for again when somebody asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.db import models
from django.db.models import QuerySet
from django.utils.functional import Promise

from core.actor import Actor
from core.enums import OFFICE_STAFF

if TYPE_CHECKING:
    from core.models import Office

Words = Mapping[str, Any]
"""The words of an address by their names: the office's short name, a number."""

Finder = Callable[[Words], QuerySet[Any]]
"""The rows an address is about, the likeliest first; only those of the office the address names."""


@dataclass(frozen=True, slots=True)
class Askable:
    """A kind of thing one may ask about.

    ``perm``: the right to see it. ``about``: how it reads inside a sentence («the letter to Nordli»), in the active
    language. ``url``: its page. ``related``: what ``about`` and ``perm`` read along with it.
    """

    model: type[models.Model]
    perm: str
    about: Callable[[Any], str | Promise]
    url: Callable[[Any], str]
    related: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """``asks``: what one asks about here. ``shows``: the things whose questions stand on this page."""

    asks: Finder
    shows: tuple[Finder, ...] = ()


OfficeSource = Callable[[Actor], Iterable[int]]

_askables: dict[type[models.Model], Askable] = {}
_pages: dict[str, Page] = {}
_office_sources: list[OfficeSource] = []


def register(askable: Askable) -> None:
    _askables[askable.model] = askable


def askable(model: type[models.Model]) -> Askable | None:
    """How one asks about rows of a model, or None for what nobody asks about."""
    return _askables.get(model)


def askables() -> dict[type[models.Model], Askable]:
    return dict(_askables)


def register_page(page: Page, *url_names: str) -> None:
    """Pages that have an address of their own to go back to; others are about the office."""
    for name in url_names:
        _pages[name] = page


def page(url_name: str) -> Page | None:
    return _pages.get(url_name)


def pages() -> dict[str, Page]:
    return dict(_pages)


def register_office_source(source: OfficeSource) -> None:
    """Let a higher app say which offices someone has to do with through organisations, which belong to none."""
    if source not in _office_sources:
        _office_sources.append(source)


def staffed_by(actor: Actor) -> set[int]:
    """Ids of the offices the actor works in."""
    return {
        grant.office_id
        for grant in actor.grants
        if grant.office_id is not None and grant.anchor_kind == "office" and grant.role in OFFICE_STAFF
    }


def offices_dealt_with(actor: Actor) -> set[int]:
    """Ids of the offices the actor has to do with without working there."""
    held = {grant.office_id for grant in actor.grants if grant.office_id is not None}
    through = {pk for source in _office_sources for pk in source(actor)}
    return (held | through) - staffed_by(actor)


def side_of(actor: Actor | None, office: Office | None) -> Literal["", "ask", "answer"]:
    """What the frame of a page offers: to ask the office, to see what it is asked, or nothing."""
    if actor is None or actor.person is None:
        return ""
    staffed = staffed_by(actor)
    if office is None:
        return "" if staffed or actor.link is not None else "ask"
    return "answer" if office.pk in staffed else "ask"
