"""Who belongs to a network: members per sector, from a day to a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core import authz, clock
from core.actor import Actor
from core.models import Office
from core.requirements import Obstacle, StepRefused
from core.services.events import record, record_many
from core.services.performing import check_version
from networks.dependents import sentences_about_member
from networks.enums import OWNER_KINDS, Sector
from networks.models import Membership, Network, OfficeOrganisation, Organisation
from networks.requirements import dates_in_order, period_words, shares_a_day, still_there
from networks.selectors.standing import successor_names


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One membership to be."""

    network: Network
    organisation: Organisation
    sector: str
    valid_from: date
    valid_to: date | None = None


@transaction.atomic
def add_member(
    *,
    network: Network,
    organisation: Organisation,
    sector: str,
    by: Actor,
    valid_from: date,
    valid_to: date | None = None,
) -> Membership:
    """Add an organisation to a network in a sector from a day; being one already changes nothing.

    The office knows the organisation from then on. Raises NotAllowed, and StepRefused for an ended organisation, one
    that owns nothing, and a period that overlaps another of the same member and sector.
    """
    authz.require(by, "networks.keep_registers", network)
    locked = Network.objects.select_for_update(of=("self",)).select_related("anchor").get(pk=network.pk)
    there = list(Membership.objects.filter(network=locked, organisation=organisation).order_by("valid_from"))
    same = next((row for row in there if _is_same(row, sector, valid_from, valid_to)), None)
    if same is not None:
        return same
    row = MemberRow(locked, organisation, sector, valid_from, valid_to)
    if obstacles := obstacles_to_belonging(row, there):
        raise StepRefused(obstacles)
    return _write([row], by=by, office=locked.office)[0]


@transaction.atomic
def add_members(*, rows: Sequence[MemberRow], office: Office, by: Actor) -> list[Membership]:
    """Add many in a handful of statements, one event each. The first that can't be stops all of them.

    Raises as :func:`add_member`; being one already is refused here: the caller has looked.
    """
    authz.require(by, "networks.keep_registers", office)
    networks = {row.network.pk for row in rows}
    list(Network.objects.select_for_update(of=("self",)).filter(pk__in=networks).order_by("pk"))
    there: dict[tuple[int, int], list[Membership]] = defaultdict(list)
    for one in Membership.objects.filter(network__in=networks).order_by("valid_from"):
        there[one.network_id, one.organisation_id].append(one)
    for row in rows:
        if row.network.office_id != office.pk:
            raise authz.NotAllowed(str(authz.permission("networks.keep_registers").who))
        known = there[row.network.pk, row.organisation.pk]
        if obstacles := obstacles_to_belonging(row, known):
            raise StepRefused(obstacles)
        known.append(_unsaved(row, by))
    return _write(rows, by=by, office=office)


def obstacles_to_belonging(row: MemberRow, there: Sequence[Membership]) -> list[Obstacle]:
    """Why this can't be; ``there`` are the organisation's memberships in the network. No query."""
    name = row.organisation.anchor.name
    if row.organisation.kind not in OWNER_KINDS:
        text = _("%(name)s owns no kindergartens or schools, so it can't be a member. Choose an owner.")
        return [Obstacle("not_an_owner", text % {"name": name}, "id_organisation")]
    if row.network.ended_on is not None and (row.valid_to is None or row.valid_to >= row.network.ended_on):
        text = _("The network %(network)s has ended, so it gets no new members.")
        return [Obstacle("network_ended", text % {"network": row.network.anchor.name})]
    found = dates_in_order(row.valid_from, row.valid_to)
    found += still_there(
        name,
        row.organisation.ended_on,
        row.valid_from,
        row.valid_to,
        today=clock.today(),
        successor=successor_names(row.organisation),
    )
    other = next((one for one in there if _collides(one, row)), None)
    if other is not None and not found:
        text = _(
            "%(name)s belongs to %(network)s (%(sector)s) %(period)s already. End that first, or choose other days."
        )
        words = {
            "name": name,
            "network": row.network.anchor.name,
            "sector": Sector(other.sector).label,
            "period": period_words(other),
        }
        found.append(Obstacle("membership_overlaps", text % words, "id_valid_from"))
    return found


def _collides(one: Membership, row: MemberRow) -> bool:
    """The same sector, or one of them is both, and a day in common."""
    same = one.sector == row.sector or Sector.BOTH in (one.sector, row.sector)
    return same and shares_a_day(one, row.valid_from, row.valid_to)


def _is_same(row: Membership, sector: str, valid_from: date, valid_to: date | None) -> bool:
    """Asked for once more: it is a member now, and nothing else is said of the end."""
    return row.sector == sector and row.valid_to == valid_to and row.valid_from <= valid_from


