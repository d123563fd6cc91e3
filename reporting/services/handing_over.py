"""What `reporting` keeps in a person's name: the annual reports they write for all parties."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from accounts.handover import Item, Part
from accounts.models import User
from core import authz
from core.actor import Actor
from core.models import Office
from core.services import obligations
from core.services.events import record
from reporting.models import AnnualReport
from reporting.workflow import REPORT


class ReportPart(Part):
    """Reports that aren't approved yet."""

    code = "report"

    def items(self, person: User, *, office: Office | None, on: date, by: Actor) -> list[Item]:
        rows = (
            AnnualReport.objects.filter(contact=person)
            .exclude(state__in=REPORT.final)
            .select_related("measure_year", "round__office")
        )
        if office is not None:
            rows = rows.filter(round__office=office)
        return [
            Item(
                self.code,
                row.pk,
                _("Writes the annual report for %(year)s") % {"year": row.budget_year},
                row.measure_year.title,
                ends=row.due,
                note=_("Is changed at once, whatever day you choose."),
            )
            for row in rows.order_by("due", "pk")
            if authz.allowed(by, "accounts.keep_people", row.round.office)
        ]

    def move(
        self, rows: Mapping[int, User | None], *, person: User, office: Office | None, on: date, by: Actor
    ) -> None:
        found = AnnualReport.objects.select_for_update(of=("self",)).filter(pk__in=rows, contact=person)
        for row in found.select_related("measure_year", "round").order_by("pk"):
            successor = rows[row.pk]
            row.contact = successor
            row.version += 1
            row.save(update_fields=["contact", "version"])
            data = {"title": row.measure_year.title, "person": successor.name if successor is not None else "–"}
            record(code="report.contact_changed", subject=row, by=by, office=row.round.office_id, data=data)
            obligations.sync(row)
