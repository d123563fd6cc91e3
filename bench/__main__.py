"""``make bench``: fills two databases, measures, prints tables.

SCALE=0.05 for a quick look · ONLY=pages, letters, imports or burden · TIMES=7: how often each page is asked for (20).

The nation has ten offices and ten years, the office one office and two years, both with rounds of the same size
(1 001 measures at scale 1): what grows is the tables, not the pages.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench import report
from bin.processes import Child, running, turn_sigterm_into_exit
from bin.setup import PYTHON, ROOT, VAR, embedded_env, prepare
from tests.servers import Postgres

PARTS = ("pages", "letters", "imports", "burden")
SIZES: Mapping[str, tuple[str, ...]] = {
    "office": ("--offices", "1", "--years", "2", "--processes", "1"),
    "nation": ("--offices", "all", "--years", "10"),
}
QUICK_SIZES: Mapping[str, tuple[str, ...]] = {
    "office": ("--offices", "1", "--years", "2", "--processes", "1"),
    "nation": ("--offices", "3", "--years", "3"),
}
QUICK = 0.2
"""Below this scale three offices and three years stand for the nation."""
RESULTS = VAR / "bench"


def main() -> int:
    turn_sigterm_into_exit()
    began = time.monotonic()
    scale, only = os.environ.get("SCALE") or "1", os.environ.get("ONLY", "")
    if only not in ("", *PARTS):
        sys.exit(f"ONLY is one of {', '.join(PARTS)}.")
    prepare(tests=True)
    RESULTS.mkdir(parents=True, exist_ok=True)
    with Postgres() as postgres, tempfile.TemporaryDirectory(prefix="arshjul-bench-") as var:
        env = embedded_env(ARSHJUL_DEMO="true", ARSHJUL_VAR_DIR=var, SCALE=scale, TIMES=os.environ.get("TIMES") or "20")
        run("manage.py", "collectstatic", "--noinput", "-v0", env=env | {"DATABASE_URL": postgres.url})
        for title, lines in tables(postgres.url, env, scale, only):
            print(f"\n=== {title} ===", *lines, sep="\n", flush=True)
    print(
        f"\nmeasured in {(time.monotonic() - began) / 60:.0f} minutes; the numbers are in {RESULTS.relative_to(ROOT)}/"
    )
    return 0


def tables(server: str, env: dict[str, str], scale: str, only: str) -> Iterator[tuple[str, list[str]]]:
    """Each part's title and table, as soon as it is measured."""
    if only in ("", "pages"):
        sizes = QUICK_SIZES if float(scale) < QUICK else SIZES
        places = {name: env | {"DATABASE_URL": f"{server.rpartition('/')[0]}/{name}"} for name in sizes}
        for name, here in places.items():
            create(name, server)
            run("manage.py", "migrate", "-v0", env=here)
            run("manage.py", "load_reference", "-v0", env=here)
            run("manage.py", "fill", "--keep", "--scale", scale, *sizes[name], env=here)
        for name in places:  # as it lies after a night; else PostgreSQL begins to tidy while we measure
            tell(f"{server.rpartition('/')[0]}/{name}", "VACUUM ANALYZE")
        turns = [{name: measured("bench.pages", name, env=here) for name, here in places.items()} for _turn in range(2)]
        office, nation = (report.calmest([turn[name] for turn in turns]) for name in places)
        yield "pages", list(report.pages(office, nation))
    if only in ("", "letters"):
        yield "letters", list(report.letters(measured("bench.letters", "letters", env=env | {"DATABASE_URL": server})))
    if only in ("", "imports"):
        yield "imports", list(report.imports(measured("bench.imports", "imports", env=env | {"DATABASE_URL": server})))
    if only in ("", "burden"):
        yield "burden", list(report.burden(measured("bench.burden", "burden", env=env | {"DATABASE_URL": server})))


def measured(module: str, name: str, *, env: dict[str, str]) -> Any:
    """What a measuring program wrote."""
    target = RESULTS / f"{name}.json"
    print(f"\n{module} ({name})", flush=True)
    run("-m", module, str(target), env=env)
    return json.loads(target.read_text())


def create(name: str, server: str) -> None:
    """A database of its own in the throw-away cluster."""
    tell(server, f"CREATE DATABASE {name}")


def tell(database: str, statement: str) -> None:
    """One statement outside transactions."""
    code = f"import psycopg2; c = psycopg2.connect({database!r}); c.autocommit = True"
    run("-c", f"{code}; c.cursor().execute({statement!r})", env=embedded_env())


def run(*words: str, env: dict[str, str]) -> None:
    command: list[str | Path] = [PYTHON, *words]
    with running(Child(command, env=env, cwd=ROOT)) as child:
        code = child.wait()
    if code:
        sys.exit(f"«{' '.join(words)}» ended with {code}.")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
