"""«Nettverk»: code, name, kind, what it is part of, coordinating body and host, one network a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.actor import Actor
from core.collation import fold
from core.imports import Applied, Change, Column, Difference, Fault, Importer, Plan, Values
from core.models import Office
from core.unreadable import Unreadable
from networks.enums import NetworkKind
from networks.importers import cells
from networks.importers.book import Book
from networks.importers.undoing import host_values, network_values, take_back
from networks.models import Host, Network, Organisation
from networks.selectors.finding import Finder
from networks.services.hosts import choose_host, obstacles_to_hosting
from networks.services.networks import change_network, register_network


@dataclass
class Draft:
    """What one row comes to. ``parent`` is the text; it may be a row of the same file."""

    values: Values
    faults: list[Fault] = field(default_factory=list)
    known: Network | None = None
    parent: str = ""
    parent_name: str = ""
    coordinator: Organisation | None = None
    host: Organisation | None = None
    new_host: bool = False

    @property
    def name(self) -> str:
        return str(self.values.get("name") or (self.known.anchor.name if self.known else ""))

    @property
    def code(self) -> str:
        return str(self.values.get("code") or (self.known.code if self.known else ""))

    @property
    def kind(self) -> str:
        fallback = NetworkKind.SUB_NETWORK if self.parent else NetworkKind.GEOGRAPHIC
        return str(self.values.get("kind") or (self.known.kind if self.known else fallback))

    @property
    def valid_from(self) -> date:
        return self.values.get("valid_from") or clock.today()

    @property
    def words(self) -> set[str]:
        """What other rows may call it."""
        return {fold(word) for word in (self.name, self.code) if word}


class Networks(Importer):
    """The networks themselves."""

    code: ClassVar[str] = "networks"
    label = gettext_lazy("Networks")
    lead = gettext_lazy("A row is a network: a new one is made, one with the same code or name is changed.")
    perm: ClassVar[str] = "networks.keep_registers"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "name",
            gettext_lazy("Name"),
            ("navn", "namn", "nettverk", "nettverksnavn", "nettverksnamn", "navn på nettverk", "namn på nettverk",
             "kompetansenettverk", "kompetanseregion", "region"),
            required=True,
            read=cells.read_name,
            example="Nordhordland",
        ),
        Column(
            "code",
            gettext_lazy("Code"),
            ("kode", "nettverkskode", "kortnavn", "kortnamn", "nr", "nummer", "id"),
            read=cells.read_code,
            example="V-3",
            hint=gettext_lazy("At most 20 characters. Empty: made of the name."),
        ),
        Column(
            "kind",
            gettext_lazy("Kind"),
            ("type", "slag", "nettverkstype", "art"),
            read=cells.read_kind,
            example="geografisk",
            hint=gettext_lazy("Geografisk, delnettverk, friskoler, videregående or tematisk."),
        ),
        Column(
            "parent",
            gettext_lazy("Part of"),
            ("del av", "hører til", "høyrer til", "overordnet", "overordna", "overordnet nettverk",
             "overordna nettverk", "hovednettverk", "hovudnettverk"),
            read=cells.read_name,
            hint=gettext_lazy("Code or name of another network, also one of this file."),
        ),
        Column(
            "coordinator",
            gettext_lazy("Coordinating body"),
            ("koordinator", "koordinerende organ", "koordinerande organ", "koordinert av", "rkk",
             "koordinatororganisasjon"),
            read=cells.read_name,
            example="RKK Ofoten",
        ),
        Column(
            "host",
            gettext_lazy("Host"),
            ("vert", "vertskommune", "mottaker", "mottakar", "betalingsmottaker", "betalingsmottakar", "vertskommunenr",
             "kommunenummer vert"),
            read=cells.read_name,
            example="Alver",
            hint=gettext_lazy("Who receives the network's money: name, municipality or organisation number."),
        ),
        Column(
            "valid_from",
            gettext_lazy("Host from"),
            ("vert fra", "vert frå", "fra", "frå", "fra dato", "frå dato", "gjelder fra", "gjeld frå"),
            read=cells.read_day,
            example="1.1.2027",
            hint=gettext_lazy("Empty means today."),
        ),
    )  # fmt: skip

    def plan(self, rows: Sequence[Values], *, office: Office, by: Actor) -> list[Plan]:
        """Seven queries, however many rows."""
        return [_plan(draft) for draft in _Reading(office).drafts(rows)]

    def apply(self, rows: Sequence[Values], *, office: Office, by: Actor) -> list[Applied]:
        """A network before those within it; then the hosts."""
        reading = _Reading(office)
        drafts = [draft for draft in reading.drafts(rows) if not draft.faults]
        done: list[Applied] = []
        for draft in _parents_first(drafts):
            done += _write(draft, reading.book, office, by)
        for draft in drafts:
            if draft.new_host and draft.known is not None and draft.host is not None:
                done += write_host(draft.known, draft.host, draft.valid_from, by)
        return done

    def undo(self, done: Sequence[Applied], *, office: Office, by: Actor) -> None:
        """Each back to what it was, unless somebody has changed or used it since."""
        take_back(done, office=office, by=by)


class _Reading:
    """What a file's rows come to, held against what is there."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.book = Book(office)
        self.finder = Finder(office)
        self.hosts: dict[int, list[Host]] = {}
        for host in Host.objects.filter(network__office=office).select_related("organisation__anchor"):
            self.hosts.setdefault(host.network_id, []).append(host)

    def drafts(self, rows: Sequence[Values]) -> list[Draft]:
        drafts = [self._draft(values) for values in rows]
        of_file: dict[str, Draft] = {word: draft for draft in drafts for word in draft.words}
        for draft in drafts:
            self._parent(draft, of_file)
        return drafts

    def _draft(self, values: Values) -> Draft:
        draft = Draft(values, parent=values.get("parent", ""))
        by_code = self.book.find(values["code"]) if values.get("code") else None
        by_name = self.book.find(values["name"]) if values.get("name") else None
        draft.known = by_code or by_name
        if by_code is not None and by_name is not None and by_code.pk != by_name.pk:
            text = _("The code %(code)s is used by %(network)s, and the name by another one. Correct one of them.")
            words = {"code": by_code.code, "network": by_code.anchor.name}
            draft.faults.append(Fault("code", text % words))
        draft.coordinator = self._found(draft, "coordinator")
        if draft.coordinator is None and draft.known is not None and not values.get("coordinator"):
            draft.coordinator = draft.known.coordinator_organisation
        draft.host = self._found(draft, "host")
        self._host(draft)
        return draft

    def _found(self, draft: Draft, column: str) -> Organisation | None:
        text = draft.values.get(column)
        if not text:
            return None
        try:
            return self.finder.find(text)
        except Unreadable as unknown:
            draft.faults.append(cells.fault(column, unknown))
            return None

    def _host(self, draft: Draft) -> None:
        if draft.host is None:
            return
        hosts = self.hosts.get(draft.known.pk, []) if draft.known else []
        now = next((one for one in hosts if one.valid_to is None), None)
        if now is not None and now.organisation_id == draft.host.pk:
            return
        network = draft.known or Network(office=self.office)
        columns = {"id_organisation": "host", "id_valid_from": "valid_from"}
        for one in obstacles_to_hosting(network, draft.host, hosts, draft.valid_from, None):
            draft.faults.append(Fault(columns.get(one.anchor, ""), str(one.text)))
        draft.new_host = True

    def _parent(self, draft: Draft, of_file: dict[str, Draft]) -> None:
        if not draft.parent:
            return
        parent, there = of_file.get(fold(draft.parent)), self.book.find(draft.parent)
        draft.parent_name = parent.name if parent else there.anchor.name if there else draft.parent
        if parent is None and there is None:
            near = self.book.near(draft.parent, also=[one.name for one in of_file.values()])
            text = _("We don't know the network “%(typed)s”. Did you mean “%(name)s”?")
            if not near:
                text = _("We don't know the network “%(typed)s”. Write its code or name, or add a row for it.")
            words = {"typed": draft.parent, "name": near}
            draft.faults.append(Fault("parent", text % words, (near,) if near else ()))
            return
        if _in_circle(draft, of_file, self.book):
            text = _("%(name)s would be a part of itself. Correct what it is part of.") % {"name": draft.name}
            draft.faults.append(Fault("parent", text))


