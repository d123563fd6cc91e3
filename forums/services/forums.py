"""Makes forums and their seats, and appoints people to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import projection
from core import authz
from core.actor import Actor
from core.collation import sort_key
from core.dates import interface_form
from core.enums import AnchorKind
from core.models import Anchor, Event, Office
from core.models.subjects import subject_key
from core.requirements import AlreadyDone, Obstacle, StaleVersion, StepRefused
from core.services.events import record
from core.services.performing import check_version, lock
from forums.compositions import business_of
from forums.models import Appointment, Forum, ForumNetwork, Seat, SeatGroup
from forums.selectors.clashes import Term, clashes_of, uncovered
from networks.models import Network, Organisation

SEAT_ADDED = "forum.seat_added"


@transaction.atomic
def register_forum(
    *,
    office: Office,
    code: str,
    name: str,
    sectors: str,
    by: Actor,
    upper_secondary: bool = False,
    certainty: str = "",
    networks: Sequence[Network] = (),
) -> Forum:
    """Make a forum with its anchor (FOR-2026-01-12-23 § 7: the office establishes it).

    Raises NotAllowed, and StepRefused when the code is taken.
    """
    authz.require(by, "forums.run_forum", office)
    _require_free(office, code)
    anchor = Anchor.objects.create(kind=AnchorKind.FORUM, name=name, office=office)
    forum = Forum.objects.create(
        anchor=anchor,
        office=office,
        code=code,
        sectors=sectors,
        upper_secondary=upper_secondary,
        sort_key=sort_key(name)[:250],
        certainty=certainty,
    )
    record(code="forum.registered", subject=forum, by=by, office=office, data={"forum": name})
    for network in networks:
        cover_network(forum=forum, network=network, by=by)
    return forum


@transaction.atomic
def change_forum(
    *,
    forum: Forum,
    name: str,
    code: str,
    sectors: str,
    upper_secondary: bool,
    networks: Sequence[Network],
    by: Actor,
    seen_version: int | None = None,
) -> Forum:
    """Change what the forum is called and covers; ``networks`` are all it covers, none means all of the office's.

    Saving what is there already changes nothing. Raises NotAllowed, StaleVersion, and StepRefused for a taken code.
    """
    row = lock(forum)
    authz.require(by, "forums.run_forum", row)
    check_version(row, seen_version)
    _require_free(row.office, code, of=row)
    wanted = {"code": code, "sectors": sectors, "upper_secondary": upper_secondary}
    changed = [field for field, value in wanted.items() if getattr(row, field) != value]
    if row.anchor.name != name:
        changed.append("name")
        row.anchor.name = name
        row.anchor.save(update_fields=["name"])
    if _cover(row, networks):
        changed.append("networks")
    if not changed:
        return row
    for field, value in wanted.items():
        setattr(row, field, value)
    row.sort_key = sort_key(name)[:250]
    row.version += 1
    row.save(update_fields=[*wanted, "sort_key", "version"])
    record(code="forum.changed", subject=row, by=by, office=row.office_id, data={"forum": name, "fields": changed})
    return row


def _cover(forum: Forum, networks: Sequence[Network]) -> bool:
    wanted = {network.pk for network in networks}
    there = set(forum.covered_networks.values_list("network_id", flat=True))
    forum.covered_networks.filter(network_id__in=there - wanted).delete()
    ForumNetwork.objects.bulk_create(ForumNetwork(forum=forum, network_id=pk) for pk in sorted(wanted - there))
    return wanted != there


def _require_free(office: Office, code: str, of: Forum | None = None) -> None:
    other = Forum.objects.filter(office=office, code__iexact=code).select_related("anchor").first()
    if other is not None and other != of:
        text = _("%(forum)s has this code already.") % {"forum": other.anchor.name}
        raise StepRefused([Obstacle("code_taken", text, "id_code")])


@transaction.atomic
def end_forum(*, forum: Forum, last_day: date, by: Actor, seen_version: int | None = None) -> Forum:
    """The forum ends on a day; terms that go on end with it, and terms that would begin later never do.

    Raises NotAllowed, StaleVersion, and StepRefused while a round lies before the forum.
    """
    row = lock(forum)
    authz.require(by, "forums.run_forum", row)
    check_version(row, seen_version)
    if obstacles := [Obstacle("round_before_forum", text) for text in business_of(row)]:
        raise StepRefused(obstacles)
    going_on = Q(valid_to__isnull=True) | Q(valid_to__gt=last_day)
    for term in Appointment.objects.filter(going_on, seat__group__forum=row).order_by("pk"):
        if term.valid_from > last_day:
            text = _("%(person)s has a term that begins after this day. Take it back first, or end the forum later.")
            raise StepRefused([Obstacle("term_begins_later", text % {"person": term.user.name}, "id_last_day")])
        end_appointment(appointment=term, by=by, last_day=last_day)
    _end(row, last_day)
    data = {"forum": row.anchor.name, "day": last_day.isoformat()}
    record(code="forum.ended", subject=row, by=by, office=row.office_id, data=data)
    return row


@transaction.atomic
def reopen_forum(*, forum: Forum, by: Actor, seen_version: int | None = None) -> Forum:
    """The forum goes on after all. The terms that ended with it stay ended. Raises NotAllowed and StaleVersion."""
    row = lock(forum)
    authz.require(by, "forums.run_forum", row)
    check_version(row, seen_version)
    if row.ended_on is not None:
        _end(row, None)
        record(code="forum.reopened", subject=row, by=by, office=row.office_id, data={"forum": row.anchor.name})
    return row


def _end(row: Forum, last_day: date | None) -> None:
    row.ended_on = last_day
    row.version += 1
    row.save(update_fields=["ended_on", "version"])


@transaction.atomic
def cover_network(*, forum: Forum, network: Network, by: Actor) -> ForumNetwork:
    """Say that the forum handles this network; a forum that covers none handles all of the office's."""
    authz.require(by, "forums.run_forum", forum)
    row, made = ForumNetwork.objects.get_or_create(forum=forum, network=network)
    if made:
        data = {"forum": forum.anchor.name, "network": network.anchor.name}
        record(code="forum.network_covered", subject=forum, by=by, office=forum.office_id, data=data)
    return row


