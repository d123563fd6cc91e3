"""`make lock`: write the lock files anew from requirements*.in and package.json, without any registry's address."""

from __future__ import annotations

import sys
from pathlib import Path

from bin.setup import ROOT, VAR, call

TOOLS = VAR / "lock-tools"
PIP_TOOLS = "pip-tools~=7.6"


def address_free(path: Path) -> None:
    """Stop when a lock file says where a package was fetched."""
    text = path.read_text(encoding="utf-8")
    if (path.suffix == ".txt" and "://" in text) or '"resolved"' in text:
        sys.exit(f"{path.name} holds an address; it was not meant to.")


def main() -> None:
    """Resolve in a virtual environment of its own, so that the project's holds only what is locked."""
    python = TOOLS / "bin" / "python"
    if not python.exists():
        call(sys.executable, "-m", "venv", TOOLS)
        call(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PIP_TOOLS)
    silent = [f"--no-emit-{what}" for what in ("index-url", "trusted-host", "find-links", "options")]
    for name in ("requirements", "requirements-dev", "requirements-node"):
        target = ROOT / f"{name}.txt"
        print(f"{target.name} …", flush=True)
        options = ("--quiet", "--generate-hashes", "--strip-extras", "--no-header", *silent, *sys.argv[1:])
        call(python, "-m", "piptools", "compile", *options, "--output-file", target.name, f"{name}.in")
        line = f"# Made by `make lock` from {name}.in: change that file, not this one.\n"
        target.write_text(line + target.read_text(encoding="utf-8").removeprefix(line), encoding="utf-8")
        address_free(target)
    print("package-lock.json …", flush=True)
    call("npm", "install", "--package-lock-only", "--no-audit", "--no-fund")
    address_free(ROOT / "package-lock.json")


if __name__ == "__main__":
    main()
