"""Snapshots and confirmations: what was seen, and who stands behind it."""

from __future__ import annotations

import hashlib

import pytest

from core.actor import Actor
from core.enums import ConfirmationAnswer
from core.models import Confirmation
from core.requirements import StepRefused
from core.services.signing import answer, ask, canonical_json, digest, live_confirmations, take_snapshot, void_changed
from tests.accounts.conftest import Small

PARTS = {"goals": "a" * 64, "money": "b" * 64}


def test_the_same_content_is_written_one_way() -> None:
    assert canonical_json({"b": 1, "a": ["ø", None, True]}) == '{"a":["ø",null,true],"b":1}'
    assert digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1}) != digest({"a": 2, "b": 2})
    with pytest.raises(ValueError, match="Out of range"):
        canonical_json(float("nan"))


def test_a_snapshot_keeps_text_and_hash(small: Small) -> None:
    snapshot = take_snapshot(
        subject=small.office, chain=small.office, purpose="test", schema_version=1, data={"navn": "Å"}
    )
    assert snapshot.body == '{"navn":"Å"}'
    assert snapshot.sha256 == hashlib.sha256('{"navn":"Å"}'.encode()).hexdigest() == digest({"navn": "Å"})


def test_asking_twice_asks_once(small: Small) -> None:
    parties = [small.network, small.owner]
    assert len(ask(subject=small.office, parties=parties, parts=PARTS)) == 4
    assert ask(subject=small.office, parties=parties, parts=PARTS) == []
    assert live_confirmations(small.office).count() == 4


def test_answering_confirms_what_was_seen(small: Small) -> None:
    ask(subject=small.office, parties=[small.network, small.owner], parts=PARTS)
    rows = answer(
        subject=small.office,
        chain=small.office,
        party=small.network,
        by=Actor.for_user(small.kari),
        answer=ConfirmationAnswer.CONFIRMED,
        seen=PARTS,
        role="coordinator",
    )
    assert [(row.part, row.answer, row.by_user, row.by_role) for row in rows] == [
        ("goals", "confirmed", small.kari, "coordinator"),
        ("money", "confirmed", small.kari, "coordinator"),
    ]
    assert Confirmation.objects.filter(party=small.owner, answer="").count() == 2


@pytest.mark.parametrize("seen", [{}, {"goals": "a" * 64}, {**PARTS, "money": "c" * 64}])
def test_what_has_changed_since_is_not_confirmed(small: Small, seen: dict[str, str]) -> None:
    ask(subject=small.office, parties=[small.network], parts=PARTS)
    with pytest.raises(StepRefused) as refused:
        answer(
            subject=small.office,
            chain=small.office,
            party=small.network,
            by=Actor.for_user(small.kari),
            answer=ConfirmationAnswer.CONFIRMED,
            seen=seen,
        )
    assert [obstacle.code for obstacle in refused.value.obstacles] == ["changed_since_seen"]
    assert Confirmation.objects.filter(answer="").count() == 2


def test_there_is_nothing_to_confirm_twice(small: Small) -> None:
    ask(subject=small.office, parties=[small.network], parts=PARTS)
    facts = {
        "subject": small.office,
        "chain": small.office,
        "party": small.network,
        "by": Actor.for_user(small.kari),
        "seen": PARTS,
    }
    answer(**facts, answer=ConfirmationAnswer.CONFIRMED)  # type: ignore[arg-type]
    with pytest.raises(StepRefused) as refused:
        answer(**facts, answer=ConfirmationAnswer.CONFIRMED)  # type: ignore[arg-type]
    assert [obstacle.code for obstacle in refused.value.obstacles] == ["nothing_to_confirm"]


def test_asking_for_a_change_can_be_followed_by_a_yes(small: Small) -> None:
    ask(subject=small.office, parties=[small.network], parts=PARTS)
    facts = {
        "subject": small.office,
        "chain": small.office,
        "party": small.network,
        "by": Actor.for_user(small.kari),
        "seen": PARTS,
    }
    answer(**facts, answer=ConfirmationAnswer.CHANGE_WANTED, comment="Rett målet.")  # type: ignore[arg-type]
    rows = answer(**facts, answer=ConfirmationAnswer.CONFIRMED)  # type: ignore[arg-type]
    assert {row.answer for row in rows} == {"confirmed"}


def test_an_edit_voids_the_part_it_changed_and_no_other(small: Small) -> None:
    ask(subject=small.office, parties=[small.network, small.owner], parts=PARTS)
    changed = {**PARTS, "money": "c" * 64}
    voided = void_changed(subject=small.office, parts=changed, why="The budget was changed.")
    assert sorted((row.part, row.party.name, row.voided_why) for row in voided) == [
        ("money", "Gran kommune", "The budget was changed."),
        ("money", "Hadeland", "The budget was changed."),
    ]
    assert {row.part for row in live_confirmations(small.office)} == {"goals"}
    asked = ask(subject=small.office, parties=[small.network, small.owner], parts=changed)
    assert {(row.part, row.part_hash) for row in asked} == {("money", "c" * 64)}
    assert void_changed(subject=small.office, parts=changed, why="x") == []
