"""What the registers take in from spreadsheets."""

from core import imports
from networks.importers.organisations import OrganisationImporter
from networks.importers.units import UnitImporter


def register() -> None:
    """Fill core's registry."""
    imports.register(OrganisationImporter())
    imports.register(UnitImporter())
