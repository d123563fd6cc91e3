"""The life of an annual report: written, sent to the parties, confirmed by each, approved by the office."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from core import authz, clock
from core.actor import Actor
from core.enums import ConfirmationAnswer
from core.models import Anchor, Confirmation, Snapshot
from core.requirements import AlreadyDone, Obstacle, StepRefused
from core.services import archive, obligations, signing
from core.services.events import record
from core.services.performing import check_version, lock, perform
from core.workflow import closed_because
from reporting.models import AnnualReport, Reading
from reporting.rules import RequiredParty, required_parties, speaks_for
from reporting.selectors.content import SCHEMA_VERSION, changed_parts, parts_of, snapshot_data
from reporting.selectors.facts import facts_of, live_rows
from reporting.selectors.reports import fresh
from reporting.services import telling
from reporting.services.creating import create_reports
from reporting.services.journaling import journal
from reporting.services.writing import ReportFields, hashes, lay_down, parts_with, settle_wishes, void
from reporting.workflow import REPORT

__all__ = [
    "Control",
    "ReportFields",
    "approve",
    "ask_for_change",
    "confirm",
    "create_reports",
    "mark_read",
    "return_report",
    "save_report",
    "send",
]

WITH_PARTIES = frozenset({"to_confirm", "confirmed"})


@dataclass(frozen=True, slots=True)
class Control:
    """The office's control of a report (§ 17; pkt 10): is it complete, is it reasonable, and what was noted."""

    formal: bool
    reasonable: bool
    note: str = ""


@transaction.atomic
def save_report(
    *, report: AnnualReport, fields: ReportFields, by: Actor, seen_version: int | None = None
) -> AnnualReport:
    """Save what is filled in. What is unchanged is left alone, so a double click saves once.

    While the parties confirm, and after, the same edit voids the confirmations of the parts it changed and asks
    those parties again; the others keep theirs. Then the report must stay complete. Raises StaleVersion, NotAllowed,
    StepRefused, ForeignField.
    """
    current = _locked(report)
    authz.require(by, "reporting.write_report", current)
    if current.state in REPORT.final:
        raise StepRefused(closed_because(REPORT, REPORT.step("send"), current, facts_of(current), comment=None))
    before, after = parts_of(current), parts_with(current, fields)
    changed = changed_parts(before, after)
    if not changed:
        return current
    check_version(current, seen_version)
    with_parties = current.state in WITH_PARTIES
    if with_parties:
        perform(REPORT, "reopen", current, by=by, office_id=current.round.office_id)
    lay_down(current, fields)
    record(
        code="report.saved",
        subject=current,
        by=by,
        office=current.round.office_id,
        data={"parts": [str(part) for part in changed]},
    )
    void(current, parts=after, changed=changed, why="edited", by=by)
    if with_parties:
        return _send(fresh(current), by=by, seen_version=None)
    AnnualReport.objects.filter(pk=current.pk).update(version=current.version + 1)
    return _settled(current)


@transaction.atomic
def send(*, report: AnnualReport, by: Actor, seen_version: int | None = None) -> AnnualReport:
    """Send the report to the parties that must confirm it. Those whose parts are unchanged keep their confirmation.

    Raises StaleVersion, AlreadyDone, NotAllowed, or StepRefused with what is missing.
    """
    return _send(_locked(report), by=by, seen_version=seen_version)


def _send(report: AnnualReport, *, by: Actor, seen_version: int | None) -> AnnualReport:
    snapshot = _snapshot(report)
    perform(
        REPORT,
        "send",
        report,
        by=by,
        facts=facts_of(report),
        seen_version=seen_version,
        changes={"sent_at": clock.now(), "return_comment": "", "snapshot": snapshot},
        office_id=report.round.office_id,
    )
    settle_wishes(report)
    parties = [party.organisation.anchor for party in required_parties(report)]
    asked = signing.ask(subject=report, parties=parties, parts=hashes(parts_of(report)))
    telling.ask_parties(report, asked=asked, snapshot=snapshot)
    return _count(report, by=by)


@transaction.atomic
def mark_read(*, report: AnnualReport, by: Actor) -> None:
    """Note that a person has opened the report as it was sent; only the first time for each content."""
    if by.person is not None and report.snapshot is not None:
        Reading.objects.get_or_create(
            report=report, user=by.person, snapshot=report.snapshot, defaults={"at": clock.now()}
        )


@transaction.atomic
def confirm(*, report: AnnualReport, party: Anchor, by: Actor, seen: Mapping[str, str]) -> AnnualReport:
    """Confirm on a party's behalf what was on the screen. ``seen``: part → hash of the parts that are open.

    The last party's confirmation makes the report ready for the office. Raises NotAllowed, AlreadyDone for a double
    click, or StepRefused when nothing is open or the content was changed meanwhile.
    """
    current, asked = _before_answer(report, party, by, ConfirmationAnswer.CONFIRMED)
    signing.answer(
        subject=current,
        chain=current.round,
        party=party,
        by=by,
        answer=ConfirmationAnswer.CONFIRMED,
        seen=seen,
        snapshot=current.snapshot,
        role=asked.role,
    )
    record(
        code="report.confirmed",
        subject=current,
        by=by,
        office=current.round.office_id,
        data={"party": str(asked.organisation)},
    )
    return _count(current, by=by)


