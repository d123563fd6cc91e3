"""People from a spreadsheet: each new row is an invitation, a changed one moves the days of a role."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Invitation, RoleAssignment
from accounts.models.invitations import OPEN
from accounts.selectors.holders import living
from accounts.selectors.people import role_label
from accounts.selectors.places import Places, in_sight, places_of
from accounts.services.invitations import Invited, invite_many
from accounts.services.roles import change_dates
from core import authz, clock
from core.actor import Actor
from core.collation import fold
from core.dates import format_date, interface_form, parse_date
from core.enums import ROLES_AT, AnchorKind, Role, WrittenForm
from core.imports import Applied, Change, Column, Difference, Fault, Importer, Plan, Values
from core.models import Anchor, Office
from core.requirements import Obstacle, StepRefused
from core.services.events import record_many
from core.unreadable import Unreadable

ALSO_CALLED = {
    Role.COORDINATOR: ("koordinator", "nettverksleder", "nettverksleiar"),
    Role.NETWORK_READER: ("leser", "lesar", "nettverksleser", "nettverkslesar"),
    Role.OWNER_CONTACT: ("kontaktperson", "eier", "eigar", "skoleeier", "skuleeigar"),
    Role.PROVIDER_CONTACT: ("universitetskontakt", "uh kontakt", "kontakt uh"),
    Role.FORUM_SECRETARY: ("sekretær", "sekretaer"),
}
"""What people write for a role besides its own name in the two written forms."""


def read_email(text: str) -> str:
    """An e-mail address, also with a name around it («Kari Moe <kari@x.no>»)."""
    typed = text.strip().rpartition("<")[2].rstrip("> ").removeprefix("mailto:").strip()
    try:
        validate_email(typed)
    except ValidationError:
        message = _("«%(typed)s» isn’t an e-mail address. Write it like kari.moe@kommune.no.")
        raise Unreadable("email", message, {"typed": text.strip()}) from None
    return typed


def read_role(text: str) -> Role:
    """A role by its name in bokmål or nynorsk, its code, or what people call it."""
    found = _roles().get(fold(text).replace("-", " ").replace("_", " "))
    if found is None:
        message = _("We don’t know the role «%(typed)s». Write one of: %(roles)s.")
        raise Unreadable("role", message, {"typed": text.strip(), "roles": ", ".join(str(role.label) for role in Role)})
    return found


@cache
def _roles() -> dict[str, Role]:
    names: dict[str, Role] = {}
    for role in Role:
        for form in WrittenForm.values:
            with translation.override(form):
                names[fold(str(role.label)).replace("-", " ")] = role
        names[fold(role.value).replace("_", " ")] = role
        names.update({fold(name): role for name in ALSO_CALLED.get(role, ())})
    return names


Key = tuple[str, str, int, int | None]
"""(address in small letters, role, place, on whose behalf)"""


@dataclass(frozen=True, slots=True)
class Row:
    """A row that can be read: whom it is about, and what there is of it already."""

    invited: Invited
    role: RoleAssignment | None = None
    invitation: Invitation | None = None

    @property
    def key(self) -> Key:
        one = self.invited
        return one.email.casefold(), one.role, one.anchor.pk, one.held_for.pk if one.held_for else None

    @property
    def there(self) -> RoleAssignment | Invitation | None:
        return self.role or self.invitation

    def days(self) -> tuple[date | None, date | None]:
        """The days it would have; an empty cell changes nothing."""
        there = self.there
        if there is None:
            return self.invited.starts, self.invited.ends
        return self.invited.starts or there.starts, self.invited.ends or there.ends

    @property
    def is_same(self) -> bool:
        return self.there is not None and (self.there.starts, self.there.ends) == self.days()


class PeopleImporter(Importer):
    """Whom to invite to what, where."""

    code: ClassVar[str] = "people"
    label = gettext_lazy("People")
    lead = gettext_lazy("Each row is a person and a role. Everyone new gets an invitation by e-mail.")
    perm: ClassVar[str] = "accounts.keep_people"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("name", gettext_lazy("Name"), ("navn", "namn", "person", "fornavn og etternavn"), example="Kari Moe"),
        Column(
            "email",
            gettext_lazy("E-mail"),
            ("e-post", "epost", "e-postadresse", "epostadresse", "mail", "e-mail"),
            required=True,
            read=read_email,
            example="kari.moe@kommune.no",
        ),
        Column(
            "role",
            gettext_lazy("Role"),
            ("rolle", "funksjon"),
            required=True,
            read=read_role,
            example="nettverkskoordinator",
        ),
        Column(
            "place",
            gettext_lazy("Where"),
            ("sted", "stad", "nettverk", "organisasjon", "forum", "kommune", "orgnr", "organisasjonsnummer"),
            required=True,
            example="Nettverk Nord",
            hint=gettext_lazy("The name of a network, a forum, an organisation or the office. A number works too."),
        ),
        Column(
            "held_for",
            gettext_lazy("On behalf of"),
            ("for hvem", "for kven", "på vegne av", "på vegner av", "lærested", "lærestad", "institusjon"),
            example="Universitetet i Bergen",
            hint=gettext_lazy("Only for a university contact in a network: the organisation they speak for."),
        ),
        Column(
            "starts", gettext_lazy("From"), ("fra", "frå", "fra dato", "frå dato", "start"), read=parse_date,
            example="1.8.2027",
        ),
        Column(
            "ends", gettext_lazy("Last day"), ("til", "til dato", "siste dag", "slutt"), read=parse_date,
            example="31.7.2029",
        ),
    )  # fmt: skip

    def plan(self, rows: Sequence[Values], *, office: Office, by: Actor) -> list[Plan]:
        return [
            _plan(row, read) if isinstance(read, Row) else Plan(Change.FAULTY, _title(row), faults=tuple(read))
            for row, read in zip(rows, _read(rows, office, by), strict=True)
        ]

    def apply(self, rows: Sequence[Values], *, office: Office, by: Actor) -> list[Applied]:
        """New ones are invited, all in one go; an invitation with other days replaces the one that waits."""
        done: list[Applied] = []
        to_invite: list[Row] = []
        for read in _read(rows, office, by):
            if not isinstance(read, Row):
                raise StepRefused([Obstacle("faulty_row", fault.text) for fault in read])
            if read.is_same:
                continue
            if read.role is None:
                to_invite.append(read)
                continue
            before = _days(read.role)
            starts, ends = read.days()
            changed = change_dates(assignment=read.role, starts=starts or read.role.starts, ends=ends, by=by)
            done.append(Applied(changed, before, _days(changed)))
        made = invite_many(rows=[_with_days(one) for one in to_invite], by=by, office=office)
        for read, row in zip(to_invite, made, strict=True):
            replaced = {"replaces": read.invitation.pk} if read.invitation else {}
            done.append(Applied(row, None, {"email": row.email, "role": row.role, **_days(row), **replaced}))
        return done

    def undo(self, done: Sequence[Applied], *, office: Office, by: Actor) -> None:
        invitations = [one for one in done if isinstance(one.subject, Invitation)]
        roles = [one for one in done if isinstance(one.subject, RoleAssignment)]
        self._undo_invitations(invitations, office=office, by=by)
        now = RoleAssignment.objects.select_for_update(of=("self",)).in_bulk([one.subject.pk for one in roles])
        for one in roles:
            row = now[one.subject.pk]
            if row.ended_at is not None or _days(row) != dict(one.after):
                text = _("The role of %(person)s has been changed since. Nothing is taken back.")
                raise StepRefused([Obstacle("changed_since", text % {"person": row.user.name})])
            before = one.before or {}
            change_dates(assignment=row, starts=_day(before["starts"]) or row.starts, ends=_day(before["ends"]), by=by)

    def _undo_invitations(self, done: Sequence[Applied], *, office: Office, by: Actor) -> None:
        rows = Invitation.objects.select_for_update(of=("self",)).filter(pk__in=[one.subject.pk for one in done])
        found = {row.pk: row for row in rows.select_related("anchor")}
        answered = [row for row in found.values() if row.accepted_at is not None]
        moved = [row for row in found.values() if row.accepted_at is None and row.revoked_at is not None]
        if answered or moved:
            text = (
                _("%(people)s accepted the invitation already. Nothing is taken back.")
                if answered
                else _("The invitation of %(people)s was sent again or taken back since. Nothing is taken back.")
            )
            people = ", ".join(row.email for row in (answered or moved)[:5])
            raise StepRefused([Obstacle("depends_on_it", text % {"people": people})])
        moment = clock.now()
        Invitation.objects.filter(pk__in=list(found)).update(revoked_at=moment)
        replaced = [one.after["replaces"] for one in done if "replaces" in one.after]
        Invitation.objects.filter(pk__in=replaced, accepted_at__isnull=True).update(revoked_at=None)
        record_many(
            code="invitation.revoked",
            subjects=list(found.values()),
            by=by,
            office=office,
            data=[{"email": row.email, "anchor": row.anchor.name, "role": row.role} for row in found.values()],
        )


def _read(rows: Sequence[Values], office: Office, by: Actor) -> Iterator[Row | list[Fault]]:
    """Each row, or what is wrong with it. Six queries, however many rows."""
    places = places_of(office)
    known: dict[str, Anchor | Fault] = {}
    roles, invitations = _there(office)
    for row in rows:
        faults: list[Fault] = []
        for column, kinds in (("place", ()), ("held_for", (AnchorKind.ORGANISATION,))):
            typed = row.get(column)
            if typed and f"{column}:{typed}" not in known:
                known[f"{column}:{typed}"] = _place(places, column, str(typed), kinds)
        anchor = known.get(f"place:{row.get('place')}")
        held_for = known.get(f"held_for:{row.get('held_for')}") if row.get("held_for") else None
        faults += [found for found in (anchor, held_for) if isinstance(found, Fault)]
        if not faults and isinstance(anchor, Anchor) and not isinstance(held_for, Fault):
            faults = list(_wrong(row, anchor, held_for, by))
        if faults or not isinstance(anchor, Anchor) or isinstance(held_for, Fault):
            yield faults or [Fault("place", _("Write where they have the role."))]
            continue
        one = Row(
            Invited(
                email=row["email"],
                name=str(row.get("name", "")),
                role=row["role"],
                anchor=anchor,
                held_for=held_for,
                starts=row.get("starts"),
                ends=row.get("ends"),
            )
        )
        found_row = Row(one.invited, roles.get(one.key), invitations.get(one.key))
        starts, ends = found_row.days()
        if starts and ends and ends < starts:
            yield [Fault("ends", _("The last day can’t be before the first, or past."))]
        else:
            yield found_row


def _place(places: Places, column: str, typed: str, kinds: Sequence[str]) -> Anchor | Fault:
    try:
        return places.find(typed, kinds)
    except Unreadable as error:
        return Fault(column, str(error), error.params.get("names", ()))  # type: ignore[arg-type]


def _wrong(row: Values, anchor: Anchor, held_for: Anchor | None, by: Actor) -> Iterator[Fault]:
    """What can't be, in the row's own words."""
    role = Role(row["role"])
    words = {"place": anchor.name, "role": role.label}
    if role not in ROLES_AT[AnchorKind(anchor.kind)]:
        yield Fault("role", _("%(place)s can’t have anybody who is «%(role)s».") % words)
    elif not authz.allowed(by, "accounts.invite", anchor):
        yield Fault("role", authz.why_not(by, "accounts.invite", anchor))
    in_network = role == Role.PROVIDER_CONTACT and anchor.kind == AnchorKind.NETWORK
    if in_network and held_for is None:
        yield Fault("held_for", _("Write which university or other organisation the contact speaks for."))
    if held_for is not None and not in_network:
        text = _("Only a university contact in a network speaks for another organisation. Leave the field empty.")
        yield Fault("held_for", text)
    ends = row.get("ends")
    if ends is not None and ends < clock.today():
        yield Fault("ends", _("The last day can’t be before the first, or past."))


def _there(office: Office) -> tuple[dict[Key, RoleAssignment], dict[Key, Invitation]]:
    """The roles and open invitations in the office's sight."""
    sight = in_sight(office)
    roles = {
        (row.user.email.casefold(), row.role, row.anchor_id, row.held_for_id): row
        for row in RoleAssignment.objects.filter(
            living(clock.today()), anchor__in=sight, user__is_active=True
        ).select_related("user")
    }
    invitations: dict[Key, Invitation] = {
        (row.email.casefold(), row.role, row.anchor_id, row.held_for_id): row
        for row in Invitation.objects.filter(OPEN, anchor__in=sight)
    }
    return roles, invitations


