"""What someone with the database in hand does to binding rows is found: SQL goes around every service and trigger."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from core import clock
from core.enums import DocumentKind
from core.models import Chain, Document, Office, Snapshot
from core.services import archive
from core.services.chain import Audit, Fault, audit, audit_faults
from core.services.signing import canonical_json, digest, first_link, link_of, take_snapshot
from grants.models import Round
from tests.accounts.conftest import SYSTEM, Small, make_office

OTHER_BODY = '{"amount":999}'


def bind(round_: Round, amount: int, **more: Any) -> Snapshot:
    return take_snapshot(
        subject=round_.office, chain=round_, purpose="test", schema_version=1, data={"amount": amount, **more}
    )


@pytest.fixture
def three(row: Round) -> list[Snapshot]:
    """A chain of three links."""
    with clock.frozen(date(2027, 3, 1)):
        return [bind(row, amount) for amount in (100, 200, 300)]


def tamper(*statements: str, **values: Any) -> None:
    """Run SQL past constraints and triggers, as one with the server's keys would."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement, values)
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")


def said() -> list[str]:
    return [str(fault) for fault in audit_faults()]


def test_each_link_hangs_on_the_one_before(row: Round, three: list[Snapshot]) -> None:
    chain = Chain.objects.get()
    assert [(one.chain_id, one.place) for one in three] == [(chain.pk, 1), (chain.pk, 2), (chain.pk, 3)]
    assert first_link(chain) == f"grants.round:{row.pk}"
    assert three[0].link == digest(
        [f"grants.round:{row.pk}", 1, "core.office", row.office_id, "test", 1, "2027-03-01T08:00:00+00:00",
         hashlib.sha256(b'{"amount":100}').hexdigest()]
    )  # fmt: skip
    assert three[1].link == link_of(three[1], before=three[0].link)
    assert (chain.length, chain.head) == (3, three[2].link)


def test_each_round_has_a_chain_of_its_own(row: Round, three: list[Snapshot]) -> None:
    other = take_snapshot(subject=row, chain=row.office, purpose="test", schema_version=1, data={})
    assert (other.place, Chain.objects.count()) == (1, 2)


def test_an_untouched_chain_has_no_fault(row: Round, three: list[Snapshot]) -> None:
    found = audit()
    assert (found.snapshots, found.unchained, found.files, found.faults) == (3, 0, 0, [])
    assert [(one.subject, one.length, one.head) for one in found.chains] == [
        (f"grants.round:{row.pk}", 3, three[2].link)
    ]


def test_a_chain_without_links_has_no_fault(row: Round) -> None:
    with pytest.raises(ValueError, match="Out of range"):
        bind(row, 1, broken=float("nan"))
    Chain.objects.update(length=0, head="")
    assert audit_faults() == []


def test_a_changed_byte_is_found(three: list[Snapshot]) -> None:
    tamper("UPDATE core_snapshot SET body = replace(body, '2', '3') WHERE id = %(id)s", id=three[1].pk)
    assert said() == [f"core.snapshot {three[1].pk}: its content does not give its SHA-256."]


def test_a_changed_byte_with_a_hash_that_fits_is_found(three: list[Snapshot]) -> None:
    tamper(
        "UPDATE core_snapshot SET body = %(body)s, sha256 = %(sha256)s WHERE id = %(id)s",
        id=three[1].pk, body=OTHER_BODY, sha256=hashlib.sha256(OTHER_BODY.encode()).hexdigest(),
    )  # fmt: skip
    assert said() == [
        f"core.snapshot {three[1].pk}: its link at place 2 does not follow from the one before and the row."
    ]


@pytest.mark.parametrize(
    "change",
    ["purpose = 'other'", "schema_version = 2", "subject_id = subject_id + 1", "at = '2027-03-02 08:00:00+00:00'"],
)
def test_a_changed_column_is_found(three: list[Snapshot], change: str) -> None:
    tamper(f"UPDATE core_snapshot SET {change} WHERE id = %(id)s", id=three[0].pk)
    assert said() == [
        f"core.snapshot {three[0].pk}: its link at place 1 does not follow from the one before and the row."
    ]


