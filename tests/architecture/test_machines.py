"""The machines are tables: every state is reached, none is a dead end, and picture, log and rights know every step."""

from collections import defaultdict
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

from core import audit, authz
from core.management.commands.draw_machines import drawing, machines
from core.workflow import Machine, State, Step

MACHINES = dict(machines())
EACH = pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES.keys())
STEPS = [
    pytest.param(machine, step, id=f"{name}-{step.name}")
    for name, machine in MACHINES.items()
    for step in machine.steps
]


def reached(machine: Machine, start: str) -> set[str]:
    """The states that can follow from one, itself included."""
    found, waiting = {start}, [start]
    while waiting:
        for step in machine.steps_from(waiting.pop()):
            if step.target not in found:
                found.add(step.target)
                waiting.append(step.target)
    return found


def test_the_machines_of_the_year_are_found() -> None:
    assert list(MACHINES) == [
        "ROUND",
        "NEEDS_REPORT",
        "MEASURE",
        "PROPOSAL",
        "RECOMMENDATION_GUIDE2021",
        "RECOMMENDATION_REG2026",
        "DECISION",
        "LETTER",
        "REPORT",
    ]


@EACH
def test_every_state_is_reached(machine: Machine) -> None:
    assert {state.code for state in machine.states} - reached(machine, machine.initial) == set()


@EACH
def test_no_state_is_a_dead_end(machine: Machine) -> None:
    """From every state a place to rest can be reached, and a state without a way on is named as one."""
    assert machine.final
    assert {s.code for s in machine.states if not reached(machine, s.code) & machine.final} == set()
    assert {s.code for s in machine.states if not list(machine.steps_from(s.code))} - machine.final == set()


@pytest.mark.parametrize(("machine", "step"), STEPS)
def test_every_step_asks_for_a_declared_right(machine: Machine, step: Step) -> None:
    assert str(authz.permission(step.perm).who).endswith(".")


@pytest.mark.parametrize(("machine", "step"), STEPS)
def test_every_step_has_its_sentence_in_the_log(machine: Machine, step: Step) -> None:
    assert audit.known(f"{machine.name}.{step.name}")


@EACH
def test_a_state_has_a_shape_the_screen_can_draw(machine: Machine) -> None:
    shapes = {"none", "going", "wait", "ready", "done", "warn", "stop", "off"}
    assert {state.shape for state in machine.states} - shapes == set()


def test_machines_of_one_name_share_their_states() -> None:
    """Two flows of one object are told apart by steps, not by what a state is called."""
    labels: dict[tuple[str, str], set[str]] = defaultdict(set)
    for machine in MACHINES.values():
        for state in machine.states:
            labels[machine.name, state.code].add(str(state.label))
    assert {key for key, words in labels.items() if len(words) > 1} == set()


def test_every_state_column_belongs_to_a_machine() -> None:
    """A column called ``state`` with choices is driven by a table, except where no person takes a step: jobs, mails."""
    known = {frozenset(state.code for state in machine.states) for machine in MACHINES.values()}
    columns = {
        model._meta.label: frozenset(str(value) for value, _label in field.choices or ())
        for model in apps.get_models()
        for field in model._meta.local_fields
        if field.name == "state" and isinstance(field, models.CharField)
    }
    assert {name for name, codes in columns.items() if codes not in known} == {"core.Job", "core.Message"}


def test_the_picture_in_the_documents_shows_the_tables() -> None:
    call_command("draw_machines", check=True, stdout=StringIO())


def test_a_drawing_shows_every_step_and_every_resting_place() -> None:
    machine = Machine(
        name="door",
        initial="open",
        states=(State("open", "Open"), State("shut", "Shut"), State("gone", "Gone")),
        final=frozenset({"gone"}),
        steps=(Step("shut", ("open",), "shut", "Shut", "x"), Step("remove", ("open", "shut"), "gone", "Remove", "x")),
    )
    assert drawing(machine).splitlines() == [
        "stateDiagram-v2",
        "    [*] --> open",
        "    open --> shut: shut",
        "    open --> gone: remove",
        "    shut --> gone: remove",
        "    gone --> [*]",
    ]
