"""«Medlemmer i nettverk»: who belongs where, in one file: network, owner, sector, host, from which day.

A network nobody knows yet is made, so that a county is set up from one sheet; a name that is nearly one that is there
is taken for a slip, and asked about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.actor import Actor
from core.identifiers import normalise_orgnr
from core.imports import Applied, Change, Column, Difference, Fault, Importer, Plan, Values
from core.models import Anchor, Office
from core.requirements import Obstacle
from core.unreadable import Unreadable
from networks.enums import OWNER_KINDS, NetworkKind, Sector
from networks.importers import cells
from networks.importers.book import Book, fold
from networks.importers.networks import write_host
from networks.importers.undoing import membership_values, network_values, take_back
from networks.models import Host, Membership, Network, Organisation
from networks.requirements import day_words
from networks.selectors.finding import Finder
from networks.services.hosts import obstacles_to_hosting
from networks.services.memberships import MemberRow, add_members, obstacles_to_belonging
from networks.services.networks import register_network

WHICH = ("organisation_number", "municipality_number", "organisation")
"""The columns that say which owner, the surest first."""


@dataclass
class Draft:
    """What one row comes to."""

    values: Values
    faults: list[Fault] = field(default_factory=list)
    network: Network | None = None
    network_name: str = ""
    organisation: Organisation | None = None
    member: bool = False
    hosts: bool = False
    new_network: bool = False

    @property
    def sector(self) -> str:
        return str(self.values.get("sector") or Sector.BOTH)

    @property
    def valid_from(self) -> date:
        return self.values.get("valid_from") or clock.today()

    @property
    def valid_to(self) -> date | None:
        return self.values.get("valid_to")

    @property
    def tie(self) -> tuple[Network, Organisation]:
        """What the row ties together. Raises LookupError for one with faults."""
        if self.network is None or self.organisation is None:
            raise LookupError(self.title)
        return self.network, self.organisation

    @property
    def title(self) -> str:
        owner = self.organisation.anchor.name if self.organisation else _first(self.values, WHICH)
        return f"{owner} – {self.network_name}" if owner and self.network_name else owner or self.network_name


class Memberships(Importer):
    """Members and hosts of networks, and the networks where they aren't there yet."""

    code: ClassVar[str] = "memberships"
    label = gettext_lazy("Members of networks")
    lead = gettext_lazy(
        "A row says that an owner belongs to a network. A network nobody knows yet is made; "
        "an owner marked as host receives the network's money."
    )
    perm: ClassVar[str] = "networks.keep_registers"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "network",
            gettext_lazy("Network"),
            (
                "nettverk", "nettverksnavn", "nettverksnamn", "navn på nettverk", "namn på nettverk", "nettverkskode",
                "kompetansenettverk", "kompetanseregion", "region", "nettverk/region",
            ),
            required=True,
            read=cells.read_name,
            example="Nordhordland",
            hint=gettext_lazy("Code or name. One we don't know is made."),
        ),
        Column(
            "organisation",
            gettext_lazy("Owner"),
            (
                "eier", "eigar", "kommune", "kommunenavn", "kommunenamn", "kommune/eier", "kommune/eigar", "medlem",
                "organisasjon", "organisasjonsnavn", "organisasjonsnamn", "barnehage- og skoleeier",
                "barnehage- og skuleeigar", "skoleeier", "skuleeigar", "barnehageeier", "barnehageeigar",
            ),
            read=cells.read_name,
            example="Alver",
            hint=gettext_lazy("Name or number. Needed where there is no column of numbers."),
        ),
        Column(
            "municipality_number",
            gettext_lazy("Municipality number"),
            ("kommunenummer", "kommunenr", "kommunenr.", "komm.nr", "komm.nr.", "komnr", "knr", "kommune nr", "nr"),
            read=cells.read_municipality_number,
            example="4631",
            hint=gettext_lazy("Four digits. A zero in front that the spreadsheet took away is put back."),
        ),
        Column(
            "organisation_number",
            gettext_lazy("Organisation number"),
            ("organisasjonsnummer", "orgnr", "orgnr.", "org.nr", "org.nr.", "org nr", "organisasjonsnr"),
            read=normalise_orgnr,
            example="920290922",
        ),
        Column(
            "sector",
            gettext_lazy("Sector"),
            ("sektor", "område", "barnehage/skole", "barnehage/skule", "sektorområde", "gjelder", "gjeld"),
            read=cells.read_sector,
            example="begge",
            hint=gettext_lazy("Barnehage, skole or begge. Empty means both."),
        ),
        Column(
            "host",
            gettext_lazy("Host"),
            (
                "vert", "vertskommune", "vertskap", "er vert", "mottaker", "mottakar", "betalingsmottaker",
                "betalingsmottakar", "tar imot pengene", "tek imot pengane",
            ),
            read=cells.read_mark,
            example="ja",
            hint=gettext_lazy("Ja or x for the one that receives the network's money."),
        ),
        Column(
            "valid_from",
            gettext_lazy("From"),
            ("fra", "frå", "fra dato", "frå dato", "gjelder fra", "gjeld frå", "medlem fra", "medlem frå", "startdato"),
            read=cells.read_day,
            example="1.1.2027",
            hint=gettext_lazy("Empty means today."),
        ),
        Column(
            "valid_to",
            gettext_lazy("Last day"),
            ("til", "til dato", "gjelder til", "gjeld til", "siste dag", "sluttdato", "medlem til"),
            read=cells.read_day,
            hint=gettext_lazy("Only for one that has left, or will."),
        ),
    )  # fmt: skip

    def plan(self, rows: Sequence[Values], *, office: Office, by: Actor) -> list[Plan]:
        """Eight queries, however many rows."""
        return [_plan(draft) for draft in _Reading(office).drafts(rows)]

    def apply(self, rows: Sequence[Values], *, office: Office, by: Actor) -> list[Applied]:
        """Networks that are new, then members in one go, then hosts."""
        reading = _Reading(office)
        drafts = [draft for draft in reading.drafts(rows) if not draft.faults]
        done = _make_networks(drafts, office, by, reading.book)
        members = [_member_row(draft) for draft in drafts if draft.member]
        for row in add_members(rows=members, office=office, by=by):
            done.append(Applied(row, None, membership_values(row)))
        for draft in drafts:
            if draft.hosts:
                done += write_host(*draft.tie, draft.valid_from, by)
        return done

    def undo(self, done: Sequence[Applied], *, office: Office, by: Actor) -> None:
        """Hosts, members and networks go, unless somebody has changed or used them since."""
        take_back(done, office=office, by=by)


