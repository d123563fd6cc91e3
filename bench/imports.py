"""``python -m bench.imports FILE``: what each import costs, beside what bare openpyxl costs for reading the same file.

«places» is the importer of the tests, whose register is one row a place: what is measured there is the engine. Reading,
judging and keeping the rows is what a person waits for after «Look through»; judging once more and writing, after
«Use». Each is measured in a process of its own (``python -m bench.imports FILE NAME``), so that each peak is its own.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

import django

ROWS = 5_000
NAMES = ("places", "organisations", "units", "memberships", "people")


def main(target: Path) -> None:
    found = []
    for name in NAMES:
        subprocess.run([sys.executable, "-m", "bench.imports", str(target), name], check=True)  # noqa: S603 - ourselves
        found.append(json.loads(target.read_text()))
    target.write_text(json.dumps(found, indent=1))


def measure(target: Path, name: str, *, rows: int) -> None:
    """One importer's cost, in this process."""
    django.setup()
    from django.utils import translation

    from bench.letters import resident
    from reporting.rehearsal.stage import throw_away

    with throw_away(), translation.override("nb"):
        office, by = keeper()
        if name == "people":
            run_file(office, by, "memberships", workbook("memberships", 40))
        data, before = workbook(name, rows), resident()
        result: dict[str, Any] = {"name": name, "rows": rows, "kb": round(len(data) / 1000)}
        result |= run_file(office, by, name, data)
        result["openpyxl_s"], result["openpyxl_cpu"] = spent(lambda: bare(data))
        result["before_mb"] = round(before, 1)
    result["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000, 1)
    print(f"  {result}", flush=True)
    target.write_text(json.dumps(result, indent=1))


def keeper() -> tuple[Any, Any]:
    """An office, and one of its people who may import."""
    from accounts.services.people import register_person
    from accounts.services.roles import grant_role
    from core.actor import Actor
    from core.enums import Role
    from core.services.offices import register_office

    system = Actor.for_system("bench")
    office = register_office(
        slug="bench", orgnr="987654325", names={"nb": "B", "nn": "B"}, default_form="nb", is_demo=True, by=system
    )
    person = register_person(email="bench@example.org", name="Bench", by=system)
    grant_role(user=person, role=Role.CASE_OFFICER, anchor=office.anchor, by=system)
    return office, Actor.for_user(person)


# --- rows, as column → cell -------------------------------------------------------------------------------------------


def places() -> Iterator[dict[str, str]]:
    """Every tenth has a fault."""
    for number in range(1, 10_000):
        provider = "HVL" if number % 10 else "HVLL"
        yield {"number": str(number), "name": f"Sted {number} kommune", "provider": provider, "day": "1.1.2027"}


def organisations() -> Iterator[dict[str, str]]:
    from core.identifiers import synthetic_orgnr

    for number in range(ROWS):
        yield {
            "name": f"Barnehagen nummer {number} AS", "orgnr": synthetic_orgnr(number), "kind": "privat barnehage",
            "municipality_number": "0301", "form": "bokmål", "notice_email": f"post@b{number}.example",
        }  # fmt: skip


def units() -> Iterator[dict[str, str]]:
    owners = _municipalities()
    for number in range(ROWS):
        yield {"name": f"Skole nummer {number}", "owner": owners[number % len(owners)][1], "sector": "skole"}


def memberships() -> Iterator[dict[str, str]]:
    """Every municipality in a network, then in the next one."""
    owners = _municipalities()
    for number in range(ROWS):
        for code, _name in owners:
            yield {"network": f"Nettverk {number}", "municipality_number": code, "valid_from": "1.1.2027"}


def people() -> Iterator[dict[str, str]]:
    owners = _municipalities()[:40]
    for number in range(ROWS):
        yield {
            "name": f"Kari Nordmann {number}", "email": f"kari{number}@example.org", "role": "eierkontakt",
            "place": owners[number % len(owners)][1],
        }  # fmt: skip


def _municipalities() -> list[tuple[str, str]]:
    """Number and name of those there are today."""
    from networks.models import Organisation

    rows = Organisation.objects.filter(kind="municipality", ended_on__isnull=True).select_related("anchor")
    return [(row.municipality_number, row.anchor.name) for row in rows.order_by("municipality_number")]


def workbook(name: str, rows: int) -> bytes:
    """A sheet with the importer's own heads."""
    from core import spreadsheets

    columns = importer(name).columns
    lines = [[row.get(column.name, "") for column in columns] for row in islice(globals()[name](), rows)]
    return spreadsheets.workbook([("Ark", [str(column.label) for column in columns], lines)])


def importer(name: str) -> Any:
    from core import imports
    from tests.importing import PLACES

    return PLACES if name == PLACES.code else imports.importers()[name]


def bare(data: bytes) -> None:
    from openpyxl import load_workbook

    for sheet in load_workbook(BytesIO(data), read_only=True).worksheets:
        for _row in sheet.iter_rows(values_only=True):
            pass


def run_file(office: Any, by: Any, name: str, data: bytes) -> dict[str, Any]:
    """Seconds of the two steps, as one who may import takes them."""
    from core.models import ImportRun
    from core.services.imports.applying import apply
    from core.services.imports.opening import Source, open_source
    from core.services.imports.starting import start

    runs = list[ImportRun]()

    def look() -> None:
        opened = open_source(Source("liste.xlsx", data), office=office, importer=importer(name))
        runs.append(start(office=office, importer=importer(name), opened=opened, by=by))

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
    if len(sys.argv) > 2:
        measure(Path(sys.argv[1]), sys.argv[2], rows=max(100, round(ROWS * min(scale, 1))))
    else:
        main(Path(sys.argv[1]))
