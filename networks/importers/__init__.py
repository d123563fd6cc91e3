"""What of the registers can be taken in from a spreadsheet."""

from __future__ import annotations

from core import imports
from networks.importers.memberships import Memberships
from networks.importers.networks import Networks
from networks.importers.organisations import OrganisationImporter
from networks.importers.units import UnitImporter


def register() -> None:
    """Fill core's registry."""
    imports.register(OrganisationImporter())
    imports.register(UnitImporter())
    imports.register(Networks())
    imports.register(Memberships())