@transaction.atomic
def ask_for_change(
    *, report: AnnualReport, party: Anchor, by: Actor, comment: str, seen: Mapping[str, str]
) -> AnnualReport:
    """Ask for a change: the report opens for the writers with the comment; others keep what they have confirmed.

    Raises as :func:`confirm`, and StepRefused without a comment.
    """
    current, asked = _before_answer(report, party, by, ConfirmationAnswer.CHANGE_WANTED)
    if not comment.strip():
        raise StepRefused([Obstacle("comment_missing", _("Write what must be changed, and why."), "comment")])
    rows = signing.answer(
        subject=current,
        chain=current.round,
        party=party,
        by=by,
        answer=ConfirmationAnswer.CHANGE_WANTED,
        seen=seen,
        comment=comment.strip(),
        snapshot=current.snapshot,
        role=asked.role,
    )
    record(
        code="report.change_wanted",
        subject=current,
        by=by,
        office=current.round.office_id,
        data={"party": str(asked.organisation), "comment": comment.strip()},
    )
    perform(REPORT, "reopen", current, by=by, office_id=current.round.office_id)
    telling.tell_change_wanted(current, party=str(asked.organisation), comment=comment.strip(), number=rows[0].pk)
    return _settled(current)


@transaction.atomic
def return_report(*, report: AnnualReport, by: Actor, comment: str, seen_version: int | None = None) -> AnnualReport:
    """The office sends the report back with what must be corrected. Raises as the performer."""
    current = _locked(report)
    perform(
        REPORT,
        "return",
        current,
        by=by,
        facts=facts_of(current),
        seen_version=seen_version,
        comment=comment,
        changes={"return_comment": comment.strip()},
        office_id=current.round.office_id,
    )
    telling.tell_returned(current, comment=comment.strip())
    return _settled(current)


@transaction.atomic
def approve(
    *, report: AnnualReport, by: Actor, seen_version: int | None = None, control: Control | None = None
) -> AnnualReport:
    """The office has controlled the report and approves it; it is journaled as an incoming document.

    ``control``: what the case officer answered; a report that isn't found complete or reasonable is refused.
    Raises as the performer.
    """
    current = _locked(report)
    perform(
        REPORT,
        "approve",
        current,
        by=by,
        facts=facts_of(current),
        seen_version=seen_version,
        changes={"approved_at": clock.now()},
        data=_control_data(control),
        office_id=current.round.office_id,
    )
    document = journal(report=fresh(current), by=by)
    AnnualReport.objects.filter(pk=current.pk).update(document=document)
    signing.take_snapshot(
        subject=current,
        chain=current.round,
        purpose="report_approval",
        schema_version=1,
        data={
            "content": current.snapshot.sha256 if current.snapshot else "",
            "control": _control_data(control),
            "approved_by": by.person.pk if by.person else None,
            "files": archive.hashes(document),
        },
    )
    return _settled(current)


def _control_data(control: Control | None) -> dict[str, bool | str]:
    if control is None:
        return {}
    obstacles = []
    if not control.formal:
        obstacles.append(Obstacle("not_complete", _("Check that the report is complete, or send it back."), "formal"))
    if not control.reasonable:
        obstacles.append(
            Obstacle("not_reasonable", _("Check that the use is reasonable, or send it back."), "reasonable")
        )
    if obstacles:
        raise StepRefused(obstacles)
    return {"formal": True, "reasonable": True, "note": control.note}


def _locked(report: AnnualReport) -> AnnualReport:
    """The report as it is now, locked, with all that belongs to it."""
    lock(report)
    return fresh(report)


def _settled(report: AnnualReport) -> AnnualReport:
    current = fresh(report)
    obligations.sync(current)
    return current


def _snapshot(report: AnnualReport) -> Snapshot:
    """The content as it is sent; the same content sent again is the same snapshot."""
    data = snapshot_data(report)
    last = report.snapshot
    if last is not None and last.sha256 == signing.digest(data):
        return last
    return signing.take_snapshot(
        subject=report, chain=report.round, purpose="annual_report", schema_version=SCHEMA_VERSION, data=data
    )


def _count(report: AnnualReport, *, by: Actor) -> AnnualReport:
    """Take the step to the office when nobody is waited for."""
    facts = facts_of(report)
    if not facts.waits_for and not facts.change_wanted_by:
        perform(REPORT, "all_confirmed", report, by=by, facts=facts, office_id=report.round.office_id)
    return _settled(report)


def _before_answer(
    report: AnnualReport, party: Anchor, by: Actor, answer: ConfirmationAnswer
) -> tuple[AnnualReport, RequiredParty]:
    """The locked report and the party the actor speaks for. Raises NotAllowed, AlreadyDone, StepRefused."""
    current = _locked(report)
    authz.require(by, "reporting.confirm_report", current)
    asked = next((one for one in required_parties(current) if one.organisation.anchor_id == party.pk), None)
    if asked is None or not speaks_for(by.as_confirmed(), current, asked):
        raise authz.NotAllowed(str(authz.permission("reporting.confirm_report").who))
    rows = [row for row in live_rows(current) if row.party_id == party.pk]
    if _answered_already(rows, by, answer):
        raise AlreadyDone
    step = REPORT.step("all_confirmed")
    if current.state not in step.source:
        raise StepRefused(closed_because(REPORT, step, current, None, comment=None))
    return current, asked


def _answered_already(rows: list[Confirmation], by: Actor, answer: ConfirmationAnswer) -> bool:
    """Has this person given this answer, with nothing left to answer for the party?"""
    mine = [
        row for row in rows if row.answer == answer and by.person in (row.by_user, row.by_link and row.by_link.user)
    ]
    return bool(mine) and all(row.answer in {answer, ConfirmationAnswer.CONFIRMED} for row in rows)
