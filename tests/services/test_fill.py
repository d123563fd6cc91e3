"""``manage.py fill``: a small nation, as ``bench/`` makes a large one."""

import os
import re
import subprocess
import sys

from django.conf import settings


def fill(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "fill", *words],
        cwd=settings.BASE_DIR,
        env={**os.environ, "ARSHJUL_DEMO": "true"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_two_offices_and_two_years_in_the_right_proportion() -> None:
    """Two networks' worth of everything: 7 networks, 2 measures in each at this scale; the last round is still before
    its forum, so one decision in each office."""
    run = fill("--offices", "2", "--years", "2", "--scale", "0.014")
    assert run.returncode == 0, run.stderr[-3000:]
    counts = {
        name: int(number.replace(" ", "")) for name, number in re.findall(r"^  (\w+\.\w+) +([\d ]+)$", run.stdout, re.M)
    }
    assert (counts["grants.Round"], counts["grants.NeedsReport"], counts["grants.MeasureYear"]) == (4, 28, 56)
    assert (counts["grants.BudgetLine"], counts["grants.ProposalLine"], counts["grants.DecisionLine"]) == (168, 168, 84)
    assert (counts["grants.CriterionAnswer"], counts["grants.Assessment"]) == (336, 336)
    assert counts["grants.SeatAnswer"] == 168 * 2


def test_it_says_what_cannot_be() -> None:
    run = fill("--years", "11")
    assert (run.returncode, run.stderr.splitlines()[-1]) == (1, "CommandError: --years is from 1 to 10.")
