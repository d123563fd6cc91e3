"""A state machine is a table.

Each app's ``workflow.py`` holds its tables; :func:`core.services.performing.perform` is the one place that changes a
state, and :func:`core.selectors.steps.steps_for` shows the same table on the screen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.requirements import Guard, Obstacle

Text = str | Promise


@dataclass(frozen=True, slots=True)
class State:
    """A state with the words the office sees and the words everyone else sees."""

    code: str
    label: Text
    outside_label: Text = ""
    shape: str = "none"
    """The status shape of the screen: none, going, wait, ready, done, warn, stop, off."""

    def shown(self, *, inside: bool) -> Text:
        return self.label if inside or not self.outside_label else self.outside_label


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a machine: from which states, to which, who may, and what must hold.

    ``needs_comment``: the step is refused without a written reason. ``guards`` get (object, facts).
    """

    name: str
    source: tuple[str, ...]
    target: str
    label: Text
    perm: str
    guards: tuple[Guard, ...] = ()
    needs_comment: bool = False
    outside_label: Text = ""
    primary: bool = True


@dataclass(frozen=True, slots=True)
class Machine:
    """A named table of states and steps. ``initial`` is where an object begins; ``final`` where it may rest."""

    name: str
    initial: str
    states: tuple[State, ...]
    steps: tuple[Step, ...]
    final: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        codes = {state.code for state in self.states}
        names = [step.name for step in self.steps]
        used = {self.initial, *self.final, *(s for step in self.steps for s in (*step.source, step.target))}
        if unknown := used - codes:
            raise ValueError(f"machine {self.name}: unknown states {sorted(unknown)}")
        if len(names) != len(set(names)):
            raise ValueError(f"machine {self.name}: a step name is used twice")

    def step(self, name: str) -> Step:
        """The step by name; KeyError for a name the table doesn't have."""
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(f"machine {self.name} has no step {name!r}")

    def state(self, code: str) -> State:
        """The state by code; KeyError for a code the table doesn't have."""
        for state in self.states:
            if state.code == code:
                return state
        raise KeyError(f"machine {self.name} has no state {code!r}")

    def steps_from(self, state: str) -> Iterator[Step]:
        """The steps that leave a state, in the order of the table."""
        return (step for step in self.steps if state in step.source)

    def choices(self) -> list[tuple[str, Text]]:
        """The states as choices of a model field."""
        return [(state.code, state.label) for state in self.states]


def closed_because(machine: Machine, step: Step, obj: Any, facts: Any, *, comment: str | None) -> Sequence[Obstacle]:
    """Why the step isn't open now; empty if it is. ``comment`` None: don't ask for one (the screen's question)."""
    if obj.state not in step.source:
        label = machine.state(obj.state).label
        return (
            Obstacle(
                "not_open",
                _("This can't be done now. The status is «%(state)s».") % {"state": label},
            ),
        )
    obstacles = [obstacle for guard in step.guards for obstacle in guard(obj, facts)]
    if step.needs_comment and comment is not None and not comment.strip():
        obstacles.append(Obstacle("comment_missing", _("Write what must be changed, and why."), "comment"))
    return obstacles
