"""``manage.py load_register FILE --kind enhetsregisteret|nsr|nbr|klass``: a file of a public register, read instead of
asking it over the net."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from core.actor import Actor
from networks.lookups.enhetsregisteret import parse_entity
from networks.lookups.failures import LookupFailed
from networks.lookups.klass import parse_changes, parse_codes
from networks.lookups.nsr import parse_units
from networks.services.public_registers import Loaded, load_code_changes, load_codes, load_entities, load_units

LARGEST = 200_000_000


def _entities(payload: Any, by: Actor) -> Loaded:
    inner = payload.get("_embedded") if isinstance(payload, Mapping) else None
    rows = inner.get("enheter") if isinstance(inner, Mapping) else payload
    return load_entities(entities=[parse_entity(row) for row in (rows if isinstance(rows, list) else [rows])], by=by)


def _units(payload: Any, by: Actor) -> Loaded:
    return load_units(units=parse_units(payload), by=by)


def _codes(payload: Any, by: Actor) -> Loaded:
    if isinstance(payload, Mapping) and "codeChanges" in payload:
        return load_code_changes(changes=parse_changes(payload), by=by)
    return load_codes(codes=parse_codes(payload), by=by)


KINDS: Mapping[str, Callable[[Any, Actor], Loaded]] = {
    "enhetsregisteret": _entities,
    "nsr": _units,
    "nbr": _units,
    "klass": _codes,
}


class Command(BaseCommand):
    """Idempotent: a second run changes nothing."""

    help = "Loads a JSON file of a public register; shows what was made and what changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--kind", choices=sorted(KINDS), required=True)
        parser.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        payload = _read(options["file"])
        try:
            with transaction.atomic():
                outcome = KINDS[options["kind"]](payload, Actor.for_system("load_register"))
                if options["dry_run"]:
                    transaction.set_rollback(True)
        except LookupFailed as failed:
            raise CommandError(f"{options['file']} isn't as the register documents it ({failed.code}).") from failed
        for line in outcome.lines:
            self.stdout.write(line)
        for what, count in sorted(outcome.counts.items()):
            self.stdout.write(f"{what:16}{count:>7}")
        if options["dry_run"]:
            self.stdout.write("Nothing was saved (--dry-run).")


def _read(path: Path) -> Any:
    try:
        if path.stat().st_size > LARGEST:
            raise CommandError(f"{path} is larger than {LARGEST // 1_000_000} MB.")
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CommandError(f"{path} can't be read: {error.strerror}.") from error
    except ValueError as error:
        raise CommandError(f"{path} isn't JSON.") from error