def _above(word: str, of_file: dict[str, Draft], book: Book) -> tuple[str, str]:
    """(what a network is called in one word, what it is part of), in the file or else as it is."""
    draft, known = of_file.get(word), book.find(word)
    name = fold(draft.name) if draft else fold(known.anchor.name) if known else word
    if draft is not None and draft.parent:
        return name, fold(draft.parent)
    known = draft.known if draft else known
    above = book.known.get(known.parent_id) if known is not None and known.parent_id else None
    return name, fold(above.anchor.name) if above else ""


def _in_circle(draft: Draft, of_file: dict[str, Draft], book: Book) -> bool:
    seen: set[str] = set()
    word = fold(draft.name)
    while word:
        name, word = _above(word, of_file, book)
        if name in seen:
            return True
        seen.add(name)
    return False


def _plan(draft: Draft) -> Plan:
    if draft.faults:
        return Plan(Change.FAULTY, draft.name, faults=tuple(draft.faults))
    now = _now(draft)
    differences = tuple(Difference(column, before, after) for column, before, after in now if before != after)
    change = Change.NEW if draft.known is None else Change.CHANGED if differences else Change.SAME
    return Plan(
        change, draft.name, key=f"{draft.known.pk if draft.known else fold(draft.name)}", differences=differences
    )


