"""Makes forums and their seats, and appoints people to them."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import projection
from core import authz
from core.actor import Actor
from core.collation import sort_key
from core.enums import AnchorKind
from core.models import Anchor, Office
from core.requirements import Obstacle, StepRefused
from core.services.events import record
from forums.enums import AppointmentKind
from forums.models import Appointment, Forum, ForumNetwork, Seat, SeatGroup
from networks.models import Network, Organisation


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
) -> Forum:
    """Make a forum with its anchor (FOR-2026-01-12-23 § 7: the office establishes it). Raises NotAllowed."""
    authz.require(by, "forums.run_forum", office)
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
    return forum


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
    votes: bool = True,
    order: int = 0,
) -> SeatGroup:
    """Add a group of seats. The office's own people never vote, whatever ``votes`` says.

    (Udir's mandate for the forums; seed 003 ch. 5.5.) Raises NotAllowed.
    """
    authz.require(by, "forums.run_forum", forum)
    group = SeatGroup.objects.create(
        forum=forum,
        code=code,
        name_nb=name_nb,
        name_nn=name_nn,
        min_seats=min_seats,
        max_seats=max_seats,
        per_region=per_region,
        is_office=is_office,
        votes=votes and not is_office,
        order=order,
    )
    data = {"forum": forum.anchor.name, "group": name_nb}
    record(code="forum.seat_group_added", subject=forum, by=by, office=forum.office_id, data=data)
    return group


@transaction.atomic
def add_seat(*, group: SeatGroup, by: Actor, region: Network | None = None, label: str = "") -> Seat:
    """Add the group's next seat. Raises NotAllowed, and StepRefused when the group is full or needs a region."""
    authz.require(by, "forums.run_forum", group.forum)
    locked = SeatGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
    taken = locked.seats.filter(region=region).count() if locked.per_region else locked.seats.count()
    if taken >= locked.max_seats:
        text = _("The group «%(group)s» has all its seats.") % {"group": locked.name_nb}
        raise StepRefused([Obstacle("group_full", text)])
    if locked.per_region and region is None:
        text = _("Say which region the seat in «%(group)s» belongs to.") % {"group": locked.name_nb}
        raise StepRefused([Obstacle("region_missing", text)])
    number = (locked.seats.aggregate(last=Max("number"))["last"] or 0) + 1
    seat = Seat.objects.create(group=locked, number=number, region=region, label=label)
    data = {"forum": group.forum.anchor.name, "group": locked.name_nb, "number": number}
    record(code="forum.seat_added", subject=seat, by=by, office=group.forum.office_id, data=data)
    return seat


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

    Raises NotAllowed, and StepRefused when a term overlaps another: two members (or two deputies) of one seat, one
    person as member and deputy of one seat, or two who chair the forum; and when an office's seat would chair.
    """
    forum = seat.group.forum
    authz.require(by, "forums.run_forum", forum)
    locked = Seat.objects.select_for_update(of=("self",)).get(pk=seat.pk)
    obstacles = _overlaps(locked, user, kind, valid_from, valid_to)
    if chairs:
        obstacles += _chair_obstacles(seat, valid_from, valid_to)
    if obstacles:
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
def end_appointment(*, appointment: Appointment, by: Actor, last_day: date) -> Appointment:
    """End a term on a day (not before it began); the projection follows. Raises NotAllowed and StepRefused."""
    row = (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("seat__group__forum__anchor", "user")
        .get(pk=appointment.pk)
    )
    forum = row.seat.group.forum
    authz.require(by, "forums.run_forum", forum)
    if last_day < row.valid_from:
        raise StepRefused([Obstacle("ends_before_start", _("The term can't end before it begins."))])
    row.valid_to = last_day
    row.save(update_fields=["valid_to"])
    projection.project(
        user=row.user, anchor=forum.anchor, source=f"appointment:{row.pk}", starts=row.valid_from, ends=last_day
    )
    data = {"person": row.user.name, "forum": forum.anchor.name}
    record(code="seat.left", subject=row, by=by, office=forum.office_id, data=data)
    return row


def _during(valid_from: date, valid_to: date | None) -> Q:
    """Terms that share a day with [valid_from, valid_to]; an empty end is open."""
    still = Q(valid_to__isnull=True) | Q(valid_to__gte=valid_from)
    return still if valid_to is None else still & Q(valid_from__lte=valid_to)


def _overlaps(seat: Seat, user: User, kind: str, valid_from: date, valid_to: date | None) -> list[Obstacle]:
    if valid_to is not None and valid_to < valid_from:
        return [Obstacle("ends_before_start", _("The term can't end before it begins."))]
    terms = list(
        Appointment.objects.filter(_during(valid_from, valid_to), seat=seat)
        .select_related("user")
        .order_by("valid_from")
    )
    found = []
    for term in terms:
        if term.kind == kind:
            what = _("a deputy") if kind == AppointmentKind.DEPUTY else _("a member")
            text = _("The seat already has %(what)s in this period: %(person)s.") % {
                "what": what,
                "person": term.user.name,
            }
            found.append(Obstacle("term_overlaps", text))
        elif term.user_id == user.pk:
            text = _("%(person)s can't be both member and deputy of the same seat.") % {"person": user.name}
            found.append(Obstacle("own_deputy", text))
    return found


def _chair_obstacles(seat: Seat, valid_from: date, valid_to: date | None) -> list[Obstacle]:
    if not seat.group.votes:
        return [Obstacle("chair_without_vote", _("Someone without a vote can't chair the forum."))]
    other = (
        Appointment.objects.filter(
            _during(valid_from, valid_to), seat__group__forum_id=seat.group.forum_id, chairs=True
        )
        .select_related("user")
        .first()
    )
    if other is None:
        return []
    text = _("%(person)s chairs the forum in this period.") % {"person": other.user.name}
    return [Obstacle("chair_overlaps", text)]