class _Reading:
    """What a file's rows come to, held against what is there."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.book = Book(office)
        self.finder = Finder(office, OWNER_KINDS)
        self.there: dict[tuple[int, int], list[Membership]] = defaultdict(list)
        for one in Membership.objects.filter(network__office=office).order_by("valid_from"):
            self.there[one.network_id, one.organisation_id].append(one)
        self.hosts: dict[int, list[Host]] = defaultdict(list)
        for host in Host.objects.filter(network__office=office).select_related("organisation__anchor"):
            self.hosts[host.network_id].append(host)

    def drafts(self, rows: Sequence[Values]) -> list[Draft]:
        drafts = [Draft(values) for values in rows]
        names = self._names(drafts)
        for draft in drafts:
            self._network(draft, names)
            self._organisation(draft)
        made = {fold(d.network_name): self._unsaved(d.network_name) for d in drafts if d.new_network}
        for draft in drafts:
            if draft.new_network:
                draft.network = made[fold(draft.network_name)]
        self._judge(drafts)
        return drafts

    def _names(self, drafts: Iterable[Draft]) -> dict[str, int]:
        """How many rows name each network that isn't there, by its folded name."""
        found: dict[str, int] = defaultdict(int)
        for draft in drafts:
            text = draft.values.get("network", "")
            if text and self.book.find(text) is None:
                found[fold(text)] += 1
        return found

    def _network(self, draft: Draft, names: dict[str, int]) -> None:
        text = draft.values.get("network", "")
        if not text:
            return
        found = self.book.find(text)
        draft.network_name = found.anchor.name if found else text
        if found is not None:
            draft.network = found
            return
        if names[fold(text)] == 1 and (near := self._slip(text, names)):
            words = {"typed": text, "name": near}
            text = _("We don't know the network “%(typed)s”. Did you mean “%(name)s”?") % words
            draft.faults.append(Fault("network", text, (near,)))
            return
        draft.new_network = True

    def _slip(self, text: str, names: dict[str, int]) -> str:
        """A name that stands once in the file and is nearly another one, of the office or the file."""
        return self.book.near(text, also=[name for name, count in names.items() if count > 1])

    def _organisation(self, draft: Draft) -> None:
        column = next((name for name in WHICH if draft.values.get(name)), "")
        if not column:
            draft.faults.append(
                Fault("organisation", _("Write which owner it is: a name, a municipality or organisation number."))
            )
            return
        try:
            draft.organisation = self.finder.find(draft.values[column])
        except Unreadable as unknown:
            draft.faults.append(cells.fault(column, unknown))

    def _unsaved(self, name: str) -> Network:
        """A network to be, so that rows can be held against it."""
        return Network(office=self.office, anchor=Anchor(name=name))

    def _judge(self, drafts: Iterable[Draft]) -> None:
        """Is it new, the same, or refused? Rows before it in the file count."""
        hosts = {pk: list(rows) for pk, rows in self.hosts.items()}
        there: dict[tuple[int, int], list[Membership]] = {key: list(rows) for key, rows in self.there.items()}
        for draft in drafts:
            if draft.faults or not draft.network_name:  # an empty network is the engine's own fault
                continue
            network, organisation = draft.tie
            key = (network.pk or id(network), organisation.pk)
            known = there.setdefault(key, [])
            if not any(_covers(one, draft) for one in known):
                draft.member = True
                row = _member_row(draft)
                draft.faults += _as_faults(obstacles_to_belonging(row, known), draft.values)
                known.append(Membership(**_tie_of(row)))
            if draft.values.get("host"):
                self._judge_host(draft, hosts.setdefault(key[0], []))

    def _judge_host(self, draft: Draft, hosts: list[Host]) -> None:
        network, organisation = draft.tie
        now = next((one for one in hosts if one.valid_to is None), None)
        if now is not None and now.organisation_id == organisation.pk:
            return
        if now is not None and now._state.adding:
            text = _("Another row of the file makes %(host)s the host of %(network)s. Keep one of the marks.")
            words = {"host": now.organisation.anchor.name, "network": draft.network_name}
            draft.faults.append(Fault("host", text % words))
            return
        obstacles = obstacles_to_hosting(network, organisation, hosts, draft.valid_from, None)
        draft.faults += _as_faults(obstacles, draft.values)
        draft.hosts = True
        hosts.append(Host(organisation=organisation, valid_from=draft.valid_from))