def _now(draft: Draft) -> Iterator[tuple[str, str, str]]:
    """(column, as it is, as it would be), in words."""
    known = draft.known
    yield "name", known.anchor.name if known else "", draft.name
    yield "code", known.code if known else "", draft.code
    yield "kind", str(NetworkKind(known.kind).label) if known else "", str(NetworkKind(draft.kind).label)
    if draft.parent:
        yield "parent", known.parent.anchor.name if known and known.parent else "", draft.parent_name
    body = known.coordinator_organisation if known else None
    after = draft.coordinator.anchor.name if draft.coordinator else ""
    yield "coordinator", body.anchor.name if body else "", after
    if draft.new_host and draft.host is not None:
        yield "host", "", draft.host.anchor.name


def _parents_first(drafts: Iterable[Draft]) -> list[Draft]:
    waiting, ready = list(drafts), []
    of_file = {word: draft for draft in waiting for word in draft.words}
    done: set[int] = set()
    while waiting:
        now = [one for one in waiting if fold(one.parent) not in of_file or id(of_file[fold(one.parent)]) in done]
        ready += now or waiting
        done |= {id(one) for one in now or waiting}
        waiting = [one for one in waiting if id(one) not in done]
    return ready


def _write(draft: Draft, book: Book, office: Office, by: Actor) -> list[Applied]:
    """Make or change one network; nothing where nothing differs."""
    parent = book.find(draft.parent) if draft.parent else (draft.known.parent if draft.known else None)
    values: dict[str, Any] = {
        "code": draft.code or book.free_code(draft.name),
        "name": draft.name,
        "kind": draft.kind,
        "parent": parent,
        "coordinator_organisation": draft.coordinator,
    }
    if draft.known is None:
        draft.known = register_network(office=office, by=by, **values)
        book.add(draft.known)
        return [Applied(draft.known, None, network_values(draft.known))]
    before = network_values(draft.known)
    if not change_network(network=draft.known, by=by, **values):
        return []
    draft.known = Network.objects.select_related("anchor", "office").get(pk=draft.known.pk)
    book.add(draft.known)
    return [Applied(draft.known, before, network_values(draft.known))]


def write_host(network: Network, organisation: Organisation, valid_from: date, by: Actor) -> list[Applied]:
    """The new host, and before it the one it follows, which ends."""
    last = Host.objects.filter(network=network, valid_to=None).first()
    was = host_values(last) if last else None
    row = choose_host(network=network, organisation=organisation, by=by, valid_from=valid_from)
    done = [Applied(row, None, host_values(row))]
    if last is not None and last.pk != row.pk:
        last.refresh_from_db()
        done.insert(0, Applied(last, was, host_values(last)))
    return done
