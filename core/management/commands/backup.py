"""`manage.py backup [DIR]`: the database, the stored files and a list of both, in one folder."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core import clock
from core.services.backup.engines import ProgramFailed
from core.services.backup.making import TargetTaken, make


class Command(BaseCommand):
    """Ends with 1 when there is no backup, and also when there is one of an installation with a damaged file."""

    help = "Back up the database and the stored files into a new folder that nobody else can read."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Without a folder: one with the time in its name, in ARSHJUL_BACKUP_DIR."""
        parser.add_argument("folder", nargs="?", default="", metavar="DIR", help="a folder that doesn't exist yet")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Say what was taken; raises CommandError for all that went wrong."""
        try:
            folder = _folder(options["folder"])
            manifest, seal = make(folder)
        except (ProgramFailed, TargetTaken, OSError) as error:
            raise CommandError(f"There is no backup. {error}") from error
        size = manifest.database.size + sum(part.size for part in manifest.files)
        self.stdout.write(
            f"Backed up {sum(manifest.rows.values())} rows of {len(manifest.rows)} tables and {len(manifest.files)} "
            f"files, {size / 1e6:.1f} MB, to {folder}\nSHA-256 of manifest.json: {seal}"
        )
        if manifest.faults:
            for fault in manifest.faults:
                self.stdout.write(f"FAULT {fault}")
            raise CommandError("The backup is there, but files are damaged. Run manage.py check_audit.")


def _folder(named: str) -> Path:
    """Raises CommandError when no folder is named and none is set."""
    if named:
        return Path(named)
    if not settings.BACKUP_DIR:
        raise CommandError("Name a folder, or set ARSHJUL_BACKUP_DIR.")
    return Path(settings.BACKUP_DIR) / clock.now().strftime("%Y-%m-%dT%H%M%S")
