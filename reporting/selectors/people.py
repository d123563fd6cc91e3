"""Who writes a report and who speaks for its parties today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from accounts.models import User
from accounts.selectors.holders import Holding, role_holdings
from core import clock
from core.enums import Role
from reporting.models import AnnualReport
from reporting.rules import RequiredParty, anchors_of, required_parties


def writers(report: AnnualReport) -> list[User]:
    """The network's coordinators, without a network the lead's owner contacts, and the report's contact while they hold
    a role at one of the measure's places (reporting.rules.writes_report). One query."""
    network = report.measure.network
    asked = (
        (Role.OWNER_CONTACT, report.measure.lead.anchor_id)
        if network is None
        else (Role.COORDINATOR, network.anchor_id)
    )
    held = role_holdings(anchors_of(report), clock.today())
    found = [
        one
        for one in held
        if one.grant.counts_at(report.round.office_id)
        and ((one.grant.role, one.grant.anchor_id) == asked or one.user.pk == report.contact_id)
    ]
    return list({one.user.pk: one.user for one in found}.values())


def speakers(report: AnnualReport, parties: Iterable[RequiredParty] | None = None) -> dict[int, list[User]]:
    """Anchor id of each required party → those who speak for it today. A provider's own people are asked only where
    nobody speaks for it in the network. One query, however many parties."""
    asked = list(required_parties(report) if parties is None else parties)
    network = report.measure.network
    anchors = {party.organisation.anchor_id for party in asked} | ({network.anchor_id} if network else set())
    held: dict[tuple[str, int], list[Holding]] = defaultdict(list)
    for holding in role_holdings(anchors, clock.today()):
        if holding.grant.counts_at(report.round.office_id):
            held[holding.grant.role, holding.grant.anchor_id].append(holding)
    found: dict[int, list[User]] = {}
    for party in asked:
        anchor_id = party.organisation.anchor_id
        here = held[party.role, anchor_id]
        if party.role == Role.PROVIDER_CONTACT and network is not None:
            in_network = held[Role.PROVIDER_CONTACT, network.anchor_id]
            here = [one for one in in_network if one.grant.for_anchor_id == anchor_id] or here
        found[anchor_id] = list({one.user.pk: one.user for one in here}.values())
    return found