@transaction.atomic
def add_seat_group(
    *,
    forum: Forum,
    code: str,
    name_nb: str,
    name_nn: str,
    min_seats: int,
    max_seats: int,
    by: Actor,
    per_region: bool = False,
    is_office: bool = False,
    votes: bool | None = None,
    order: int = 0,
) -> SeatGroup:
    """Add a group of seats. Left out, ``votes`` is what the group is: the office's own people never vote.

    (Udir's mandate for the forums; seed 003 ch. 5.5.) Raises NotAllowed, and StepRefused when they are to vote.
    """
    authz.require(by, "forums.run_forum", forum)
    require_sound(is_office=is_office, votes=bool(votes), min_seats=min_seats, max_seats=max_seats)
    group = SeatGroup.objects.create(
        forum=forum,
        code=code,
        name_nb=name_nb,
        name_nn=name_nn,
        min_seats=min_seats,
        max_seats=max_seats,
        per_region=per_region,
        is_office=is_office,
        votes=not is_office if votes is None else votes,
        order=order,
    )
    data = {"forum": forum.anchor.name, "group": name_nb}
    record(code="forum.seat_group_added", subject=forum, by=by, office=forum.office_id, data=data)
    return group


def require_sound(*, is_office: bool, votes: bool, min_seats: int, max_seats: int) -> None:
    """Raise StepRefused for a group that can't be."""
    found = []
    if is_office and votes:
        text = _("The Statsforvalter's own people never have a vote: the office is the forum's secretariat.")
        found.append(Obstacle("office_votes", text, "id_votes"))
    if max_seats < min_seats:
        text = _("The most seats can't be fewer than the least.")
        found.append(Obstacle("max_below_min", text, "id_max_seats"))
    if found:
        raise StepRefused(found)


