"""`make test`: unit tests, browser tests and service tests with servers of their own, which are always stopped again.

DB=sqlite runs all but the service tests on SQLite · ONLY=unit|security|browser|services runs one part · ARGS="-k words"
goes to pytest · ALL=1 (`make test-all`) adds the full cross and the SQLite run.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bin import machine
from bin.processes import Child, running, turn_sigterm_into_exit
from bin.setup import PYTHON, ROOT, call, embedded_env, prepare
from tests.servers import Postgres, Redis

WORKERS = "2"
PARTS = ("unit", "security", "browser", "services")
TEMPLATE = "MIGRATED_TEMPLATE"
"""Says to the tests that the database of the address is migrated, used by nobody, and can be copied for theirs."""


@dataclass(frozen=True)
class Part:
    """One invocation: of pytest, or of the program that visits every page."""

    title: str
    arguments: tuple[str, ...]
    env: dict[str, str]
    program: str = "pytest"


EVERY_PAGE = Part(
    "every page, SQLite",
    (),
    {"ONLY": "", "FORMS": "nb nn", "WAYS": "axe", "CHROMIUM": machine.chromium() or ""},
    program="tests.browser.screenshots",
)
"""The full cross: each page as each role, in both written forms, at both widths, also when something is wrong."""


def parts(*, database: str, broker: str | None, only: str) -> list[Part]:
    """The invocations for one database; the service tests need a broker too."""
    env = {"ARSHJUL_DEMO": "true"} | ({"DATABASE_URL": database, TEMPLATE: "yes"} if database else {})
    engine = "PostgreSQL" if database else "SQLite"
    chosen = [
        Part(f"unit, {engine}", ("tests", "-n", WORKERS, "--dist", "worksteal"), env),
        Part(f"security, {engine}", ("tests/security", "-n", WORKERS, "--dist", "worksteal"), env),
        Part(
            f"browser, {engine}",
            ("tests/browser",),
            # Playwright keeps an event loop running in the test's thread, and Django asks before it lets that pass.
            env | {"DJANGO_ALLOW_ASYNC_UNSAFE": "true", "CHROMIUM": machine.chromium() or ""},
        ),
    ]
    if broker:
        chosen.append(Part(f"services, {engine}", ("tests/services",), env | {"BROKER_URL": broker}))
    return [part for part in chosen if only in ("", part.title.split(",")[0]) and (ROOT / part.arguments[0]).is_dir()]


def migrate(database: str) -> None:
    """Make the tables once; each part of the tests takes a copy."""
    with tempfile.TemporaryDirectory(prefix="arshjul-var-") as var:
        env = embedded_env(ARSHJUL_VAR_DIR=var, ARSHJUL_DEMO="true", DATABASE_URL=database)
        call(PYTHON, "manage.py", "migrate", "--verbosity", "0", env=env)


def run(part: Part, extra: list[str]) -> tuple[int, float]:
    """Run one invocation with a `var/` of its own; its exit code and how long it took in seconds."""
    print(f"\n=== {part.title} ===", flush=True)
    began = time.monotonic()
    var = Path(tempfile.mkdtemp(prefix="arshjul-var-"))
    try:
        env = embedded_env(ARSHJUL_VAR_DIR=str(var), **part.env)
        own = ["--durations", "10", *extra] if part.program == "pytest" else []
        command: list[str | Path] = [PYTHON, "-m", part.program, *part.arguments, *own]
        with running(Child(command, env=env, cwd=ROOT, stop_with=signal.SIGINT)) as program:
            code = program.wait()
    finally:
        shutil.rmtree(var, ignore_errors=True)
    return code, time.monotonic() - began


def main() -> int:
    """Set up, run every part even when one fails, print how each went; 0 when all passed."""
    turn_sigterm_into_exit()
    began = time.monotonic()
    only, engine = os.environ.get("ONLY", ""), os.environ.get("DB") or "postgres"
    if only not in ("", *PARTS) or engine not in ("postgres", "sqlite"):
        sys.exit("ONLY is one of unit, security, browser, services; DB is postgres or sqlite.")
    everything = os.environ.get("ALL", "") not in ("", "0")
    extra = shlex.split(os.environ.get("ARGS", ""))
    if everything:
        extra += ["-m", "exhaustive or not exhaustive"]
    prepare(tests=True)
    results: list[tuple[str, int, float]] = []
    with ExitStack() as servers:
        plan: list[Part] = []
        if engine == "postgres":
            postgres, redis = servers.enter_context(Postgres(counting=False)), servers.enter_context(Redis())
            migrate(postgres.url)
            plan += parts(database=postgres.url, broker=redis.url, only=only)
        if engine == "sqlite" or everything:
            plan += parts(database="", broker=None, only=only)
        if everything and only in ("", "browser"):
            plan.append(EVERY_PAGE)
        print(f"Set-up: {time.monotonic() - began:.0f} s")
        for part in plan:
            code, seconds = run(part, extra)
            results.append((part.title, code, seconds))
    print("\n=== how it went ===")
    for title, code, seconds in results:
        print(f"{title:<24}{'passed' if code == 0 else f'failed (ended with {code})':<32}{seconds:6.0f} s")
    print(f"{'all together':<56}{time.monotonic() - began:6.0f} s", flush=True)
    return 0 if results and all(code == 0 for _, code, _ in results) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
