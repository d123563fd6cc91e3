"""Lays an approved report down in the archive (arkivforskrifta §§ 14–15)."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from core import clock
from core.actor import Actor
from core.enums import DocumentKind, PartyRole
from core.models import Document
from core.services import archive
from reporting.models import AnnualReport
from reporting.selectors.confirming import confirming
from reporting.selectors.result import result_of


def journal(*, report: AnnualReport, by: Actor) -> Document:
    """The report as an incoming document from its lead, in the office's written form, one file that needs no other."""
    office = report.round.office
    lead = report.measure.lead
    form = office.default_form
    name = office.name_in(form, clock.today())
    sent = clock.local(report.sent_at or clock.now())
    with translation.override(form):
        title = _("Annual report %(year)s: %(title)s") % {
            "year": report.budget_year,
            "title": report.measure_year.title,
        }
        content = render_to_string(
            "reporting/document.html",
            {
                "report": report,
                "title": title,
                "form": form,
                "office_name": name,
                "result": result_of(report),
                "confirming": confirming(report, None),
                "sent": sent.date(),
            },
        )
    return archive.register(
        case=report.round.case,
        kind=DocumentKind.INCOMING,
        title=title,
        document_date=sent.date(),
        parties=[
            archive.Party(role=PartyRole.SENDER, name=str(lead), orgnr=lead.orgnr or "", anchor=lead.anchor),
            archive.Party(role=PartyRole.RECIPIENT, name=name, orgnr=office.orgnr, anchor=office.anchor),
        ],
        files=[
            archive.Bytes(
                name=f"arsrapport-{report.budget_year}-{report.pk}.html",
                content=content.encode(),
                media_type="text/html",
                form=form,
            )
        ],
        by=by,
    )
