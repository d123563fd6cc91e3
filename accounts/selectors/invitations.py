"""What an invitation says, and whom to ask about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import Invitation, User
from accounts.selectors.offices import Contact, contact_of, office_behind, works_at
from accounts.selectors.people import role_label
from core import clock
from core.actor import Actor
from core.dates import interface_form


@dataclass(frozen=True, slots=True)
class InvitationPage:
    """``office_name`` is empty where the one who invites isn't of an office.

    ``other``: someone else signed in in this browser.
    """

    invitation: Invitation
    known: User | None
    role: str
    inviter: str
    office_name: str
    last_day: date
    other: User | None


def invitation_page(invitation: Invitation, known: User | None, signed_in: Any) -> InvitationPage:
    """The page of an invitation that can be accepted."""
    office = office_behind(invitation.anchor, _giver(invitation))
    return InvitationPage(
        invitation=invitation,
        known=known,
        role=role_label(invitation.role),
        inviter=invitation.by_user.name if invitation.by_user else "",
        office_name=office.name_in(interface_form(), clock.today())
        if office and (invitation.by_user is None or works_at(invitation.by_user, office))
        else "",
        last_day=clock.local(invitation.expires_at).date(),
        other=signed_in if signed_in.is_authenticated and signed_in != known else None,
    )


def whom_to_ask(invitation: Invitation | None) -> Contact | None:
    """Who can send a new invitation: the one who sent this, or the office."""
    if invitation is None:
        return None
    if invitation.by_user is not None:
        return Contact(invitation.by_user.name, invitation.by_user.email, invitation.by_user.phone)
    office = office_behind(invitation.anchor)
    return contact_of(office) if office else None


def _giver(invitation: Invitation) -> Actor | None:
    return Actor.for_user(invitation.by_user) if invitation.by_user else None