def _unsaved(row: MemberRow, by: Actor) -> Membership:
    return Membership(
        network=row.network,
        organisation=row.organisation,
        sector=row.sector,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        **by.columns(),
    )


def _write(rows: Sequence[MemberRow], *, by: Actor, office: Office) -> list[Membership]:
    made = Membership.objects.bulk_create([_unsaved(row, by) for row in rows])
    know(office=office, organisations={row.organisation.pk for row in rows}, by=by)
    data = [_words(row.network, row.organisation) | {"sector": row.sector} for row in rows]
    record_many(code="membership.added", subjects=made, by=by, office=office, data=data)
    return made


def know(*, office: Office, organisations: set[int], by: Actor) -> None:
    """Make them organisations the office works with, where they aren't yet: it has mail and letters for them."""
    known = OfficeOrganisation.objects.filter(office=office, organisation__in=organisations)
    new = organisations - set(known.values_list("organisation_id", flat=True))
    OfficeOrganisation.objects.bulk_create(
        OfficeOrganisation(office=office, organisation_id=pk, **by.columns()) for pk in sorted(new)
    )


@transaction.atomic
def end_membership(*, membership: Membership, last_day: date, by: Actor, seen_version: int | None = None) -> Membership:
    """Let a membership end on a day. Raises NotAllowed, StaleVersion, and StepRefused for a day before it began.

    A membership that has ended can get another last day, as long as it doesn't run into the next one.
    """
    row = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("network__anchor", "network__office", "organisation__anchor")
        .get(pk=membership.pk)
    )
    check_version(row, seen_version)
    authz.require(by, "networks.keep_registers", row.network)
    if row.valid_to == last_day:
        return row
    obstacles = dates_in_order(row.valid_from, last_day, "id_last_day")
    others = Membership.objects.filter(network=row.network_id, organisation=row.organisation_id).exclude(pk=row.pk)
    wanted = MemberRow(row.network, row.organisation, row.sector, row.valid_from, last_day)
    for other in others:
        if not obstacles and _collides(other, wanted):
            text = _("The next membership begins before that: %(period)s. Choose an earlier day.")
            obstacles.append(Obstacle("membership_overlaps", text % {"period": period_words(other)}, "id_last_day"))
    if obstacles:
        raise StepRefused(obstacles)
    row.valid_to, row.version = last_day, row.version + 1
    row.save(update_fields=["valid_to", "version"])
    data = _words(row.network, row.organisation) | {"day": last_day.isoformat()}
    record(code="membership.ended", subject=row, by=by, office=row.network.office_id, data=data)
    return row


@transaction.atomic
def take_back_member(*, membership: Membership, by: Actor) -> None:
    """Take away a membership that was entered by mistake, as if it had never been.

    Raises NotAllowed, and StepRefused where a needs report rests on it: then it gets a last day instead.
    """
    row = Membership.objects.select_related("network__office", "organisation__anchor").get(pk=membership.pk)
    Network.objects.select_for_update(of=("self",)).get(pk=row.network_id)
    authz.require(by, "networks.keep_registers", row.network)
    if used := [Obstacle("in_use", text) for text in sentences_about_member(row)]:
        raise StepRefused(used)
    take_back_members(memberships=[row], office=row.network.office, by=by)


@transaction.atomic
def take_back_members(*, memberships: Sequence[Membership], office: Office, by: Actor) -> None:
    """Take away memberships that were entered by mistake, as an import that is undone. Raises NotAllowed.

    What the office knows of an organisation only because of them, and has written nothing about, goes with them.
    """
    authz.require(by, "networks.keep_registers", office)
    rows = list(
        Membership.objects.select_for_update(of=("self",))
        .filter(pk__in=[one.pk for one in memberships], network__office=office)
        .select_related("network__anchor", "organisation__anchor")
        .order_by("pk")
    )
    data = [_words(row.network, row.organisation) for row in rows]
    record_many(code="membership.taken_back", subjects=rows, by=by, office=office, data=data)
    Membership.objects.filter(pk__in=[row.pk for row in rows]).delete()
    forget(office=office, organisations={row.organisation_id for row in rows})


def forget(*, office: Office, organisations: set[int]) -> None:
    """Let go of organisations nothing is written about and that have no tie to the office's networks."""
    tied = Q(organisation__memberships__network__office=office) | Q(organisation__hosts_for__network__office=office)
    OfficeOrganisation.objects.filter(
        pk__in=OfficeOrganisation.objects.filter(
            office=office,
            organisation__in=organisations,
            version=1,
            notice_email="",
            postal_address="",
            contact_name="",
        )
        .exclude(tied)
        .values("pk")
    ).delete()


def _words(network: Network, organisation: Organisation) -> dict[str, Any]:
    return {"organisation": organisation.anchor.name, "network": network.anchor.name}
