"""The register of people: everyone with a role, a seat or an open invitation in an office's sight.

What is in sight is decided by the place alone (:func:`accounts.selectors.places.in_sight`), so one office never sees
who does what in another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Lower
from django.http import Http404, QueryDict

from accounts.models import AnchorPermission, Invitation, RoleAssignment, User
from accounts.models.invitations import OPEN
from accounts.selectors.holders import living
from accounts.selectors.places import folded, in_sight
from accounts.selectors.ties import Tie, ties_of
from core import clock
from core.collation import fold
from core.enums import Role
from core.models import Anchor, Office
from core.paging import SIZE, Leaf
from core.requests import number_in

SEAT = "seat"
"""The choice of the role filter that isn't a role: a seat in a forum."""
INVITED = "invited"
LONGEST = 80


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is to show: from its address. ``place`` is an anchor's id."""

    words: str = ""
    role: str = ""
    place: int | None = None

    @classmethod
    def of(cls, asked: QueryDict) -> Asked:
        role = asked.get("rolle", "")
        return cls(
            words=asked.get("q", "").strip()[:LONGEST],
            role=role if role in {*Role.values, SEAT, INVITED} else "",
            place=number_in(asked.get("sted", "")),
        )

    def __bool__(self) -> bool:
        return bool(self.words or self.role or self.place)


@dataclass(frozen=True, slots=True)
class FolkRow:
    """A person, or an address that is invited and isn't anybody here yet (``pk`` 0)."""

    pk: int
    name: str
    email: str
    ties: list[Tie] = field(default_factory=list)
    invitations: list[Invitation] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Folk:
    """``place``: the one the list is narrowed to."""

    rows: Leaf[FolkRow]
    place: Anchor | None


def folk(office: Office, asked: Asked, number: int = 1) -> Folk:
    """A page of the register in Norwegian order. The same number of queries, however many people."""
    sight = in_sight(office)
    named = {one.pk: one for one in sight} if asked.words or asked.place else {}
    place = named.get(asked.place or 0)
    if asked.place and place is None:
        return Folk(Leaf([], 1, 0), None)
    here = sight.filter(pk=place.pk) if place else sight
    people = _present(here, asked, named)
    invited = _invited(here, asked, named, present=_here(sight))
    both: QuerySet[Any, Any] = people.union(invited, all=True)
    total = both.count()
    number = number if (number - 1) * SIZE < total else 1
    page = list(both.order_by("sort", "kind", "row")[(number - 1) * SIZE : number * SIZE])
    return Folk(Leaf(_rows(page, office, sight), number, total), place)


def _alive() -> Q:
    return Q(ends__isnull=True) | Q(ends__gte=clock.today())


def _here(sight: QuerySet[Anchor]) -> QuerySet[AnchorPermission]:
    """The projection's rows at the anchors, now and coming: roles and seats alike."""
    return AnchorPermission.objects.filter(_alive(), content_object__in=sight)


def _present(sight: QuerySet[Anchor], asked: Asked, named: dict[int, Anchor]) -> QuerySet[User, Any]:
    rows = _here(sight)
    if asked.role == SEAT:
        rows = rows.filter(source__startswith="appointment:")
    people = User.objects.filter(pk__in=rows.values("user_id"), is_active=True)
    if asked.role in Role.values:
        holders = RoleAssignment.objects.filter(living(clock.today()), role=asked.role, anchor__in=sight)
        people = people.filter(pk__in=holders.values("user_id"))
    if asked.role == INVITED:
        people = people.none()
    for word in fold(asked.words).split():
        at = _here(sight).filter(content_object__in=_named(word, named))
        people = people.filter(Q(search_key__contains=word) | Q(pk__in=at.values("user_id")))
    return _columns(people, 0)


