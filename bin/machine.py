"""What the machine itself must have: installed where we may (root on Debian), else named in one sentence."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

POLICY = Path("/usr/sbin/policy-rc.d")


@dataclass(frozen=True)
class Need:
    """A program or library: how to see that it is there, and Debian's packages for it."""

    name: str
    there: Callable[[], bool]
    packages: tuple[str, ...]


def postgres_folder() -> Path | None:
    """The folder with PostgreSQL's server programs, the newest version where there are several."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    found = shutil.which("initdb")
    for folder in [*reversed(folders), *([Path(found).resolve().parent] if found else [])]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


def chromium() -> str | None:
    """The browser the browser tests drive."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    return None


def _has_ensurepip() -> bool:
    return subprocess.run([sys.executable, "-c", "import ensurepip"], capture_output=True, check=False).returncode == 0


def pango(python: Path) -> Need:
    """The text library WeasyPrint draws letters with; asked by loading it as the program will."""
    return Need(
        "Pango",
        lambda: subprocess.run([python, "-c", "import weasyprint"], capture_output=True, check=False).returncode == 0,
        ("libpango-1.0-0", "libpangoft2-1.0-0"),
    )


VENV = Need("Python's venv", _has_ensurepip, ("python3-venv",))
POSTGRES = Need("PostgreSQL's server programs", lambda: postgres_folder() is not None, ("postgresql",))
REDIS = Need("Redis", lambda: shutil.which("redis-server") is not None, ("redis-server",))
CHROMIUM = Need("Chromium", lambda: chromium() is not None, ("chromium",))


def ensure(needs: Sequence[Need]) -> None:
    """Have every need met, or stop with the sentence that says what to install."""
    missing = [need for need in needs if not need.there()]
    if not missing:
        return
    packages = [package for need in missing for package in need.packages]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _apt_install(packages)
        missing = [need for need in missing if not need.there()]
    if missing:
        names = ", ".join(need.name for need in missing)
        sys.exit(f"Missing on this machine: {names}. On Debian: sudo apt-get install {' '.join(packages)}")


def _apt_install(packages: Sequence[str]) -> None:
    """Install Debian packages without starting the services that come with some of them."""
    print(f"Installing {', '.join(packages)} …", flush=True)
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with _services_stay_off():
        for command in (
            ["apt-get", "update", "-q"],
            ["apt-get", "install", "-qy", "--no-install-recommends", *packages],
        ):
            done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
            if done.returncode:
                print(done.stdout[-2000:], done.stderr[-2000:], sep="\n")
                sys.exit(f"apt-get could not install {' '.join(packages)}; its words stand above.")


@contextlib.contextmanager
def _services_stay_off() -> Iterator[None]:
    """Debian asks this file before it starts a service at installation; 101 means no."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n", encoding="ascii")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink(missing_ok=True)
