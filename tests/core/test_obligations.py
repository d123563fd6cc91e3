"""Obligations: the rows are what the providers say, always."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from core import clock, obligations
from core.models import Obligation, Office
from core.obligations import Kind, Owed
from core.services.obligations import rebuild, sync
from tests.accounts.conftest import Small

SAYS: dict[str, list[Owed]] = {"now": []}


@pytest.fixture(autouse=True)
def provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(obligations, "_providers", {Office: lambda _office: SAYS["now"]})


def says(small: Small, *owed: dict[str, Any]) -> None:
    facts = {"kind": "test", "office_id": small.office.pk, "role": "coordinator", "anchor_id": small.network.pk}
    SAYS["now"] = [Owed(**{**facts, **each}) for each in owed]
    sync(small.office)


def test_what_is_owed_gets_a_row_and_keeps_it(small: Small) -> None:
    with clock.frozen(date(2027, 1, 4)):
        says(small, {"due": date(2027, 2, 1), "data": {"n": 1}})
        since = clock.now()
    with clock.frozen(date(2027, 1, 5)):
        sync(small.office)
    row = Obligation.objects.get()
    assert (row.key, row.since, row.due, row.data) == (
        f"test:core.office:{small.office.pk}:",
        since,
        date(2027, 2, 1),
        {"n": 1},
    )


def test_what_is_no_longer_owed_is_done_and_can_come_back(small: Small) -> None:
    says(small, {})
    later = clock.now() + timedelta(days=3)
    with clock.frozen(later):
        says(small)
        assert Obligation.objects.get().done_at == clock.now()
    done = Obligation.objects.get().done_at
    says(small)
    assert Obligation.objects.get().done_at == done
    with clock.frozen(later + timedelta(days=1)):
        says(small, {})
        row = Obligation.objects.get()
        assert (row.done_at, row.since) == (None, clock.now())


def test_parties_are_told_apart(small: Small) -> None:
    says(small, {"party": "a"}, {"party": "b"})
    says(small, {"party": "b"})
    assert {row.key[-1]: row.done_at is None for row in Obligation.objects.all()} == {"a": False, "b": True}


def test_a_moved_deadline_forgets_the_reminder(small: Small) -> None:
    says(small, {"due": date(2027, 2, 1)})
    Obligation.objects.update(reminded_for=date(2027, 2, 1))
    says(small, {"due": date(2027, 2, 1), "data": {"n": 2}})
    assert Obligation.objects.get().reminded_for == date(2027, 2, 1)
    says(small, {"due": date(2027, 2, 8)})
    row = Obligation.objects.get()
    assert (row.due, row.reminded_for) == (date(2027, 2, 8), None)


def test_rebuilding_changes_nothing_that_is_right(small: Small) -> None:
    says(small, {"party": "a"}, {"party": "b", "user_id": small.per.pk, "role": "", "anchor_id": None})
    assert rebuild() == []


def test_rebuilding_names_what_was_wrong(small: Small) -> None:
    says(small, {"party": "a"}, {"party": "b"}, {"party": "c"})
    Obligation.objects.filter(key__endswith=":a").delete()
    Obligation.objects.filter(key__endswith=":b").update(due=date(2030, 1, 1))
    assert rebuild() == [f"test:core.office:{small.office.pk}:{party}" for party in ("a", "b")]
    assert rebuild() == []


def test_a_model_without_provider_owes_nothing(small: Small) -> None:
    SAYS["now"] = [Owed("test", small.office.pk, user_id=small.per.pk)]
    sync(small.per)
    assert Obligation.objects.count() == 0


def test_kinds_are_known_by_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(obligations, "_kinds", {})
    kind = Kind("k", "Do", "do", "core:help")
    obligations.register_kind(kind)
    assert (obligations.kind("k"), obligations.kinds()) == (kind, {"k": kind})
    with pytest.raises(KeyError):
        obligations.kind("unknown")


@pytest.mark.parametrize("code", sorted(obligations.kinds()))
def test_every_kind_reads_whole_sentences(code: str) -> None:
    kind = obligations.kind(code)
    assert (str(kind.verb) == "", str(kind.waiting) == "", kind.url_name == "") == (False, False, False)
    assert 1 <= kind.minutes <= 120
