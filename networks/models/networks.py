"""Networks: who belongs where, who receives money for them, and who they work with."""

from __future__ import annotations

from datetime import date, timedelta

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.models import ActorColumns, Anchor, Document, Office, Versioned
from networks.enums import NetworkKind, Sector
from networks.models.organisations import Organisation

DATES = Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to"))

NO_CIRCLE = """
    PERFORM pg_advisory_xact_lock(727002, NEW.office_id::integer);
    IF NEW.parent_id IS NOT NULL AND EXISTS (
        WITH RECURSIVE above(id) AS (
            SELECT NEW.parent_id
            UNION
            SELECT n.parent_id FROM networks_network n JOIN above a ON n.id = a.id WHERE n.parent_id IS NOT NULL
        )
        SELECT 1 FROM above WHERE id = NEW.id
    ) THEN
        RAISE EXCEPTION 'the network would contain itself';
    END IF;
    RETURN NEW;
"""
"""A network is never a part of itself, however many stand between; the lock lets two changes at once see each other."""
NO_OVERLAPPING_MEMBERSHIPS = """
    PERFORM pg_advisory_xact_lock(727003, NEW.network_id::integer);
    IF EXISTS (
        SELECT 1 FROM networks_membership m
        WHERE m.network_id = NEW.network_id AND m.organisation_id = NEW.organisation_id
        AND (m.sector = NEW.sector OR 'both' IN (m.sector, NEW.sector)) AND m.id IS DISTINCT FROM NEW.id
        AND daterange(m.valid_from, m.valid_to, '[]') && daterange(NEW.valid_from, NEW.valid_to, '[]')
    ) THEN
        RAISE EXCEPTION 'the organisation belongs to the network already in that time';
    END IF;
    RETURN NEW;
"""
"""One membership per organisation and sector on any day; «both» is each of the two."""
ONE_HOST_THAT_CAN_BE_PAID = """
    PERFORM pg_advisory_xact_lock(727004, NEW.network_id::integer);
    IF EXISTS (
        SELECT 1 FROM networks_host h
        WHERE h.network_id = NEW.network_id AND h.id IS DISTINCT FROM NEW.id
        AND daterange(h.valid_from, h.valid_to, '[]') && daterange(NEW.valid_from, NEW.valid_to, '[]')
    ) THEN
        RAISE EXCEPTION 'the network has a host already in that time';
    END IF;
    IF EXISTS (
        SELECT 1 FROM networks_organisation o
        WHERE o.id = NEW.organisation_id AND o.kind IN ('coordinator', 'interest')
    ) THEN
        RAISE EXCEPTION 'the organisation can not receive grants';
    END IF;
    RETURN NEW;
"""
"""One host on any day, and never a body that owns nothing (FOR-2026-01-12-23 § 3)."""


def _held_by(name: str, func: str) -> pgtrigger.Trigger:
    """A trigger before each row that is written, on PostgreSQL; the services hold the same on both engines."""
    return pgtrigger.Trigger(name=name, when=pgtrigger.Before, operation=pgtrigger.Insert | pgtrigger.Update, func=func)


class Network(Versioned):
    """A regional, thematic or independent network. Never a payee: its host or lead is (data-model.md, Host)."""

    anchor = models.OneToOneField(Anchor, on_delete=models.PROTECT, related_name="of_network")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="networks")
    code = models.CharField(max_length=20)
    kind = models.CharField(max_length=20, choices=NetworkKind)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts")
    coordinator_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    sort_key = models.CharField(max_length=250, db_index=True)
    certainty = models.CharField(max_length=60, blank=True)
    source_note = models.CharField(max_length=250, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    """The first day it is no more."""

    class Meta:
        ordering = ["sort_key"]
        triggers = [_held_by("network_no_circle", NO_CIRCLE)]
        constraints = [
            models.UniqueConstraint(fields=["office", "code"], name="networks_network_code"),
            models.CheckConstraint(name="networks_network_kind", condition=Q(kind__in=NetworkKind.values)),
            models.CheckConstraint(
                name="networks_network_not_its_own_parent", condition=Q(parent__isnull=True) | ~Q(parent=F("id"))
            ),
        ]

    def __str__(self) -> str:
        return self.anchor.name

    @property
    def last_day(self) -> date | None:
        """The last day it is there, as people write it."""
        return self.ended_on - timedelta(days=1) if self.ended_on else None


class NetworkScheme(models.Model):
    """A scheme the network works in; the codes are those of the rule sets. None means all of them."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="schemes")
    scheme = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["network", "scheme"], name="networks_networkscheme_once")]

    def __str__(self) -> str:
        return self.scheme


class Membership(Versioned, ActorColumns):
    """An organisation belongs to a network in a sector, from a day to a day; it may belong to several networks."""

    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    sector = models.CharField(max_length=20, choices=Sector)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta(ActorColumns.Meta):
        triggers = [_held_by("membership_no_overlap", NO_OVERLAPPING_MEMBERSHIPS)]
        constraints = [
            *ActorColumns.Meta.constraints,
            models.UniqueConstraint(
                fields=["network", "organisation", "sector", "valid_from"], name="networks_membership_once"
            ),
            models.CheckConstraint(name="networks_membership_dates", condition=DATES),
            models.CheckConstraint(name="networks_membership_sector", condition=Q(sector__in=Sector.values)),
        ]

    def __str__(self) -> str:
        return f"{self.network_id} {self.organisation_id}"


class Host(Versioned, ActorColumns):
    """The organisation that receives the network's money on behalf of its members, by mandate."""

    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="hosts")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="hosts_for")
    mandate = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    mandate_note = models.CharField(max_length=250, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta(ActorColumns.Meta):
        triggers = [_held_by("host_one_that_can_be_paid", ONE_HOST_THAT_CAN_BE_PAID)]
        constraints = [
            *ActorColumns.Meta.constraints,
            models.UniqueConstraint(fields=["network"], name="networks_host_live", condition=Q(valid_to__isnull=True)),
            models.CheckConstraint(name="networks_host_dates", condition=DATES),
        ]

    def __str__(self) -> str:
        return f"{self.network_id} {self.organisation_id}"


class ProviderContact(Versioned):
    """The person at a university (or other provider) who works with a network (seed 003 ch. 6)."""

    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="provider_contacts")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="contacts_in")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network", "organisation", "user", "valid_from"], name="networks_providercontact_once"
            ),
            models.CheckConstraint(name="networks_providercontact_dates", condition=DATES),
        ]

    def __str__(self) -> str:
        return f"{self.network_id} {self.organisation_id}"
