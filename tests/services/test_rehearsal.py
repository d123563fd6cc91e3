"""``manage.py rehearse``: each county's year, as a user runs it, in a database of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings


def rehearse(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ARSHJUL_DEMO": "true"} | more
    return subprocess.run(
        [sys.executable, "manage.py", "rehearse", *words],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=540,
    )


EXPECTED = {
    "innlandet-2022": {
        "needs_reports": 14,
        "measures": 30,
        "sought": 28_620_000,
        "forums_concluded": 2,
        "awarded": 27_260_000,
        "letters": 11,
        "letters_nn": 1,
        "refusals": 2,
        "reports_approved": 28,
    },
    "innlandet-2027": {
        "needs_reports": 10,
        "measures": 21,
        "sought": 24_200_000,
        "forums_concluded": 2,
        "awarded": 22_640_000,
        "letters": 10,
        "letters_nn": 1,
        "refusals": 1,
        "reports_approved": 19,
    },
    "moreogromsdal-2027": {
        "needs_reports": 6,
        "measures": 10,
        "sought": 7_390_000,
        "forums_concluded": 4,
        "awarded": 7_130_000,
        "letters": 6,
        "letters_nn": 6,
        "refusals": 1,
        "reports_approved": 9,
    },
}


@pytest.mark.parametrize("profile", EXPECTED)
def test_a_year_is_played_to_its_end(profile: str) -> None:
    """Reports from every network or lead, every forum concluded, sums to the krone, one letter per payee, reports
    confirmed by both sides on each of the three parts."""
    run = rehearse(profile, "--json")
    assert run.returncode == 0, run.stderr[-3000:]
    result = json.loads(run.stdout.splitlines()[-1])
    assert {name: result[name] for name in EXPECTED[profile]} == EXPECTED[profile]
    assert result["needs_reports"] == result["needs_reports_expected"]
    assert result["forums_concluded"] == result["forums_asked"]
    assert result["awarded"] == result["letters_sum"]
    assert result["letters"] == result["payees"]
    assert result["letters_opened"] == result["letters"] + result["refusals"]
    assert result["reports_approved"] == result["reports"]
    assert result["confirmations"] == result["reports"] * 2 * 3
    assert result["awarded"] <= result["frame"]
    assert result["audit_faults"] == 0


def test_an_unknown_step_is_told_which_there_are() -> None:
    run = rehearse("innlandet-2022", "--until", "tomorrow")
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1] == (
        "CommandError: There is no step «tomorrow». Choose among office, opened, announced, needs, assessed, proposed, "
        "forum, concluded, decided, approved, letters, reported, confirmed, reports_approved."
    )


def test_in_a_database_without_tables_it_says_what_to_do_first(tmp_path: Path) -> None:
    run = rehearse("innlandet-2022", "--keep", DATABASE_URL=f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1] == (
        "CommandError: The database isn't ready. Run manage.py migrate and manage.py load_reference first."
    )
