"""The list of who does what at one place, as its own people and the office see it; and who has confirmed theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts import places
from accounts.models import Invitation, ListConfirmation, RoleAssignment
from accounts.models.invitations import OPEN
from accounts.selectors.holders import counting_at, in_force, living
from accounts.selectors.people import ORDER, role_label
from accounts.selectors.persons import InvitationRow, invitation_rows
from accounts.selectors.places import in_sight
from core import authz, clock
from core.actor import Actor
from core.enums import AnchorKind, Role, WrittenForm
from core.models import Anchor, Office
from core.obligations import Kind, Owed, register_kind, register_provider

LIST_KIND = Kind(
    code="list_confirm",
    verb=_("Confirm the list of %(place)s"),
    waiting=_("%(place)s: confirm the list"),
    url_name="accounts:list",
    minutes=5,
)
ROLE_KIND = Kind(
    code="role_confirm",
    verb=_("Confirm that %(name)s is %(role)s at %(place)s"),
    waiting=_("The office: confirm that %(name)s is %(role)s at %(place)s"),
    url_name="accounts:role",
    minutes=2,
    reminded=False,
)


def owed_for_list(row: ListConfirmation) -> Iterator[Owed]:
    """The coordinator, or the owner contact, owes a look at the list."""
    if row.confirmed_at is not None or row.withdrawn_at is not None:
        return
    yield Owed(
        kind=LIST_KIND.code,
        office_id=row.office_id,
        role=answers(row.anchor),
        anchor_id=row.anchor_id,
        due=row.due,
        data={"place": row.anchor.name, "url": {"office": row.office.slug, "anchor": row.anchor_id}},
    )


def owed_for_role(row: RoleAssignment) -> Iterator[Owed]:
    """The office's case officers owe an answer to a role a coordinator gave."""
    if row.confirmed_at is not None or row.ended_at is not None or row.office is None:
        return
    yield Owed(
        kind=ROLE_KIND.code,
        office_id=row.office_id or 0,
        role=Role.CASE_OFFICER,
        anchor_id=row.office.anchor_id,
        data={
            "name": row.user.name,
            "role": {form: _label(row.role, form) for form in WrittenForm.values},
            "place": row.anchor.name,
            "url": {"office": row.office.slug, "pk": row.user_id, "role_pk": row.pk},
        },
    )


def _label(role: str, form: str) -> str:
    with translation.override(form):
        return role_label(role)


def register() -> None:
    """Fill core's registries."""
    register_kind(LIST_KIND)
    register_kind(ROLE_KIND)
    register_provider(ListConfirmation, owed_for_list)
    register_provider(RoleAssignment, owed_for_role)


def answers(anchor: Anchor) -> Role:
    """Who says whether the list of a place is right."""
    return Role.COORDINATOR if anchor.kind == AnchorKind.NETWORK else Role.OWNER_CONTACT


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody in the list. ``row`` is the role's; ``mine``: the reader's own."""

    row: RoleAssignment
    label: str
    mine: bool

    @property
    def confirmed(self) -> bool:
        return self.row.confirmed_at is not None


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A member of the network, with its owner contacts."""

    member: places.Member
    contacts: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ListPage:
    """``asked``: the question the office waits for an answer to; ``last``: the one answered last."""

    anchor: Anchor
    lines: list[Line]
    members: list[MemberLine]
    invitations: list[InvitationRow]
    asked: ListConfirmation | None
    last: ListConfirmation | None
    staff: bool


