"""Who owes what: the registry.

An app says, for a model of its own, what is owed because of a row as it stands now (a *provider*), and how each kind
of obligation reads and where it is done (a *kind*). :mod:`core.services.obligations` keeps the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing owed now. It waits for ``user_id``, or for whoever holds ``role`` at ``anchor_id``.

    ``party`` tells several of one kind on one subject apart. ``data`` holds primitives for the sentence.
    """

    kind: str
    office_id: int
    due: date | None = None
    user_id: int | None = None
    role: str = ""
    anchor_id: int | None = None
    for_anchor_id: int | None = None
    party: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kind:
    """How an obligation reads. ``verb`` for the one it waits for («Send the needs report for %(network)s»), ``waiting``
    for those who wait («%(network)s: send the needs report»). ``url_name`` is reversed with the keys of data["url"].

    ``minutes``: about how long it takes. ``reminded``: a reminder is mailed before it is due.
    ``purpose``: the LinkPurpose of the personal link in its mail, empty where sign-in is needed.
    """

    code: str
    verb: str | Promise
    waiting: str | Promise
    url_name: str
    minutes: int = 5
    reminded: bool = True
    purpose: str = ""


Provider = Callable[[Any], Iterable[Owed]]

_kinds: dict[str, Kind] = {}
_providers: dict[type[models.Model], Provider] = {}


def register_kind(kind: Kind) -> None:
    _kinds[kind.code] = kind


def kind(code: str) -> Kind:
    """KeyError for a kind nobody registered."""
    return _kinds[code]


def kinds() -> dict[str, Kind]:
    return dict(_kinds)


def register_provider(model: type[models.Model], provider: Provider) -> None:
    """One provider per model: what is owed because of this row."""
    _providers[model] = provider


def provider_for(model: type[models.Model]) -> Provider | None:
    return _providers.get(model)


def providers() -> dict[type[models.Model], Provider]:
    return dict(_providers)
