"""``manage.py build_demo``: fills the demo's database through the services; done once, then left alone."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from accounts.services.people import make_operator
from core import clock
from core.actor import Actor
from grants.models import Round
from reporting.rehearsal import profile as profiles

DEMO_YEARS = ("innlandet-2022", "innlandet-2027", "moreogromsdal-2027")


class Command(BaseCommand):
    """Each year is played until the step its profile names, so that the demo has one year done, one in the middle of
    its needs and one before the forum."""

    help = "Fill the demo's database with three years, if it is empty."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo is built only where ARSHJUL_DEMO is on.")
        if Round.objects.exists():
            self.stdout.write("The demo is there already.")
            return
        call_command("load_reference", verbosity=options["verbosity"])
        for code in DEMO_YEARS:
            until = profiles.load(code, today=clock.today()).demo_until
            call_command("rehearse", code, keep=True, until=until, seed=options["seed"])
        by = Actor.for_system("build_demo")
        make_operator(email="drift@arshjul.example", name="Dag Rift", by=by, is_demo=True)
