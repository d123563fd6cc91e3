"""`manage.py check_audit`: whether anything binding was changed, taken away or put in afterwards."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.models import Office
from core.services.chain import Audit, audit


class Command(BaseCommand):
    """Exits with 1 when something is wrong, and names the row."""

    help = "Check every snapshot, every chain of them and every journaled file against their hashes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """All offices unless one is named."""
        parser.add_argument("--office", default="", metavar="SLUG", help="only this office's chains and files")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print what was looked at; raises CommandError, so that the command ends with 1, when something is wrong."""
        found = audit(_office(options["office"]))
        if options["json"]:
            self.stdout.write(json.dumps(asdict(found), ensure_ascii=False))
        else:
            self._table(found)
        if found.faults:
            raise CommandError(f"The audit found {_count(len(found.faults), 'fault')}.")

    def _table(self, found: Audit) -> None:
        if found.chains:
            width = max(len(chain.subject) for chain in found.chains)
            self.stdout.write(f"{'Chain':<{width}}  {'Links':>6}  Head")
            for chain in found.chains:
                self.stdout.write(f"{chain.subject:<{width}}  {chain.length:>6}  {chain.head}")
        self.stdout.write(
            f"Checked {_count(found.snapshots, 'snapshot')} ({found.unchained} from before the chains) in "
            f"{_count(len(found.chains), 'chain')}, and {_count(found.files, 'journaled file')}."
        )
        for fault in found.faults:
            self.stdout.write(f"FAULT {fault}")
        if not found.faults:
            self.stdout.write("Nothing was changed, taken away or put in.")


def _office(slug: str) -> Office | None:
    """Raises CommandError for an office that isn't there."""
    if not slug:
        return None
    try:
        return Office.objects.get(slug=slug)
    except Office.DoesNotExist:
        known = ", ".join(Office.objects.order_by("slug").values_list("slug", flat=True))
        raise CommandError(f"There is no office «{slug}». Choose among {known}.") from None


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
