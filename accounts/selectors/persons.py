"""A person as one office sees them: what they hold here, since when and from whom, and what is sent to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.http import Http404

from accounts.models import Invitation, RoleAssignment, User
from accounts.models.invitations import OPEN
from accounts.selectors.folk import person_in
from accounts.selectors.people import role_label
from accounts.selectors.places import in_sight
from accounts.selectors.ties import Tie, ties_of
from core import authz, clock
from core.actor import Actor
from core.enums import MessageState
from core.models import Message, Office


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An open invitation. ``failed``: the mail server wouldn't take it; ``expired``: nobody answered in time."""

    invitation: Invitation
    label: str
    failed: bool
    expired: bool
    last_day: date


@dataclass(frozen=True, slots=True)
class PersonPage:
    """``signed_in``: the day the person last came in, or None. ``merged``: other registrations that are closed."""

    person: User
    ties: list[Tie]
    over: list[Tie]
    invitations: list[InvitationRow]
    signed_in: date | None
    merged: list[User]
    keeps: bool


def person_page(office: Office, pk: int, actor: Actor) -> PersonPage:
    """The page. Raises Http404 for somebody the office has never seen."""
    person = person_in(office, pk)
    sight = in_sight(office)
    ties = ties_of([person.pk], sight, office, past=True)[person.pk]
    return PersonPage(
        person=person,
        ties=[tie for tie in ties if tie.state != "over"],
        over=[tie for tie in ties if tie.state == "over"],
        invitations=invitation_rows(Invitation.objects.filter(anchor__in=sight, email__iexact=person.email)),
        signed_in=clock.local(person.last_login).date() if person.last_login else None,
        merged=list(person.merged.order_by("pk")),
        keeps=authz.allowed(actor, "accounts.keep_people", office),
    )


def invitation_rows(rows: QuerySet[Invitation]) -> list[InvitationRow]:
    """The open ones of them with how their mail went. Two queries."""
    found = list(rows.filter(OPEN).select_related("anchor", "held_for", "by_user").order_by("-created_at", "-pk"))
    keys = [f"invitation:{one.pk}" for one in found]
    failed = set(Message.objects.filter(key__in=keys, state=MessageState.FAILED).values_list("key", flat=True))
    return [
        InvitationRow(
            invitation=one,
            label=role_label(one.role),
            failed=f"invitation:{one.pk}" in failed,
            expired=one.expires_at <= clock.now(),
            last_day=clock.local(one.expires_at).date(),
        )
        for one in found
    ]


def role_in(office: Office, person: User, pk: int) -> RoleAssignment:
    """One of the person's roles in the office's sight. Raises Http404."""
    found = (
        RoleAssignment.objects.filter(pk=pk, user=person, anchor__in=in_sight(office))
        .select_related("anchor", "held_for", "user", "office", "within__anchor", "by_user", "confirmed_by")
        .first()
    )
    if found is None:
        raise Http404
    return found


def invitation_in(office: Office, pk: int) -> Invitation:
    """One open invitation to a place in the office's sight. Raises Http404."""
    found = Invitation.objects.filter(OPEN, pk=pk, anchor__in=in_sight(office)).select_related("anchor").first()
    if found is None:
        raise Http404
    return found
