"""Lets people in: an invitation by mail carries a role."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models.functions import Lower
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Invitation, User
from accounts.models.invitations import OPEN
from accounts.models.users import keys_of
from accounts.rules import PROPOSABLE
from accounts.selectors.offices import office_behind, works_at
from accounts.selectors.people import user_at
from accounts.selectors.places import in_sight
from accounts.services.notices import absolute
from accounts.services.people import register_person
from accounts.services.roles import grant_role
from core import authz, clock
from core.actor import Actor
from core.enums import ROLES_AT, AnchorKind, Role
from core.models import Anchor, Message, Office
from core.requirements import AlreadyDone, Obstacle, StepRefused
from core.services import mail
from core.services.events import record, record_many
from core.services.links import TOKEN_BYTES, hashed
from core.services.outbox import enqueue

BATCH = 200
"""So many invitations a job mails."""
DAYS = 30
"""How long an invitation can be accepted."""


class InvitationProblem(Exception):
    """An invitation that can't be used; ``code`` is unknown, expired, revoked or used."""

    def __init__(self, code: str, invitation: Invitation | None = None) -> None:
        self.code = code
        self.invitation = invitation
        super().__init__(code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Whom to invite, and to what. ``starts`` None: the day it is accepted. ``ends``: the role's last day."""

    email: str
    name: str
    role: Role
    anchor: Anchor
    held_for: Anchor | None = None
    starts: date | None = None
    ends: date | None = None


@transaction.atomic
def invite(
    *,
    email: str,
    name: str,
    role: Role,
    anchor: Anchor,
    by: Actor,
    held_for: Anchor | None = None,
    starts: date | None = None,
    ends: date | None = None,
    office: Office | None = None,
) -> tuple[Invitation, str]:
    """Invite someone to a role; returns the invitation and its token, which is stored nowhere.

    An open invitation of the same address to the same role is replaced: its link stops working. ``office``: on whose
    behalf. A network's coordinator may invite to some roles in the network and at its members; such a role waits for
    the office's confirmation. Raises NotAllowed, and StepRefused for what can't be.
    """
    one = Invited(
        email=email, name=name, role=role, anchor=anchor, held_for=held_for, starts=starts, ends=ends
    )  # fmt: skip
    row, token = _prepare(one, by=by, office=office)
    row.save()
    _record(row, by)
    _send(row, token, by)
    return row, token


@transaction.atomic
def invite_many(*, rows: Sequence[Invited], by: Actor, office: Office) -> list[Invitation]:
    """Invite many at once, one event each; the mails are decided by a job after commit, each once.

    All or none. Raises NotAllowed, and StepRefused for what can't be, as :func:`invite`. The rights are asked for once
    for each place and role, and the rows are written in as many statements for 5 000 as for one.
    """
    _require_in_sight(rows, office)
    rights: dict[tuple[int, str], bool] = {}
    made = []
    for one in rows:
        key = (one.anchor.pk, one.role)
        if key not in rights:
            rights[key] = _right(one, by)
        made.append(_row(one, by=by, office=office, confirmed=rights[key])[0])
    _revoke_same(rows)
    Invitation.objects.bulk_create(made)
    record_many(
        code="invitation.sent", subjects=made, by=by, office=office, data=[_words(row) for row in made]
    )  # fmt: skip
    for start in range(0, len(made), BATCH):
        part = [row.pk for row in made[start : start + BATCH]]
        first, last = min(part), max(part)
        enqueue("accounts.mail_invitations", key=f"invitations:{first}-{last}", office=office, first=first, last=last)
    return made


@transaction.atomic
def mail_waiting(*, first: int, last: int) -> int:
    """Decide the mail of each open invitation in the range that has none yet, with a token made now; how many."""
    rows = Invitation.objects.select_for_update(of=("self",)).filter(OPEN, pk__range=(first, last)).order_by("pk")
    keys = {f"invitation:{row.pk}": row for row in rows.select_related("anchor", "by_user", "office__anchor")}
    told = set(Message.objects.filter(key__in=keys).values_list("key", flat=True))
    for key, row in keys.items():
        if key not in told:
            token = secrets.token_urlsafe(TOKEN_BYTES)
            row.token_hash = hashed(token)
            row.save(update_fields=["token_hash"])
            giver = Actor.for_user(row.by_user) if row.by_user else Actor.for_system(row.by_system or "invitation")
            _send(row, token, giver)
    return len(keys) - len(told)


def _require_in_sight(rows: Sequence[Invited], office: Office) -> None:
    """An office invites only to places it sees, whatever number a form was sent with."""
    wanted = {anchor.pk: anchor for one in rows for anchor in (one.anchor, one.held_for) if anchor is not None}
    seen = set(in_sight(office).values_list("pk", flat=True)) if wanted else set()
    if outside := sorted(anchor.name for pk, anchor in wanted.items() if pk not in seen):
        text = _("The office doesn’t work with %(places)s.") % {"places": ", ".join(outside)}
        raise StepRefused([Obstacle("place_elsewhere", text, "place")])


def _prepare(one: Invited, *, by: Actor, office: Office | None) -> tuple[Invitation, str]:
    row, token = _row(one, by=by, office=office, confirmed=_right(one, by))
    _revoke_same([one])
    return row, token


def _right(one: Invited, by: Actor) -> bool:
    """Whether the role counts at once. Raises NotAllowed for one who may not invite to it at all."""
    if authz.allowed(by, "accounts.invite", one.anchor):
        return True
    if one.role not in PROPOSABLE.get(one.anchor.kind, ()):
        authz.require(by, "accounts.invite", one.anchor)
    authz.require(by, "accounts.propose", one.anchor)
    return False


def _row(one: Invited, *, by: Actor, office: Office | None, confirmed: bool) -> tuple[Invitation, str]:
    _refuse_what_cant_be(one)
    moment = clock.now()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    email, name = one.email.strip(), one.name.strip()
    order, search = keys_of(name, email)
    row = Invitation(
        email=email,
        name=name,
        role=one.role,
        anchor=one.anchor,
        held_for=one.held_for,
        starts=one.starts,
        ends=one.ends,
        office=office or office_behind(one.anchor, by),
        confirmed=confirmed,
        sort_key=order,
        search_key=search,
        token_hash=hashed(token),
        created_at=moment,
        expires_at=moment + timedelta(days=DAYS),
        **by.columns(),
    )
    return row, token


def _refuse_what_cant_be(one: Invited) -> None:
    """A role at the wrong kind of place, days that can't be, a contact for nobody."""
    found = []
    if one.role not in ROLES_AT[AnchorKind(one.anchor.kind)]:
        text = _("%(place)s can’t have anybody who is «%(role)s».") % {
            "place": one.anchor.name,
            "role": Role(one.role).label,
        }
        found.append(Obstacle("role_elsewhere", text, "role"))
    in_network = one.role == Role.PROVIDER_CONTACT and one.anchor.kind == AnchorKind.NETWORK
    if in_network and (one.held_for is None or one.held_for.kind != AnchorKind.ORGANISATION):
        text = _("Write which university or other organisation the contact speaks for.")
        found.append(Obstacle("held_for_missing", text, "held_for"))
    if one.held_for is not None and not in_network:
        text = _("Only a university contact in a network speaks for another organisation. Leave the field empty.")
        found.append(Obstacle("held_for_alone", text, "held_for"))
    if one.ends is not None and one.ends < max(one.starts or date.min, clock.today()):
        found.append(Obstacle("ends_before_start", _("The last day can’t be before the first, or past."), "ends"))
    if found:
        raise StepRefused(found)


def _revoke_same(rows: Sequence[Invited]) -> None:
    """The open invitations of the same addresses to the same roles are replaced."""
    wanted = {(one.email.strip().casefold(), one.role, one.anchor.pk, _pk(one.held_for)) for one in rows}
    emails = {email for email, *_rest in wanted}
    found = Invitation.objects.filter(OPEN, anchor__in={one.anchor.pk for one in rows}).annotate(key=Lower("email"))
    known = found.filter(key__in=emails) if len(emails) <= BATCH else found
    same = [
        row.pk
        for row in known.only("pk", "email", "role", "anchor_id", "held_for_id")
        if (row.email.casefold(), row.role, row.anchor_id, row.held_for_id) in wanted
    ]
    if same:
        Invitation.objects.filter(pk__in=same).update(revoked_at=clock.now())


def _pk(anchor: Anchor | None) -> int | None:
    return anchor.pk if anchor else None


def _words(row: Invitation) -> dict[str, str]:
    return {"email": row.email, "anchor": row.anchor.name, "role": row.role}


def _record(row: Invitation, by: Actor, code: str = "invitation.sent") -> None:
    record(code=code, subject=row, by=by, office=row.office_id or row.anchor.office_id, data=_words(row))


def _send(invitation: Invitation, token: str, by: Actor) -> None:
    office = invitation.office or office_behind(invitation.anchor, by)
    known = user_at(invitation.email)
    form = (known.form if known else "") or (office.default_form if office else get_language() or "nb")
    text = render_to_string(
        f"accounts/mail/invitation.{form}.txt",
        {
            "first_name": (known.first_name if known else invitation.name.split(" ")[0]),
            "inviter": by.person.name if by.person else "",
            "from_office": works_at(by.person, office),
            "office": office.name_in(form, clock.today()) if office else "",
            "role": invitation.role,
            "anchor": invitation.anchor.name,
            "link": absolute(reverse("accounts:invitation", args=[token])),
            "days": DAYS,
        },
    )
    title, _sep, body = text.partition("\n")
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
        Invitation.objects.select_related(
            "anchor__office", "anchor__of_office", "by_user", "held_for", "office__anchor"
        )
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
    today = clock.today()
    if invitation.ends is not None and invitation.ends < today:
        raise InvitationProblem("expired", invitation)
    if not invitation.confirmed and not _may_still_give(invitation):
        raise InvitationProblem("revoked", invitation)
    taken = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, revoked_at__isnull=True).update(
        accepted_at=clock.now()
    )
    if not taken:
        raise InvitationProblem("used", invitation)
    giver = (
        Actor(user=invitation.by_user) if invitation.by_user else Actor.for_system(invitation.by_system or "invitation")
    )
    user = register_person(email=invitation.email, name=name or invitation.name or invitation.email, by=giver)
    grant_role(
        user=user,
        role=Role(invitation.role),
        anchor=invitation.anchor,
        held_for=invitation.held_for,
        starts=max(invitation.starts or today, today),
        ends=invitation.ends,
        office=invitation.office,
        confirmed=invitation.confirmed,
        by=giver,
    )
    Invitation.objects.filter(pk=invitation.pk).update(accepted_by=user)
    record(
        code="invitation.accepted",
        subject=invitation,
        by=Actor(user=user),
        office=invitation.office_id or invitation.anchor.office_id,
        data={"person": user.name, "anchor": invitation.anchor.name},
    )
    return user


