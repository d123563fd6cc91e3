"""``manage.py fill``: a database of a nation's size, made through the services, for ``bench/`` and for looking."""

from __future__ import annotations

import multiprocessing
import time
from argparse import ArgumentParser
from multiprocessing.context import ForkProcess
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections, models
from django.db.models import Model

from core import clock
from core.models import Event, Job, Obligation
from grants.models import (
    Assessment,
    BudgetLine,
    CriterionAnswer,
    DecisionLine,
    Letter,
    MeasureYear,
    NeedsReport,
    ProposalLine,
    RecommendationLine,
    Round,
    SeatAnswer,
)
from networks.models import Network, Organisation
from reporting.models import AnnualReport
from reporting.rehearsal import filling, nation
from reporting.rehearsal.filling import Plan
from reporting.rehearsal.scenery import Scenery
from reporting.rehearsal.stage import place

COUNTED: tuple[type[Model], ...] = (
    Organisation, Network, Round, NeedsReport, MeasureYear, CriterionAnswer, BudgetLine, Assessment, ProposalLine,
    RecommendationLine, SeatAnswer, DecisionLine, Letter, AnnualReport, Obligation, Event, Job,
)  # fmt: skip


class Command(BaseCommand):
    """Offices share nothing, so on PostgreSQL two processes play different offices at once; SQLite has one writer."""

    help = "Fill a database to a nation's size through the services' bulk forms."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--offices", default="all", help="how many of the ten offices, or «all»")
        parser.add_argument(
            "--years", type=int, default=10, help=f"how many years, the last of them {nation.LAST_YEAR}"
        )
        parser.add_argument("--scale", type=float, default=1.0, help="1: 143 measures in each network each year")
        parser.add_argument("--seed", type=int, default=1, help="other invented names")
        parser.add_argument("--processes", type=int, default=2, help="on PostgreSQL, how many at once")
        parser.add_argument("--keep", action="store_true", help="fill the program's own database (demo only)")

    def handle(self, *_args: Any, **options: Any) -> None:
        plan = self.plan(options)
        began = time.monotonic()
        with place(keep=options["keep"]), clock.allow_setting():
            made = filling.sceneries(plan)
            self.stdout.write(f"{len(made)} offices with people and networks: {time.monotonic() - began:.0f} s")
            if connection.vendor == "postgresql" and options["processes"] > 1:
                self.side_by_side(made, plan, options["processes"])
            else:
                for scenery in made:
                    self.play(scenery, plan)
            self.count()
        self.stdout.write(f"filled in {time.monotonic() - began:.0f} s")

    def plan(self, options: dict[str, Any]) -> Plan:
        known = len(nation.offices())
        offices = known if options["offices"] == "all" else int(options["offices"])
        if not 1 <= offices <= known:
            raise CommandError(f"--offices is from 1 to {known}, or «all».")
        if not 1 <= options["years"] <= 10:
            raise CommandError("--years is from 1 to 10.")
        return Plan(offices=offices, years=options["years"], scale=options["scale"], seed=options["seed"])

    def play(self, scenery: Scenery, plan: Plan) -> None:
        began = time.monotonic()
        for year, measures in filling.fill_office(scenery, plan):
            self.stdout.write(f"  {scenery.office.slug} {year}: {measures} measures, {time.monotonic() - began:.0f} s")
            self.stdout.flush()
            began = time.monotonic()

    def side_by_side(self, made: list[Scenery], plan: Plan, count: int) -> None:
        """Each process takes the next office that nobody plays."""
        fork = multiprocessing.get_context("fork")
        left = fork.SimpleQueue()
        for turn in (*range(len(made)), *([None] * count)):
            left.put(turn)

        def work() -> None:
            for turn in iter(left.get, None):
                self.play(made[turn], plan)

        connections.close_all()  # a connection can't be shared with a child
        workers: list[ForkProcess] = [fork.Process(target=work) for _worker in range(count)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        if any(worker.exitcode for worker in workers):
            raise CommandError("an office could not be filled; its error stands above.")

    def count(self) -> None:
        for model in COUNTED:
            rows: models.QuerySet[Model] = model._base_manager.all()
            self.stdout.write(f"  {model._meta.label:<28}{rows.count():>12,}".replace(",", " "))
