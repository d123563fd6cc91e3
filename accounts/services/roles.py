"""Gives and takes roles. Each change leaves an event and moves the projection."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import places
from accounts.models import RoleAssignment, User
from accounts.selectors.holders import in_force
from accounts.selectors.offices import office_behind
from accounts.services import administrators, projection
from accounts.services.notices import notify
from core import authz, clock
from core.actor import Actor
from core.enums import ROLES_AT, AnchorKind, Role
from core.models import Anchor, Office
from core.requirements import Obstacle, StepRefused
from core.services import obligations
from core.services.events import record
from core.services.performing import check_version

CONFIRMED = {
    "nb": ("Rollen din er bekreftet: {anchor}", "{office} har bekreftet rollen din. Nå gjelder også det du sender."),
    "nn": ("Rolla di er stadfest: {anchor}", "{office} har stadfest rolla di. No gjeld også det du sender."),
}


@transaction.atomic
def grant_role(
    *,
    user: User,
    role: Role,
    anchor: Anchor,
    by: Actor,
    held_for: Anchor | None = None,
    starts: date | None = None,
    ends: date | None = None,
    office: Office | None = None,
    confirmed: bool = True,
) -> RoleAssignment:
    """Give a role from a day (today) to a day. Having it already changes nothing, but a confirmed one confirms it.

    ``office``: the one it is given through; needed for a role at an organisation that waits to be ``confirmed``.
    Raises StepRefused for a role that can't be held at this kind of anchor. The caller asks for the right.
    """
    if role not in ROLES_AT[AnchorKind(anchor.kind)]:
        raise StepRefused(
            [
                Obstacle(
                    "role_elsewhere",
                    _("The role «%(role)s» can't be held here.") % {"role": Role(role).label},
                )
            ]
        )
    moment, first = clock.now(), starts or clock.today()
    office = office or office_behind(anchor)
    within = _within(anchor, office)
    _put_away(user, role, anchor, held_for, within, first)
    if within is not None and (known := _everywhere(user, role, anchor, first)) is not None:
        return known
    row, made = RoleAssignment.objects.get_or_create(
        user=user,
        role=role,
        anchor=anchor,
        held_for=held_for,
        within=within,
        ended_at=None,
        defaults={
            "starts": first,
            "ends": ends,
            "granted_at": moment,
            "office": office,
            "confirmed_at": moment if confirmed else None,
            "confirmed_by": by.person if confirmed else None,
            **by.columns(),
        },
    )
    if made:
        projection.project(user=user, anchor=anchor, source=f"role:{row.pk}", starts=row.starts, ends=row.ends)
        _record("role.granted", row, by)
    elif confirmed and row.confirmed_at is None:
        _confirm(row, by)
    if not confirmed or not made:
        obligations.sync(row)
    return row


def _within(anchor: Anchor, office: Office | None) -> Office | None:
    """The one office in whose matters a role counts: the giving one, where it doesn't keep the organisation."""
    if office is None or anchor.kind != AnchorKind.ORGANISATION or office.pk in places.keepers_of(anchor.pk):
        return None
    return office


def _everywhere(user: User, role: Role, anchor: Anchor, on: date) -> RoleAssignment | None:
    """The same role where it counts in every office's matters on the day already."""
    rows = RoleAssignment.objects.filter(in_force(on), user=user, role=role, anchor=anchor, held_for=None, within=None)
    return rows.filter(confirmed_at__isnull=False).first()


def _put_away(  # noqa: PLR0917 - what makes two roles the same
    user: User, role: Role, anchor: Anchor, held_for: Anchor | None, within: Office | None, first: date
) -> None:
    """A role whose last day has passed is over: the same one can be given again."""
    over = RoleAssignment.objects.filter(
        user=user,
        role=role,
        anchor=anchor,
        held_for=held_for,
        within=within,
        ended_at__isnull=True,
        ends__lt=first,
    )
    for row in over:
        row.ended_at = clock.now()
        row.save(update_fields=["ended_at"])
        obligations.sync(row)


@transaction.atomic
def end_role(*, assignment: RoleAssignment, by: Actor, last_day: date | None = None) -> RoleAssignment:
    """Take a role away now, or let ``last_day`` be its last. What has ended stays as it is.

    Raises NotAllowed, and StepRefused for the office's last administrator.
    """
    row = _locked(assignment)
    authz.require(by, "accounts.keep_role", row)
    return finish(row, by=by, last_day=last_day)


