"""Spring: decision, letters, and letters opened."""

from __future__ import annotations

from core.actor import Actor
from core.enums import Role
from grants.models import Decision, DecisionLine, Letter, Round
from grants.services import decisions, letters
from grants.services.decisions import LineChange
from networks.enums import OrganisationKind
from reporting.rehearsal.scenery import Scenery


def decide(scenery: Scenery, round_: Round) -> Decision:
    """The case officer prepares, with a reason for every line that gets less than was sought."""
    by = scenery.case_officer()
    decision = decisions.prepare(round=round_, by=by)
    upheld = decision.lines.filter(source_line__upheld=True).select_related("source_line")
    if changes := {line.pk: _stands_by(line) for line in upheld}:
        decisions.change_lines(decision=decision, changes=changes, by=by)
    decisions.submit(decision=decision, by=by)
    return decision


def _stands_by(line: DecisionLine) -> LineChange:
    """The forum upheld what the office had refused; the office stands by its refusal (FOR-2021-01-26-230 pkt 7.4)."""
    source = line.source_line
    if source is None:
        raise LookupError("a line nobody recommended can't be upheld")
    return LineChange(0, source.refused_reason, source.refused_criterion)


def approve(scenery: Scenery, decision: Decision) -> None:
    decisions.approve(decision=decision, by=scenery.approver())


def dispatch(scenery: Scenery, decision: Decision) -> None:
    letters.dispatch(decision=decision, by=scenery.case_officer())


def open_letters(scenery: Scenery, round_: Round) -> None:
    """Each recipient signs in, opens and downloads its letter."""
    for letter in Letter.objects.filter(round=round_).select_related("recipient__anchor").order_by("id"):
        by = reader(scenery, letter)
        letters.open_letter(letter=letter, by=by)
        letters.download(letter=letter, by=by)


def reader(scenery: Scenery, letter: Letter) -> Actor:
    if letter.recipient.kind == OrganisationKind.UNIVERSITY:
        return scenery.cast.actor(f"provider:{scenery.profile.raw['provider']}", role=Role.LETTER_READER)
    return scenery.cast.actor(f"owner:{letter.recipient_id}", role=Role.OWNER_CONTACT)
