"""Cases, journaled documents and their bytes."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import IntegrityError

from core.enums import DocumentKind, PartyRole
from core.models import Case, Document
from core.services.archive import Bytes, BytesChanged, Party, open_case, read, register
from tests.accounts.conftest import SYSTEM, Small, make_office


def journal(case: Case, *files: Bytes, title: str = "Behovsmelding") -> Document:
    return register(
        case=case,
        kind=DocumentKind.INCOMING,
        title=title,
        document_date=date(2027, 2, 1),
        parties=[Party(PartyRole.SENDER, "Gran kommune", "987654325")],
        files=files,
        by=SYSTEM,
    )


def test_cases_are_numbered_by_office_and_year(small: Small) -> None:
    other = make_office("moere", "987654333")
    made = [
        open_case(office=office, year=year, title="x")
        for office, year in ((small.office, 2027), (small.office, 2027), (other, 2027), (small.office, 2028))
    ]
    assert [str(case) for case in made] == ["2027/0001", "2027/0002", "2027/0001", "2028/0001"]


def test_documents_are_numbered_in_their_case(small: Small) -> None:
    case = open_case(office=small.office, year=2027, title="x")
    first, second = journal(case), journal(case, title="T" * 300)
    assert [str(first), str(second)] == ["2027/0001-1", "2027/0001-2"]
    assert len(second.title) == 250
    assert [(party.role, party.name, party.orgnr) for party in first.parties.all()] == [
        ("sender", "Gran kommune", "987654325")
    ]
    assert first.by_system == "tests"


def test_bytes_come_back_as_they_were(small: Small) -> None:
    case = open_case(office=small.office, year=2027, title="x")
    (file,) = journal(case, Bytes("brev.pdf", b"%PDF-1", "application/pdf", "nn")).files.all()
    assert (read(file), file.size, file.sha256, file.form) == (
        b"%PDF-1",
        6,
        hashlib.sha256(b"%PDF-1").hexdigest(),
        "nn",
    )


def test_the_same_bytes_are_stored_once(small: Small) -> None:
    case = open_case(office=small.office, year=2027, title="x")
    files = [journal(case, Bytes("a.pdf", b"same", "application/pdf")).files.get() for _turn in range(2)]
    assert files[0].file.name == files[1].file.name


def test_bytes_that_were_changed_are_found_out(small: Small) -> None:
    case = open_case(office=small.office, year=2027, title="x")
    file = journal(case, Bytes("a.pdf", b"to be changed", "application/pdf")).files.get()
    Path(file.file.path).write_bytes(b"changed")
    with pytest.raises(BytesChanged, match=r"a\.pdf"):
        read(file)


def test_what_is_closed_says_why(small: Small) -> None:
    case = open_case(office=small.office, year=2027, title="x")
    with pytest.raises(IntegrityError):
        register(
            case=case,
            kind=DocumentKind.OUTGOING,
            title="x",
            document_date=date(2027, 2, 1),
            parties=[],
            files=[],
            by=SYSTEM,
            access_code="U",
        )


@pytest.mark.parametrize("name", ["x./../../../etc/cron.d/x", "x.pdf/../y", "x.P\0DF", "x", "x.", "../x.æøå"])
def test_a_name_never_becomes_a_part_of_a_path(small: Small, name: str) -> None:
    document = journal(open_case(office=small.office, year=2027, title="x"), Bytes(name, b"12", "application/pdf"))
    file = document.files.get()
    assert file.name == name.replace("\0", "")
    stored = Path(default_storage.path(file.file.name)).resolve()
    assert Path(settings.MEDIA_ROOT).resolve() in stored.parents
    assert re.fullmatch(r"[0-9a-f]{64}\.[a-z0-9]{0,8}", stored.name)
