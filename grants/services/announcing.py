"""Announces a round: the step, a needs report for each who is to write one, and the mails (§§ 7 b, 10)."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import notices
from core import clock
from core.actor import Actor
from core.dates import format_date, format_weekday_date
from core.enums import LinkPurpose
from core.services import obligations
from core.services.events import record_many
from core.services.performing import perform
from grants.enums import DeadlineKind
from grants.models import CoveredOwner, NeedsReport, Round
from grants.selectors.reporters import Reporter
from grants.selectors.rounds import announcing, deadline
from grants.selectors.told import Told, told_about
from grants.workflow import ROUND


@transaction.atomic
def announce(*, round: Round, by: Actor, seen_version: int | None = None) -> Round:
    """Announce the round: others than the office see it from now on.

    Each network whose host the law can pay gets a needs report, led by the host on behalf of its members (FOR-2026-
    01-12-23 §§ 3, 11); where there are no networks each lead gets one. Coordinators and owner contacts are told.
    Raises StaleVersion, AlreadyDone, NotAllowed and StepRefused.
    """
    plan = announcing(round)
    perform(
        ROUND,
        "announce",
        round,
        by=by,
        facts=plan.facts,
        seen_version=seen_version,
        changes={"announced_at": clock.now()},
        data={"reports": len(plan.reporting), "year": round.slug},
        office_id=round.office_id,
    )
    reports = _make_reports(round, plan.reporting, by)
    for report in reports:
        obligations.sync(report)
    obligations.sync(round)
    _tell(round, reports, told_about(plan.reporting, office_id=round.office_id, on=clock.today()))
    return round


def _make_reports(round: Round, reporting: list[Reporter], by: Actor) -> list[NeedsReport]:
    reports = NeedsReport.objects.bulk_create(
        NeedsReport(round=round, network=one.network, lead=one.lead, forum=one.forum) for one in reporting
    )
    CoveredOwner.objects.bulk_create(
        CoveredOwner(report=report, organisation=owner)
        for report, one in zip(reports, reporting, strict=True)
        for owner in one.covered
    )
    record_many(
        code="needs_report.created",
        subjects=list(reports),
        by=by,
        office=round.office_id,
        data=[{"name": one.name} for one in reporting],
    )
    return reports


def _tell(round: Round, reports: list[NeedsReport], told: Told) -> None:
    """One mail per person and report for those who write it; one with the announcement for the other owners."""
    key = f"round.announced:{round.pk}"
    info = reverse("grants:announcement", kwargs={"office": round.office.slug, "year": round.slug})
    due = deadline(round, DeadlineKind.NEEDS) or clock.today()
    written_to: set[int] = set()
    for report, writers in zip(reports, told.writers, strict=True):
        name = report.network.anchor.name if report.network else report.lead.anchor.name

        def texts(_user: User, form: str, name: str = name) -> tuple[str, str]:
            words = {
                "year": round.slug,
                "name": name,
                "day": format_weekday_date(due, form),
                "date": format_date(due, form),
                "info": notices.absolute(info),
            }
            subject = _("%(date)s: needs report for %(name)s, the %(year)s round") % words
            body = _(
                "The %(year)s round is announced. The needs report for %(name)s must be sent by %(day)s. "
                "You can begin today and save as you go."
            )
            more = _("Frames, criteria and dates stand here: %(info)s")
            return subject, f"{body % words}\n\n{more % words}"

        notices.notify(
            users=writers,
            code="round.announced",
            key=f"{key}:{report.pk}",
            subject=report,
            office=round.office,
            texts=texts,
            url=reverse("grants:needs_report", kwargs={"office": round.office.slug, "pk": report.pk}),
            purpose=LinkPurpose.NEEDS_REPORT,
            data={"year": round.slug, "name": name},
        )
        written_to |= {user.pk for user in writers}

    def owner_texts(_user: User, form: str) -> tuple[str, str]:
        words = {"year": round.slug, "day": format_weekday_date(due, form), "date": format_date(due, form)}
        subject = _("%(date)s: the %(year)s round is announced") % words
        body = _(
            "The %(year)s round is announced. The needs reports must be sent by %(day)s. Tell your network, or the "
            "owner who reports on your behalf, what you need. Frames, criteria and dates stand here:"
        )
        return subject, body % words

    notices.notify(
        users=[user for user in told.owners if user.pk not in written_to],
        code="round.announced",
        key=key,
        subject=round,
        office=round.office,
        texts=owner_texts,
        url=info,
        data={"year": round.slug},
    )
