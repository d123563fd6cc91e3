"""What is owed because of a decision and of a letter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import RoleAssignment
from accounts.selectors.holders import counting_at, in_force
from core import clock
from core.enums import Role
from core.obligations import Kind, Owed
from grants.enums import DeadlineKind
from grants.models import Decision, Letter, Round
from grants.selectors.decisions import recommendations_done
from grants.selectors.rounds import deadline
from networks.enums import PROVIDER_KINDS


def owed_for_decision_start(round_: Any) -> Iterator[Owed]:
    """When the forum is done, the case officers prepare the decision (§ 13; pkt 7.3)."""
    if not isinstance(round_, Round) or round_.state != "announced":
        return
    if Decision.objects.filter(round=round_).exists() or not recommendations_done(round_):
        return
    yield _office(round_, "decision_prepare", Role.CASE_OFFICER)


def owed_for_decision(decision: Any) -> Iterator[Owed]:
    """Finished by the case officers, approved by an approver, sent by the case officers."""
    if not isinstance(decision, Decision):
        return
    waits = {
        "draft": ("decision_submit", Role.CASE_OFFICER),
        "prepared": ("decision_approve", Role.APPROVER),
        "approved": ("letters_send", Role.CASE_OFFICER),
    }
    if decision.state in waits:
        kind, role = waits[decision.state]
        yield _office(decision.round, kind, role)


def owed_for_letter(letter: Any) -> Iterator[Owed]:
    """The recipient opens it: the letter readers where there are any, else the organisation's contact."""
    if not isinstance(letter, Letter) or letter.state not in {"available", "noticed"}:
        return
    recipient = letter.recipient
    readers = RoleAssignment.objects.filter(
        in_force(clock.today()),
        counting_at(letter.round.office_id),
        role=Role.LETTER_READER,
        anchor=recipient.anchor_id,
        user__is_active=True,
    )
    contact = Role.PROVIDER_CONTACT if recipient.kind in PROVIDER_KINDS else Role.OWNER_CONTACT
    yield Owed(
        kind="letter_open",
        office_id=letter.round.office_id,
        role=Role.LETTER_READER if readers.exists() else contact,
        anchor_id=recipient.anchor_id,
        data={
            "recipient": recipient.anchor.name,
            "year": letter.round.year,
            "url": {"office": letter.round.office.slug, "pk": letter.pk},
        },
    )


def _office(round_: Round, kind: str, role: Role) -> Owed:
    return Owed(
        kind=kind,
        office_id=round_.office_id,
        due=deadline(round_, DeadlineKind.DECISION),
        role=role,
        anchor_id=round_.office.anchor_id,
        data={"year": round_.slug, "url": {"office": round_.office.slug, "year": round_.slug}},
    )


LETTER_KINDS: list[Kind] = [
    Kind(
        code="decision_prepare",
        verb=_("Prepare the decision for %(year)s"),
        waiting=_("Prepare the decision for %(year)s"),
        url_name="grants:decision",
        minutes=30,
        reminded=False,
    ),
    Kind(
        code="decision_submit",
        verb=_("Finish the decision for %(year)s and send it for approval"),
        waiting=_("Finish the decision for %(year)s"),
        url_name="grants:decision",
        minutes=20,
        reminded=False,
    ),
    Kind(
        code="decision_approve",
        verb=_("Approve the decision for %(year)s"),
        waiting=_("Approve the decision for %(year)s"),
        url_name="grants:decision",
        minutes=15,
        reminded=False,
    ),
    Kind(
        code="letters_send",
        verb=_("Send the letters for %(year)s"),
        waiting=_("Send the letters for %(year)s"),
        url_name="grants:letters",
        minutes=10,
        reminded=False,
    ),
    Kind(
        code="letter_open",
        verb=_("Read the letter to %(recipient)s about money for %(year)s"),
        waiting=_("%(recipient)s: read the letter about money for %(year)s"),
        url_name="grants:letter",
        minutes=5,
        reminded=False,
    ),
]
"""Nothing here reminds: whether a letter is opened is followed by notices of its own (eForvaltningsforskriften § 8)."""