def finish(row: RoleAssignment, *, by: Actor, last_day: date | None = None) -> RoleAssignment:
    """:func:`end_role` for a locked row, when the right has been asked for another way."""
    today = clock.today()
    if row.ended_at is not None:
        return row
    if last_day is not None and last_day >= max(today, row.starts):
        return _keep_dates(row, row.starts, last_day, by)
    _keep_administrator(row, today)
    row.ended_at = clock.now()
    row.version += 1
    row.save(update_fields=["ended_at", "version"])
    projection.withdraw(source=f"role:{row.pk}")
    _record("role.ended", row, by)
    obligations.sync(row)
    return row


@transaction.atomic
def change_dates(
    *, assignment: RoleAssignment, starts: date, ends: date | None, by: Actor, seen_version: int | None = None
) -> RoleAssignment:
    """Move the days of a role that hasn't ended. Raises NotAllowed, StaleVersion, StepRefused."""
    row = _locked(assignment)
    authz.require(by, "accounts.keep_role", row)
    check_version(row, seen_version)
    if row.ended_at is not None:
        raise StepRefused([Obstacle("role_ended", _("The role has ended. Give it again instead."))])
    if ends is not None and ends < starts:
        raise StepRefused([Obstacle("ends_before_start", _("The last day can't be before the first."), "ends")])
    return _keep_dates(row, starts, ends, by)


def _keep_dates(row: RoleAssignment, starts: date, ends: date | None, by: Actor) -> RoleAssignment:
    if (row.starts, row.ends) == (starts, ends):
        return row
    if ends is not None:
        _keep_administrator(row, ends + timedelta(days=1))
    if starts > clock.today():
        _keep_administrator(row, clock.today())
    row.starts, row.ends = starts, ends
    row.version += 1
    row.save(update_fields=["starts", "ends", "version"])
    projection.project(user=row.user, anchor=row.anchor, source=f"role:{row.pk}", starts=starts, ends=ends)
    days = {"starts": starts.isoformat(), "ends": ends.isoformat() if ends else ""}
    _record("role.changed" if ends else "role.open_ended", row, by, **days)
    return row


@transaction.atomic
def confirm_role(*, assignment: RoleAssignment, by: Actor) -> RoleAssignment:
    """The office says that a role a coordinator gave stands; from now on it counts for binding acts. Once.

    Raises NotAllowed, and StepRefused when it has ended meanwhile.
    """
    row = _locked(assignment)
    authz.require(by, "accounts.confirm_role", row)
    if row.confirmed_at is not None:
        return row
    if row.ended_at is not None:
        raise StepRefused([Obstacle("role_ended", _("The role has ended. Give it again instead."))])
    _confirm(row, by)
    obligations.sync(row)
    if row.office is not None:
        office = row.office
        notify(
            users=[row.user],
            code="role.confirmed",
            key=f"role.confirmed:{row.pk}",
            subject=row,
            office=office,
            texts=lambda _person, form: (
                CONFIRMED[form][0].format(anchor=row.anchor.name),
                CONFIRMED[form][1].format(office=office.name_in(form, clock.today())),
            ),
            url=reverse("accounts:profile"),
        )
    return row


def _confirm(row: RoleAssignment, by: Actor) -> None:
    row.confirmed_at, row.confirmed_by = clock.now(), by.person
    row.version += 1
    row.save(update_fields=["confirmed_at", "confirmed_by", "version"])
    _record("role.confirmed", row, by)


def _locked(assignment: RoleAssignment) -> RoleAssignment:
    return (
        RoleAssignment.objects.select_for_update(of=("self",))
        .select_related("user", "anchor", "held_for", "office__anchor")
        .get(pk=assignment.pk)
    )


def _keep_administrator(row: RoleAssignment, on: date) -> None:
    if row.role == Role.OFFICE_ADMINISTRATOR:
        administrators.keep_one(anchor=row.anchor, without=[row.pk], on=on)


def _record(code: str, row: RoleAssignment, by: Actor, **more: str) -> None:
    data = {"person": row.user.name, "role": row.role, "anchor": row.anchor.name, **more}
    record(code=code, subject=row, by=by, office=row.office_id or row.anchor.office_id, data=data)
