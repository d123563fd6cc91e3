"""Which annual reports somebody may open."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.openings import Named, Opening, register
from core import authz
from core.actor import Actor
from core.models import Office
from reporting.models import AnnualReport
from reporting.selectors.reports import near, with_parts


def _reports(actor: Actor, office: Office) -> Iterable[Named]:
    found = with_parts().filter(round__office=office)
    if not authz.allowed(actor, "core.see_office", office):
        found = found.filter(pk__in=near(actor))
    for row in found.order_by("-budget_year", "measure_year__title", "pk"):
        if authz.allowed(actor, "reporting.see_report", row):
            yield _title(row), reverse("reporting:report", args=[office.slug, row.pk])


def _title(row: AnnualReport) -> str:
    return f"{row.measure_year.title}, {row.budget_year}"


def register_own() -> None:
    register(Opening("reports", _("Annual reports"), 80, _reports))
