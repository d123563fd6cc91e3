"""Public registers that can be asked over the net: off unless the installation says where they are (docs/adr/0027).

One interface each: what a register knows, in our words. Where a register may not be asked, a file from it is loaded
instead (``manage.py load_register``), read by the same parsing.
"""

from __future__ import annotations

from django.conf import settings

from networks.lookups.enhetsregisteret import Enhetsregisteret, LegalEntities
from networks.lookups.failures import LookupFailed
from networks.lookups.http import JsonClient
from networks.lookups.klass import Klass, Municipalities
from networks.lookups.nsr import Nsr, UnitRegister

__all__ = [
    "LegalEntities",
    "LookupFailed",
    "Municipalities",
    "UnitRegister",
    "kindergarten_register",
    "legal_entities",
    "municipality_codes",
    "school_register",
]


def _client(name: str) -> JsonClient | None:
    address = settings.REGISTERS[name]
    return JsonClient(address, seconds=settings.REGISTER_SECONDS) if address else None


def legal_entities() -> LegalEntities | None:
    """Enhetsregisteret; None where it is off."""
    client = _client("enhetsregisteret")
    return Enhetsregisteret(client) if client else None


def school_register() -> UnitRegister | None:
    """Nasjonalt skoleregister; None where it is off."""
    client = _client("nsr")
    return Nsr(client) if client else None


def kindergarten_register() -> UnitRegister | None:
    """Nasjonalt barnehageregister; None where it is off."""
    client = _client("nbr")
    return Nsr(client) if client else None


def municipality_codes() -> Municipalities | None:
    """SSB's Klass; None where it is off."""
    client = _client("klass")
    return Klass(client) if client else None
