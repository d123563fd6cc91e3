"""Who writes a needs report in a round: each network through its host, or each lead where there are no networks.

The law says municipality and private owner (FOR-2026-01-12-23 § 11); an owner reports alone or together with others.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _

from forums.models import Forum, ForumNetwork
from grants.models import Participation, Round
from grants.rulesets import RuleSet
from networks.enums import OWNER_KINDS, NetworkKind
from networks.models import Host, Membership, Network, Organisation


@dataclass(frozen=True, slots=True)
class Reporter:
    """One needs report to be: the network or None, the lead, the owners it reports for (the lead among them), and the

    forum (None where the forums conclude together). ``left_out_because`` is a sentence where there will be none.
    """

    network: Network | None
    lead: Organisation | None
    covered: tuple[Organisation, ...] = ()
    forum: Forum | None = None
    left_out_because: str = ""

    @property
    def name(self) -> str:
        """The network's name, else the lead's."""
        if self.network is not None:
            return self.network.anchor.name
        return self.lead.anchor.name if self.lead else ""


def reporters(round: Round, rules: RuleSet, *, on: date) -> list[Reporter]:
    """All that could report, networks first, in Norwegian order; those left out with the reason. Six queries."""
    places = {
        place.organisation_id: place
        for place in Participation.objects.filter(round=round)
        .select_related("organisation__anchor", "forum__anchor", "lead__anchor")
        .order_by("organisation__sort_key", "pk")
    }
    out = {pk for pk, place in places.items() if place.opted_out}
    found = _networks(round, rules, out, on=on)
    in_networks = {owner.pk for one in found if not one.left_out_because for owner in one.covered}
    return found + _leads(places, rules, in_networks)


def _alive(on: date) -> Q:
    return Q(valid_to__isnull=True) | Q(valid_to__gte=on)


def _networks(round: Round, rules: RuleSet, out: set[int], *, on: date) -> list[Reporter]:
    hosts = Host.objects.filter(_alive(on)).select_related("organisation__anchor").order_by("valid_from", "pk")
    members = (
        Membership.objects.filter(_alive(on)).select_related("organisation__anchor").order_by("organisation__sort_key")
    )
    networks = (
        Network.objects.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on), office_id=round.office_id)
        .select_related("anchor")
        .prefetch_related(
            Prefetch("hosts", queryset=hosts, to_attr="live_hosts"),
            Prefetch("memberships", queryset=members, to_attr="live_members"),
        )
        .order_by("sort_key", "pk")
    )
    forums = _forums_of_networks(round)
    return [
        reporter
        for network in networks
        if (reporter := _of_network(network, rules, out, forums.get(network.pk))) is not None
    ]


def _of_network(network: Network, rules: RuleSet, out: set[int], forum: Forum | None) -> Reporter | None:
    host: Organisation | None = network.live_hosts[-1].organisation if network.live_hosts else None  # type: ignore[attr-defined]
    owners = {row.organisation_id: row.organisation for row in network.live_members}  # type: ignore[attr-defined]
    covered = tuple(owner for owner in owners.values() if owner.kind in OWNER_KINDS and owner.pk not in out)
    if host is None:
        if network.kind == NetworkKind.SUB_NETWORK:
            return None  # reports through the network it is part of
        return Reporter(network, None, covered, forum, _("The network has no host that can receive money for it."))
    if not rules.can_receive(host.kind):
        why = _("%(host)s can't receive grants under %(law)s.") % {
            "host": host.anchor.name,
            "law": rules.law_reference,
        }
        return Reporter(network, host, covered, forum, why)
    if not covered:
        return Reporter(network, host, covered, forum, _("All members of the network have opted out."))
    return Reporter(network, host, covered, forum)


def _forums_of_networks(round: Round) -> dict[int, Forum]:
    """The forum of each network; empty where the forums conclude together."""
    if round.profile.joint_conclusion:
        return {}
    rows = ForumNetwork.objects.filter(forum__office_id=round.office_id, forum__ended_on__isnull=True)
    return {row.network_id: row.forum for row in rows.select_related("forum__anchor").order_by("pk")}


def _leads(places: dict[int, Participation], rules: RuleSet, in_networks: set[int]) -> list[Reporter]:
    covered: dict[int, list[Organisation]] = defaultdict(list)
    for place in places.values():
        if not place.opted_out and place.organisation_id not in in_networks:
            covered[place.lead_id or place.organisation_id].append(place.organisation)
    found = []
    for place in places.values():
        if place.opted_out or place.lead_id is not None or place.organisation_id in in_networks:
            continue
        lead, forum = place.organisation, place.forum
        why = ""
        if not rules.can_receive(lead.kind):
            why = _("%(host)s can't receive grants under %(law)s.") % {
                "host": lead.anchor.name,
                "law": rules.law_reference,
            }
        found.append(Reporter(None, lead, tuple(covered[lead.pk]), forum, why))
    return found
