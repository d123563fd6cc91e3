"""The screen asks the same table as the performer: which steps leave this state, and why not now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core import authz
from core.actor import Actor
from core.requirements import Obstacle
from core.workflow import Machine, Text, closed_because


@dataclass(frozen=True, slots=True)
class StepView:
    """A step as a button: live, or with the sentences that say why not and who can."""

    name: str
    label: Text
    allowed: bool
    obstacles: Sequence[Obstacle]
    needs_comment: bool
    primary: bool
    who: Text = ""

    @property
    def obstacle(self) -> str:
        """All reasons in one text, empty when the button is live."""
        if self.who:
            return str(self.who)
        return " ".join(str(obstacle.text) for obstacle in self.obstacles)


def steps_for(machine: Machine, obj: Any, actor: Actor | None, facts: Any = None) -> list[StepView]:
    """The steps out of the object's state, each with its obstacles for this actor."""
    views = []
    for step in machine.steps_from(obj.state):
        may = authz.allowed(actor, step.perm, obj)
        obstacles = closed_because(machine, step, obj, facts, comment=None)
        views.append(
            StepView(
                name=step.name,
                label=step.label,
                allowed=may and not obstacles,
                obstacles=obstacles,
                needs_comment=step.needs_comment,
                primary=step.primary,
                who="" if may else authz.why_not(actor, step.perm, obj),
            )
        )
    return views
