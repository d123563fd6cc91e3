"""Jobs about annual reports."""

from __future__ import annotations

from core.jobs import task
from grants.models import Round
from reporting.services.reports import create_reports


@task("reporting.create_reports")
def create_reports_of_round(*, round: int) -> None:
    """Make the annual reports of a round whose letters have gone out; again changes nothing."""
    create_reports(round=Round.objects.get(pk=round))
