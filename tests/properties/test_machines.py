"""Random walks through every machine by the performer: a state changes by the table or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import models, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core import authz
from core.actor import Actor
from core.management.commands.draw_machines import machines
from core.models import Event
from core.models.subjects import subject_key
from core.requirements import AlreadyDone, StaleVersion, StepRefused
from core.services import obligations
from core.services.performing import perform
from core.workflow import Machine
from grants.models import Round
from tests.world import World

MACHINES = dict(machines())
OBJECTS: dict[str, Callable[[World], models.Model]] = {
    "ROUND": lambda w: w.a_round,
    "NEEDS_REPORT": lambda w: w.south_report,
    "MEASURE": lambda w: w.sent_measure,
    "PROPOSAL": lambda w: w.b_proposal,
    "RECOMMENDATION_GUIDE2021": lambda w: w.past_recommendation,
    "RECOMMENDATION_REG2026": lambda w: w.b_recommendation,
    "DECISION": lambda w: w.past_decision,
    "LETTER": lambda w: w.university_letter,
    "REPORT": lambda w: w.reading_report,
}
PEOPLE = (
    "officer", "approver", "b_officer", "b_approver", "north_coordinator", "south_coordinator", "kindergarten_chair",
    "coast_chair", "university_contact", "nordli_owner", "stranger", "",
)  # fmt: skip
FROM_THE_TABLE = (StepRefused, StaleVersion, AlreadyDone, authz.NotAllowed)


class AnyFacts:
    """Facts under which no guard objects: the walk is about the table, not about the guards."""

    def __getattr__(self, name: str) -> Any:
        positive = ("has_", "in_", "rule_set_in", "all_", "round_open", "priorities", "recommendations_done", "letters")
        return 1 if name.startswith(positive) or name == "refused_lines" else ()


def walker(world: World, name: str) -> Actor:
    return world.actor(name) if name else Actor.for_system("walk")


def test_every_machine_has_an_object_to_walk_with() -> None:
    assert set(OBJECTS) == set(MACHINES)


@pytest.mark.parametrize("name", MACHINES)
@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_state_changes_by_the_table_or_not_at_all(name: str, world: World, data: st.DataObject) -> None:
    """Whoever asks for whatever step: either one row of the table is followed, with a version more, one event and the
    obligations in step, or nothing is changed."""
    machine = MACHINES[name]
    with transaction.atomic():
        row = OBJECTS[name](world)
        for _turn in range(data.draw(st.integers(1, 6))):
            step = data.draw(st.sampled_from([step.name for step in machine.steps]))
            by = walker(world, data.draw(st.sampled_from(PEOPLE)))
            stale = data.draw(st.booleans()) and hasattr(row, "version")
            comment = data.draw(st.sampled_from(["", "Fordi."]))
            take(machine, step, row, by=by, comment=comment, stale=stale)
        obligations.sync(round_of(row))  # a service does it, where what a round owes hangs on its parts
        assert obligations.rebuild() == []
        transaction.set_rollback(True)
    world._read.clear()


def round_of(row: Any) -> Any:
    """The round a row belongs to, fresh."""
    return Round.objects.get(pk=row.pk if isinstance(row, Round) else row.round_id)


def take(machine: Machine, step: str, row: Any, *, by: Actor, comment: str, stale: bool) -> None:
    """Ask for one step, and hold what happened against the table."""
    stored = type(row)._base_manager
    before = stored.get(pk=row.pk)
    events = Event.objects.filter(**subject_key(row)).count()
    try:
        with transaction.atomic():
            perform(
                machine,
                step,
                row,
                by=by,
                facts=AnyFacts(),
                comment=comment,
                seen_version=before.version - 1 if stale else getattr(before, "version", None),
                changes=columns_of(machine, step, before, by),
            )
    except FROM_THE_TABLE:
        row.refresh_from_db()
        assert row.state == before.state
        assert Event.objects.filter(**subject_key(row)).count() == events
        return
    taken = machine.step(step)
    after = stored.get(pk=row.pk)
    assert not stale
    assert before.state in taken.source and after.state == taken.target
    assert comment or not taken.needs_comment
    assert authz.allowed(by, taken.perm, before)
    assert after.version == before.version + 1 if hasattr(before, "version") else True
    last = Event.objects.filter(**subject_key(row)).order_by("-id")[0]
    assert (last.code, last.data["from"], last.data["to"]) == (f"{machine.name}.{step}", before.state, after.state)
    assert (last.by_user, last.by_system) == (by.user, by.system)
    assert Event.objects.filter(**subject_key(row)).count() == events + 1


def columns_of(machine: Machine, step: str, before: Any, by: Actor) -> dict[str, Any]:
    """What the service that takes this step writes with it, where the database demands it."""
    if machine.name == "decision" and step == "approve" and by.user is not None:
        return {"approved_by": by.user, "approved_at": before.prepared_at}
    if machine.name == "decision" and step == "send_back":
        return {"approved_by": None, "approved_at": None}
    return {}