def test_a_link_made_to_fit_breaks_the_next(three: list[Snapshot]) -> None:
    one = three[1]
    one.body, one.sha256 = OTHER_BODY, hashlib.sha256(OTHER_BODY.encode()).hexdigest()
    tamper(
        "UPDATE core_snapshot SET body = %(body)s, sha256 = %(sha256)s, link = %(link)s WHERE id = %(id)s",
        id=one.pk, body=one.body, sha256=one.sha256, link=link_of(one, before=three[0].link),
    )  # fmt: skip
    assert said() == [
        f"core.snapshot {three[2].pk}: its link at place 3 does not follow from the one before and the row."
    ]


def test_the_newest_taken_away_is_found(three: list[Snapshot]) -> None:
    tamper("DELETE FROM core_snapshot WHERE id = %(id)s", id=three[2].pk)
    name = f"core.chain {three[0].chain_id}"
    assert said() == [
        f"{name}: it is 3 long, but its last snapshot has place 2.",
        f"{name}: its head is not the link of its last snapshot.",
    ]


def test_all_taken_away_is_found(three: list[Snapshot]) -> None:
    tamper("DELETE FROM core_snapshot")
    assert len(said()) == 2


def test_the_middle_taken_away_is_found(three: list[Snapshot]) -> None:
    tamper("DELETE FROM core_snapshot WHERE id = %(id)s", id=three[1].pk)
    assert said() == [
        f"core.chain {three[0].chain_id}: place 2 is missing.",
        f"core.snapshot {three[2].pk}: its link at place 3 does not follow from the one before and the row.",
    ]


def test_the_middle_taken_away_and_the_rest_moved_up_is_found(three: list[Snapshot]) -> None:
    tamper(
        "DELETE FROM core_snapshot WHERE place = 2",
        "UPDATE core_snapshot SET place = 2 WHERE place = 3",
        "UPDATE core_chain SET length = 2",
    )
    assert said() == [
        f"core.snapshot {three[2].pk}: its link at place 2 does not follow from the one before and the row."
    ]


def test_two_that_changed_places_are_found(three: list[Snapshot]) -> None:
    tamper(
        "UPDATE core_snapshot SET place = 9 WHERE place = 1",
        "UPDATE core_snapshot SET place = 1 WHERE place = 2",
        "UPDATE core_snapshot SET place = 2 WHERE place = 9",
    )
    follows = "does not follow from the one before and the row."
    assert said() == [
        f"core.snapshot {three[1].pk}: its link at place 1 {follows}",
        f"core.snapshot {three[0].pk}: its link at place 2 {follows}",
        f"core.snapshot {three[2].pk}: its link at place 3 {follows}",
    ]


def copied(place: str, chain: str, link: str) -> str:
    columns = "subject_type_id, subject_id, purpose, schema_version, body, sha256, at"
    return (
        f"INSERT INTO core_snapshot ({columns}, place, chain_id, link) "
        f"SELECT {columns}, {place}, {chain}, {link} FROM core_snapshot WHERE place = 1"
    )


def test_one_put_in_behind_is_found(three: list[Snapshot]) -> None:
    tamper(copied("4", "chain_id", "link"))
    new = Snapshot.objects.get(place=4)
    assert said() == [
        f"core.snapshot {new.pk}: its link at place 4 does not follow from the one before and the row.",
        f"core.chain {new.chain_id}: it is 3 long, but its last snapshot has place 4.",
        f"core.chain {new.chain_id}: its head is not the link of its last snapshot.",
    ]


def test_one_put_in_outside_the_chain_is_found(three: list[Snapshot]) -> None:
    tamper(copied("NULL", "NULL", "''"))
    new = Snapshot.objects.get(place=None)
    assert said() == [f"core.snapshot {new.pk}: it is in no chain, although it is newer than they are."]


def test_a_chain_moved_to_another_round_is_found(three: list[Snapshot]) -> None:
    tamper("UPDATE core_chain SET subject_id = subject_id + 1")
    assert said() == [
        f"core.snapshot {three[0].pk}: its link at place 1 does not follow from the one before and the row."
    ]


