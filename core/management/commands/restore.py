"""`manage.py restore DIR`: puts a backup back, and says what it did."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from core.services.backup.engines import ProgramFailed
from core.services.backup.manifest import BackupBroken
from core.services.backup.restoring import Refused, checked, restore


class Command(BaseCommand):
    """Touches nothing before the whole backup has been checked, and nothing that isn't empty unless it is named."""

    help = "Check a backup and put it back into an empty database, or into the one that is named."
    requires_system_checks: list[str] = []  # there may be no database to ask yet

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder, and how far to go."""
        parser.add_argument("folder", metavar="DIR", type=Path, help="what manage.py backup made")
        parser.add_argument("--check", action="store_true", help="only check that the backup is whole")
        parser.add_argument(
            "--overwrite", default="", metavar="NAME", help="the database's name, typed out, to lose what is in it"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Restore, then look whether all binding is as it was; raises CommandError for all that went wrong."""
        folder: Path = options["folder"]
        try:
            if options["check"]:
                manifest = checked(folder)
                self.stdout.write(f"The backup of {manifest.made_at} is whole: {len(manifest.files)} files.")
                return
            done = restore(folder, overwrite=options["overwrite"])
        except (BackupBroken, Refused, ProgramFailed, OSError) as error:
            raise CommandError(str(error)) from error
        taken = done.manifest
        self.stdout.write(
            f"Restored the backup of {taken.made_at} (program {taken.program}, {taken.engine} {taken.engine_version}): "
            f"{done.rows} rows of {len(taken.rows)} tables, {done.files} files put back, {done.kept} lay there already."
        )
        if done.behind:
            self.stdout.write(
                f"This program is newer by {len(done.behind)} migrations: run manage.py migrate, then check_audit."
            )
            return
        call_command("check_audit", stdout=self.stdout)
