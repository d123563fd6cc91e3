"""Who does something: a person, a person for someone else, a link holder, or the system.

Services take ``by: Actor`` and never a request or a bare user (architecture.md § 2.5). An actor carries the grants it
holds on the day it acts, read once, so that a hundred questions to :func:`core.authz.allowed` cost no query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from core import clock
from core.enums import AnchorKind

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User
    from core.models import AccessLink


@dataclass(frozen=True, slots=True)
class Grant:
    """One role at one anchor on one day.

    ``role`` is a :class:`core.enums.Role` value, or ``member``, ``deputy`` or ``chair`` from a forum appointment.
    ``for_anchor_id`` is the organisation the role is held for (a university contact on a network).
    ``office_id`` is the office the anchor belongs to, None for organisations, which several offices share.
    ``confirmed``: the office has said that it stands; until then no binding act of the person counts (core.authz).
    ``within_id``: the one office in whose matters it counts, None for all: what an office gives at an organisation it
    shares with others and doesn't keep opens nothing of theirs (docs/adr/0032).

    The fields stand in the order of a grant source's columns.
    """

    role: str
    anchor_id: int
    anchor_kind: str
    anchor_name: str
    office_id: int | None = None
    for_anchor_id: int | None = None
    for_anchor_name: str = ""
    confirmed: bool = True
    within_id: int | None = None

    @property
    def counts(self) -> bool:
        """Does it open anything yet? What a network's coordinator gave at a member reaches further than the network:
        it waits for the office."""
        return self.confirmed or self.anchor_kind != AnchorKind.ORGANISATION

    def counts_at(self, office_id: int | None) -> bool:
        """Does it count in the matters of this office?"""
        return self.counts and (self.within_id is None or self.within_id == office_id)


GrantSource = Callable[["User", date], Iterable["QuerySet[Any, Any]"]]
"""(person, day) -> what they hold, as rows of a grant's columns in their order, so that all sources are one query.

A row may name several roles, with spaces between («member chair»).
"""

_sources: list[GrantSource] = []


def register_grant_source(source: GrantSource) -> None:
    """Let a higher app (accounts: roles; forums: appointments) say what a person holds on a day."""
    if source not in _sources:
        _sources.append(source)


def grants_of(user: User, on: date) -> frozenset[Grant]:
    """All a person holds on a day. One query, sent for every page."""
    first, *others = (rows for source in _sources for rows in source(user, on))
    rows = first.union(*others, all=True)
    return frozenset(Grant(role, *rest) for roles, *rest in rows for role in roles.split())


@dataclass(frozen=True, slots=True)
class Actor:
    """Exactly one of ``user``, ``link`` and ``system`` is set."""

    user: User | None = None
    link: AccessLink | None = None
    system: str = ""
    on_behalf_of: User | None = None
    for_anchor_id: int | None = None
    role: str = ""
    grants: frozenset[Grant] = field(default=frozenset(), compare=False)

    def __post_init__(self) -> None:
        if sum((self.user is not None, self.link is not None, bool(self.system))) != 1:
            raise ValueError("an actor is exactly one of: a user, an access link, the system")

    @classmethod
    def for_user(cls, user: User, *, role: str = "", for_anchor_id: int | None = None, on: date | None = None) -> Actor:
        """The person with all they hold today (``core.clock``), or on another day, to see what they could open then."""
        on = on or clock.today()
        return cls(user=user, role=role, for_anchor_id=for_anchor_id, grants=grants_of(user, on))

    @classmethod
    def for_link(cls, link: AccessLink) -> Actor:
        """The holder of a personal link: what the person it was made for holds, within its one object (core.authz).

        But nothing of what they hold in an office: a mail can be forwarded, and public power is used signed in.
        """
        held = grants_of(link.user, clock.today()) if link.user else ()
        return cls(link=link, grants=frozenset(grant for grant in held if grant.anchor_kind != AnchorKind.OFFICE))

    @classmethod
    def for_system(cls, name: str) -> Actor:
        """A job or a command, under a name that is printed in the log («reminders», «rehearsal»)."""
        return cls(system=name)

    @property
    def is_system(self) -> bool:
        return bool(self.system)

    @property
    def person(self) -> User | None:
        """The human behind it, also when a personal link was used."""
        return self.user or (self.link.user if self.link else None)

    def as_confirmed(self) -> Actor:
        """The same one, with only what the office has confirmed."""
        return replace(self, grants=frozenset(grant for grant in self.grants if grant.confirmed))

    def at(self, office_id: int) -> Actor:
        """The same one, with only what counts in the matters of an office."""
        here = frozenset(grant for grant in self.grants if grant.within_id is None or grant.within_id == office_id)
        return self if here == self.grants else replace(self, grants=here)

    def counting(self) -> list[Grant]:
        """What opens something today."""
        return [grant for grant in self.grants if grant.counts]

    def unconfirmed(self) -> list[Grant]:
        """What waits for the office's confirmation."""
        return sorted((grant for grant in self.grants if not grant.confirmed), key=lambda g: (g.anchor_name, g.role))

    def anchors(self, *roles: str) -> frozenset[int]:
        """Ids of the anchors at which one of the roles is held."""
        return frozenset(grant.anchor_id for grant in self.grants if grant.role in roles and grant.counts)

    def holds(self, anchor_id: int | None, *roles: str) -> bool:
        """Does the actor hold one of the roles at this anchor?"""
        return anchor_id is not None and any(
            grant.anchor_id == anchor_id and grant.role in roles and grant.counts for grant in self.grants
        )

    def holds_for(self, anchor_id: int | None, for_anchor_id: int | None, *roles: str) -> bool:
        """Does the actor hold one of the roles at this anchor on behalf of that organisation?"""
        return (
            anchor_id is not None
            and for_anchor_id is not None
            and any(
                g.anchor_id == anchor_id and g.for_anchor_id == for_anchor_id and g.role in roles for g in self.grants
            )
        )

    def columns(self) -> dict[str, Any]:
        """The actor as the columns of :class:`core.models.ActorColumns`."""
        return {
            "by_user": self.user,
            "by_link": self.link,
            "by_system": self.system,
            "on_behalf_of": self.on_behalf_of,
            "for_anchor_id": self.for_anchor_id,
            "by_role": self.role,
        }
