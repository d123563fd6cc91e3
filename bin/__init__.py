"""What `make` runs: set-up, demo, tests, locks. Only the standard library: it runs before anything else is there."""

import sys

NEEDED = (3, 11)

if sys.version_info < NEEDED:
    found = ".".join(str(part) for part in sys.version_info[:2])
    sys.exit(f"Årshjul needs Python 3.11 or newer, and this is {found}. Try: make demo PYTHON=python3.11")
