"""Who belongs where as a tree: networks, the networks within them, and the members of each per sector."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber

from core import clock
from core.models import Office
from core.paging import Leaf, leaf_of
from networks.enums import NetworkKind, Sector
from networks.models import Host, Membership, Network
from networks.selectors.networks import alive, coordinators_of, network_alive

MOST_SHOWN = 50
"""Members of a network shown in the tree; the rest stand in the table."""


@dataclass(slots=True)
class Branch:
    """A network with what hangs on it."""

    network: Network
    kind: str
    depth: int
    within: str = ""
    host: Host | None = None
    coordinator: str = ""
    members: dict[str, list[Membership]] = field(default_factory=dict)
    total: int = 0
    parts: list[Branch] = field(default_factory=list)

    @property
    def left_out(self) -> int:
        """Members not shown."""
        return self.total - sum(len(rows) for rows in self.members.values())

    @property
    def guessed(self) -> bool:
        return "GUESS" in self.network.certainty


def tree(office: Office, number: int) -> Leaf[Branch]:
    """Fifty networks, each under the one it is part of. Four queries, however many."""
    networks = list(
        Network.objects.filter(network_alive(), office=office)
        .select_related("anchor", "coordinator_organisation__anchor")
        .order_by("sort_key", "pk")
    )
    leaf = leaf_of(list(_in_order(networks)), number)
    _hang(leaf)
    return leaf.with_rows(_nested(leaf.rows))


def _in_order(networks: list[Network]) -> Iterator[Branch]:
    """Each network before those within it; one whose parent is gone stands at the top."""
    within: dict[int | None, list[Network]] = defaultdict(list)
    there = {one.pk: one for one in networks}
    for one in networks:
        within[one.parent_id if one.parent_id in there else None].append(one)

    def below(parent: int | None, depth: int) -> Iterator[Branch]:
        for one in within[parent]:
            name = there[parent].anchor.name if parent is not None else ""
            yield Branch(one, str(NetworkKind(one.kind).label), depth, name)
            yield from below(one.pk, depth + 1)

    return below(None, 0)


def _hang(leaf: Leaf[Branch]) -> None:
    """Host, coordinator and members on the branches of a page."""
    today, branches = clock.today(), {one.network.pk: one for one in leaf}
    for host in Host.objects.filter(alive(today), network__in=branches).select_related("organisation__anchor"):
        if branches[host.network_id].host is None or host.valid_from <= today:
            branches[host.network_id].host = host
    people = coordinators_of([one.network for one in leaf])
    for one in leaf:
        body = one.network.coordinator_organisation
        named = ", ".join(people.get(one.network.anchor_id, ()))
        one.coordinator = named or (body.anchor.name if body else "")
    place = Window(RowNumber(), partition_by=F("network"), order_by=["organisation__sort_key", "pk"])
    members = (
        Membership.objects.filter(alive(today), network__in=branches)
        .annotate(place=place, total=Window(Count("*"), partition_by=F("network")))
        .filter(place__lte=MOST_SHOWN)
        .select_related("organisation__anchor")
        .order_by("network", "place")
    )
    for row in members:
        branch = branches[row.network_id]
        branch.total = row.total
        branch.members.setdefault(row.sector, []).append(row)
    for branch in branches.values():
        branch.members = {
            str(Sector(sector).label): branch.members[sector] for sector in Sector.values if sector in branch.members
        }


def _nested(branches: Iterable[Branch]) -> list[Branch]:
    """The branches of a page hung under each other; one whose parent stands on the page before is at the top here."""
    top: list[Branch] = []
    here: dict[int, Branch] = {}
    for one in branches:
        here[one.network.pk] = one
        above = here.get(one.network.parent_id or 0)
        (above.parts if above is not None else top).append(one)
    return top
