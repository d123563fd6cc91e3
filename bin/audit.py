"""`make audit`: known holes in the locked packages, and programs whose makers mend them no longer.

Advisories are asked of their services over the net, of pip-audit and npm in turn. Where a service doesn't answer that
is said, and nothing is claimed: the run then only shows that nothing stands on what is out of support.
Ends with 1 when a hole is known or a support has ended, 0 otherwise.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

from bin.setup import ROOT, VAR, call

TOOLS = VAR / "audit-tools"
PIP_AUDIT = "pip-audit~=2.10"
SECONDS = 180
SUPPORTED_UNTIL = {
    "Python 3.11": date(2027, 10, 31),
    "Django 5.2": date(2028, 4, 30),
    "PostgreSQL 15": date(2027, 11, 11),
    "Node 24": date(2028, 4, 30),
    "Debian 12": date(2028, 6, 30),
}
"""What .ci/run, Dockerfile and requirements.in name, with the last day its makers mend it."""


def python_holes() -> list[str] | None:
    """Known holes in requirements-dev.txt, which holds all of requirements.txt; None when nobody answered."""
    python = TOOLS / "bin" / "python"
    if not python.exists():
        call(sys.executable, "-m", "venv", TOOLS)
        call(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PIP_AUDIT)
    found = _asked(
        [str(python), "-m", "pip_audit", "--requirement", "requirements-dev.txt", "--require-hashes", "--disable-pip",
         "--no-deps", "--progress-spinner", "off", "--format", "json", "--timeout", "10"]
    )  # fmt: skip
    # A service that knows none of the packages has not looked at them, whatever pip-audit's last line says.
    looked_at = [one for one in (found or {}).get("dependencies", ()) if "skip_reason" not in one]
    if not looked_at:
        return None
    return [f"{one['name']} {one['version']}: {hole['id']}" for one in looked_at for hole in one.get("vulns", ())]


def node_holes() -> list[str] | None:
    """Known holes in package-lock.json; None when nobody answered."""
    found = _asked(["npm", "audit", "--json", "--package-lock-only"])
    if found is None or "vulnerabilities" not in found:
        return None
    return [f"{name}: {hole['severity']}" for name, hole in found["vulnerabilities"].items()]


def _asked(command: list[str]) -> dict[str, Any] | None:
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)
        answer = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return answer if isinstance(answer, dict) else None


def ended(today: date) -> Iterator[str]:
    """What is mended no longer on a day."""
    for name, last in SUPPORTED_UNTIL.items():
        if today > last:
            yield f"{name}: no longer mended since {last.isoformat()}"


def main() -> int:
    """Say what was asked, what was answered, and what was found."""
    bad = list(ended(date.fromtimestamp(time.time())))
    for name, ask in (("Python packages", python_holes), ("Node packages", node_holes)):
        try:
            holes = ask()
        except (OSError, subprocess.CalledProcessError, SystemExit):
            holes = None
        if holes is None:
            print(f"{name}: NOT AUDITED, the advisory service did not answer.")
        else:
            print(f"{name}: {len(holes)} known holes.")
            bad += holes
    for line in bad:
        print(line)
    if not bad:
        print(f"Supported today: {', '.join(SUPPORTED_UNTIL)}.")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
