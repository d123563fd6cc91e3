"""The small office of the accounts' tests, with a round in it: a row that has a state and a version."""

from __future__ import annotations

from datetime import date

import pytest

from core import clock
from core.services.archive import open_case
from grants.models import ProfileVersion, Round, RuleSetVersion
from tests.accounts.conftest import SYSTEM, Small, kept_small, small

__all__ = ["kept_small", "small"]


@pytest.fixture
def row(small: Small) -> Round:
    """A round as a mere row; what a round is, its own tests say."""
    with clock.frozen(date(2027, 1, 4)):
        return Round.objects.create(
            office=small.office,
            year=2027,
            rule_set=RuleSetVersion.objects.create(code="T", version=1, sha256="0" * 64),
            profile=ProfileVersion.objects.create(office=small.office, year=2027, number=1),
            case=open_case(office=small.office, year=2027, title="Test"),
            announced_at=clock.now(),
            **SYSTEM.columns(),
        )
