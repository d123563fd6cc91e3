"""``manage.py rehearse PROFILE``: a grant year acted out through the services, in a database of its own."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import clock
from reporting.rehearsal import profile as profiles
from reporting.rehearsal import year
from reporting.rehearsal.outcome import outcome
from reporting.rehearsal.stage import place

BAR = 30


class Command(BaseCommand):
    """Exits with an error when a service refuses what the right person does at the right time."""

    help = "Act out a grant year through the same services the browser uses."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("profile", choices=profiles.names(), help="which county and year")
        parser.add_argument("--until", default="", metavar="STEP", help=f"stop after: {', '.join(year.steps())}")
        parser.add_argument("--seed", type=int, default=1, help="other invented names")
        parser.add_argument("--keep", action="store_true", help="play in the program's own database (demo only)")
        parser.add_argument("--json", action="store_true", help="the last line is one JSON object with integers")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["until"] and options["until"] not in year.steps():
            raise CommandError(f"There is no step «{options['until']}». Choose among {', '.join(year.steps())}.")
        began = time.monotonic()
        profile = profiles.load(options["profile"], today=clock.today())
        with place(keep=options["keep"]), clock.allow_setting():
            stage = self.play(profile, seed=options["seed"], until=options["until"])
            result = outcome(stage.year) if stage.round else {}
        self.table(stage)
        self.stdout.write(f"{profile.name}: {time.monotonic() - began:.1f} s")
        if options["json"]:
            self.stdout.write(json.dumps(result))
        else:
            for name, value in result.items():
                self.stdout.write(f"  {name:<24}{value:>14,}".replace(",", " "))

    def play(self, profile: profiles.Profile, *, seed: int, until: str) -> year.Stage:
        stage = None
        for number, count, happening, stage in year.play(profile, seed=seed, until=until):  # noqa: B007
            self.bar(number, count, happening.step)
        if stage is None:
            raise CommandError("The year has no acts.")
        return stage

    def bar(self, number: int, count: int, step: str) -> None:
        if sys.stderr.isatty():
            filled = BAR * number // count
            end = "\n" if number == count else ""
            sys.stderr.write(f"\r[{'█' * filled}{'·' * (BAR - filled)}] {number}/{count} {step:<18}{end}")
            sys.stderr.flush()

    def table(self, stage: year.Stage) -> None:
        for happening in stage.happened:
            self.stdout.write(f"{happening.day.isoformat()}  {happening.step:<18}{happening.what}")