def _invited(
    sight: QuerySet[Anchor], asked: Asked, named: dict[int, Anchor], *, present: QuerySet[AnchorPermission]
) -> QuerySet[Invitation, Any]:
    """An address once, and only one that isn't somebody's who is here already."""
    rows = Invitation.objects.filter(OPEN, anchor__in=sight)
    if asked.role in Role.values:
        rows = rows.filter(role=asked.role)
    if asked.role == SEAT:
        rows = rows.none()
    for word in fold(asked.words).split():
        rows = rows.filter(Q(search_key__contains=word) | Q(anchor__in=_named(word, named)))
    known = User.objects.filter(pk__in=present.values("user_id"), is_active=True)
    rows = rows.annotate(key=Lower("email"))
    if asked.role != INVITED:
        rows = rows.exclude(key__in=known.values(key=Lower("email")))
    first = rows.order_by().values("key").annotate(first=Min("pk")).values("first")
    return _columns(Invitation.objects.filter(pk__in=first), 1)


def _columns(rows: QuerySet[Any], kind: int) -> QuerySet[Any, Any]:
    """The same of people and of invitations, so that they can be one list."""
    return rows.order_by().values("name", kind=Value(kind), row=F("pk"), sort=F("sort_key"), key=Lower("email"))


def _named(word: str, named: dict[int, Anchor]) -> list[int]:
    return [pk for pk, anchor in named.items() if word in folded(anchor.name)]


def _rows(page: list[dict[str, Any]], office: Office, sight: QuerySet[Anchor]) -> list[FolkRow]:
    people = [row["row"] for row in page if row["kind"] == 0]
    ties = ties_of(people, sight, office)
    invitations: dict[str, list[Invitation]] = {}
    open_ones = Invitation.objects.filter(OPEN, anchor__in=sight).annotate(key=Lower("email"))
    for one in open_ones.filter(key__in=[row["key"] for row in page]).select_related("anchor", "held_for"):
        invitations.setdefault(one.key, []).append(one)
    return [
        FolkRow(
            pk=row["row"] if row["kind"] == 0 else 0,
            name=row["name"] or row["key"],
            email=row["key"],
            ties=ties[row["row"]] if row["kind"] == 0 else [],
            invitations=invitations.get(row["key"], []),
        )
        for row in page
    ]


FOUND = 6
"""So many people a sentence names before it asks for the address."""


def found_people(office: Office, typed: str) -> list[User]:
    """The active people in sight with this address or exactly this name; else those whose name has all the words."""
    people = User.objects.filter(pk__in=_here(in_sight(office)).values("user_id"), is_active=True)
    words = fold(typed)
    if not words:
        return []
    exact = list(people.filter(email__iexact=typed.strip())[:1])
    if exact:
        return exact
    for word in words.split():
        people = people.filter(search_key__contains=word)
    found = list(people.order_by("sort_key", "pk")[:FOUND])
    same = [one for one in found if fold(one.name) == words]
    return same or found


def holders_already(role: str, anchor: Anchor, held_for: Anchor | None, emails: Sequence[str]) -> list[str]:
    """Names of those of the addresses who hold the role there already, or will."""
    rows = RoleAssignment.objects.filter(
        living(clock.today()), role=role, anchor=anchor, held_for=held_for, user__is_active=True
    ).select_related("user")
    wanted = {email.casefold() for email in emails}
    return [row.user.name for row in rows if row.user.email.casefold() in wanted]


def known_to(office: Office) -> QuerySet[User]:
    """Those the office sees, or has seen: a role or a seat in its sight, also one that is over."""
    sight = in_sight(office)
    seats = AnchorPermission.objects.filter(user=OuterRef("pk"), content_object__in=sight)
    roles = RoleAssignment.objects.filter(user=OuterRef("pk"), anchor__in=sight)
    return User.objects.select_related("merged_into").filter(Exists(seats) | Exists(roles))


def person_in(office: Office, pk: int) -> User:
    """One of those the office sees, or has seen. Raises Http404."""
    found = known_to(office).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
