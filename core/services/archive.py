"""Cases, journaled documents and their bytes (arkivforskrifta §§ 5, 11, 14, 15)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max

from core import clock
from core.actor import Actor
from core.enums import DocumentKind, PartyRole
from core.models import Anchor, Case, Document, DocumentFile, DocumentParty, Office
from core.validators import strip_control

SUFFIX = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, slots=True)
class Party:
    """Sender or recipient as they were that day."""

    role: PartyRole
    name: str
    orgnr: str = ""
    anchor: Anchor | None = None


@dataclass(frozen=True, slots=True)
class Bytes:
    """A file's content on its way into the archive."""

    name: str
    content: bytes
    media_type: str
    form: str = ""


@transaction.atomic
def open_case(*, office: Office, year: int, title: str) -> Case:
    """The office's next case in a year."""
    Office.objects.select_for_update(of=("self",)).get(pk=office.pk)
    last = Case.objects.filter(office=office, year=year).aggregate(last=Max("number"))["last"] or 0
    return Case.objects.create(office=office, year=year, number=last + 1, title=title, opened_at=clock.now())


@transaction.atomic
def register(
    *,
    case: Case,
    kind: DocumentKind,
    title: str,
    document_date: date,
    parties: Iterable[Party],
    files: Iterable[Bytes],
    by: Actor,
    access_code: str = "",
    access_basis: str = "",
    replaces: Document | None = None,
) -> Document:
    """Journal a document under the case's next number, with its parties and bytes."""
    Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    last = Document.objects.filter(case=case).aggregate(last=Max("number"))["last"] or 0
    document = Document.objects.create(
        case=case,
        number=last + 1,
        kind=kind,
        title=title[:250],
        document_date=document_date,
        registered_at=clock.now(),
        access_code=access_code,
        access_basis=access_basis,
        replaces=replaces,
        **by.columns(),
    )
    DocumentParty.objects.bulk_create(
        DocumentParty(document=document, role=party.role, name=party.name, orgnr=party.orgnr, anchor=party.anchor)
        for party in parties
    )
    for file in files:
        store(document=document, file=file)
    return document


@transaction.atomic
def store(*, document: Document, file: Bytes) -> DocumentFile:
    """Store bytes under their hash: the same content lands on the same name, so a repeated job rewrites nothing."""
    sha256 = hashlib.sha256(file.content).hexdigest()
    suffix = SUFFIX.sub("", file.name.rpartition(".")[2])[:8]  # a name never becomes a part of a path
    path = f"documents/{document.case.year}/{sha256[:2]}/{sha256}.{suffix}"
    if not default_storage.exists(path):
        path = default_storage.save(path, ContentFile(file.content))
    return DocumentFile.objects.create(
        document=document,
        file=path,
        name=strip_control(file.name),
        sha256=sha256,
        size=len(file.content),
        media_type=file.media_type,
        form=file.form,
    )


def hashes(document: Document) -> dict[str, str]:
    """Name → SHA-256 of the document's files, for the snapshot of the act that made it: the chain holds them fast."""
    return dict(document.files.order_by("name").values_list("name", "sha256"))


class BytesChanged(RuntimeError):
    """The stored bytes are not the ones that were journaled."""


def read(file: DocumentFile) -> bytes:
    """The bytes, checked against their hash. Raises BytesChanged."""
    with file.file.open("rb") as handle:
        content: bytes = handle.read()
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise BytesChanged(file.name)
    return content
