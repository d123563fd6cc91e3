"""What of the annual reports one may ask the office about."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from core.questions import Askable, Page, Words, register_page
from core.questions import register as register_askable
from grants.questions import round_of
from reporting.models import AnnualReport


def _report(words: Words) -> QuerySet[AnnualReport]:
    return AnnualReport.objects.filter(round__office__slug=words["office"], pk=words["pk"])


def register() -> None:
    """Fill core's registry."""
    register_askable(
        Askable(
            model=AnnualReport,
            perm="reporting.see_report",
            about=lambda row: _("the annual report for «%(title)s»") % {"title": row.measure_year.title},
            url=lambda row: reverse("reporting:report", kwargs={"office": row.round.office.slug, "pk": row.pk}),
            related=("round__office", "rule_set", "measure_year", "measure__network", "measure__lead"),
        )
    )
    register_page(
        Page(_report, (_report,)),
        "reporting:report",
        "reporting:edit",
        "reporting:receipt",
        "reporting:confirm",
        "reporting:approve",
    )
    register_page(Page(round_of), "reporting:reports")
