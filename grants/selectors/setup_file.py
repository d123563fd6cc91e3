"""Writes an office's set-up down as it stands, and says what another's would do here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _

from core import clock
from core.models import Office
from forums.models import Forum, SeatGroup
from grants.enums import RoundKind
from grants.models import Round
from grants.selectors.profiles import YearOfChoices, choices_of, profile_for, year_of_choices
from grants.selectors.rounds import rounds_of
from grants.setup_file import (
    DateRow,
    ForumRow,
    GroupRow,
    MemberRow,
    NetworkRow,
    OrganisationRef,
    SetupFile,
)
from networks.enums import OrganisationKind
from networks.models import Host, Membership, Network, Organisation


class Part(StrEnum):
    """What of a file can be brought in by itself."""

    CHOICES = "choices"
    FORUMS = "forums"
    NETWORKS = "networks"
    DATES = "dates"


# --- Out --------------------------------------------------------------------------------------------------------------


def setup_of(office: Office) -> SetupFile:
    """The office's set-up today; seven queries, however large."""
    newest = next((one for one in rounds_of(office) if one.kind == RoundKind.MAIN), None)
    found = profile_for(office, newest.year if newest else year_of_choices(office).year)
    return SetupFile(
        office=office.anchor.name,
        county=office.county_number,
        year=newest.year if newest else 0,
        rule_set=newest.rule_set.code if newest else "",
        choices=choices_of(found) if found else {},
        dates=tuple(_dates(newest)) if newest else (),
        forums=tuple(_forums(office)),
        networks=tuple(_networks(office)),
    )


def _dates(round: Round) -> Iterable[DateRow]:
    for row in sorted(round.deadlines.all(), key=lambda row: (row.date, row.kind)):
        day = 28 if (row.date.month, row.date.day) == (2, 29) else row.date.day
        yield DateRow(row.kind, row.date.month, day, row.date.year - round.year)


def _forums(office: Office) -> Iterable[ForumRow]:
    groups = Prefetch("seat_groups", queryset=SeatGroup.objects.order_by("order", "code"))
    for forum in _alive(Forum, office).select_related("anchor").prefetch_related(groups, "covered_networks__network"):
        yield ForumRow(
            code=forum.code,
            name=forum.anchor.name,
            sectors=forum.sectors,
            upper_secondary=forum.upper_secondary,
            covers=tuple(sorted(row.network.code for row in forum.covered_networks.all())),
            groups=tuple(
                GroupRow(
                    one.code,
                    one.name_nb,
                    one.name_nn,
                    one.min_seats,
                    one.max_seats,
                    one.per_region,
                    one.is_office,
                    one.votes,
                )
                for one in forum.seat_groups.all()
            ),
        )


def _networks(office: Office) -> Iterable[NetworkRow]:
    today = clock.today()
    now = Q(valid_from__lte=today) & (Q(valid_to__isnull=True) | Q(valid_to__gte=today))
    members = Membership.objects.filter(now).select_related("organisation__anchor")
    hosts = Host.objects.filter(now)
    rows = (
        _alive(Network, office)
        .select_related("anchor", "parent", "coordinator_organisation__anchor")
        .prefetch_related(
            "schemes",
            Prefetch("memberships", queryset=members.order_by("organisation__sort_key", "sector"), to_attr="now"),
            Prefetch("hosts", queryset=hosts, to_attr="hosts_now"),
        )
    )
    for network in rows:
        host_ids = {host.organisation_id for host in network.hosts_now}
        body = network.coordinator_organisation
        yield NetworkRow(
            code=network.code,
            name=network.anchor.name,
            kind=network.kind,
            parent=network.parent.code if network.parent else "",
            schemes=tuple(sorted(one.scheme for one in network.schemes.all())),
            coordinator=_ref(body) if body else None,
            members=tuple(
                MemberRow(_ref(one.organisation), one.sector, one.organisation_id in host_ids) for one in network.now
            ),
        )


def _alive(model: type[Forum] | type[Network], office: Office):  # type: ignore[no-untyped-def]
    return model.objects.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=clock.today()), office=office)


def _ref(organisation: Organisation) -> OrganisationRef:
    return OrganisationRef(organisation.anchor.name, organisation.orgnr or "", organisation.municipality_number)