def _plan(row: Values, read: Row) -> Plan:
    there = read.there
    key = "|".join(str(part) for part in read.key)
    if there is None:
        return Plan(Change.NEW, _title(row), key)
    if read.is_same:
        return Plan(Change.SAME, _title(row), key)
    pairs = zip(("starts", "ends"), (there.starts, there.ends), read.days(), strict=True)
    return Plan(
        Change.CHANGED,
        _title(row),
        key,
        tuple(Difference(name, _in_words(old), _in_words(new)) for name, old, new in pairs if old != new),
    )


def _title(row: Values) -> str:
    """«Kari Moe, nettverkskoordinator, Nettverk Nord»."""
    role = row.get("role")
    parts = (row.get("name") or row.get("email"), role_label(role) if role else "", row.get("place"))
    return str(capfirst(", ".join(str(part) for part in parts if part)))


def _with_days(read: Row) -> Invited:
    starts, ends = read.days()
    return replace(read.invited, starts=starts, ends=ends)


def _days(row: RoleAssignment | Invitation) -> dict[str, Any]:
    return {
        "starts": row.starts.isoformat() if row.starts else "",
        "ends": row.ends.isoformat() if row.ends else "",
    }


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _in_words(day: date | None) -> str:
    return format_date(day, interface_form()) if day else "–"
