"""What people hold, with its days and who gave it: roles here, seats from a higher app."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.text import capfirst

from accounts.models import RoleAssignment
from accounts.selectors.people import ORDER, role_label
from core import clock
from core.actor import Grant
from core.models import Anchor, Office


@dataclass(frozen=True, slots=True)
class Tie:
    """A person's role or seat. ``row`` is the number of its row among those of its ``source`` («role», «seat»).

    ``giver`` is empty where it was given through another office, whose people one doesn't see.
    """

    user_id: int
    source: str
    row: int
    grant: Grant
    starts: date
    ends: date | None
    ended_at: datetime | None = None
    giver: str = ""
    given_at: datetime | None = None
    confirmer: str = ""

    @property
    def label(self) -> str:
        return str(capfirst(role_label(self.grant.role)))

    @property
    def place(self) -> str:
        """Where it is held, and for whom."""
        name, speaks_for = self.grant.anchor_name, self.grant.for_anchor_name
        return f"{name}, {speaks_for}" if speaks_for and speaks_for != name else name

    @property
    def key(self) -> str:
        return f"{self.source}:{self.row}"

    @property
    def state(self) -> str:
        """«over», «coming», «unconfirmed» or «now»."""
        today = clock.today()
        if self.ended_at is not None or (self.ends is not None and self.ends < today):
            return "over"
        if self.starts > today:
            return "coming"
        return "now" if self.grant.confirmed else "unconfirmed"


TieSource = Callable[[Collection[int], QuerySet[Anchor], Office, bool], Iterable[Tie]]
"""(ids of people, the anchors one sees, the office that asks, also what is over) → ties. One query."""

_sources: list[TieSource] = []


def register_tie_source(source: TieSource) -> None:
    """Let a higher app (forums: seats) say what people hold."""
    if source not in _sources:
        _sources.append(source)


def role_ties(people: Collection[int], sight: QuerySet[Anchor], office: Office, past: bool) -> Iterator[Tie]:
    """Their roles at the anchors."""
    rows = RoleAssignment.objects.filter(user_id__in=people, anchor__in=sight)
    if not past:
        today = clock.today()
        rows = rows.filter(Q(ended_at__isnull=True) & (Q(ends__isnull=True) | Q(ends__gte=today)))
    rows = rows.select_related("anchor", "held_for", *(("by_user", "confirmed_by") if past else ()))
    for row in rows.order_by("starts", "pk"):
        own = row.office_id in {None, office.pk}
        yield Tie(
            user_id=row.user_id,
            source="role",
            row=row.pk,
            grant=Grant(
                role=row.role,
                anchor_id=row.anchor_id,
                anchor_kind=row.anchor.kind,
                anchor_name=row.anchor.name,
                office_id=office.pk if row.anchor_id == office.anchor_id else row.anchor.office_id,
                for_anchor_id=row.held_for_id,
                for_anchor_name=row.held_for.name if row.held_for else "",
                confirmed=row.confirmed_at is not None,
            ),
            starts=row.starts,
            ends=row.ends,
            ended_at=row.ended_at,
            giver=row.by_user.name if past and own and row.by_user else "",
            given_at=row.granted_at,
            confirmer=row.confirmed_by.name if past and own and row.confirmed_by else "",
        )


def ties_of(
    people: Collection[int], sight: QuerySet[Anchor], office: Office, *, past: bool = False
) -> dict[int, list[Tie]]:
    """What each of the people holds at the anchors, now and coming (and ``past``), the weightiest role first."""
    found: dict[int, list[Tie]] = {pk: [] for pk in people}
    for source in _sources:
        for tie in source(people, sight, office, past) if people else ():
            found[tie.user_id].append(tie)
    for ties in found.values():
        ties.sort(key=lambda tie: (tie.state == "over", ORDER.index(tie.grant.role), tie.grant.anchor_name, tie.row))
    return found