# --- In ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Left:
    """What can't be brought in, and why."""

    part: Part
    text: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a file would bring in here. ``organisations`` are those found, by number and by municipality number."""

    setup: SetupFile
    year: YearOfChoices
    forums: tuple[ForumRow, ...]
    networks: tuple[NetworkRow, ...]
    deadlines: tuple[tuple[str, date], ...]
    organisations: dict[OrganisationRef, Organisation]
    left: tuple[Left, ...]
    same_county: bool

    def lines(self) -> list[tuple[Part, str, bool]]:
        """Each part with what it would do, and whether it does anything."""
        forums, networks = len(self.forums), len(self.networks)
        seats = sum(len(forum.groups) for forum in self.forums)
        members = sum(len(self.members_of(network)) for network in self.networks)
        return [
            (
                Part.CHOICES,
                _("The office's own choices for %(year)s") % {"year": self.year.year},
                bool(self.setup.choices),
            ),
            (
                Part.FORUMS,
                _("%(forums)s new forums with %(groups)s groups of seats") % {"forums": forums, "groups": seats},
                bool(forums),
            ),
            (
                Part.NETWORKS,
                _("%(networks)s new networks with %(members)s memberships")
                % {"networks": networks, "members": members},
                bool(networks),
            ),
            (
                Part.DATES,
                _("A draft of the %(year)s round with %(dates)s dates")
                % {"year": self.year.year, "dates": len(self.deadlines)},
                bool(self.deadlines),
            ),
        ]

    def members_of(self, network: NetworkRow) -> list[tuple[MemberRow, Organisation]]:
        """The members that are known here."""
        found = ((one, self.organisations.get(one.organisation)) for one in network.members)
        return [(one, organisation) for one, organisation in found if organisation is not None]


def arrival(office: Office, setup: SetupFile) -> Arrival:
    """Hold a file against what the office has: what is here already, by its code, is left as it is."""
    known_forums = set(Forum.objects.filter(office=office).values_list("code", flat=True))
    known_networks = set(Network.objects.filter(office=office).values_list("code", flat=True))
    organisations = _organisations(setup)
    year = year_of_choices(office)
    left = [
        *(
            Left(Part.FORUMS, _("%(name)s: there is a forum with the code «%(code)s» here.") % _words(row))
            for row in setup.forums
            if row.code in known_forums
        ),
        *(
            Left(Part.NETWORKS, _("%(name)s: there is a network with the code «%(code)s» here.") % _words(row))
            for row in setup.networks
            if row.code in known_networks
        ),
    ]
    networks = tuple(row for row in setup.networks if row.code not in known_networks)
    for row in networks:
        for one in row.members:
            if one.organisation not in organisations:
                words = {"network": row.name, "name": one.organisation.name}
                left.append(Left(Part.NETWORKS, _("%(network)s: %(name)s isn't among the organisations here.") % words))
    deadlines: tuple[tuple[str, date], ...] = ()
    if setup.dates and year.draft is None and setup.rule_set:
        deadlines = tuple((row.kind, date(year.year + row.years, row.month, row.day)) for row in setup.dates)
    elif setup.dates and year.draft is not None:
        words = {"year": year.draft.slug}
        left.append(Left(Part.DATES, _("The %(year)s round is open already. Change its dates there.") % words))
    return Arrival(
        setup=setup,
        year=year,
        forums=tuple(row for row in setup.forums if row.code not in known_forums),
        networks=networks,
        deadlines=deadlines,
        organisations=organisations,
        left=tuple(left),
        same_county=bool(setup.county) and setup.county == office.county_number,
    )


def _words(row: ForumRow | NetworkRow) -> dict[str, str]:
    return {"name": row.name, "code": row.code}


def _organisations(setup: SetupFile) -> dict[OrganisationRef, Organisation]:
    """Those the file names, as they are known here: by number, else a municipality by its own. One query."""
    refs = {one.organisation for row in setup.networks for one in row.members}
    refs |= {row.coordinator for row in setup.networks if row.coordinator}
    numbers = {ref.orgnr for ref in refs if ref.orgnr}
    municipalities = {ref.municipality for ref in refs if ref.municipality}
    found = Organisation.objects.filter(
        Q(orgnr__in=numbers) | Q(kind=OrganisationKind.MUNICIPALITY, municipality_number__in=municipalities),
        Q(ended_on__isnull=True) | Q(ended_on__gt=clock.today()),
    ).select_related("anchor")
    by_number = {one.orgnr: one for one in found if one.orgnr}
    by_municipality = {one.municipality_number: one for one in found if one.kind == OrganisationKind.MUNICIPALITY}
    known: dict[OrganisationRef, Organisation] = {}
    for ref in refs:
        organisation = by_number.get(ref.orgnr) or by_municipality.get(ref.municipality)
        if organisation is not None:
            known[ref] = organisation
    return known
