"""`manage.py doctor`: looks at all the program stands on, one line each, with what to do."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.health import SIGNS, Check, Level, examine, registered
from core.services.doctor import stores, surroundings, work

CHECKS = (
    Check("settings", surroundings.configuration),
    Check("database", stores.database, asks_database=True, gate=True),
    Check("migrations", stores.migrations, asks_database=True, gate=True),
    Check("triggers", stores.triggers, asks_database=True),
    Check("broker", stores.broker),
    Check("mail server", surroundings.mail_server),
    Check("storage", stores.storage),
    Check("clock", surroundings.clocks, asks_database=True),
    Check("texts", surroundings.texts),
    Check("static files", surroundings.static_files),
    Check("jobs", work.jobs, asks_database=True),
    Check("ticks", work.ticks, asks_database=True),
    Check("mails", work.undelivered, asks_database=True),
    Check("backups", stores.backups, asks_database=True),
)
LAST = (Check("audit", work.audit_chain, asks_database=True),)


class Command(BaseCommand):
    """Ends with 1 when one thing is wrong (✗); a remark (!) alone ends with 0. Changes nothing."""

    help = "Look at everything the program stands on, and say what to do about what is wrong."
    requires_system_checks: list[str] = []  # they are one of the lines

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The audit reads every stored file: a probe that runs often may leave it out."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--skip", action="append", default=[], metavar="NAME", help="leave a line out, for example --skip audit"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print what was found; raises CommandError when something is wrong."""
        every = [*CHECKS, *registered(), *LAST]
        unknown = set(options["skip"]) - {check.name for check in every}
        if unknown:
            known = ", ".join(check.name for check in every)
            raise CommandError(f"There is no line «{sorted(unknown)[0]}». Choose among {known}.")
        found = examine(check for check in every if check.name not in options["skip"])
        faults = [name for name, finding in found if finding.level is Level.FAULT]
        if options["json"]:
            lines = [{"name": n, "level": f.level, "what": f.what, "do": f.do} for n, f in found]
            self.stdout.write(json.dumps({"ok": not faults, "checks": lines}, ensure_ascii=False))
        else:
            width = max(len(name) for name, _finding in found)
            for name, finding in found:
                todo = f" → {finding.do}" if finding.do else ""
                self.stdout.write(f"{SIGNS[finding.level]} {name:<{width}}  {finding.what}{todo}")
        if faults:
            raise CommandError(f"{len(faults)} of {len(found)} are wrong: {', '.join(faults)}.")
