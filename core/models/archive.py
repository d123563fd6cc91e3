"""Cases and journaled documents (arkivforskrifta §§ 14–15): receipts, minutes, letters and reports register here."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.enums import DocumentKind, PartyRole, WrittenForm
from core.models.actors import ActorColumns
from core.models.offices import Anchor, Office
from core.models.triggers import append_only, undeletable


class Case(models.Model):
    """One case per office, round and purpose; shown as «2027/14»."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="cases")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=250)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "year", "number"], name="core_case_number")]

    def __str__(self) -> str:
        return f"{self.year}/{self.number:04d}"


class Document(ActorColumns):
    """A journaled document. Never rewritten: a correction is a new document that ``replaces`` the old one (§ 11)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="documents")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=DocumentKind)
    title = models.CharField(max_length=250)
    document_date = models.DateField()
    registered_at = models.DateTimeField()
    access_code = models.CharField(max_length=10, blank=True)
    access_basis = models.CharField(max_length=120, blank=True)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")

    class Meta(ActorColumns.Meta):
        triggers = [undeletable("document_undeletable")]
        constraints = [
            *ActorColumns.Meta.constraints,
            models.UniqueConstraint(fields=["case", "number"], name="core_document_number"),
            models.CheckConstraint(name="core_document_kind", condition=Q(kind__in=DocumentKind.values)),
            models.CheckConstraint(
                name="core_document_closed_has_basis", condition=Q(access_code="") | ~Q(access_basis="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}-{self.number}"


class DocumentFile(models.Model):
    """The bytes of a document, stored once under their SHA-256 and never rewritten."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="files")
    file = models.FileField(upload_to="documents/%Y/", max_length=200)
    name = models.CharField(max_length=150)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    media_type = models.CharField(max_length=100)
    form = models.CharField(max_length=2, choices=WrittenForm, blank=True)

    class Meta:
        triggers = [append_only("documentfile_append_only")]
        constraints = [
            models.UniqueConstraint(fields=["document", "name"], name="core_documentfile_name"),
            models.CheckConstraint(name="core_documentfile_form", condition=Q(form__in=["", *WrittenForm.values])),
        ]

    def __str__(self) -> str:
        return self.name


class DocumentParty(models.Model):
    """Sender or recipient with name and number as they were that day."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="parties")
    role = models.CharField(max_length=10, choices=PartyRole)
    name = models.CharField(max_length=200)
    orgnr = models.CharField(max_length=9, blank=True)
    anchor = models.ForeignKey(Anchor, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="core_documentparty_role", condition=Q(role__in=PartyRole.values)),
            models.UniqueConstraint(fields=["document", "role", "name"], name="core_documentparty_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Upload(ActorColumns):
    """A file someone has sent up that isn't a document yet."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    file = models.FileField(upload_to="uploads/%Y/", max_length=200)
    name = models.CharField(max_length=150)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    media_type = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta(ActorColumns.Meta):
        pass

    def __str__(self) -> str:
        return self.name
