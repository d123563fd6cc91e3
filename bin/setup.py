"""Everything between a fresh clone and a program that runs, each step skipped when what it depends on is unchanged.

`python3 -m bin.setup` prepares for running, `python3 -m bin.setup tests` for the tests and checks as well.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from bin import machine

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
STAMPS = VAR / "setup"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


def embedded_env(**extra: str) -> dict[str, str]:
    """The environment without anything that would point at a real installation, and with `extra`."""
    ours = ("DATABASE_URL", "BROKER_URL", "EMAIL_URL")
    kept = {name: value for name, value in os.environ.items() if name not in ours and not name.startswith("ARSHJUL_")}
    # Nothing of another project's environment may reach in.
    for foreign in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "DJANGO_SETTINGS_MODULE", "PYTHONDONTWRITEBYTECODE"):
        kept.pop(foreign, None)
    return kept | {"PYTHONUNBUFFERED": "1"} | extra


def call(*command: str | Path, env: dict[str, str] | None = None, quiet: bool = True) -> None:
    """Run a step's program in the project folder; when it fails, show its words and stop."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=env or embedded_env(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout or "")
        sys.exit(f"Set-up stopped: “{' '.join(str(part) for part in command)}” failed.")


def manage(*arguments: str, quiet: bool = True) -> None:
    """One of Django's commands on the embedded settings."""
    call(PYTHON, "manage.py", *arguments, quiet=quiet)


def digest(paths: Iterable[Path], *words: str) -> str:
    """One fingerprint of these files' names and contents, and of `words`."""
    sha = hashlib.sha256("\0".join(words).encode())
    for path in sorted(paths):
        sha.update(f"\0{path.relative_to(ROOT)}\0".encode())
        sha.update(path.read_bytes())
    return sha.hexdigest()


@contextlib.contextmanager
def step(title: str, stamp: Path, fingerprint: str) -> Iterator[bool]:
    """Whether the step must run; its stamp is written only when it came through."""
    if stamp.is_file() and stamp.read_text(encoding="ascii") == fingerprint:
        yield False
        return
    print(f"{title} … ", end="", flush=True)
    began = time.monotonic()
    stamp.unlink(missing_ok=True)
    yield True
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(fingerprint, encoding="ascii")
    print(f"{time.monotonic() - began:.0f} s", flush=True)


def install(lock: Path) -> None:
    """What a lock file names and nothing else.

    The file is whole, so pip needn't resolve: when it did, a newer release of a package that another asks for with
    an extra (`coverage[toml]`) made it refuse the file.
    """
    pip = (PYTHON, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check")
    call(*pip, "--no-deps", "--require-hashes", "--requirement", lock)


def python_packages(*, tests: bool) -> None:
    """The virtual environment with the locked packages; those for the tests hold all the others too."""
    version = "{}.{}".format(*sys.version_info)
    if not PYTHON.exists() or subprocess.run([PYTHON, "-c", ""], capture_output=True, check=False).returncode:
        machine.ensure([machine.VENV])
        print("Making the virtual environment .venv/ …", flush=True)
        call(sys.executable, "-m", "venv", "--clear", VENV)
    run_stamp, test_stamp = VENV / "stamp-run", VENV / "stamp-tests"
    run_print = digest([ROOT / "requirements.txt"], version)
    test_print = digest([ROOT / "requirements-dev.txt"], version)
    lock, stamp, fingerprint = ROOT / "requirements.txt", run_stamp, run_print
    if tests:
        lock, stamp, fingerprint = ROOT / "requirements-dev.txt", test_stamp, test_print
    with step("Installing Python packages", stamp, fingerprint) as due:
        if due:
            install(lock)
    if tests:
        run_stamp.write_text(run_print, encoding="ascii")


def npm_packages() -> None:
    """The locked front-end packages; where the machine has no node, pip brings one."""
    modules = ROOT / "node_modules"
    fingerprint = digest([ROOT / "package-lock.json", ROOT / ".npmrc"])
    with step("Installing npm packages", modules / ".stamp", fingerprint) as due:
        if not due:
            return
        env = embedded_env()
        npm = shutil.which("npm")
        if not (npm and shutil.which("node")):
            install(ROOT / "requirements-node.txt")
            npm = str(VENV / "bin" / "npm")
            env["PATH"] = f"{VENV / 'bin'}{os.pathsep}{env.get('PATH', '')}"
        call(npm, "ci", "--no-audit", "--no-fund", env=env)


def assets() -> None:
    """Style sheet, fonts and icons copied out of the npm packages."""
    sources = [ROOT / "package-lock.json", ROOT / "bin" / "build_assets.py", ROOT / "core" / "ui" / "icons.py"]
    vendor = ROOT / "static" / "vendor"
    with step("Building style sheet, fonts and icons", vendor / ".stamp", digest(sources)) as due:
        if due:
            shutil.rmtree(vendor, ignore_errors=True)
            call(PYTHON, "bin/build_assets.py")


def catalogues() -> None:
    """The message catalogues, compiled beside their sources."""
    sources = list((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))
    stamp = STAMPS / "catalogues"
    if not all(source.with_suffix(".mo").exists() for source in sources):
        stamp.unlink(missing_ok=True)
    with step("Compiling messages", stamp, digest(sources)) as due:
        if due:
            for source in sources:
                call(
                    PYTHON,
                    "-m",
                    "babel.messages.frontend",
                    "compile",
                    "-i",
                    source,
                    "-o",
                    source.with_suffix(".mo"),
                    "-l",
                    source.parent.parent.name,
                )


def collected_static() -> None:
    """The static files as they are served: with a fingerprint in the name, compressed."""
    sources = [path for path in (ROOT / "static").rglob("*") if path.is_file()]
    fingerprint = digest([*sources, ROOT / "requirements.txt"])
    with step("Collecting static files", STAMPS / "static", fingerprint) as due:
        if due:
            manage("collectstatic", "--noinput", "--clear")


def prepare(*, tests: bool = False) -> None:
    """All of it up to the database, which `bin.demo` and the tests each make for themselves."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    with (STAMPS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two set-ups at once would install into each other
        python_packages(tests=tests)
        needs = [machine.pango(PYTHON)]
        if tests:
            needs += [machine.POSTGRES, machine.REDIS, machine.CHROMIUM]
        machine.ensure(needs)
        npm_packages()
        assets()
        catalogues()


if __name__ == "__main__":
    prepare(tests="tests" in sys.argv[1:])
