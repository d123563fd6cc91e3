"""Imports: what was sent, what each row would do and did, and what headings meant the last time."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.enums import WrittenForm
from core.imports import Change
from core.models.actors import ActorColumns
from core.models.archive import Upload
from core.models.offices import Office
from core.models.subjects import SubjectColumns, Versioned

CHANGES = [(one.value, one.value) for one in Change]


class ImportRun(ActorColumns, Versioned):
    """One table on its way into the registers of an office: matched, looked at, applied, perhaps undone.

    Either a file was sent or something was pasted. ``heads`` are the headings as they stood in line ``head_line`` of
    ``sheet``, ``columns`` what each of them is (a column of the importer, or nothing). ``notes`` tell what was passed
    by when it was read. ``form`` is the written form the rows were judged in, ``counts`` how many rows do what.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    kind = models.SlugField(max_length=40)
    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    pasted = models.TextField(blank=True)
    sheet = models.CharField(max_length=200, blank=True)
    head_line = models.PositiveIntegerField(default=1)
    heads = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    form = models.CharField(max_length=2, choices=WrittenForm)
    started_at = models.DateTimeField()
    matched_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    emptied_at = models.DateTimeField(null=True, blank=True)

    class Meta(ActorColumns.Meta):
        indexes = [models.Index(fields=["office", "kind", "-started_at"], name="core_importrun_of_office")]
        constraints = [
            *ActorColumns.Meta.constraints,
            models.CheckConstraint(name="core_importrun_form", condition=Q(form__in=WrittenForm.values)),
            models.CheckConstraint(
                name="core_importrun_file_or_paste", condition=Q(upload__isnull=True) | Q(pasted="")
            ),
            models.CheckConstraint(
                name="core_importrun_applied_was_matched",
                condition=Q(applied_at__isnull=True) | Q(matched_at__isnull=False, emptied_at__isnull=True),
            ),
            models.CheckConstraint(
                name="core_importrun_undone_was_applied",
                condition=Q(undone_at__isnull=True) | Q(applied_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class ImportRow(models.Model):
    """A row of the table: its texts by column, and what it would do as told the last time all rows were judged.

    ``change`` is empty for a row that is left out. ``differences``: [column, before, after]; ``faults``: [column, text,
    suggestions].
    """

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    texts = models.JSONField(default=dict)
    left_out = models.BooleanField(default=False)
    change = models.CharField(max_length=10, choices=CHANGES, blank=True)
    title = models.CharField(max_length=200, blank=True)
    differences = models.JSONField(default=list)
    faults = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="core_importrow_once"),
            models.CheckConstraint(
                name="core_importrow_change", condition=Q(change__in=["", *[one.value for one in Change]])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.number}"


class ImportEffect(SubjectColumns):
    """What an applied import did to a row of a table, in its order: by these it is undone."""

    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="effects")
    place = models.PositiveIntegerField()
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "place"], name="core_importeffect_once")]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.place}"


class ImportHeading(models.Model):
    """What a heading meant the last time, for one office and kind; an empty ``column``: it is left out."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    kind = models.SlugField(max_length=40)
    heading = models.CharField(max_length=100)
    column = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "kind", "heading"], name="core_importheading_once")]

    def __str__(self) -> str:
        return self.heading
