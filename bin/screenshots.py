"""`make screenshots`: every page as a picture in var/screenshots/, with an index.html to look through.

ONLY=words takes some of them; what FORMS, WAYS and KEEP do stands in tests/browser/screenshots.py.
"""

from __future__ import annotations

import os
import sys

from bin import machine
from bin.processes import Child, running, turn_sigterm_into_exit
from bin.setup import PYTHON, ROOT, embedded_env, prepare


def main() -> int:
    """Set up, then run the photographer with the embedded settings; its exit code."""
    turn_sigterm_into_exit()
    prepare(tests=True)
    given = {name: os.environ[name] for name in ("ARSHJUL_VAR_DIR",) if name in os.environ}
    env = embedded_env(CHROMIUM=machine.chromium() or "", **given)
    with running(Child([PYTHON, "-m", "tests.browser.screenshots"], env=env, cwd=ROOT)) as photographer:
        return photographer.wait()


if __name__ == "__main__":
    sys.exit(main())
