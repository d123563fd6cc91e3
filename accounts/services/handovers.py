"""Hands over what a person has here when they leave, and makes one person of two registrations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts import handover
from accounts.handover import Item, Part
from accounts.models import Notice, RoleAssignment, User
from accounts.selectors.holders import living
from accounts.selectors.people import role_label
from accounts.selectors.places import in_sight
from accounts.services.answering import require_answers_for
from accounts.services.notices import notify
from accounts.services.roles import finish, grant_role
from core import authz, clock
from core.actor import Actor
from core.dates import format_date
from core.enums import AnchorKind, Role, WrittenForm
from core.models import Event, Office, Stash
from core.requirements import Obstacle, StepRefused
from core.services.events import record


class RolePart(Part):
    """The roles themselves."""

    code = "role"

    def items(self, person: User, *, office: Office | None, on: date, by: Actor) -> list[Item]:
        rows = RoleAssignment.objects.filter(living(on), user=person).select_related("anchor", "held_for")
        if office is not None:
            rows = rows.filter(anchor__in=in_sight(office))
        return [
            Item(
                self.code,
                row.pk,
                str(capfirst(role_label(row.role))),
                f"{row.anchor.name}, {row.held_for.name}" if row.held_for else row.anchor.name,
                row.starts,
                row.ends,
                why_not=""
                if authz.allowed(by, "accounts.keep_role", row)
                else authz.why_not(by, "accounts.keep_role", row),
            )
            for row in rows.order_by("anchor__name", "pk")
        ]

    def move(
        self, rows: Mapping[int, User | None], *, person: User, office: Office | None, on: date, by: Actor
    ) -> None:
        found = RoleAssignment.objects.select_for_update(of=("self",)).filter(pk__in=rows, user=person)
        for row in found.select_related("user", "anchor", "held_for", "office__anchor").order_by("pk"):
            successor = rows[row.pk]
            if successor is not None:
                grant_role(
                    user=successor,
                    role=Role(row.role),
                    anchor=row.anchor,
                    held_for=row.held_for,
                    starts=max(on, row.starts),
                    ends=row.ends,
                    office=row.office or (None if row.anchor.kind == AnchorKind.ORGANISATION else office),
                    confirmed=row.confirmed_at is not None or authz.allowed(by, "accounts.confirm_role", row),
                    by=by,
                )
            finish(row, by=by, last_day=on - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Estate:
    """What a person has at an office: what can be handed over, and what stays with reason."""

    moves: list[Item]
    stays: list[Item]


def estate_of(person: User, *, office: Office | None, on: date, by: Actor) -> Estate:
    """Every part's items, without those that a higher part's item takes along."""
    items = [item for part in handover.parts() for item in part.items(person, office=office, on=on, by=by)]
    covered = {key for item in items for key in item.covers}
    shown = [item for item in items if item.key not in covered]
    return Estate(
        moves=[item for item in shown if item.row and not item.why_not],
        stays=[item for item in shown if not item.row or item.why_not],
    )


@transaction.atomic
def hand_over(*, person: User, office: Office, choices: Mapping[str, User | None], on: date, by: Actor) -> list[Item]:
    """Give each item (by key) to somebody from a day, or to nobody (None): then it ends the day before.

    What isn't in ``choices`` stays with the person. One transaction. Returns what was moved or ended. Raises
    NotAllowed, and StepRefused for an item that can't be moved or isn't there any more, for a successor who is closed
    or the person themselves, and for the office's last administrator.
    """
    authz.require(by, "accounts.keep_people", office)
    _lock([person, *{one for one in choices.values() if one is not None}])
    person.refresh_from_db()
    open_items = _by_key(person, office=office, on=on, by=by)
    named = {form: _by_key(person, office=office, on=on, by=by, form=form) for form in WrittenForm.values}
    if unknown := [key for key in choices if key not in open_items]:
        text = _("%(count)d of the things have changed since you opened the page. Look through the list once more.")
        raise StepRefused([Obstacle("changed_meanwhile", text % {"count": len(unknown)})])
    for successor in choices.values():
        if successor is not None and (successor.pk == person.pk or not successor.is_active):
            text = _("%(person)s can’t take over. Choose somebody else.") % {"person": successor.name}
            raise StepRefused([Obstacle("no_successor", text)])
    _move(choices, person=person, office=office, on=on, by=by)
    if choices:
        event = record(
            code="person.handed_over",
            subject=person,
            by=by,
            office=office,
            data={
                "person": person.name,
                "on": on.isoformat(),
                "items": {key: one.pk if one else None for key, one in choices.items()},
            },
        )
        for successor in {one for one in choices.values() if one is not None and one != by.person}:
            own = [key for key, one in choices.items() if one == successor]
            lists = {form: [items[key] for key in own] for form, items in named.items()}
            _tell(successor, lists, event=event, person=person, office=office, on=on)
    return [open_items[key] for key in choices]


def _by_key(person: User, *, office: Office, on: date, by: Actor, form: str | None = None) -> dict[str, Item]:
    """What can be handed over, named in the reader's own written form or in ``form``."""
    with translation.override(form or translation.get_language()):
        return {item.key: item for item in estate_of(person, office=office, on=on, by=by).moves}


