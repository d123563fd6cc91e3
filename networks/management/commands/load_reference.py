"""``manage.py load_reference``: bring the shipped reference data into the database and show what changed."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from core.actor import Actor
from networks.services.reference import load_reference


class Command(BaseCommand):
    """Idempotent: a second run changes nothing."""

    help = "Loads offices, municipalities, county councils and providers; shows what was made and what changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            outcome = load_reference(by=Actor.for_system("load_reference"))
            if options["dry_run"]:
                transaction.set_rollback(True)
        for change in outcome.changes:
            for one in change.fields:
                self.stdout.write(f"{change.name}: {one.field}: «{one.before}» → «{one.after}»")
        changed = outcome.changed
        self.stdout.write(f"{'':18}{'created':>9}{'changed':>9}{'unchanged':>11}")
        for group in sorted({*outcome.created, *outcome.unchanged, *changed}):
            self.stdout.write(f"{group:18}{outcome.created[group]:>9}{changed[group]:>9}{outcome.unchanged[group]:>11}")
        if options["dry_run"]:
            self.stdout.write("Nothing was saved (--dry-run).")
