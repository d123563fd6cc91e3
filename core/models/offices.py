"""The office (a Statsforvalter's) and the anchor, through which low apps point at high things."""

from __future__ import annotations

from datetime import date

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property

from core.enums import AnchorKind, WrittenForm
from core.models.subjects import Versioned


class Anchor(models.Model):
    """What a role is held at. One-to-one with an office, organisation, network or forum.

    Made by the service that makes that row, which also keeps ``name`` the name in use today. ``office`` is empty for
    organisations: several offices share them.
    """

    kind = models.CharField(max_length=20, choices=AnchorKind)
    name = models.CharField(max_length=200)
    office = models.ForeignKey("core.Office", on_delete=models.PROTECT, null=True, blank=True, related_name="anchors")

    class Meta:
        default_permissions = ()
        permissions = (("see_anchor", "Can see what belongs to the anchor"),)
        constraints = [
            models.CheckConstraint(name="core_anchor_kind", condition=Q(kind__in=AnchorKind.values)),
            models.CheckConstraint(
                name="core_anchor_office_unless_shared",
                condition=Q(kind__in=[AnchorKind.ORGANISATION, AnchorKind.OFFICE], office__isnull=True)
                | Q(kind__in=[AnchorKind.NETWORK, AnchorKind.FORUM], office__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Office(Versioned):
    """A Statsforvalter's office. ``slug`` stands first in its addresses on the web.

    ``default_form``: the written form used where neither law nor the recipient decides (språklova §§ 12–15).
    ``is_demo``: data are invented; screens and letters say so.
    """

    anchor = models.OneToOneField(Anchor, on_delete=models.PROTECT, related_name="of_office")
    slug = models.SlugField(max_length=40, unique=True)
    orgnr = models.CharField(max_length=9, unique=True, validators=[RegexValidator(r"^\d{9}$")])
    county_number = models.CharField(max_length=2, blank=True)
    default_form = models.CharField(max_length=2, choices=WrittenForm)
    is_demo = models.BooleanField(default=False)
    unit_nb = models.CharField(max_length=120, blank=True)
    unit_nn = models.CharField(max_length=120, blank=True)
    postal_address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    website = models.CharField(max_length=120, blank=True)

    asked_here = False
    """Has anybody asked the office on the page it was read for? (:func:`core.selectors.offices.office_at`)"""

    class Meta:
        constraints = [
            models.CheckConstraint(name="core_office_form", condition=Q(default_form__in=WrittenForm.values))
        ]

    def __str__(self) -> str:
        return self.slug

    @cached_property
    def dated_names(self) -> list[OfficeName]:
        """All names, from a prefetch where there is one; whoever reads them with the office may set them."""
        return list(self.names.all())

    def name_in(self, form: str, on: date) -> str:
        """The office's name in a written form on a day (Fylkesmannen until 2020)."""
        for name in self.dated_names:
            began = name.valid_from is None or name.valid_from <= on
            lasts = name.valid_to is None or on <= name.valid_to
            if name.form == form and began and lasts:
                return name.name
        return self.anchor.name

    def unit_in(self, form: str) -> str:
        return self.unit_nn if form == WrittenForm.NYNORSK else self.unit_nb


class OfficeName(models.Model):
    """A name with the days it is in use; both forms side by side."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="names")
    form = models.CharField(max_length=2, choices=WrittenForm)
    name = models.CharField(max_length=200)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["office", "form", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "form", "valid_from"],
                name="core_officename_once",
                condition=Q(valid_from__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["office", "form"], name="core_officename_first", condition=Q(valid_from__isnull=True)
            ),
            models.CheckConstraint(
                name="core_officename_dates",
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to")),
            ),
        ]

    def __str__(self) -> str:
        return self.name
