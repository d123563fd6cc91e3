"""Organisations, networks and the ties between them."""

from networks.models.accounts import Account
from networks.models.networks import Host, Membership, Network, NetworkScheme, ProviderContact
from networks.models.organisations import (
    OfficeOrganisation,
    Organisation,
    OrganisationName,
    Successor,
    Unit,
    WrittenFormChoice,
)

__all__ = [
    "Account",
    "Host",
    "Membership",
    "Network",
    "NetworkScheme",
    "OfficeOrganisation",
    "Organisation",
    "OrganisationName",
    "ProviderContact",
    "Successor",
    "Unit",
    "WrittenFormChoice",
]
