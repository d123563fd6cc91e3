"""Letters: dispatched as rows and jobs, made as PDFs by a job, opened and downloaded by the recipient.

A letter that has been made is never written again (arkivforskrifta § 11); the jobs may be run any number of times.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from enum import Enum
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import authz, clock
from core.actor import Actor
from core.calendar import statutory_deadline
from core.enums import DocumentKind, PartyRole
from core.models import DocumentFile
from core.requirements import Obstacle, StepRefused
from core.services import archive
from core.services.events import record
from core.services.outbox import enqueue
from core.services.performing import lock, perform
from core.services.signing import take_snapshot
from grants.letters.compose import Letter as ComposedLetter
from grants.letters.document import file_name, letter_pdf
from grants.letters.facts import LetterKind as WrittenKind
from grants.models import Decision, Delivery, Letter, LetterLine
from grants.selectors import letters as selector
from grants.selectors.letter_plans import plan_of
from grants.services.deliveries import CARRIER, notice_letter
from grants.workflow import DECISION, LETTER, ROUND

__all__ = ["dispatch", "download", "make_letter", "notice_letter", "open_letter"]

SNAPSHOT_VERSION = 2


@transaction.atomic
def dispatch(*, decision: Decision, by: Actor, seen_version: int | None = None) -> list[Letter]:
    """Send the letters: a row for each and a job that makes it; the annual reports are asked for.

    Raises StepRefused naming who lacks an account number and what other letters lack, StaleVersion, AlreadyDone,
    NotAllowed. From here on nothing in the letters can be changed.
    """
    locked = lock(decision)
    drafts = selector.letter_drafts(locked) if locked.state == "approved" else []
    perform(
        DECISION,
        "dispatch",
        decision,
        by=by,
        facts=selector.dispatch_facts(drafts),
        seen_version=seen_version,
        data={"letters": len(drafts), "total": sum(draft.plan.total for draft in drafts)},
        office_id=decision.round.office_id,
    )
    letters = Letter.objects.bulk_create(
        Letter(
            round=decision.round,
            kind=draft.plan.kind,
            decision=decision,
            recipient=draft.plan.recipient,
            needs_report=draft.plan.report,
            account=draft.account,
            form=draft.choice.form,
            form_why=draft.choice.reason_code,
            total=draft.plan.total,
        )
        for draft in drafts
    )
    LetterLine.objects.bulk_create(
        LetterLine(letter=letter, decision_line=line)
        for letter, draft in zip(letters, drafts, strict=True)
        for line in draft.plan.all_lines
    )
    office_id = decision.round.office_id
    for letter in letters:
        enqueue("grants.make_letter", key=f"make_letter:{letter.pk}", office=office_id, letter=letter.pk)
    enqueue("reporting.create_reports", key=f"create_reports:{decision.pk}", office=office_id, round=decision.round_id)
    if decision.round.state == "announced":
        perform(ROUND, "decide", decision.round, by=by, office_id=decision.round.office_id)
    return letters


def make_letter(*, letter_id: int) -> Letter:
    """Make the PDF, journal it and make it available, dated today; then ask for the notice. Done already: nothing.

    The page is set outside the transaction: it takes a second, and nothing else should wait for it.
    """
    letter = selector.full(Letter.objects.all()).get(pk=letter_id)
    if letter.state != LETTER.initial:
        return letter
    words = selector.composed(letter)
    files = list(_files(letter, words, letter_pdf(words)))
    with transaction.atomic():
        if lock(letter).state == LETTER.initial:
            _make_available(letter, words, files)
    return letter


@transaction.atomic
def open_letter(*, letter: Letter, by: Actor) -> Letter:
    """The recipient opens the letter: who and when is kept (eForvaltningsforskriften § 8 fifth paragraph).

    Opened again, by the same person or another, nothing changes. Raises NotAllowed for anyone but the recipient.
    """
    locked = lock(letter)
    authz.require(by, "grants.read_letter", locked)
    if locked.state != "opened":
        Delivery.objects.filter(letter=letter, opened_at__isnull=True).update(opened_at=clock.now(), opened_by=by.user)
        perform(
            LETTER,
            "open",
            letter,
            by=by,
            data={"recipient": letter.recipient.anchor.name},
            office_id=letter.round.office_id,
        )
    letter.refresh_from_db(fields=["state"])
    return letter


@transaction.atomic
def download(*, letter: Letter, by: Actor, file: DocumentFile | None = None) -> bytes:
    """The letter's bytes (or an attachment's), checked against their SHA-256; each download is logged.

    A recipient who downloads has opened it. Raises NotAllowed, StepRefused before it is made, archive.BytesChanged.
    """
    authz.require(by, "grants.see_letter", letter)
    wanted = file or letter_file(letter)
    if wanted is None or wanted.document_id != letter.document_id:
        raise StepRefused(
            [Obstacle("not_made", _("The letter isn't made yet. Wait a minute and open the page again."))]
        )
    if authz.allowed(by, "grants.read_letter", letter):
        open_letter(letter=letter, by=by)
    content = archive.read(wanted)
    record(
        code="letter.downloaded",
        subject=letter,
        by=by,
        office=letter.round.office_id,
        data={"recipient": letter.recipient.anchor.name, "file": wanted.name},
    )
    return content


def letter_file(letter: Letter) -> DocumentFile | None:
    """The letter itself among the files of its document: the first."""
    if letter.document is None:
        return None
    return letter.document.files.order_by("id").first()


def _make_available(letter: Letter, words: ComposedLetter, files: list[archive.Bytes]) -> None:
    facts = words.facts
    office = letter.round.office
    document = archive.register(
        case=letter.round.case,
        kind=DocumentKind.OUTGOING,
        title=words.title,
        document_date=facts.letter_date,
        parties=[
            archive.Party(PartyRole.SENDER, facts.office.name, office.orgnr, office.anchor),
            archive.Party(PartyRole.RECIPIENT, facts.recipient.name, facts.recipient.orgnr, letter.recipient.anchor),
        ],
        files=files,
        by=CARRIER,
    )
    snapshot = take_snapshot(
        subject=letter,
        chain=letter.round,
        purpose="letter",
        schema_version=SNAPSHOT_VERSION,
        data={
            "facts": _plain(asdict(facts)),
            "words": selector.words_of(words),
            "files": archive.hashes(document),
        },
    )
    last_day = statutory_deadline(facts.letter_date)
    Delivery.objects.create(
        letter=letter, available_at=clock.now(), printed_last_day=last_day, last_appeal_day=last_day
    )
    perform(
        LETTER,
        "make",
        letter,
        by=CARRIER,
        changes={"document": document, "snapshot": snapshot, "letter_date": facts.letter_date},
        data={"recipient": facts.recipient.name},
        office_id=office.pk,
    )
    enqueue("grants.notice_letter", key=f"notice_letter:{letter.pk}", office=office, letter=letter.pk)


def _files(letter: Letter, words: ComposedLetter, pdf: bytes) -> Iterator[archive.Bytes]:
    """The letter; with one that refuses anything, a copy of what the recipient itself wrote (fvl. § 25)."""
    yield archive.Bytes(file_name(words), pdf, "application/pdf", letter.form)
    if words.facts.kind is WrittenKind.AWARD:
        return
    for report in plan_of(letter).reports:
        receipt = report.receipt
        for file in receipt.files.order_by("id") if receipt else ():
            yield archive.Bytes(f"behovsmelding_{file.name}", archive.read(file), file.media_type, file.form)


def _plain(value: Any) -> Any:
    """Dates and words of a fixed set as text, so that the content can be hashed."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
