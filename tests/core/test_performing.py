"""The one performer: it locks, looks, and writes state, event and obligations, or nothing at all."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core import audit, authz, clock, obligations
from core.actor import Actor
from core.authz import NotAllowed
from core.models import Event, Obligation
from core.obligations import Owed
from core.requirements import AlreadyDone, Obstacle, StaleVersion, StepRefused
from core.rules import is_case_officer
from core.selectors.steps import steps_for
from core.services.archive import open_case
from core.services.obligations import sync_many
from core.services.performing import check_version, lock, perform, perform_many
from core.workflow import Machine, State, Step
from grants.models import Round
from tests.accounts.conftest import Small
from tests.tables import left_by


def ready(_obj: Any, facts: Any) -> Sequence[Obstacle]:
    return () if facts is None or facts["ready"] else (Obstacle("not_ready", "It is not ready."),)


MACHINE = Machine(
    name="test",
    initial="draft",
    states=(State("draft", "Draft", "Being written"), State("announced", "Open"), State("closed", "Closed")),
    steps=(
        Step("open", ("draft",), "announced", "Open it", "test.run", guards=(ready,)),
        Step("back", ("announced",), "draft", "Send it back", "test.run", needs_comment=True),
        Step("close", ("announced",), "closed", "Close it", "test.run"),
    ),
    final=frozenset({"closed"}),
)


@pytest.fixture(autouse=True)
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    permission = authz.Permission("test.run", is_case_officer, "Only a case officer can do this.")
    monkeypatch.setitem(authz._declared, "test.run", permission)
    for name in ("open", "back", "close"):
        monkeypatch.setitem(audit._sentences, f"test.{name}", name)
    monkeypatch.setattr(obligations, "_providers", {Round: owed})


def owed(row: Round) -> list[Owed]:
    if row.state != "draft":
        return []
    return [Owed("test", row.office_id, role="case_officer", anchor_id=row.office.anchor_id)]


def test_a_step_writes_state_version_event_and_obligations(small: Small, row: Round) -> None:
    anne = Actor.for_user(small.anne)
    event = perform(
        MACHINE,
        "open",
        row,
        by=anne,
        seen_version=1,
        changes={"conditions_nb": "Nytt"},
        data={"sum": 5},
        office_id=row.office_id,
    )
    stored = Round.objects.get(pk=row.pk)
    assert (stored.state, stored.version, stored.conditions_nb) == ("announced", 2, "Nytt")
    assert (row.state, row.version, row.conditions_nb) == ("announced", 2, "Nytt")
    assert (event.code, event.by_user, event.subject, event.office_id) == ("test.open", small.anne, row, row.office_id)
    assert event.data == {"from": "draft", "to": "announced", "comment": "", "sum": 5}
    assert Obligation.objects.filter(done_at__isnull=True).count() == 0
    perform(MACHINE, "back", row, by=anne, comment="Mer om målet.")
    assert Obligation.objects.get().done_at is None
    assert Event.objects.latest("id").data["comment"] == "Mer om målet."


def test_only_the_named_columns_are_written(small: Small, row: Round) -> None:
    row.conditions_nn = "usagt"
    perform(MACHINE, "open", row, by=Actor.for_user(small.anne))
    assert Round.objects.get(pk=row.pk).conditions_nn == ""


def unchanged(row: Round) -> bool:
    stored = Round.objects.get(pk=row.pk)
    return (stored.state, stored.version, Event.objects.filter(code__startswith="test.").count()) == ("draft", 1, 0)


def test_who_may_not_is_told_who_can(small: Small, row: Round) -> None:
    for by in (Actor.for_user(small.kari), Actor.for_user(small.per), Actor.for_system("tests")):
        with pytest.raises(authz.NotAllowed, match=r"^Only a case officer can do this\.$"):
            perform(MACHINE, "open", row, by=by)
    assert unchanged(row)


def test_a_guard_refuses_with_its_sentence(small: Small, row: Round) -> None:
    with pytest.raises(StepRefused) as refused:
        perform(MACHINE, "open", row, by=Actor.for_user(small.anne), facts={"ready": False})
    assert [(obstacle.code, obstacle.text) for obstacle in refused.value.obstacles] == [
        ("not_ready", "It is not ready.")
    ]
    assert str(refused.value) == "It is not ready."
    assert unchanged(row)


def test_a_step_out_of_turn_is_refused(small: Small, row: Round) -> None:
    with pytest.raises(StepRefused) as refused:
        perform(MACHINE, "close", row, by=Actor.for_user(small.anne))
    assert [obstacle.code for obstacle in refused.value.obstacles] == ["not_open"]
    assert unchanged(row)


@pytest.mark.parametrize("comment", ["", "  \n"])
def test_a_step_that_needs_a_reason_is_refused_without(small: Small, row: Round, comment: str) -> None:
    anne = Actor.for_user(small.anne)
    perform(MACHINE, "open", row, by=anne)
    with pytest.raises(StepRefused) as refused:
        perform(MACHINE, "back", row, by=anne, comment=comment)
    assert [(obstacle.code, obstacle.anchor) for obstacle in refused.value.obstacles] == [
        ("comment_missing", "comment")
    ]


def test_a_form_opened_on_an_older_version_is_stale(small: Small, row: Round) -> None:
    anne, berit = Actor.for_user(small.anne), Actor.for_user(small.berit)
    perform(MACHINE, "open", row, by=anne, seen_version=1)
    with pytest.raises(StaleVersion) as stale:
        perform(MACHINE, "close", row, by=berit, seen_version=1)
    assert (stale.value.seen, stale.value.current, stale.value.saved_by) == (1, 2, "Anne Hov")
    assert stale.value.saved_at == Event.objects.latest("id").at
    assert Round.objects.get(pk=row.pk).state == "announced"


def test_a_version_from_the_future_is_stale_too(row: Round) -> None:
    with pytest.raises(StaleVersion) as stale:
        check_version(row, 7)
    assert (stale.value.saved_by, stale.value.saved_at) == ("", None)
    check_version(row, None)
    check_version(row, 1)


def test_a_double_click_acts_once(small: Small, row: Round) -> None:
    anne = Actor.for_user(small.anne)
    perform(MACHINE, "open", row, by=anne, seen_version=1)
    with pytest.raises(AlreadyDone):
        perform(MACHINE, "open", row, by=anne, seen_version=1)
    assert Event.objects.filter(code="test.open").count() == 1
    assert Round.objects.get(pk=row.pk).version == 2


def test_another_persons_click_is_no_double_click(small: Small, row: Round) -> None:
    perform(MACHINE, "open", row, by=Actor.for_user(small.anne), seen_version=1)
    with pytest.raises(StaleVersion):
        perform(MACHINE, "open", row, by=Actor.for_user(small.berit), seen_version=1)


def test_the_row_decides_and_not_the_copy_in_hand(small: Small, row: Round) -> None:
    old = Round.objects.get(pk=row.pk)
    perform(MACHINE, "open", row, by=Actor.for_user(small.anne))
    with pytest.raises(StepRefused):
        perform(MACHINE, "open", old, by=Actor.for_user(small.anne))


def test_an_event_nobody_can_read_stops_the_step(small: Small, row: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(audit._sentences, "test.open")
    with pytest.raises(audit.UnknownEventCode), transaction.atomic():
        perform(MACHINE, "open", row, by=Actor.for_user(small.anne))
    assert unchanged(row)


def test_an_unknown_step_is_a_programmers_error(small: Small, row: Round) -> None:
    with pytest.raises(KeyError, match="no step 'dance'"):
        perform(MACHINE, "dance", row, by=Actor.for_user(small.anne))


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite's transaction holds the whole database")
def test_the_row_is_locked(row: Round) -> None:
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        lock(row)
    assert "FOR UPDATE" in queries[0]["sql"]


def test_the_screen_asks_the_same_table(small: Small, row: Round) -> None:
    (step,) = steps_for(MACHINE, row, Actor.for_user(small.anne), {"ready": True})
    assert (step.name, step.allowed, step.obstacle) == ("open", True, "")
    (step,) = steps_for(MACHINE, row, Actor.for_user(small.anne), {"ready": False})
    assert (step.allowed, step.obstacle) == (False, "It is not ready.")
    (step,) = steps_for(MACHINE, row, Actor.for_user(small.kari), {"ready": True})
    assert (step.allowed, step.obstacle) == (False, "Only a case officer can do this.")
    row.state = "announced"
    assert [step.name for step in steps_for(MACHINE, row, None)] == ["back", "close"]
    assert [step.allowed for step in steps_for(MACHINE, row, Actor.for_user(small.anne))] == [True, True]


def test_a_table_with_mistakes_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown states"):
        Machine("m", "a", (State("a", "A"),), (Step("go", ("a",), "b", "Go", "p"),))
    with pytest.raises(ValueError, match="used twice"):
        Machine("m", "a", (State("a", "A"),), (Step("go", ("a",), "a", "Go", "p"), Step("go", ("a",), "a", "Go", "p")))
    with pytest.raises(KeyError):
        MACHINE.state("nowhere")


def test_states_have_words_for_inside_and_outside() -> None:
    draft, opened = MACHINE.state("draft"), MACHINE.state("announced")
    assert [draft.shown(inside=True), draft.shown(inside=False)] == ["Draft", "Being written"]
    assert [opened.shown(inside=True), opened.shown(inside=False)] == ["Open", "Open"]
    assert MACHINE.choices()[0] == ("draft", "Draft")


@pytest.fixture
def rows(row: Round) -> list[Round]:
    """Three rounds; the last two are the first one's twins in other years."""
    made = [row]
    for year in (row.year + 1, row.year + 2):
        twin = Round.objects.get(pk=row.pk)
        twin.pk, twin.year = None, year
        twin.case = open_case(office=row.office, year=year, title="Test")
        twin.save(force_insert=True)
        made.append(twin)
    return made