def _plan(draft: Draft) -> Plan:
    if draft.faults:
        return Plan(Change.FAULTY, draft.title, faults=tuple(draft.faults))
    _network, organisation = draft.tie
    key = f"{fold(draft.network_name)}/{organisation.pk}/{draft.sector}/{draft.valid_from.isoformat()}"
    differences = []
    if draft.new_network:
        differences.append(Difference("network", "", draft.network_name))
    if draft.member:
        differences.append(Difference("sector", "", str(Sector(draft.sector).label)))
        differences.append(Difference("valid_from", "", day_words(draft.valid_from)))
    if draft.hosts:
        differences.append(Difference("host", "", organisation.anchor.name))
    change = Change.NEW if draft.member else Change.CHANGED if draft.hosts else Change.SAME
    return Plan(change, draft.title, key=key, differences=tuple(differences))


def _make_networks(drafts: Iterable[Draft], office: Office, by: Actor, book: Book) -> list[Applied]:
    made: dict[str, Network] = {}
    for draft in drafts:
        if draft.new_network:
            key = fold(draft.network_name)
            if key not in made:
                made[key] = register_network(
                    office=office,
                    code=book.free_code(draft.network_name),
                    name=draft.network_name,
                    kind=NetworkKind.GEOGRAPHIC,
                    by=by,
                )
            draft.network = made[key]
    return [Applied(one, None, network_values(one)) for one in made.values()]


def _member_row(draft: Draft) -> MemberRow:
    network, organisation = draft.tie
    return MemberRow(network, organisation, draft.sector, draft.valid_from, draft.valid_to)


def _tie_of(row: MemberRow) -> dict[str, Any]:
    return {
        "organisation": row.organisation,
        "sector": row.sector,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
    }


def _covers(one: Membership, draft: Draft) -> bool:
    """It belongs there already, and the row says nothing else."""
    same = one.sector == draft.sector and one.valid_to == draft.valid_to
    return same and (one.valid_from <= draft.valid_from or "valid_from" not in draft.values)


def _as_faults(obstacles: Iterable[Obstacle], values: Values) -> list[Fault]:
    """A service's refusals at the cell they are about."""
    which = next((name for name in WHICH if values.get(name)), "")
    columns = {"id_organisation": which, "id_valid_from": "valid_from", "id_valid_to": "valid_to"}
    return [Fault(columns.get(one.anchor, ""), str(one.text)) for one in obstacles]


def _first(values: Values, names: Iterable[str]) -> str:
    return next((str(values[name]) for name in names if values.get(name)), "")