def list_page(office: Office, pk: int, actor: Actor) -> ListPage:
    """The page. Raises Http404 for a place out of the office's sight, and for who has nothing to do with it."""
    anchor = in_sight(office).filter(pk=pk, kind__in=[AnchorKind.NETWORK, AnchorKind.ORGANISATION]).first()
    if anchor is None:
        raise Http404
    staff = authz.allowed(actor, "accounts.see_people", office)
    if not staff:
        authz.require_visible(actor, "core.deal_with_office", office)
        authz.require_visible(actor, "accounts.see_list", anchor)
    members = places.members([anchor.pk]) if anchor.kind == AnchorKind.NETWORK else []
    rows = list(
        RoleAssignment.objects.filter(living(clock.today()), user__is_active=True)
        .filter(Q(anchor=anchor) | Q(anchor__in=[one.anchor_id for one in members], role=Role.OWNER_CONTACT))
        .filter(Q(within__isnull=True) | Q(within=office))
        .select_related("user", "anchor", "held_for", "office")
        .order_by("user__sort_key", "pk")
    )
    lines = [Line(row, role_label(row.role), row.user_id == (actor.person.pk if actor.person else 0)) for row in rows]
    by_member: dict[int, list[Line]] = {}
    for line in lines:
        by_member.setdefault(line.row.anchor_id, []).append(line)
    asked = ListConfirmation.objects.filter(office=office, anchor=anchor, withdrawn_at__isnull=True)
    found = list(asked.select_related("confirmed_by").order_by("-asked_at", "-pk")[:2])
    return ListPage(
        anchor=anchor,
        lines=sorted(by_member.get(anchor.pk, []), key=lambda line: ORDER.index(line.row.role)),
        members=[MemberLine(one, by_member.get(one.anchor_id, [])) for one in members],
        invitations=invitation_rows(Invitation.objects.filter(OPEN, anchor=anchor)),
        asked=next((one for one in found if one.confirmed_at is None), None),
        last=next((one for one in found if one.confirmed_at is not None), None),
        staff=staff,
    )


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A place that was asked, and what came of it. ``who``: whom it waits for."""

    row: ListConfirmation
    who: str
    late: bool


@dataclass(frozen=True, slots=True)
class AskedPage:
    """``to_ask``: so many places would be asked now. ``nobody``: places nobody could answer for."""

    rows: list[AskedRow]
    to_ask: int
    nobody: list[str]

    @property
    def done(self) -> int:
        return sum(one.row.confirmed_at is not None for one in self.rows)


def askable(office: Office) -> tuple[QuerySet[Anchor], QuerySet[Anchor]]:
    """(the places that can be asked, those nobody answers for): networks by a coordinator, owners by a contact."""
    on = clock.today()
    kinds = in_sight(office).filter(kind__in=[AnchorKind.NETWORK, AnchorKind.ORGANISATION])
    held = RoleAssignment.objects.filter(
        in_force(on), counting_at(office.pk), user__is_active=True, confirmed_at__isnull=False
    )
    answered = Q(kind=AnchorKind.NETWORK, pk__in=held.filter(role=Role.COORDINATOR).values("anchor")) | Q(
        kind=AnchorKind.ORGANISATION, pk__in=held.filter(role=Role.OWNER_CONTACT).values("anchor")
    )
    waits = ListConfirmation.objects.filter(office=office, confirmed_at__isnull=True, withdrawn_at__isnull=True)
    free = kinds.exclude(pk__in=waits.values("anchor"))
    return free.filter(answered), free.exclude(answered)


def asked_page(office: Office) -> AskedPage:
    """Who was asked in the last year, and who has answered. The same number of queries, however many."""
    today = clock.today()
    since = date(today.year - 1, today.month, min(today.day, 28))
    rows = list(
        ListConfirmation.objects.filter(office=office, withdrawn_at__isnull=True, asked_at__date__gte=since)
        .select_related("anchor", "confirmed_by")
        .order_by("confirmed_at", "anchor__kind", "anchor__name", "pk")
    )
    waiting = [one.anchor_id for one in rows if one.confirmed_at is None]
    holders: dict[tuple[int, str], list[str]] = {}
    for role in RoleAssignment.objects.filter(
        in_force(today),
        counting_at(office.pk),
        anchor__in=waiting,
        user__is_active=True,
        role__in=[Role.COORDINATOR, Role.OWNER_CONTACT],
    ).select_related("user"):
        holders.setdefault((role.anchor_id, role.role), []).append(role.user.name)
    can, cannot = askable(office)
    return AskedPage(
        rows=[
            AskedRow(
                one,
                ", ".join(holders.get((one.anchor_id, answers(one.anchor)), [])),
                one.confirmed_at is None and one.due < today,
            )
            for one in rows
        ],
        to_ask=can.count(),
        nobody=[anchor.name for anchor in cannot.filter(kind=AnchorKind.NETWORK)],
    )
