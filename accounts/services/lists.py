"""«Bekreft listen deres»: the office asks, a coordinator or an owner contact answers for their place."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import ListConfirmation, RoleAssignment
from accounts.selectors.holders import living
from accounts.selectors.lists import askable
from accounts.services import questions
from accounts.services.roles import finish
from core import authz, clock
from core.actor import Actor
from core.models import Anchor, Office
from core.requirements import AlreadyDone, Obstacle, StepRefused
from core.services import obligations
from core.services.events import record, record_many


@transaction.atomic
def ask(*, office: Office, due: date, by: Actor) -> list[ListConfirmation]:
    """Ask every network that has a coordinator, and every organisation that has an owner contact, unless one waits
    already. It stands in their work list, and they are reminded before the day. Raises NotAllowed, StepRefused.
    """
    authz.require(by, "accounts.keep_people", office)
    if due < clock.today():
        raise StepRefused([Obstacle("due_past", _("The last day can’t be past."), "due")])
    anchors = list(askable(office)[0].order_by("kind", "name", "pk"))
    moment = clock.now()
    rows = ListConfirmation.objects.bulk_create(
        ListConfirmation(office=office, anchor=anchor, due=due, asked_at=moment, **by.columns()) for anchor in anchors
    )
    data = [{"anchor": row.anchor.name, "due": due.isoformat()} for row in rows]
    record_many(code="list.asked", subjects=rows, by=by, office=office, data=data)
    obligations.sync_many(rows)
    return rows


@transaction.atomic
def withdraw(*, confirmation: ListConfirmation, by: Actor) -> None:
    """Nobody needs to answer any more. Raises NotAllowed."""
    row = _locked(confirmation)
    authz.require(by, "accounts.keep_people", row.office)
    if row.confirmed_at is not None or row.withdrawn_at is not None:
        return
    row.withdrawn_at = clock.now()
    row.save(update_fields=["withdrawn_at"])
    record(code="list.withdrawn", subject=row, by=by, office=row.office, data={"anchor": row.anchor.name})
    obligations.sync(row)


@transaction.atomic
def confirm(
    *, confirmation: ListConfirmation, by: Actor, seen: Collection[int], gone: Collection[int] = (), wish: str = ""
) -> ListConfirmation:
    """Say that the list is right: name, time and the list itself are kept.

    ``seen``: the roles (ids) that stood in the list. ``gone``: those of them that are no longer right; they end now.
    ``wish``: what the office must change, which becomes a question to it. Raises NotAllowed, AlreadyDone, and
    StepRefused when the list has changed, or when somebody would take away their own role.
    """
    row = _locked(confirmation)
    authz.require(by.at(row.office_id), "accounts.confirm_list", row.anchor)
    if row.confirmed_at is not None or row.withdrawn_at is not None:
        raise AlreadyDone
    listed = list(_roles_at(row.anchor, row.office))
    if {role.pk for role in listed} != set(seen) or not set(gone) <= set(seen):
        text = _("The list has changed since you opened the page. Look through it once more.")
        raise StepRefused([Obstacle("list_changed", text)])
    speaks_everywhere = any(one.anchor_id == row.anchor_id and one.within_id is None for one in by.grants)
    for role in listed:
        if role.pk in gone:
            if by.person is not None and role.user_id == by.person.pk:
                text = _("You can’t take away your own role. Write to the office, and it finds who comes after you.")
                raise StepRefused([Obstacle("own_role", text)])
            if role.within_id is None and not speaks_everywhere:
                text = _("%(person)s is let in by another office. Write to yours, and it finds out.")
                raise StepRefused([Obstacle("let_in_elsewhere", text % {"person": role.user.name})])
            finish(role, by=by)
    row.confirmed_at, row.confirmed_by = clock.now(), by.person
    row.confirmed_name = by.person.name if by.person else ""
    row.listed = [{"person": role.user.name, "role": role.role, "stays": role.pk not in gone} for role in listed]
    row.save(update_fields=["confirmed_at", "confirmed_by", "confirmed_name", "listed"])
    data = {"anchor": row.anchor.name, "gone": sorted(gone), "wish": wish.strip()}
    record(code="list.confirmed", subject=row, by=by, office=row.office, data=data)
    obligations.sync(row)
    if wish.strip() and authz.allowed(by, "core.ask", row.office):
        url = reverse("accounts:list", kwargs={"office": row.office.slug, "anchor": row.anchor_id})
        text = f"{row.anchor.name}: {wish.strip()}"
        questions.ask(subject=row.office, office=row.office, text=text, by=by, url=url)
    return row


def _roles_at(anchor: Anchor, office: Office) -> list[RoleAssignment]:
    return list(
        RoleAssignment.objects.select_for_update(of=("self",))
        .filter(living(clock.today()), anchor=anchor, user__is_active=True)
        .filter(Q(within__isnull=True) | Q(within=office))
        .select_related("user", "anchor", "held_for", "office__anchor")
        .order_by("user__sort_key", "pk")
    )


def _locked(confirmation: ListConfirmation) -> ListConfirmation:
    return (
        ListConfirmation.objects.select_for_update(of=("self",))
        .select_related("anchor", "office__anchor")
        .get(pk=confirmation.pk)
    )
