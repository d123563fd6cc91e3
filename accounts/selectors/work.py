"""What waits for a person, and what a person waits for: read from the obligations, shown as tasks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, When, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.selectors.holders import Holding, holdings_at
from core import clock, obligations
from core.actor import Actor, Grant
from core.dates import format_weekday_date, in_interface_form, interface_form
from core.enums import OFFICE_STAFF
from core.models import Obligation, Office
from core.paging import SIZE, Leaf

FAR = 300
"""Days from which a date says its year."""


@dataclass(frozen=True, slots=True)
class Task:
    """An obligation as a row of a list.

    ``due_words``: «Today», «Should have been done yesterday», «Friday 22 January». ``tone``: late, today, or nothing.
    ``who`` names whom it waits for («Per Vik and 2 more»), ``nobody`` when the role is empty. ``days`` it has waited.
    """

    obligation: Obligation
    text: str
    hint: str
    url: str
    minutes: int
    due: date | None
    due_words: str
    tone: str
    who: str = ""
    days: int = 0

    @property
    def nobody(self) -> bool:
        return not self.who

    @property
    def days_words(self) -> str:
        """How long it has waited."""
        if self.days < 1:
            return _("since today")
        return ngettext("%(days)d day", "%(days)d days", self.days) % {"days": self.days}


def _open() -> QuerySet[Obligation]:
    return (
        Obligation.objects.filter(done_at__isnull=True)
        .select_related("office", "office__anchor", "anchor", "for_anchor", "user")
        .order_by(F("due").asc(nulls_last=True), "since", "id")
    )


def owes(person: User | None, grants: Iterable[Grant], row: Obligation) -> bool:
    """Does the obligation wait for this person, with what they hold?"""
    if row.user_id is not None:
        return person is not None and row.user_id == person.pk
    return any(
        grant.role == row.role
        and grant.anchor_id == row.anchor_id
        and grant.counts_at(row.office_id)
        and (row.for_anchor_id is None or row.for_anchor_id == grant.for_anchor_id)
        for grant in grants
    )


def _mine(actor: Actor) -> Q:
    """The same question as :func:`owes`, put to the database."""
    by_role: dict[tuple[str, int | None], set[int]] = defaultdict(set)
    for_others: dict[tuple[str, int], set[int]] = defaultdict(set)
    for grant in actor.counting():
        by_role[grant.role, grant.within_id].add(grant.anchor_id)
        if grant.for_anchor_id is not None:
            for_others[grant.role, grant.for_anchor_id].add(grant.anchor_id)
    parts = [
        Q(user__isnull=True, role=role, anchor_id__in=anchors, for_anchor__isnull=True) & _at(within)
        for (role, within), anchors in by_role.items()
    ]
    parts += [
        Q(user__isnull=True, role=role, anchor_id__in=anchors, for_anchor=for_anchor)
        for (role, for_anchor), anchors in sorted(for_others.items())
    ]
    return reduce(or_, parts, Q(user=actor.person) if actor.person is not None else Q(pk__in=()))


def _around(actor: Actor) -> Q:
    """What others owe that concerns the actor: all in an office one works in, and what hangs on one's own anchors."""
    staff = {g.office_id for g in actor.grants if g.role in OFFICE_STAFF and g.anchor_kind == "office"}
    anchors: dict[int | None, set[int]] = defaultdict(set)
    for grant in actor.counting():
        anchors[grant.within_id].add(grant.anchor_id)
    parts = [Q(anchor_id__in=own) & _at(within) for within, own in anchors.items()]
    return reduce(or_, parts, Q(office_id__in=staff))


def _at(within_id: int | None) -> Q:
    """Those of the one office a grant counts at; of any for one that counts everywhere."""
    return Q() if within_id is None else Q(office_id=within_id)


def _of_others(actor: Actor) -> QuerySet[Obligation]:
    return _open().filter(_around(actor)).exclude(pk__in=_open().order_by().filter(_mine(actor)).values("pk"))


def waiting_for(actor: Actor, office: Office | None = None) -> list[Task]:
    """What waits for the actor, the most urgent first; in one office, or all of them. One query."""
    rows = _open().filter(_mine(actor))
    if office is not None:
        rows = rows.filter(office=office)
    return [as_task(row) for row in rows]


def waiting_for_others(actor: Actor, office: Office | None = None) -> list[Task]:
    """What others owe that the actor waits for, with their names. Three queries, however many rows."""
    rows = _of_others(actor)
    if office is not None:
        rows = rows.filter(office=office)
    return with_names(list(rows))


OTHERS = "andre"
"""The parameter that leafs through what others owe; one's own tasks have the usual one."""


