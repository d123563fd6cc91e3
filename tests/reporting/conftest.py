"""Annual reports on the year of :mod:`tests.world` that went all the way, and on one under the law of 2026."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core import clock
from reporting.models import AnnualReport
from reporting.selectors.reports import fresh
from reporting.services import reports
from tests.reporting.acts import LATER, award
from tests.world import World


@pytest.fixture
def old(world: World) -> AnnualReport:
    """The north's report on «Lek og språk», granted under GUIDE2021 in 2024, not begun."""
    return fresh(world.play_report)


@pytest.fixture
def new(world: World) -> Iterator[AnnualReport]:
    """The coast's report on a measure of 2027, granted under REG2026, without a network, not begun."""
    award(world.havnes_measure, prepared_by=world.b_officer)
    with clock.frozen(LATER):
        [report] = reports.create_reports(round=world.b_round)
        yield fresh(report)
