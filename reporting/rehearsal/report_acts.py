"""Next winter: the annual reports are written, confirmed by both sides and approved."""

from __future__ import annotations

from core.actor import Actor
from core.enums import Role
from core.services.signing import live_confirmations
from grants.enums import PartyKind
from grants.models import Round
from grants.rulesets import get as rule_set
from reporting.enums import Progress
from reporting.models import AnnualReport
from reporting.rehearsal.profile import measure_texts
from reporting.rehearsal.scenery import Scenery
from reporting.services import reports
from reporting.services.reports import ReportFields


def reports_of(round_: Round, *, first: int | None = None) -> list[AnnualReport]:
    """The round's annual reports, all or the ``first`` so many."""
    return list(
        AnnualReport.objects.filter(round=round_)
        .select_related(
            "measure__network__anchor", "measure__lead__anchor", "measure_year", "round__office", "rule_set"
        )
        .order_by("id")[:first]
    )


def writer(scenery: Scenery, report: AnnualReport) -> Actor:
    network = report.measure.network
    if network is not None:
        return scenery.cast.actor(f"coordinator:{network.code}", role=Role.COORDINATOR)
    return scenery.cast.actor(f"owner:{report.measure.lead_id}", role=Role.OWNER_CONTACT)


def write_and_send(scenery: Scenery, report: AnnualReport) -> None:
    """Everything was spent but a little, with the reason; every sign of the award's own rules is rated."""
    by = writer(scenery, report)
    texts = measure_texts()["year"][scenery.profile.main_form]
    lines = list(report.lines.order_by("id"))
    saved = lines[-1].amount // 20 if report.pk % 3 == 0 else 0
    used = {line.pk: line.amount for line in lines} | ({lines[-1].pk: lines[-1].amount - saved} if lines else {})
    signs = [sign.code for sign in rule_set(report.rule_set.code).signs if report.measure_year.scheme in sign.schemes]
    reports.save_report(
        report=report,
        by=by,
        fields=ReportFields(
            progress=Progress.FINISHED
            if report.measure_year.year_no == report.measure_year.year_count
            else Progress.UNDER_WAY,
            activities=texts["activities"],
            units=report.measure_year.units_planned or 1,
            participants=(report.measure_year.participants_planned or 10) - 3,
            used=used,
            unspent_why=texts["unspent"] if saved else "",
            learnt=texts["learnt"],
            ratings={code: (3 + (report.pk + number) % 3, texts["sign"]) for number, code in enumerate(signs)},
        ),
    )
    reports.send(report=report, by=by)


def confirm(scenery: Scenery, report: AnnualReport) -> None:
    """Each required party confirms what it has read."""
    parties = report.measure_year.parties.filter(confirms=True).select_related("organisation__anchor").order_by("id")
    for party in parties:
        seen = {
            row.part: row.part_hash
            for row in live_confirmations(report)
            if row.party_id == party.organisation.anchor_id
        }
        network = report.measure.network
        if party.kind == PartyKind.PROVIDER:
            part = f"provider:{network.code}" if network else f"provider:{scenery.profile.raw['provider']}"
            by = scenery.cast.actor(part, role=Role.PROVIDER_CONTACT)
        else:
            by = scenery.cast.actor(f"owner:{party.organisation_id}", role=Role.OWNER_CONTACT)
        reports.confirm(report=report, party=party.organisation.anchor, by=by, seen=seen)


def approve(scenery: Scenery, report: AnnualReport) -> None:
    reports.approve(report=report, by=scenery.case_officer())
