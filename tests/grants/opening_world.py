"""A running measure as an office tells of it, in the world of :mod:`tests.grants.rounds_world`."""

from __future__ import annotations

from typing import Any

from core import clock
from grants.models import MeasureYear
from grants.selectors.opening_values import MoneyLine, RunningMeasure
from grants.services.openings import begin, bring_in
from tests.grants.rounds_world import TODAY, YEAR, Rounds, actor


def lines(world: Rounds) -> list[MoneyLine]:
    """The host's and the university's parts of a measure in its first year of three."""
    return [
        MoneyLine(
            kind="network",
            payee=world.hosts[0],
            awarded=300_000,
            unspent=40_000,
            promised={2027: 200_000, 2028: 150_000},
        ),
        MoneyLine(kind="provider", payee=world.university, awarded=500_000, promised={2027: 500_000}),
    ]


def running(world: Rounds, **more: Any) -> RunningMeasure:
    told: dict[str, Any] = {
        "title": "Begynneropplæring",
        "network": world.networks[0],
        "lead": world.hosts[0],
        "scheme": "kollektiv",
        "sector": "school",
        "first_year": 2026,
        "year_no": 1,
        "year_count": 3,
        "owners": [world.hosts[0]],
        "providers": [world.university],
        "lines": lines(world),
        "need": "Elevene leser lite.",
        "goal": "Elevene leser mer.",
        "work_plan": "Fire samlinger.",
    }
    return RunningMeasure(**{**told, **more})


def brought_in(world: Rounds, **more: Any) -> MeasureYear:
    """One measure in the opening round of the year before the first."""
    by = actor(world.officer)
    with clock.frozen(TODAY):
        begin(office=world.office, first_year=YEAR, by=by)
        [made] = bring_in(office=world.office, measures=[running(world, **more)], by=by)
    return made
