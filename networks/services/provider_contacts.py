"""Who at a university (or another provider) works with a network (seed 003 ch. 6)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import RoleAssignment, User
from accounts.services import projection
from accounts.services.roles import end_role, grant_role
from core import authz, clock
from core.actor import Actor
from core.enums import Role
from core.requirements import Obstacle, StepRefused
from core.services.events import record
from core.services.performing import check_version
from networks.enums import PROVIDER_KINDS
from networks.models import Network, Organisation, ProviderContact
from networks.requirements import dates_in_order, still_there


@transaction.atomic
def add_provider_contact(
    *, network: Network, organisation: Organisation, user: User, by: Actor, valid_from: date
) -> ProviderContact:
    """Make a person the provider's contact in a network, and give the role that goes with it.

    Raises NotAllowed, and StepRefused for an organisation that is no provider or has ended.
    """
    authz.require(by, "networks.keep_registers", network)
    if obstacles := _obstacles(network, organisation, valid_from):
        raise StepRefused(obstacles)
    row, made = ProviderContact.objects.get_or_create(
        network=network, organisation=organisation, user=user, valid_to=None, defaults={"valid_from": valid_from}
    )
    grant_role(
        user=user,
        role=Role.PROVIDER_CONTACT,
        anchor=network.anchor,
        held_for=organisation.anchor,
        starts=valid_from,
        by=by,
    )
    if made:
        record(code="provider_contact.added", subject=row, by=by, office=network.office_id, data=_words(row))
    return row


def _obstacles(network: Network, organisation: Organisation, valid_from: date) -> list[Obstacle]:
    name = organisation.anchor.name
    if organisation.kind not in PROVIDER_KINDS:
        text = _("%(name)s is no university, vocational college or other competence environment.") % {"name": name}
        return [Obstacle("not_a_provider", text, "id_organisation")]
    found = still_there(name, organisation.ended_on, valid_from, None, today=clock.today())
    if network.ended_on is not None:
        text = _("The network %(network)s has ended, so it gets no new contacts.") % {"network": network.anchor.name}
        found.append(Obstacle("network_ended", text))
    return found


@transaction.atomic
def end_provider_contact(
    *, contact: ProviderContact, last_day: date, by: Actor, seen_version: int | None = None
) -> ProviderContact:
    """Let somebody be the provider's contact until a day; the role ends with it.

    Raises NotAllowed, StaleVersion, and StepRefused for a day before it began.
    """
    row = (
        ProviderContact.objects.select_for_update(of=("self",))
        .select_related("network__anchor", "organisation__anchor", "user")
        .get(pk=contact.pk)
    )
    check_version(row, seen_version)
    authz.require(by, "networks.keep_registers", row.network)
    if row.valid_to == last_day:
        return row
    if obstacles := dates_in_order(row.valid_from, last_day, "id_last_day"):
        raise StepRefused(obstacles)
    row.valid_to, row.version = last_day, row.version + 1
    row.save(update_fields=["valid_to", "version"])
    roles = RoleAssignment.objects.select_for_update(of=("self",)).filter(
        user=row.user_id,
        role=Role.PROVIDER_CONTACT,
        anchor=row.network.anchor_id,
        held_for=row.organisation.anchor_id,
        ended_at__isnull=True,
    )
    for role in roles.select_related("user", "anchor"):
        role_until(role, last_day, by)
    data = _words(row) | {"day": last_day.isoformat()}
    record(code="provider_contact.ended", subject=row, by=by, office=row.network.office_id, data=data)
    return row


def role_until(role: RoleAssignment, last_day: date, by: Actor) -> None:
    """A role counts to a day; a day that has passed takes it away now."""
    if last_day < clock.today() or last_day < role.starts:
        end_role(assignment=role, by=by)
    elif role.ends is None or role.ends > last_day:
        role.ends = last_day
        role.save(update_fields=["ends"])
        projection.project(
            user=role.user, anchor=role.anchor, source=f"role:{role.pk}", starts=role.starts, ends=last_day
        )


def _words(row: ProviderContact) -> dict[str, Any]:
    return {
        "person": row.user.name,
        "organisation": row.organisation.anchor.name,
        "network": row.network.anchor.name,
    }
