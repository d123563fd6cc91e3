"""What is owed because of an annual report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.enums import ConfirmationAnswer, LinkPurpose, Role
from core.obligations import Kind, Owed, register_kind, register_provider
from reporting.models import AnnualReport
from reporting.rules import RequiredParty, required_parties
from reporting.selectors.facts import live_rows, wishes
from reporting.selectors.reports import owner_name

register_kind(
    Kind(
        code="report_write",
        verb=_("Write the annual report for %(title)s"),
        waiting=_("%(network)s: write the annual report for %(title)s"),
        url_name="reporting:report",
        minutes=20,
        purpose=LinkPurpose.ANNUAL_REPORT,
    )
)
register_kind(
    Kind(
        code="report_correct",
        verb=_("Correct the annual report for %(title)s"),
        waiting=_("%(network)s: correct the annual report for %(title)s"),
        url_name="reporting:report",
        minutes=10,
        purpose=LinkPurpose.ANNUAL_REPORT,
    )
)
register_kind(
    Kind(
        code="report_confirm",
        verb=_("Confirm the annual report for %(title)s on behalf of %(party)s"),
        waiting=_("%(party)s: confirm the annual report for %(title)s"),
        url_name="reporting:confirm",
        minutes=5,
        purpose=LinkPurpose.REPORT_CONFIRMATION,
    )
)
register_kind(
    Kind(
        code="report_approve",
        verb=_("Check and approve the annual report for %(title)s (%(network)s)"),
        waiting=_("The office: approve the annual report for %(title)s"),
        url_name="reporting:approve",
        minutes=10,
        reminded=False,
    )
)


def owed(report: AnnualReport) -> Iterator[Owed]:
    """The writer owes the report, the parties their confirmation, the case officer the approval."""
    if report.state in {"open", "returned"}:
        # Before it is sent nobody is asked, so nobody wishes: a round of new reports asks after none of them.
        corrects = report.state == "returned" or (report.sent_at is not None and bool(wishes(report)))
        yield _of_writer(report, "report_correct" if corrects else "report_write")
    elif report.state == "to_confirm":
        waiting = {row.party_id for row in live_rows(report) if row.answer != ConfirmationAnswer.CONFIRMED}
        yield from (_of_party(report, one) for one in required_parties(report) if one.organisation.anchor_id in waiting)
    elif report.state == "confirmed":
        yield Owed(
            kind="report_approve",
            office_id=report.round.office_id,
            role=Role.CASE_OFFICER,
            anchor_id=report.round.office.anchor_id,
            data=_data(report),
        )


def _data(report: AnnualReport, **more: str) -> dict[str, Any]:
    return {
        "title": f"«{report.measure_year.title}»",
        "network": owner_name(report),
        "url": {"office": report.round.office.slug, "pk": report.pk},
        **more,
    }


def _of_writer(report: AnnualReport, kind: str) -> Owed:
    network = report.measure.network
    return Owed(
        kind=kind,
        office_id=report.round.office_id,
        due=report.due,
        role=Role.COORDINATOR if network else Role.OWNER_CONTACT,
        anchor_id=network.anchor_id if network else report.measure.lead.anchor_id,
        data=_data(report),
    )


def _of_party(report: AnnualReport, party: RequiredParty) -> Owed:
    """A provider is asked where it takes part: at the network's anchor, on the provider's behalf."""
    network = report.measure.network
    own = party.organisation.anchor_id
    in_network = party.role == Role.PROVIDER_CONTACT and network is not None
    return Owed(
        kind="report_confirm",
        office_id=report.round.office_id,
        due=report.due,
        role=party.role,
        anchor_id=network.anchor_id if in_network and network else own,
        for_anchor_id=own if in_network else None,
        party=str(own),
        data=_data(report, party=str(party.organisation)),
    )


register_provider(AnnualReport, owed)
