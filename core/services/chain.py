"""Checks that nothing binding was changed, taken away or put in: snapshots, chains and stored bytes (ADR 22).

Everything is read from the rows as they lie; nothing is written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType
from django.db.models import Min, Q

from core.models import Chain, DocumentFile, Office, Snapshot
from core.services.signing import canonical_json, first_link, link_of

AT_ONCE = 500
"""Rows read at a time: a nation's snapshots don't fit in memory."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and with which row."""

    row: str
    what: str

    def __str__(self) -> str:
        return f"{self.row}: {self.what}"


@dataclass(frozen=True, slots=True)
class ChainRead:
    """A chain as it was found. Its ``head`` written down elsewhere shows later that nothing before it was changed."""

    subject: str
    length: int
    head: str


@dataclass(slots=True)
class Audit:
    """What was looked at, and what was wrong with it."""

    chains: list[ChainRead] = field(default_factory=list)
    snapshots: int = 0
    unchained: int = 0
    """Snapshots from before there were chains."""
    files: int = 0
    faults: list[Fault] = field(default_factory=list)


def audit_faults(office: Office | None = None) -> list[Fault]:
    """Everything that is wrong; empty when nothing is."""
    return audit(office).faults


def audit(office: Office | None = None) -> Audit:
    """Look at all of it, or at one office's chains and files; what stands outside the chains belongs to no office."""
    found = Audit()
    for chain in _chains(office):
        found.chains.append(ChainRead(first_link(chain), chain.length, chain.head))
        found.faults += _walk(chain, found)
    if office is None:
        found.faults += _outside(found)
    found.faults += _files(office, found)
    return found


def _chains(office: Office | None) -> Iterator[Chain]:
    """In the order they were begun. What is chained (a round) has an office; core doesn't know it by name."""
    chains = Chain.objects.order_by("id")
    if office is None:
        yield from chains
        return
    kinds = {type_id: _of_office(type_id, office) for type_id in set(chains.values_list("subject_type", flat=True))}
    yield from (chain for chain in chains if chain.subject_id in kinds[chain.subject_type_id])


def _of_office(type_id: int, office: Office) -> set[int]:
    model = ContentType.objects.get_for_id(type_id).model_class()
    if model is None or not any(column.name == "office" for column in model._meta.get_fields()):
        return set()
    return set(model._base_manager.filter(office=office).values_list("pk", flat=True))


def _walk(chain: Chain, found: Audit) -> Iterator[Fault]:
    """From the first place to the last; after a fault the walk goes on from what the row says itself."""
    before, place = first_link(chain), 0
    for snapshot in chain.snapshots.order_by("place").iterator(chunk_size=AT_ONCE):
        found.snapshots += 1
        place += 1
        if snapshot.place != place:
            yield Fault(_name(chain), f"{_places(place, snapshot.place or 0)} missing.")
            place = snapshot.place or 0
        yield from _content(snapshot)
        if snapshot.link != link_of(snapshot, before=before):
            yield Fault(_name(snapshot), f"its link at place {place} does not follow from the one before and the row.")
        before = snapshot.link
    if chain.length != place:
        yield Fault(_name(chain), f"it is {chain.length} long, but its last snapshot has place {place}.")
    if chain.head != (before if place else ""):
        yield Fault(_name(chain), "its head is not the link of its last snapshot.")


def _outside(found: Audit) -> Iterator[Fault]:
    """Snapshots in no chain: right when older than the first that is in one, else put in by somebody."""
    first = Snapshot.objects.filter(chain__isnull=False).aggregate(first=Min("pk"))["first"]
    alone = Snapshot.objects.filter(Q(chain__isnull=True) | ~Q(chain__in=Chain.objects.all())).order_by("id")
    for snapshot in alone.iterator(chunk_size=AT_ONCE):
        found.snapshots += 1
        found.unchained += 1
        if snapshot.chain_id is not None:
            yield Fault(_name(snapshot), f"its chain {snapshot.chain_id} is gone.")
        elif first is not None and snapshot.pk > first:
            yield Fault(_name(snapshot), "it is in no chain, although it is newer than they are.")
        yield from _content(snapshot)


def _content(snapshot: Snapshot) -> Iterator[Fault]:
    if hashlib.sha256(snapshot.body.encode()).hexdigest() != snapshot.sha256:
        yield Fault(_name(snapshot), "its content does not give its SHA-256.")
    try:
        data = json.loads(snapshot.body)
        if canonical_json(data) != snapshot.body:
            raise ValueError("written another way")
    except ValueError:
        yield Fault(_name(snapshot), "its content is not canonical JSON.")
        return
    named = data.get("files") if isinstance(data, dict) else None
    if isinstance(named, dict):
        there = set(DocumentFile.objects.filter(sha256__in=named.values()).values_list("sha256", flat=True))
        for name in (name for name, sha256 in named.items() if sha256 not in there):
            yield Fault(_name(snapshot), f"no journaled document has the file «{name}» it names.")


def _files(office: Office | None, found: Audit) -> Iterator[Fault]:
    """The bytes of every journaled document, read a piece at a time."""
    rows = DocumentFile.objects.order_by("id")
    if office is not None:
        rows = rows.filter(document__case__office=office)
    for row in rows.iterator(chunk_size=AT_ONCE):
        found.files += 1
        try:
            with row.file.open("rb") as handle:
                sha256 = hashlib.file_digest(handle, "sha256").hexdigest()
        except OSError as error:
            yield Fault(_name(row), f"{row.file.name} can't be read ({type(error).__name__}).")
            continue
        if sha256 != row.sha256:
            yield Fault(_name(row), f"the bytes of {row.file.name} do not give its SHA-256.")


def _places(first: int, found: int) -> str:
    return f"place {first} is" if found == first + 1 else f"places {first} to {found - 1} are"


def _name(row: Chain | Snapshot | DocumentFile) -> str:
    return f"{row._meta.label_lower} {row.pk}"
