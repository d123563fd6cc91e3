"""Makes networks and the ties of theirs: members, host, provider contacts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.roles import grant_role
from core import authz
from core.actor import Actor
from core.collation import sort_key
from core.enums import AnchorKind, Role
from core.models import Anchor, Document, Office
from core.requirements import Obstacle, StepRefused
from core.services.events import record
from networks.models import Host, Membership, Network, NetworkScheme, Organisation, ProviderContact


@transaction.atomic
def register_network(
    *,
    office: Office,
    code: str,
    name: str,
    kind: str,
    by: Actor,
    certainty: str = "",
    source_note: str = "",
    schemes: Sequence[str] = (),
    parent: Network | None = None,
    coordinator_organisation: Organisation | None = None,
) -> Network:
    """Make a network with its anchor. ``schemes`` are codes of a rule set. Raises NotAllowed."""
    authz.require(by, "networks.keep_registers", office)
    anchor = Anchor.objects.create(kind=AnchorKind.NETWORK, name=name, office=office)
    network = Network.objects.create(
        anchor=anchor,
        office=office,
        code=code,
        kind=kind,
        parent=parent,
        coordinator_organisation=coordinator_organisation,
        sort_key=sort_key(name)[:250],
        certainty=certainty,
        source_note=source_note[:250],
    )
    NetworkScheme.objects.bulk_create(NetworkScheme(network=network, scheme=scheme) for scheme in schemes)
    record(code="network.registered", subject=network, by=by, office=office, data={"name": name})
    return network


@transaction.atomic
def add_member(*, network: Network, organisation: Organisation, sector: str, by: Actor, valid_from: date) -> Membership:
    """Add an organisation to a network in a sector from a day; being one already changes nothing. Raises NotAllowed."""
    authz.require(by, "networks.keep_registers", network)
    row, made = Membership.objects.get_or_create(
        network=network,
        organisation=organisation,
        sector=sector,
        valid_to=None,
        defaults={"valid_from": valid_from, **by.columns()},
    )
    if made:
        data = {"organisation": organisation.anchor.name, "network": network.anchor.name, "sector": sector}
        record(code="membership.added", subject=row, by=by, office=network.office_id, data=data)
    return row


@transaction.atomic
def choose_host(
    *,
    network: Network,
    organisation: Organisation,
    by: Actor,
    valid_from: date,
    mandate_note: str = "",
    mandate: Document | None = None,
) -> Host:
    """Let an organisation receive the network's money from a day; the host before it ends the day before.

    Raises NotAllowed, and StepRefused when the new host would begin before the present one did.
    """
    authz.require(by, "networks.keep_registers", network)
    last = Host.objects.select_for_update(of=("self",)).filter(network=network, valid_to__isnull=True).first()
    if last is not None:
        if last.organisation_id == organisation.pk:
            return last
        if valid_from <= last.valid_from:
            text = _("The network has a host from %(date)s. Choose a later date.") % {"date": last.valid_from}
            raise StepRefused([Obstacle("host_overlaps", text)])
        last.valid_to = valid_from - timedelta(days=1)
        last.save(update_fields=["valid_to"])
    row = Host.objects.create(
        network=network,
        organisation=organisation,
        mandate=mandate,
        mandate_note=mandate_note[:250],
        valid_from=valid_from,
        **by.columns(),
    )
    data = {"organisation": organisation.anchor.name, "network": network.anchor.name}
    record(code="host.chosen", subject=row, by=by, office=network.office_id, data=data)
    return row


@transaction.atomic
def add_provider_contact(
    *, network: Network, organisation: Organisation, user: User, by: Actor, valid_from: date
) -> ProviderContact:
    """Make a person the provider's contact in a network, and give the role that goes with it (seed 003 ch. 6).

    Raises NotAllowed.
    """
    authz.require(by, "networks.keep_registers", network)
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
        data = {"person": user.name, "organisation": organisation.anchor.name, "network": network.anchor.name}
        record(code="provider_contact.added", subject=row, by=by, office=network.office_id, data=data)
    return row
