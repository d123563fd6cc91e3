"""Keeps groups of seats and their seats: size, names, vote, order, and a whole forum's seats from a template."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from core import authz
from core.actor import Actor
from core.requirements import Obstacle, StepRefused
from core.services.events import record
from core.services.performing import check_version, lock
from forums.compositions import business_of
from forums.models import Forum, Seat, SeatGroup
from forums.seat_templates import GroupPlan
from forums.services.forums import add_seat, add_seat_group, require_sound
from networks.models import Network


@transaction.atomic
def change_seat_group(
    *,
    group: SeatGroup,
    name_nb: str,
    name_nn: str,
    min_seats: int,
    max_seats: int,
    votes: bool,
    order: int,
    by: Actor,
    seen_version: int | None = None,
) -> SeatGroup:
    """Change a group. Whose it is, and whether there are seats per region, is settled when it is made.

    Raises NotAllowed, StaleVersion, and StepRefused when the office's people are to vote, when there are more seats
    than the most, or when the vote would change while a round lies before the forum.
    """
    row = lock(group)
    authz.require(by, "forums.run_forum", row.forum)
    check_version(row, seen_version)
    require_sound(is_office=row.is_office, votes=votes, min_seats=min_seats, max_seats=max_seats)
    _require_room(row, max_seats)
    if votes != row.votes and (obstacles := _while_at_work(row.forum)):
        raise StepRefused(obstacles)
    wanted = {
        "name_nb": name_nb,
        "name_nn": name_nn,
        "min_seats": min_seats,
        "max_seats": max_seats,
        "votes": votes,
        "order": order,
    }
    changed = [field for field, value in wanted.items() if getattr(row, field) != value]
    if not changed:
        return row
    for field, value in wanted.items():
        setattr(row, field, value)
    row.version += 1
    row.save(update_fields=[*wanted, "version"])
    data = {"forum": row.forum.anchor.name, "group": name_nb, "fields": changed}
    record(code="forum.seat_group_changed", subject=row.forum, by=by, office=row.forum.office_id, data=data)
    return row


def _require_room(group: SeatGroup, most: int) -> None:
    seats = Counter(seat.region_id if group.per_region else None for seat in group.seats.all())
    there = max(seats.values(), default=0)
    if there > most:
        text = _("There are %(count)s seats already. Take away seats first, or write at least %(count)s.")
        raise StepRefused([Obstacle("more_seats_there", text % {"count": there}, "id_max_seats")])


def _while_at_work(forum: Forum) -> list[Obstacle]:
    text = _("Who votes can't change now. %(why)s")
    return [Obstacle("vote_while_at_work", text % {"why": why}, "id_votes") for why in business_of(forum)]


@transaction.atomic
def remove_seat(*, seat: Seat, by: Actor) -> None:
    """Take away a seat nobody has sat in. Raises NotAllowed and StepRefused."""
    row = lock(seat)
    forum = row.group.forum
    authz.require(by, "forums.run_forum", forum)
    if row.appointments.exists():
        text = _("Somebody sits or has sat in the seat, so it stays: it is a part of the forum's history.")
        raise StepRefused([Obstacle("seat_has_history", text)])
    row.delete()
    data = {"forum": forum.anchor.name, "group": row.group.name_nb, "number": row.number}
    record(code="forum.seat_removed", subject=forum, by=by, office=forum.office_id, data=data)


@transaction.atomic
def remove_seat_group(*, group: SeatGroup, by: Actor) -> None:
    """Take away a group with its seats, if nobody has sat in any of them. Raises NotAllowed and StepRefused."""
    row = lock(group)
    forum = row.forum
    authz.require(by, "forums.run_forum", forum)
    for seat in row.seats.all():
        remove_seat(seat=seat, by=by)
    row.delete()
    data = {"forum": forum.anchor.name, "group": row.name_nb}
    record(code="forum.seat_group_removed", subject=forum, by=by, office=forum.office_id, data=data)


@transaction.atomic
def use_template(
    *, forum: Forum, groups: Sequence[GroupPlan], regions: Sequence[Network], by: Actor
) -> list[SeatGroup]:
    """Make the groups with their seats, in order after those there are; one seat a region where it is per region.

    A group the forum has already is left as it is. Raises NotAllowed.
    """
    row = lock(forum)
    authz.require(by, "forums.run_forum", row)
    there = set(row.seat_groups.values_list("code", flat=True))
    first = (row.seat_groups.aggregate(last=Max("order"))["last"] or 0) + 1
    made = []
    for place, plan in enumerate((one for one in groups if one.code not in there), start=first):
        group = add_seat_group(
            forum=row,
            code=plan.code,
            name_nb=plan.name.nb,
            name_nn=plan.name.nn,
            min_seats=plan.least,
            max_seats=plan.most,
            per_region=plan.per_region,
            is_office=plan.is_office,
            order=place,
            by=by,
        )
        for region in regions if plan.per_region else [None] * plan.made:
            add_seat(group=group, region=region, by=by)
        made.append(group)
    return made


def next_code(forum: Forum, speaks_for: str) -> str:
    """The code of a new group of theirs: «ks», and «ks-2» for the second."""
    there = set(forum.seat_groups.values_list("code", flat=True))
    numbered = (f"{speaks_for}-{number}" for number in range(2, len(there) + 3))
    return next(code for code in (speaks_for, *numbered) if code not in there)
