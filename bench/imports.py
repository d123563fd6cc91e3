"""``python -m bench.imports FILE``: what an import costs, beside what bare openpyxl costs for reading the same file.

The importer is that of the tests, whose register is one row a place: what is measured is the engine. Reading, judging
and keeping the rows is what a person waits for after «Look through»; judging once more and writing, after «Use».
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import django

ROWS = 5_000


def main(target: Path, *, rows: int) -> None:
    django.setup()
    from bench.letters import resident
    from reporting.rehearsal.stage import throw_away

    with throw_away():
        data, before = workbook(rows), resident()
        result: dict[str, Any] = {"rows": rows, "kb": round(len(data) / 1000)}
        result |= engine(data)
        result["openpyxl_s"], result["openpyxl_cpu"] = spent(lambda: bare(data))
        result["before_mb"] = round(before, 1)
    result["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000, 1)
    print(f"  {result}", flush=True)
    target.write_text(json.dumps(result, indent=1))


def workbook(rows: int) -> bytes:
    """Places with all their columns filled in; every tenth has a fault."""
    from core import spreadsheets
    from tests.importing import HEADS

    lines = (
        [str(number), f"Sted nummer {number} kommune", "HVL" if number % 10 else "HVLL", "1.1.2027"]
        for number in range(1, rows + 1)
    )
    return spreadsheets.workbook([("Steder", HEADS, lines)])


def bare(data: bytes) -> None:
    from openpyxl import load_workbook

    for sheet in load_workbook(BytesIO(data), read_only=True).worksheets:
        for _row in sheet.iter_rows(values_only=True):
            pass


def engine(data: bytes) -> dict[str, Any]:
    """Seconds of the two steps, as one who may import takes them."""
    from accounts.services.people import register_person
    from accounts.services.roles import grant_role
    from core.actor import Actor
    from core.enums import Role
    from core.models import ImportRun
    from core.services.imports.applying import apply
    from core.services.imports.opening import Source, open_source
    from core.services.imports.starting import start
    from core.services.offices import register_office
    from tests.importing import PLACES

    system = Actor.for_system("bench")
    office = register_office(
        slug="bench", orgnr="987654325", names={"nb": "B", "nn": "B"}, default_form="nb", is_demo=True, by=system
    )
    person = register_person(email="bench@example.org", name="Bench", by=system)
    grant_role(user=person, role=Role.CASE_OFFICER, anchor=office.anchor, by=system)
    by, runs = Actor.for_user(person), list[ImportRun]()

    def look() -> None:
        opened = open_source(Source("steder.xlsx", data), office=office, importer=PLACES)
        runs.append(start(office=office, importer=PLACES, opened=opened, by=by))

    look_s, look_cpu = spent(look)
    apply_s, apply_cpu = spent(lambda: apply(run=runs[0], by=by, seen_version=1))
    counts = ImportRun.objects.get(pk=runs[0].pk).counts
    return {"look_s": look_s, "look_cpu": look_cpu, "apply_s": apply_s, "apply_cpu": apply_cpu, "counts": counts}


def spent(act: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock, which is what a person waits, and of them those of this process's own CPU."""
    began, cpu = time.monotonic(), time.process_time()
    act()
    return round(time.monotonic() - began, 2), round(time.process_time() - cpu, 2)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    scale = float(os.environ.get("SCALE", "1"))
    main(Path(sys.argv[1]), rows=max(100, round(ROWS * min(scale, 1))))