def _tell(
    successor: User, lists: Mapping[str, Sequence[Item]], *, event: Event, person: User, office: Office, on: date
) -> None:
    """A notice and a mail to the one who takes over: what, from whom, from which day."""

    def texts(_user: User, form: str) -> tuple[str, str]:
        words = {
            "person": person.name,
            "day": format_date(on, form),
            "items": "\n".join(
                f"- {item.what}, {item.where}" if item.where else f"- {item.what}" for item in lists[form]
            ),
        }
        return (
            _("You take over from %(person)s") % words,
            _(
                "From %(day)s you take over this from %(person)s:\n\n%(items)s\n\n"
                "What waits for you stands on your home page."
            )
            % words,
        )

    notify(
        users=[successor],
        code="person.handed_over",
        key=f"handed_over:{event.pk}",
        subject=event,
        office=office,
        texts=texts,
        url=reverse("accounts:home"),
    )


def _move(choices: Mapping[str, User | None], *, person: User, office: Office | None, on: date, by: Actor) -> None:
    for part in handover.parts():
        own = {int(key.partition(":")[2]): one for key, one in choices.items() if key.startswith(f"{part.code}:")}
        if own:
            part.move(own, person=person, office=office, on=on, by=by)


def _lock(people: Sequence[User]) -> None:
    """Always in the same order, so that two at once wait for each other instead of standing still."""
    list(User.objects.select_for_update(of=("self",)).filter(pk__in={one.pk for one in people}).order_by("pk"))


@transaction.atomic
def merge(*, gone: User, kept: User, office: Office, by: Actor) -> User:
    """Make one person of two registrations. What ``gone`` has moves to ``kept`` today, with its rest of days; history
    stays where it is, and signing in with the old address opens the one that is kept.

    Only for someone who could have given all that ``gone`` holds, in whatever office: else a merge would be a way to
    another's roles. Raises NotAllowed, and StepRefused.
    """
    authz.require(by, "accounts.keep_people", office)
    _lock([gone, kept])
    gone.refresh_from_db()
    kept.refresh_from_db()
    if gone.pk == kept.pk or not (gone.is_active and kept.is_active):
        text = _("The two must be different people here, and neither of them closed.")
        raise StepRefused([Obstacle("not_two", text)])
    require_answers_for(gone, by=by)
    today = clock.today()
    choices: dict[str, User | None] = {item.key: kept for item in estate_of(gone, office=None, on=today, by=by).moves}
    _move(choices, person=gone, office=None, on=today, by=by)
    Notice.objects.filter(user=gone).update(user=kept)
    Stash.objects.filter(user=gone).update(user=kept)
    EmailAddress.objects.filter(user=gone).delete()
    User.objects.filter(merged_into=gone).update(merged_into=kept)
    gone.is_active, gone.merged_into = False, kept
    gone.version += 1
    gone.save(update_fields=["is_active", "merged_into", "version"])
    for subject in (kept, gone):
        data = {"person": kept.name, "gone": f"{gone.name} ({gone.email})", "items": sorted(choices)}
        record(code="person.merged", subject=subject, by=by, office=office, data=data)
    return kept
