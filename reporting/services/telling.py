"""Mails about annual reports: to the parties that are asked, and to the writers when something must be changed."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.notices import notify
from core.dates import format_weekday_date
from core.enums import LinkPurpose
from core.models import Confirmation, Snapshot
from reporting.models import AnnualReport
from reporting.rules import required_parties
from reporting.selectors.people import speakers, writers
from reporting.selectors.reports import owner_name


def ask_parties(report: AnnualReport, *, asked: list[Confirmation], snapshot: Snapshot) -> int:
    """Mail those who speak for the parties that are asked now, each with a link of their own to this one report."""
    waiting = {row.party_id for row in asked}
    parties = [party for party in required_parties(report) if party.organisation.anchor_id in waiting]
    people = speakers(report, parties)
    return sum(
        notify(
            users=people[party.organisation.anchor_id],
            code="report_confirm",
            key=f"report_confirm:{report.pk}:{snapshot.pk}:{party.organisation.anchor_id}",
            subject=report,
            office=report.round.office,
            texts=_asking(report, str(party.organisation)),
            url=_url("reporting:confirm", report),
            purpose=LinkPurpose.REPORT_CONFIRMATION,
        )
        for party in parties
    )


def tell_change_wanted(report: AnnualReport, *, party: str, comment: str, number: int) -> int:
    """Mail the writers what a party wants changed. ``number`` tells this wish from others (the confirmation's id)."""

    def texts(_user: User, _form: str) -> tuple[str, str]:
        values = {"party": party, "title": report.measure_year.title, "comment": comment}
        return (
            _("%(party)s asks for a change in the annual report") % values,
            _(
                "%(party)s asks for a change in the annual report for «%(title)s»:\n\n%(comment)s\n\n"
                "Change the report, and send it again."
            )
            % values,
        )

    return _tell_writers(report, texts, key=f"report_wish:{report.pk}:{number}")


def tell_returned(report: AnnualReport, *, comment: str) -> int:
    """Mail the writers why the office sent the report back."""

    def texts(_user: User, _form: str) -> tuple[str, str]:
        values = {"title": report.measure_year.title, "comment": comment}
        return (
            _("The annual report for «%(title)s» must be corrected") % values,
            _(
                "We have read the annual report for «%(title)s» and ask you to correct this:\n\n%(comment)s\n\n"
                "Change the report, and send it to the parties again."
            )
            % values,
        )

    return _tell_writers(report, texts, key=f"report_returned:{report.pk}:{report.version}")


def _tell_writers(report: AnnualReport, texts: Callable[[User, str], tuple[str, str]], *, key: str) -> int:
    return notify(
        users=writers(report),
        code="report_correct",
        key=key,
        subject=report,
        office=report.round.office,
        texts=texts,
        url=_url("reporting:report", report),
        purpose=LinkPurpose.ANNUAL_REPORT,
    )


def _asking(report: AnnualReport, party: str) -> Callable[[User, str], tuple[str, str]]:
    def texts(_user: User, form: str) -> tuple[str, str]:
        values = {
            "network": owner_name(report),
            "year": report.budget_year,
            "title": report.measure_year.title,
            "party": party,
            "day": format_weekday_date(report.due, form),
        }
        return (
            _("Confirm the annual report for %(year)s: %(title)s") % values,
            _(
                "%(network)s asks you to confirm the annual report for %(year)s for the measure «%(title)s», on behalf "
                "of %(party)s. Read it, and confirm or say what must be changed. It takes about five minutes.\n\n"
                "The deadline is %(day)s."
            )
            % values,
        )

    return texts


def _url(name: str, report: AnnualReport) -> str:
    return reverse(name, kwargs={"office": report.round.office.slug, "pk": report.pk})