def test_many_at_once_leave_the_rows_that_one_by_one_leave(small: Small, rows: list[Round]) -> None:
    anne = Actor.for_user(small.anne)
    sync_many(rows)

    def one_by_one() -> None:
        for one in Round.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk"):
            told = {"changes": {"conditions_nb": "Nytt"}, "office_id": one.office_id}
            perform(MACHINE, "open", one, by=anne, facts={"ready": True}, data={"year": one.year}, **told)  # type: ignore[arg-type]

    def at_once() -> None:
        perform_many(
            MACHINE,
            "open",
            rows,
            by=anne,
            facts=lambda _one: {"ready": True},
            data=lambda one: {"year": one.year},
            changes={"conditions_nb": "Nytt"},
            office_id=small.office.pk,
        )

    with clock.frozen(date(2027, 1, 4)):
        single = left_by(one_by_one)
        assert left_by(at_once) == single
    assert len(single["core.Event"]) - Event.objects.count() == 3
    assert [(one.state, one.version, one.conditions_nb) for one in rows] == [("announced", 2, "Nytt")] * 3


def test_many_at_once_take_as_many_queries_as_one(small: Small, rows: list[Round]) -> None:
    anne = Actor.for_user(small.anne)
    ContentType.objects.get_for_model(Round)  # read once a process
    counts = []
    for some in (rows[:1], rows[1:]):
        with CaptureQueriesContext(connection) as queries:
            perform_many(MACHINE, "open", some, by=anne, related=("office",), office_id=small.office.pk)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(("ready_now", "wrong"), [((True, False, True), StepRefused), ((True, True, True), None)])
def test_one_that_may_not_stops_all(
    small: Small, rows: list[Round], ready_now: tuple[bool, ...], wrong: type[Exception] | None
) -> None:
    facts = dict(zip([row.pk for row in rows], ready_now, strict=True))
    anne = Actor.for_user(small.anne)
    with pytest.raises(wrong) if wrong else nullcontext():
        perform_many(MACHINE, "open", rows, by=anne, facts=lambda one: {"ready": facts[one.pk]})
    moved = Round.objects.filter(pk__in=facts, state="announced").count()
    assert moved == (0 if wrong else 3)
    with pytest.raises(NotAllowed):
        perform_many(MACHINE, "open", rows, by=Actor.for_user(small.per))


def test_none_at_all_is_nothing_to_do(small: Small) -> None:
    perform_many(MACHINE, "open", [], by=Actor.for_user(small.anne))
    assert not Event.objects.filter(code="test.open").exists()
