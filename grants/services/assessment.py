"""Holds each measure against each criterion (§ 4; pkt 3.3), and sends a report back where something must be mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.notices import notify
from core import authz, clock
from core.actor import Actor
from core.dates import interface_form
from core.enums import LinkPurpose
from core.requirements import Obstacle, StaleVersion, StepRefused
from core.services import obligations
from core.services.events import record, record_many
from core.services.performing import lock, perform, perform_many
from grants.enums import CriterionResult
from grants.models import Assessment, MeasureYear, NeedsReport
from grants.selectors.needs import assessment_facts, name_of, writers_of
from grants.selectors.rounds import rule_set_of
from grants.workflow import MEASURE, NEEDS_REPORT

ASSESSED = "measure.assessed_criterion"


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion's judgement; ``result`` is a CriterionResult value."""

    measure_year_id: int
    criterion: str
    result: str
    reason: str


@transaction.atomic
def assess_criterion(
    *,
    measure_year: MeasureYear,
    criterion: str,
    result: str,
    reason: str,
    by: Actor,
    seen: str | None = None,
) -> Assessment:
    """Judge one criterion; a reason is demanded unless it is met.

    ``seen`` is :func:`stamp` of the judgement the page showed: another's newer one raises StaleVersion with who and
    when. Raises StepRefused for a missing reason or a report that isn't to be assessed now, NotAllowed.
    """
    row = lock(measure_year)
    authz.require(by, "grants.assess_needs", row)
    title, reason = _checked(row, criterion, result, reason)
    old = Assessment.objects.filter(measure_year=row, criterion=criterion).select_related("by_user").first()
    if old is not None and (old.result, old.reason) == (result, reason):
        return old
    if seen is not None and seen != stamp(old) and old is not None:
        raise StaleVersion(seen=0, current=1, saved_by=old.by_user.name if old.by_user else "", saved_at=old.at)
    values = {"result": result, "reason": reason, "at": clock.now(), **by.columns()}
    saved, _made = Assessment.objects.update_or_create(measure_year=row, criterion=criterion, defaults=values)
    record(
        code=ASSESSED,
        subject=row,
        by=by,
        office=row.round.office_id,
        data=_words(title, criterion, result, reason),
    )
    return saved


@transaction.atomic
def assess_measures(*, report: NeedsReport, judged: Sequence[Judged], by: Actor) -> None:
    """:func:`assess_criterion` for many measures of a report at once, where none is judged yet.

    Raises as the single form, and IntegrityError for a criterion that is judged already; then nothing is written.
    """
    locked = MeasureYear.objects.select_for_update(of=("self",)).filter(report=report).order_by("pk")
    rows = {row.pk: row for row in locked}
    prefetch_related_objects(list(rows.values()), "round__office", "round__rule_set")
    for row in rows.values():
        authz.require(by, "grants.assess_needs", row)
    moment = clock.now()
    made, words = [], []
    for one in judged:
        title, reason = _checked(rows[one.measure_year_id], one.criterion, one.result, one.reason)
        values = {"result": one.result, "reason": reason, "at": moment, **by.columns()}
        made.append(Assessment(measure_year_id=one.measure_year_id, criterion=one.criterion, **values))
        words.append(_words(title, one.criterion, one.result, reason))
    Assessment.objects.bulk_create(made)
    subjects = [rows[one.measure_year_id] for one in judged]
    record_many(code=ASSESSED, subjects=subjects, by=by, office=report.round.office_id, data=words)


def _checked(row: MeasureYear, criterion: str, result: str, reason: str) -> tuple[str, str]:
    """The criterion's title and the reason as it is kept. Raises StepRefused."""
    if row.state != "reported":
        raise StepRefused(
            [
                Obstacle(
                    "not_open",
                    _("This can't be done now. The status is «%(state)s».") % {"state": row.get_state_display()},
                )
            ]
        )
    rule = next((one for one in rule_set_of(row.round).criteria_for(row.scheme) if one.code == criterion), None)
    if rule is None or result not in CriterionResult.values:
        raise StepRefused([Obstacle("unknown_criterion", _("This criterion is not part of the rules."))])
    title = rule.title.in_form(interface_form())
    reason = reason.strip()
    if result != CriterionResult.MET and not reason:
        raise StepRefused(
            [
                Obstacle(
                    "reason_missing",
                    _("Write why «%(criterion)s» is not fully met.") % {"criterion": title},
                    f"id_m{row.pk}-{criterion}_reason",
                )
            ]
        )
    return title, reason


def _words(title: str, criterion: str, result: str, reason: str) -> dict[str, str]:
    return {"criterion": title, "code": criterion, "result": str(CriterionResult(result)), "reason": reason}


def stamp(assessment: Assessment | None) -> str:
    """What tells one judgement of a criterion from a later one, just made or read from the database."""
    return assessment.at.astimezone(UTC).isoformat() if assessment else ""


@transaction.atomic
def finish_assessment(*, report: NeedsReport, by: Actor, seen_version: int | None = None) -> NeedsReport:
    """Mark the report and its measures as assessed. Raises StepRefused naming the measures that aren't."""
    report = _fresh(report)
    office_id = report.round.office_id
    perform(
        NEEDS_REPORT,
        "assess",
        report,
        by=by,
        facts=assessment_facts(report),
        seen_version=seen_version,
        changes={"assessed_at": clock.now()},
        office_id=office_id,
    )
    perform_many(
        MEASURE,
        "assess",
        list(report.measures.order_by("priority", "pk")),
        by=by,
        related=("round__office",),
        data=lambda one: {"title": one.title},
        office_id=office_id,
    )
    obligations.sync(report.round)
    return report


@transaction.atomic
def return_report(*, report: NeedsReport, by: Actor, comment: str, seen_version: int | None = None) -> NeedsReport:
    """Send the report back with a comment the writers see; they are told by mail. Judgements made so far stay."""
    report = _fresh(report)
    office = report.round.office
    comment = comment.strip()
    perform(
        NEEDS_REPORT,
        "return",
        report,
        by=by,
        seen_version=seen_version,
        comment=comment,
        changes={"return_comment": comment},
        office_id=office.pk,
    )
    perform_many(
        MEASURE,
        "reopen",
        list(report.measures.order_by("priority", "pk")),
        by=by,
        related=("round__office",),
        data=lambda one: {"title": one.title},
        office_id=office.pk,
    )
    obligations.sync(report.round)

    def texts(_user: User, _form: str) -> tuple[str, str]:
        values = {"name": name_of(report), "reference": report.reference, "comment": comment}
        return (
            _("The needs report for %(name)s must be corrected") % values,
            _("We have read the needs report for %(name)s, reference %(reference)s. This must be changed:") % values
            + f"\n\n{comment}\n\n"
            + _("Correct it, and send it again."),
        )

    notify(
        users=[user for user, _role in writers_of(report)],
        code="needs_report.returned",
        key=f"needs-returned:{report.pk}:{report.version}",
        subject=report,
        office=office,
        texts=texts,
        url=reverse("grants:needs_report", args=[office.slug, report.pk]),
        purpose=LinkPurpose.NEEDS_REPORT,
    )
    return report


def _fresh(report: NeedsReport) -> NeedsReport:
    return NeedsReport.objects.select_related("round__office", "network__anchor", "lead__anchor").get(pk=report.pk)
