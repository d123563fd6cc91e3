"""Lets people in: an invitation by mail carries a role."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language

from accounts.models import Invitation, User
from accounts.selectors.offices import office_behind
from accounts.services.notices import absolute
from accounts.services.people import register_person
from accounts.services.roles import grant_role
from core import authz, clock
from core.actor import Actor
from core.enums import Role
from core.models import Anchor
from core.services import mail
from core.services.events import record
from core.services.links import TOKEN_BYTES, hashed

DAYS = 30
"""How long an invitation can be accepted."""


class InvitationProblem(Exception):
    """An invitation that can't be used; ``code`` is unknown, expired, revoked or used."""

    def __init__(self, code: str, invitation: Invitation | None = None) -> None:
        self.code = code
        self.invitation = invitation
        super().__init__(code)


@transaction.atomic
def invite(
    *, email: str, name: str, role: Role, anchor: Anchor, by: Actor, held_for: Anchor | None = None
) -> tuple[Invitation, str]:
    """Invite someone to a role; returns the invitation and its token, which is stored nowhere.

    An open invitation of the same address to the same role is replaced: its link stops working.
    """
    authz.require(by, "accounts.invite", anchor)
    moment = clock.now()
    email = email.strip()
    Invitation.objects.filter(
        email__iexact=email, role=role, anchor=anchor, accepted_at__isnull=True, revoked_at__isnull=True
    ).update(revoked_at=moment)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation = Invitation.objects.create(
        email=email,
        name=name.strip(),
        role=role,
        anchor=anchor,
        held_for=held_for,
        token_hash=hashed(token),
        created_at=moment,
        expires_at=moment + timedelta(days=DAYS),
        **by.columns(),
    )
    record(
        code="invitation.sent",
        subject=invitation,
        by=by,
        office=anchor.office_id,
        data={"email": email, "anchor": anchor.name, "role": role},
    )
    _send(invitation, token, by)
    return invitation, token


def _send(invitation: Invitation, token: str, by: Actor) -> None:
    office = office_behind(invitation.anchor, by)
    known = User.objects.filter(email__iexact=invitation.email).first()
    form = (known.form if known else "") or (office.default_form if office else get_language() or "nb")
    text = render_to_string(
        f"accounts/mail/invitation.{form}.txt",
        {
            "first_name": (known.first_name if known else invitation.name.split(" ")[0]),
            "inviter": by.person.name if by.person else "",
            "office": office.name_in(form, clock.today()) if office else "",
            "role": invitation.role,
            "anchor": invitation.anchor.name,
            "link": absolute(reverse("accounts:invitation", args=[token])),
            "days": DAYS,
        },
    )
    title, _, body = text.partition("\n")
    mail.decide(
        key=f"invitation:{invitation.pk}",
        to=invitation.email,
        subject=title.strip(),
        body=body.strip() + "\n",
        form=form,
        user=known,
        office=office,
    )


def find(token: str) -> Invitation:
    """The open invitation of a token. Raises InvitationProblem."""
    row = (
        Invitation.objects.select_related("anchor__office", "anchor__of_office", "by_user", "held_for")
        .filter(token_hash=hashed(token))
        .first()
    )
    if row is None:
        raise InvitationProblem("unknown")
    if row.accepted_at is not None:
        raise InvitationProblem("used", row)
    if row.revoked_at is not None:
        raise InvitationProblem("revoked", row)
    if row.expires_at <= clock.now():
        raise InvitationProblem("expired", row)
    return row


@transaction.atomic
def accept(*, token: str, name: str) -> User:
    """Accept: the person is made if new, and gets the role. Raises InvitationProblem."""
    invitation = find(token)
    taken = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, revoked_at__isnull=True).update(
        accepted_at=clock.now()
    )
    if not taken:
        raise InvitationProblem("used", invitation)
    giver = (
        Actor(user=invitation.by_user) if invitation.by_user else Actor.for_system(invitation.by_system or "invitation")
    )
    user = register_person(email=invitation.email, name=name or invitation.name or invitation.email, by=giver)
    grant_role(user=user, role=Role(invitation.role), anchor=invitation.anchor, held_for=invitation.held_for, by=giver)
    Invitation.objects.filter(pk=invitation.pk).update(accepted_by=user)
    record(
        code="invitation.accepted",
        subject=invitation,
        by=Actor(user=user),
        office=invitation.anchor.office_id,
        data={"person": user.name, "anchor": invitation.anchor.name},
    )
    return user


@transaction.atomic
def revoke(*, invitation: Invitation, by: Actor) -> None:
    """Withdraw an invitation nobody has accepted; its link stops working."""
    authz.require(by, "accounts.invite", invitation.anchor)
    Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, revoked_at__isnull=True).update(
        revoked_at=clock.now()
    )