def both(actor: Actor, *, number: int = 1, others_number: int = 1) -> tuple[Leaf[Task], Leaf[Task]]:
    """(what waits for the actor, what the actor waits for) in all offices, fifty of each. Three queries."""
    rows = _both_leaves(actor, number, others_number)
    if (number > 1 and not any(row.own for row in rows)) or (others_number > 1 and all(row.own for row in rows)):
        number = others_number = 1  # beyond the end of one of them
        rows = _both_leaves(actor, number, others_number)
    own, others = [row for row in rows if row.own], [row for row in rows if not row.own]
    return (
        Leaf([as_task(row) for row in own], number, own[0].total if own else 0),
        Leaf(with_names(others), others_number, others[0].total if others else 0, parameter=OTHERS),
    )


def _both_leaves(actor: Actor, number: int, others_number: int) -> list[Any]:
    """The rows of both pages with ``own`` and the ``total`` of their list, read and counted together."""
    mine = Case(When(_mine(actor), then=True), default=False)
    order = (F("due").asc(nulls_last=True), "since", "id")
    rows = _open().filter(_mine(actor) | _around(actor)).annotate(own=mine)
    rows = rows.annotate(
        place=Window(RowNumber(), partition_by="own", order_by=order),
        total=Window(Count("*"), partition_by="own"),
    )
    here = Q(own=True, place__range=_places(number)) | Q(own=False, place__range=_places(others_number))
    return list(rows.filter(here))


def _places(number: int) -> tuple[int, int]:
    """The places, from 1, of the rows on a page."""
    return (number - 1) * SIZE + 1, number * SIZE


def with_names(rows: list[Obligation]) -> list[Task]:
    """The rows as tasks, each with the people it waits for today."""
    found = debtors(rows, clock.today())
    return [as_task(row, found[row.pk]) for row in rows]


def debtors(rows: Iterable[Obligation], on: date) -> dict[int, list[User]]:
    """Obligation id -> the active people it waits for on a day, in the order of their names."""
    rows = list(rows)
    held: dict[tuple[str, int], list[Holding]] = defaultdict(list)
    for holding in holdings_at({row.anchor_id for row in rows if row.anchor_id is not None}, on):
        held[holding.grant.role, holding.grant.anchor_id].append(holding)
    return {row.pk: _debtors_of(row, held) for row in rows}


def _debtors_of(row: Obligation, held: Mapping[tuple[str, int], list[Holding]]) -> list[User]:
    if row.user is not None:
        return [row.user] if row.user.is_active else []
    fitting = {
        holding.user.pk: holding.user
        for holding in held.get((row.role, row.anchor_id or 0), [])
        if owes(holding.user, [holding.grant], row)
    }
    return list(fitting.values())


def as_task(row: Obligation, people: list[User] | None = None) -> Task:
    """An obligation in words. ``people``: whom it waits for, when it waits for others."""
    kind = obligations.kind(row.kind)
    words = {key: in_interface_form(value) for key, value in row.data.items()}
    text = str(kind.verb if people is None else kind.waiting) % _Gaps(words)
    today = clock.today()
    return Task(
        obligation=row,
        text=text,
        hint=_hint(row, text),
        url=url_of(row),
        minutes=kind.minutes,
        due=row.due,
        due_words=due_words(row.due, today) if row.due else "",
        tone="" if row.due is None or row.due > today else "today" if row.due == today else "late",
        who=_names(people or []),
        days=(today - clock.local(row.since).date()).days,
    )


def url_of(row: Obligation) -> str:
    """The page where it is done."""
    return reverse(obligations.kind(row.kind).url_name, kwargs=row.data.get("url") or None)


def _hint(row: Obligation, text: str) -> str:
    names = [anchor.name for anchor in (row.for_anchor, row.anchor) if anchor is not None and anchor.kind != "office"]
    return ", ".join(name for name in names if name not in text)


def _names(people: list[User]) -> str:
    if len(people) <= 1:
        return "".join(person.name for person in people)
    return ngettext("%(name)s and %(count)d more", "%(name)s and %(count)d more", len(people) - 1) % {
        "name": people[0].name,
        "count": len(people) - 1,
    }


def due_words(due: date, today: date) -> str:
    """When something is due, as one would say it."""
    days = (due - today).days
    if days == 0:
        return _("Today")
    if days == 1:
        return _("Tomorrow")
    if days == -1:
        return _("Should have been done yesterday")
    day = format_weekday_date(due, interface_form(), year=abs(days) > FAR)
    if days < 0:
        return _("Should have been done on %(day)s") % {"day": day}
    return str(capfirst(day))


class _Gaps(dict[str, Any]):
    """A placeholder an older row doesn't have reads as a dash."""

    def __missing__(self, key: str) -> str:
        return "–"
