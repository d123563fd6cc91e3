"""Jobs about annual reports."""

from __future__ import annotations

from django.utils.translation import ngettext

from core.jobs import task
from grants.models import Round
from reporting.services.reports import create_reports


def reports_wait(count: int) -> str:
    return ngettext(
        "The annual reports of %(count)d decision aren’t opened.",
        "The annual reports of %(count)d decisions aren’t opened.",
        count,
    ) % {"count": count}


@task("reporting.create_reports", waits=reports_wait)
def create_reports_of_round(*, round: int) -> None:
    """Make the annual reports of a round whose letters have gone out; again changes nothing."""
    create_reports(round=Round.objects.get(pk=round))
