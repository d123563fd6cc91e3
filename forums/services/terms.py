"""Terms: a person is let in and told, a term is changed, renewed or taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from django.db import transaction
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.services import projection
from accounts.services.notices import notify
from accounts.services.people import register_person
from core import authz, clock
from core.actor import Actor
from core.dates import format_date
from core.requirements import Obstacle, StepRefused
from core.services.events import record
from core.services.performing import check_version, lock
from forums.enums import AppointmentKind
from forums.models import Appointment, Seat
from forums.selectors.clashes import clashes_of, term_of_row, uncovered
from forums.selectors.terms import two_years_from
from forums.services.forums import appoint
from networks.models import Organisation


@transaction.atomic
def seat_person(
    *,
    seat: Seat,
    email: str,
    name: str,
    organisation: Organisation | None,
    by: Actor,
    kind: str = "member",
    chairs: bool = False,
    valid_from: date,
    valid_to: date | None,
) -> Appointment:
    """Appoint the person with this address, who is let in if nobody knows them, and tell them.

    A seat isn't a role one can be invited to: the right comes from the appointment, so the person is registered at once
    and signs in with the address. Raises NotAllowed and StepRefused, as :func:`forums.services.forums.appoint`.
    """
    authz.require(by, "forums.run_forum", seat.group.forum)
    user = register_person(email=email, name=name, by=by)
    if not user.is_active:
        text = _("%(person)s can't sign in any more. Choose someone else.") % {"person": user.name}
        raise StepRefused([Obstacle("person_inactive", text)])
    row = appoint(
        seat=seat,
        user=user,
        organisation=organisation,
        by=by,
        kind=kind,
        chairs=chairs,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    _tell(row, by)
    return row


@transaction.atomic
def change_term(
    *,
    appointment: Appointment,
    organisation: Organisation | None,
    chairs: bool,
    valid_from: date,
    valid_to: date | None,
    by: Actor,
    seen_version: int | None = None,
) -> Appointment:
    """Change whom the person sits for, whether they chair, and the days. The right follows.

    Saving what is there already changes nothing. Raises NotAllowed, StaleVersion and StepRefused.
    """
    forum = appointment.seat.group.forum
    authz.require(by, "forums.run_forum", forum)
    lock(forum)
    row = _full(lock(appointment))
    check_version(row, seen_version)
    term = replace(term_of_row(row), chairs=chairs, valid_from=valid_from, valid_to=valid_to)
    if obstacles := [*clashes_of(term), *uncovered(row, valid_from, valid_to)]:
        raise StepRefused(obstacles)
    wanted = {
        "organisation_id": organisation.pk if organisation else None,
        "chairs": chairs,
        "valid_from": valid_from,
        "valid_to": valid_to,
    }
    changed = [field for field, value in wanted.items() if getattr(row, field) != value]
    if not changed:
        return row
    row.organisation = organisation
    row.chairs, row.valid_from, row.valid_to = chairs, valid_from, valid_to
    row.version += 1
    row.save(update_fields=["organisation", "chairs", "valid_from", "valid_to", "version"])
    source = f"appointment:{row.pk}"
    projection.project(user=row.user, anchor=forum.anchor, source=source, starts=valid_from, ends=valid_to)
    data = {"person": row.user.name, "forum": forum.anchor.name, "fields": changed}
    record(code="seat.term_changed", subject=row, by=by, office=forum.office_id, data=data)
    return row


@transaction.atomic
def renew_terms(*, appointments: Sequence[Appointment], valid_to: date | None, by: Actor) -> list[Appointment]:
    """A new term for each, from the day after the old one; two years where no last day is said. All or none.

    Raises NotAllowed, and StepRefused with a sentence for each who can't go on.
    """
    made, refused = [], []
    for old in map(_full, appointments):
        authz.require(by, "forums.run_forum", old.seat.group.forum)
        if old.valid_to is None:
            continue
        first = old.valid_to + timedelta(days=1)
        try:
            made.append(
                seat_person(
                    seat=old.seat,
                    email=old.user.email,
                    name=old.user.name,
                    organisation=old.organisation,
                    by=by,
                    kind=old.kind,
                    chairs=old.chairs,
                    valid_from=first,
                    valid_to=valid_to or two_years_from(first),
                )
            )
        except StepRefused as problem:
            refused += [
                Obstacle(one.code, f"{old.user.name}, {old.seat.group.forum}: {one.text}") for one in problem.obstacles
            ]
    if refused:
        raise StepRefused(refused)
    return made


@transaction.atomic
def take_back(*, appointment: Appointment, by: Actor) -> None:
    """Take back a term by which nobody has acted, as if it had never been; the person stays known.

    Raises NotAllowed, and StepRefused when somebody has answered or stepped back by it.
    """
    row = _full(lock(appointment))
    forum = row.seat.group.forum
    authz.require(by, "forums.run_forum", forum)
    source = f"appointment:{row.pk}"
    try:
        with transaction.atomic():
            row.delete()
    except ProtectedError:
        text = _("%(person)s has acted by this term, so it can't be taken back. End it instead.")
        raise StepRefused([Obstacle("acted_by_term", text % {"person": row.user.name})]) from None
    projection.withdraw(source=source)
    data = {"person": row.user.name, "forum": forum.anchor.name, "from": row.valid_from.isoformat()}
    record(code="seat.taken_back", subject=row.seat, by=by, office=forum.office_id, data=data)


def _full(row: Appointment) -> Appointment:
    found = Appointment.objects.select_related("seat__group__forum__anchor", "seat__group__forum__office", "user")
    return found.select_related("organisation__anchor").get(pk=row.pk)


def _tell(row: Appointment, by: Actor) -> None:
    """A notice and a mail to the one appointed, unless the term is over or they did it themselves."""
    forum = row.seat.group.forum
    over = row.valid_to is not None and row.valid_to < clock.today()
    if over or (by.person is not None and by.person.pk == row.user_id):
        return
    notify(
        users=[row.user],
        code="seat.filled",
        key=f"appointment:{row.pk}",
        subject=row,
        office=forum.office,
        texts=lambda _user, form: _mail(row, form),
        url=reverse("forums:forum", kwargs={"office": forum.office.slug, "pk": forum.pk}),
    )


def _mail(row: Appointment, form: str) -> tuple[str, str]:
    deputy = row.kind == AppointmentKind.DEPUTY
    words = {
        "forum": row.seat.group.forum.anchor.name,
        "group": row.seat.group.name_in(form),
        "organisation": row.organisation.anchor.name if row.organisation else row.seat.group.name_in(form),
        "first": format_date(row.valid_from, form),
        "last": format_date(row.valid_to, form) if row.valid_to else "",
    }
    if deputy:
        title = _("You are a deputy in %(forum)s") % words
        text = _("You are appointed deputy in %(forum)s, for %(organisation)s.") % words
    else:
        title = _("You have a seat in %(forum)s") % words
        text = _("You are appointed to %(forum)s, for %(organisation)s.") % words
    if row.valid_to:
        days = pgettext("term", "Your term is from %(first)s to %(last)s.") % words
    else:
        days = pgettext("term", "Your term begins on %(first)s.") % words
    signing = _("You sign in with the e-mail address this was sent to. You need no password.")
    return title, f"{text} {days}\n\n{signing}"