@transaction.atomic
def add_seat(
    *, group: SeatGroup, by: Actor, region: Network | None = None, label: str = "", seen_seats: int | None = None
) -> Seat:
    """Add the group's next seat. ``seen_seats`` is how many the page showed.

    Raises NotAllowed, AlreadyDone for a double click, StaleVersion when seats came or went meanwhile, and StepRefused
    when the group is full or needs a region.
    """
    authz.require(by, "forums.run_forum", group.forum)
    locked = SeatGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
    if seen_seats is not None:
        _check_seats(locked, seen_seats, by, region, label)
    words = {"group": locked.name_in(interface_form())}
    taken = locked.seats.filter(region=region).count() if locked.per_region else locked.seats.count()
    if taken >= locked.max_seats:
        raise StepRefused([Obstacle("group_full", _("The group «%(group)s» has all its seats.") % words)])
    if locked.per_region and region is None:
        text = _("Say which region the seat in «%(group)s» belongs to.") % words
        raise StepRefused([Obstacle("region_missing", text, "id_region")])
    number = (locked.seats.aggregate(last=Max("number"))["last"] or 0) + 1
    seat = Seat.objects.create(group=locked, number=number, region=region, label=label)
    data = {"forum": group.forum.anchor.name, "group": locked.name_nb, "number": number}
    record(code=SEAT_ADDED, subject=seat, by=by, office=group.forum.office_id, data=data)
    return seat


def _check_seats(group: SeatGroup, seen: int, by: Actor, region: Network | None, label: str) -> None:
    """Raise AlreadyDone when the one seat more is the same one, added by the same person; StaleVersion for others."""
    current = group.seats.count()
    if current == seen:
        return
    last = group.seats.order_by("-number").first() if current > seen else None
    if last is None:
        raise StaleVersion(seen=seen, current=current)
    added = Event.objects.filter(code=SEAT_ADDED, **subject_key(last)).select_related("by_user").last()
    person = added.by_user if added else None
    same = (last.region_id, last.label) == (region.pk if region else None, label)
    if current == seen + 1 and same and person is not None and person == by.user:
        raise AlreadyDone
    raise StaleVersion(
        seen=seen, current=current, saved_by=person.name if person else "", saved_at=added.at if added else None
    )


@transaction.atomic
def appoint(
    *,
    seat: Seat,
    user: User,
    organisation: Organisation | None,
    by: Actor,
    kind: str = "member",
    chairs: bool = False,
    valid_from: date,
    valid_to: date | None = None,
) -> Appointment:
    """Give a person a seat for a term. The right to read and answer follows from it (projected for lists).

    The forum is locked: of two at once the second sees the first. Raises NotAllowed, and StepRefused with who sits
    there and when, or why else it can't be (see :mod:`forums.selectors.clashes`).
    """
    forum = seat.group.forum
    authz.require(by, "forums.run_forum", forum)
    lock(forum)
    locked = Seat.objects.select_for_update(of=("self",)).select_related("group__forum__anchor").get(pk=seat.pk)
    term = Term(
        seat=locked,
        person=user.email.casefold(),
        name=user.name,
        kind=kind,
        chairs=chairs,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    if obstacles := clashes_of(term):
        raise StepRefused(obstacles)
    row = Appointment.objects.create(
        seat=locked,
        user=user,
        organisation=organisation,
        kind=kind,
        chairs=chairs,
        valid_from=valid_from,
        valid_to=valid_to,
        **by.columns(),
    )
    projection.project(user=user, anchor=forum.anchor, source=f"appointment:{row.pk}", starts=valid_from, ends=valid_to)
    data = {"person": user.name, "forum": forum.anchor.name, "kind": kind, "chairs": chairs}
    record(code="seat.filled", subject=row, by=by, office=forum.office_id, data=data)
    return row


@transaction.atomic
def end_appointment(
    *, appointment: Appointment, by: Actor, last_day: date, seen_version: int | None = None
) -> Appointment:
    """End a term on a day, not before it began or before an answer was given; the projection follows.

    Raises NotAllowed, StaleVersion and StepRefused.
    """
    row = (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("seat__group__forum__anchor", "user")
        .get(pk=appointment.pk)
    )
    forum = row.seat.group.forum
    authz.require(by, "forums.run_forum", forum)
    check_version(row, seen_version)
    if last_day < row.valid_from:
        text = _("The term can't end before it begins.")
        raise StepRefused([Obstacle("ends_before_start", text, "id_last_day")])
    if obstacles := uncovered(row, row.valid_from, last_day):
        raise StepRefused(obstacles)
    row.valid_to = last_day
    row.version += 1
    row.save(update_fields=["valid_to", "version"])
    projection.project(
        user=row.user, anchor=forum.anchor, source=f"appointment:{row.pk}", starts=row.valid_from, ends=last_day
    )
    data = {"person": row.user.name, "forum": forum.anchor.name}
    record(code="seat.left", subject=row, by=by, office=forum.office_id, data=data)
    return row