def test_rows_from_before_the_chains_are_right(row: Round) -> None:
    bind(row, 100)
    tamper("UPDATE core_snapshot SET chain_id = NULL, place = NULL, link = ''", "DELETE FROM core_chain")
    bind(row, 200)
    found = audit()
    assert (found.snapshots, found.unchained, found.faults) == (2, 1, [])
    tamper("UPDATE core_snapshot SET body = '{}' WHERE place IS NULL")
    old = Snapshot.objects.get(place=None)
    assert said() == [f"core.snapshot {old.pk}: its content does not give its SHA-256."]


@pytest.mark.parametrize("body", ['{"b": 1}', '{"b":1,"a":2}', '{"b":', "{'b':1}"])
def test_content_written_another_way_is_found(row: Round, body: str) -> None:
    """One content, one text: else a hash could stand for two."""
    snapshot = bind(row, 1)
    snapshot.body, snapshot.sha256 = body, hashlib.sha256(body.encode()).hexdigest()
    tamper(
        "UPDATE core_snapshot SET body = %(body)s, sha256 = %(sha256)s, link = %(link)s",
        "UPDATE core_chain SET head = %(link)s",
        body=body, sha256=snapshot.sha256, link=link_of(snapshot, before=first_link(Chain.objects.get())),
    )  # fmt: skip
    assert said() == [f"core.snapshot {snapshot.pk}: its content is not canonical JSON."]


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def document(row: Round) -> Document:
    """A journaled document whose file is named by a link of the chain."""
    document = archive.register(
        case=row.case, kind=DocumentKind.OUTGOING, title="Vedtak", document_date=date(2027, 3, 1), parties=[],
        files=[archive.Bytes("vedtak.txt", b"Dere tildeles 100 kroner.", "text/plain", "nb")], by=SYSTEM,
    )  # fmt: skip
    bind(row, 100, files=archive.hashes(document))
    return document


def path_of(document: Document) -> Path:
    return Path(settings.MEDIA_ROOT) / document.files.get().file.name


def test_a_changed_file_is_found(document: Document) -> None:
    file = document.files.get()
    assert (audit().files, said()) == (1, [])
    kept = path_of(document).read_bytes()
    path_of(document).write_bytes(kept.replace(b"100", b"900"))
    try:
        assert said() == [f"core.documentfile {file.pk}: the bytes of {file.file.name} do not give its SHA-256."]
    finally:
        path_of(document).write_bytes(kept)


def test_a_file_taken_away_is_found(document: Document) -> None:
    file = document.files.get()
    path_of(document).unlink()
    assert said() == [f"core.documentfile {file.pk}: {file.file.name} can't be read (FileNotFoundError)."]


def test_a_file_exchanged_with_its_row_is_found(document: Document) -> None:
    """The row gives the new bytes' hash; the chain remembers the old one."""
    other = b"Dere tildeles 900 kroner."
    kept = path_of(document).read_bytes()
    path_of(document).write_bytes(other)
    try:
        tamper("UPDATE core_documentfile SET sha256 = %(sha256)s", sha256=hashlib.sha256(other).hexdigest())
        snapshot = Snapshot.objects.get()
        assert said() == [f"core.snapshot {snapshot.pk}: no journaled document has the file «vedtak.txt» it names."]
    finally:
        path_of(document).write_bytes(kept)


# --- one office -------------------------------------------------------------------------------------------------------


def test_an_office_sees_its_own_chains_and_files(small: Small, document: Document) -> None:
    other = make_office("tindheim", "974760673")
    assert seen(audit(small.office)) == (1, 1)
    assert seen(audit(other)) == (0, 0)
    tamper("UPDATE core_snapshot SET body = '{}'")
    assert audit_faults(other) == []
    snapshot = Snapshot.objects.get()
    assert audit_faults(small.office) == [
        Fault(f"core.snapshot {snapshot.pk}", "its content does not give its SHA-256.")
    ]


def seen(found: Audit) -> tuple[int, int]:
    return len(found.chains), found.files


def test_a_chain_of_something_without_an_office_belongs_to_none(small: Small) -> None:
    take_snapshot(subject=small.office, chain=small.office, purpose="test", schema_version=1, data={"a": [1, "ø"]})
    assert Snapshot.objects.get().body == canonical_json({"a": [1, "ø"]})
    assert (audit(Office.objects.get()).chains, len(audit().chains)) == ([], 1)
