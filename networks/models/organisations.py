"""Organisations: owners, providers, coordinators and interest organisations."""

from __future__ import annotations

from datetime import date

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from core.enums import WrittenForm
from core.models import ActorColumns, Anchor, Office, Versioned
from networks.enums import FormDecision, FormSource, OrganisationKind, Sector, SuccessionKind

ORGNR = RegexValidator(r"^\d{9}$")


class Organisation(Versioned):
    """A legal person or a public body. Shared by the offices; what one office writes stands in OfficeOrganisation.

    ``kept_by``: the office that added it and keeps what all offices share; empty for what comes from reference data or
    a public register (docs/adr/0026).

    ``orgnr`` is empty where nobody has stated it (Ålesund, Haram). ``is_synthetic`` marks invented ones, whose numbers
    begin with 2 or 3. ``certainty`` is the source's own mark; GUESS is shown as such.
    """

    anchor = models.OneToOneField(Anchor, on_delete=models.PROTECT, related_name="of_organisation")
    orgnr = models.CharField(max_length=9, null=True, blank=True, unique=True, validators=[ORGNR])
    kind = models.CharField(max_length=30, choices=OrganisationKind)
    owner = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="owned")
    municipality_number = models.CharField(max_length=4, blank=True, db_index=True)
    county_number = models.CharField(max_length=2, blank=True, db_index=True)
    sort_key = models.CharField(max_length=250, db_index=True)
    fold = models.CharField(max_length=250, db_index=True)
    is_synthetic = models.BooleanField(default=False)
    certainty = models.CharField(max_length=60, blank=True)
    exists_from = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    kept_by = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["sort_key"]
        constraints = [
            models.CheckConstraint(name="networks_organisation_kind", condition=Q(kind__in=OrganisationKind.values)),
            models.CheckConstraint(
                name="networks_organisation_synthetic_number",
                condition=Q(is_synthetic=False)
                | Q(orgnr__isnull=True)
                | Q(orgnr__startswith="2")
                | Q(orgnr__startswith="3"),
                violation_error_message="An invented organisation's number begins with 2 or 3.",
            ),
            models.UniqueConstraint(
                fields=["municipality_number", "kind"],
                name="networks_organisation_municipality",
                condition=Q(kind=OrganisationKind.MUNICIPALITY) & ~Q(municipality_number=""),
            ),
            models.CheckConstraint(
                name="networks_organisation_not_its_own_owner",
                condition=Q(owner__isnull=True) | ~Q(owner=F("id")),
                violation_error_message="An organisation can't belong under itself.",
            ),
        ]

    def __str__(self) -> str:
        return self.anchor.name

    def is_ended(self, on: date) -> bool:
        """Whether its last day is before this one."""
        return self.ended_on is not None and self.ended_on < on

    def name_in(self, form: str, on: date) -> str:
        """The name on a day in a written form (Høgskolen i Innlandet until 2024). Uses prefetched ``names``."""
        for name in self.names.all():
            if (name.valid_from is None or name.valid_from <= on) and (name.valid_to is None or on <= name.valid_to):
                return (name.name_nn or name.name) if form == WrittenForm.NYNORSK else name.name
        return self.anchor.name


class OrganisationName(models.Model):
    """A name with its days. ``name_nn`` only where the organisation has a name of its own in nynorsk."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=200)
    name_nn = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["organisation", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "valid_from"],
                name="networks_name_once",
                condition=Q(valid_from__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["organisation"], name="networks_name_first", condition=Q(valid_from__isnull=True)
            ),
            models.CheckConstraint(
                name="networks_name_dates",
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WrittenFormChoice(models.Model):
    """A written form decided, asked for or found in a register, with its days and source (språklova § 15)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="written_forms")
    form = models.CharField(max_length=10, choices=FormDecision)
    source = models.CharField(max_length=20, choices=FormSource)
    source_text = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "source"],
                name="networks_form_live",
                condition=Q(valid_to__isnull=True),
            ),
            models.CheckConstraint(name="networks_form_known", condition=Q(form__in=FormDecision.values)),
            models.CheckConstraint(name="networks_form_source", condition=Q(source__in=FormSource.values)),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.form}"


class Successor(models.Model):
    """What came after an organisation, from a day: a merger has several that end in one, a split one that ends in
    several. What was written to the one that ended keeps its name."""

    ended = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="successors")
    successor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="predecessors")
    valid_from = models.DateField()
    kind = models.CharField(max_length=20, choices=SuccessionKind)

    class Meta:
        ordering = ["ended", "successor__sort_key"]
        constraints = [
            models.UniqueConstraint(fields=["ended", "successor"], name="networks_successor_once"),
            models.CheckConstraint(name="networks_successor_not_itself", condition=~Q(ended=F("successor"))),
            models.CheckConstraint(name="networks_successor_kind", condition=Q(kind__in=SuccessionKind.values)),
        ]

    def __str__(self) -> str:
        return f"{self.ended_id} {self.successor_id}"


class Unit(Versioned):
    """A school or kindergarten. One that isn't its own legal person can't be paid: § 3 pays its owner.

    ``orgnr`` is the number it has as a part of its owner (underenhet); ``organisation`` is set for one that is its own
    legal person. ``kept_by`` as for an organisation.
    """

    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="units")
    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="as_unit"
    )
    name = models.CharField(max_length=200)
    sector = models.CharField(max_length=20, choices=Sector)
    orgnr = models.CharField(max_length=9, null=True, blank=True, unique=True, validators=[ORGNR])
    municipality_number = models.CharField(max_length=4, blank=True, db_index=True)
    sort_key = models.CharField(max_length=250, db_index=True)
    fold = models.CharField(max_length=250, db_index=True)
    ended_on = models.DateField(null=True, blank=True)
    kept_by = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["sort_key"]
        constraints = [
            models.CheckConstraint(name="networks_unit_sector", condition=Q(sector__in=Sector.values)),
            models.UniqueConstraint(
                fields=["owner", "sort_key", "sector"],
                name="networks_unit_once",
                condition=Q(ended_on__isnull=True),
                violation_error_message="The owner already has a unit of this name.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OfficeOrganisation(Versioned, ActorColumns):
    """What one office has written about an organisation; another office doesn't see it."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="organisations")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="in_offices")
    notice_email = models.EmailField(blank=True)
    postal_address = models.TextField(blank=True)
    contact_name = models.CharField(max_length=150, blank=True)

    class Meta(ActorColumns.Meta):
        constraints = [
            *ActorColumns.Meta.constraints,
            models.UniqueConstraint(fields=["office", "organisation"], name="networks_office_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.organisation_id}"
