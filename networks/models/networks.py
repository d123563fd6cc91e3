"""Networks: who belongs where, who receives money for them, and who they work with."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.models import ActorColumns, Anchor, Document, Office, Versioned
from networks.enums import NetworkKind, Sector
from networks.models.organisations import Organisation

DATES = Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to"))


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

    class Meta:
        ordering = ["sort_key"]
        constraints = [
            models.UniqueConstraint(fields=["office", "code"], name="networks_network_code"),
            models.CheckConstraint(name="networks_network_kind", condition=Q(kind__in=NetworkKind.values)),
            models.CheckConstraint(
                name="networks_network_not_its_own_parent", condition=Q(parent__isnull=True) | ~Q(parent=F("id"))
            ),
        ]

    def __str__(self) -> str:
        return self.anchor.name


class NetworkScheme(models.Model):
    """A scheme the network works in; the codes are those of the rule set."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="schemes")
    scheme = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["network", "scheme"], name="networks_networkscheme_once")]

    def __str__(self) -> str:
        return self.scheme


class Membership(ActorColumns):
    """An organisation belongs to a network in a sector, from a day to a day; it may belong to several."""

    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    sector = models.CharField(max_length=20, choices=Sector)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta(ActorColumns.Meta):
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


class Host(ActorColumns):
    """The organisation that receives the network's money on behalf of its members, by mandate."""

    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="hosts")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="hosts_for")
    mandate = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    mandate_note = models.CharField(max_length=250, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta(ActorColumns.Meta):
        constraints = [
            *ActorColumns.Meta.constraints,
            models.UniqueConstraint(fields=["network"], name="networks_host_live", condition=Q(valid_to__isnull=True)),
            models.CheckConstraint(name="networks_host_dates", condition=DATES),
        ]

    def __str__(self) -> str:
        return f"{self.network_id} {self.organisation_id}"


class ProviderContact(models.Model):
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