def _may_still_give(invitation: Invitation) -> bool:
    """A coordinator's invitation is no better than their own role on the day it is answered."""
    giver = Actor.for_user(invitation.by_user) if invitation.by_user and invitation.by_user.is_active else None
    return any(authz.allowed(giver, perm, invitation.anchor) for perm in ("accounts.invite", "accounts.propose"))


@transaction.atomic
def send_again(*, invitation: Invitation, by: Actor) -> tuple[Invitation, str]:
    """A new mail with a new link for the same role; the old link stops working. Raises NotAllowed, AlreadyDone."""
    row = _locked(invitation)
    if row.accepted_at is not None or row.revoked_at is not None:
        raise AlreadyDone
    return invite(
        email=row.email,
        name=row.name,
        role=Role(row.role),
        anchor=row.anchor,
        held_for=row.held_for,
        starts=row.starts,
        ends=row.ends,
        office=row.office,
        by=by,
    )


@transaction.atomic
def revoke(*, invitation: Invitation, by: Actor) -> None:
    """Take back an invitation nobody has accepted; its link stops working. Raises NotAllowed."""
    row = _locked(invitation)
    if by.person is None or row.by_user_id != by.person.pk:
        authz.require(by, "accounts.invite", row.anchor)
    if row.accepted_at is not None or row.revoked_at is not None:
        return
    row.revoked_at = clock.now()
    row.save(update_fields=["revoked_at"])
    _record(row, by, "invitation.revoked")


def _locked(invitation: Invitation) -> Invitation:
    return (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("anchor", "held_for", "office__anchor")
        .get(pk=invitation.pk)
    )
