"""Who belongs where as a table: owner × network × sector, and the owners that belong nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from core import clock
from core.collation import fold
from core.models import Office
from core.paging import Leaf, asked_for, leaf_of_query
from core.spreadsheets import Value
from networks.enums import OWNER_KINDS, OrganisationKind, Sector
from networks.models import Host, Membership, Network, Organisation
from networks.selectors.finding import around
from networks.selectors.networks import alive, network_alive

NOWHERE = "0"
"""In the address: owners without a network."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: a text, a sector, a network («0»: none)."""

    text: str = ""
    sector: str = ""
    network: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> Asked:
        sector, network = query.get("sektor", ""), query.get("nettverk", "")
        return cls(
            text=" ".join(query.get("q", "").split())[:100],
            sector=sector if sector in Sector.values else "",
            network=network if network.isascii() and network.isdecimal() and len(network) < 10 else "",
        )

    @property
    def anything(self) -> bool:
        return bool(self.text or self.sector or self.network)


@dataclass(frozen=True, slots=True)
class TableRow:
    """One owner in one network in one sector; without ``network`` where it belongs nowhere."""

    organisation: Organisation
    kind: str
    network: Network | None
    sector: str
    since: date | None
    hosts: bool

    @property
    def number(self) -> str:
        return self.organisation.municipality_number


@dataclass(frozen=True, slots=True)
class Table:
    """A page of rows, with what one can choose."""

    leaf: Leaf[TableRow]
    asked: Asked
    networks: list[Network]
    nowhere: int


def table(office: Office, query: QueryDict) -> Table:
    """The page of the table the address asks for. Six queries, however many owners."""
    asked, networks = Asked.of(query), networks_of(office)
    leaf = leaf_of_query(_owners(office, asked, networks), asked_for(query))
    nowhere = _owners(office, Asked(network=NOWHERE), networks).count()
    return Table(leaf.with_rows(list(_in_words(leaf.rows, networks))), asked, networks, nowhere)


def export(office: Office, query: QueryDict) -> tuple[list[str], Iterator[list[Value]]]:
    """The whole table the address asks for, as heads and rows of a spreadsheet."""
    networks = networks_of(office)
    heads = [
        _("Municipality number"), _("Organisation number"), _("Owner"), _("Kind"), _("Code"), _("Network"),
        _("Sector"), _("From"), _("Host"),
    ]  # fmt: skip
    rows = _in_words(list(_owners(office, Asked.of(query), networks)), networks)
    return heads, (
        [
            row.number,
            row.organisation.orgnr or "",
            row.organisation.anchor.name,
            row.kind,
            row.network.code if row.network else "",
            row.network.anchor.name if row.network else "",
            row.sector,
            row.since,
            _("Yes") if row.hosts else "",
        ]
        for row in rows
    )


def networks_of(office: Office) -> list[Network]:
    """The office's networks that are there today, in Norwegian order. One query."""
    found = Network.objects.filter(network_alive(), office=office)
    return list(found.select_related("anchor").order_by("sort_key", "pk"))


def owners_without_network(office: Office) -> QuerySet[Organisation]:
    """Owners around the office that belong to none of its networks today."""
    return _owners(office, Asked(network=NOWHERE), networks_of(office))


def _owners(office: Office, asked: Asked, networks: Iterable[Network]) -> QuerySet[Organisation]:
    """Owners × their memberships; an owner without one has a row of its own. ``tie_pk`` is the membership's id."""
    today, known = clock.today(), list(networks)
    ids = [one.pk for one in known]
    still = Q(memberships__valid_to__isnull=True) | Q(memberships__valid_to__gte=today)
    members = Membership.objects.filter(alive(today), network__in=ids).values("organisation_id")
    rows = (
        Organisation.objects.filter(around(office) | Q(pk__in=members), kind__in=list(OWNER_KINDS))
        .filter(Q(ended_on__isnull=True) | Q(pk__in=members))
        .annotate(tie=FilteredRelation("memberships", condition=Q(memberships__network__in=ids) & still))
        .annotate(tie_pk=F("tie__pk"))
        .select_related("anchor")
        .order_by("sort_key", "pk", "tie__sector", "tie__pk")
    )
    if asked.text:
        wanted = fold(asked.text)
        named = [one.pk for one in known if wanted in fold(one.anchor.name)]
        number = Q(municipality_number=asked.text.zfill(4)) if asked.text.isdecimal() else Q(pk__in=[])
        rows = rows.filter(Q(fold__contains=wanted) | Q(tie__network__in=named) | number)
    if asked.sector:
        rows = rows.filter(tie__sector__in=[asked.sector, Sector.BOTH])
    if asked.network == NOWHERE:
        rows = rows.filter(tie__pk__isnull=True)
    elif asked.network:
        rows = rows.filter(tie__network=int(asked.network))
    return rows


def _in_words(rows: Iterable[Organisation], networks: Iterable[Network]) -> Iterator[TableRow]:
    """Two queries: the memberships and the hosts."""
    found = list(rows)
    known: Mapping[int, Network] = {one.pk: one for one in networks}
    ties = Membership.objects.in_bulk([one.tie_pk for one in found if one.tie_pk])  # type: ignore[attr-defined]
    hosts = set(Host.objects.filter(alive(clock.today()), network__in=known).values_list("network", "organisation"))
    for one in found:
        tie = ties.get(one.tie_pk)  # type: ignore[attr-defined]
        yield TableRow(
            organisation=one,
            kind=str(OrganisationKind(one.kind).label),
            network=known[tie.network_id] if tie else None,
            sector=str(Sector(tie.sector).label) if tie else "",
            since=tie.valid_from if tie else None,
            hosts=tie is not None and (tie.network_id, one.pk) in hosts,
        )
