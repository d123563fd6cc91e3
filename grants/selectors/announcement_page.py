"""What announcing will do, and what the announcement says (FOR-2026-01-12-23 §§ 7 b, 10, 14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import prefetch_related_objects

from core import clock
from core.actor import Actor
from core.dates import interface_form
from core.requirements import Obstacle
from core.selectors.steps import StepView, steps_for
from core.ui.wheel import Wheel
from grants.enums import DeadlineKind
from grants.models import Round
from grants.rulesets import Criterion, Rule, RuleSet
from grants.selectors.reporters import Reporter
from grants.selectors.rounds import (
    DatedLine,
    Frame,
    announcing,
    dated_lines,
    deadline,
    frames_of,
    rule_set_of,
    wheel,
)
from grants.selectors.told import Told, told_about
from grants.workflow import ROUND


@dataclass(frozen=True, slots=True)
class AnnouncePage:
    """The numbers before the button."""

    reporting: list[Reporter]
    left_out: list[Reporter]
    told: Told
    owners: int
    frames: list[Frame]
    total: int
    warned: list[DatedLine]
    step: StepView | None
    step_obstacles: tuple[Obstacle, ...]


def announce_page(round: Round, actor: Actor | None) -> AnnouncePage:
    """What announcing the round would do today."""
    prefetch_related_objects([round], "deadlines")
    plan, frames = announcing(round), frames_of(round)
    step = next((one for one in steps_for(ROUND, round, actor, plan.facts) if one.name == "announce"), None)
    return AnnouncePage(
        reporting=plan.reporting,
        left_out=plan.left_out,
        told=told_about(plan.reporting, office_id=round.office_id, on=clock.today()),
        owners=len({owner.pk for one in plan.reporting for owner in one.covered}),
        frames=frames,
        total=sum(frame.amount for frame in frames),
        warned=[line for line in dated_lines(round) if line.warning],
        step=step,
        step_obstacles=tuple(step.obstacles) if step else (),
    )


@dataclass(frozen=True, slots=True)
class Item:
    """A rule in words with its place in the law."""

    text: str
    cite: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class SchemePart:
    """A scheme with its goal, frame and criteria."""

    name: str
    goal: str
    frames: list[Frame]
    criteria: list[Item]


@dataclass(frozen=True, slots=True)
class Announcement:
    """The announcement in the active written form."""

    office_name: str
    rules: RuleSet
    rules_name: str
    schemes: list[SchemePart]
    total: int
    own_conditions: str
    recipients: Item
    parties: Item
    target_groups: list[Item]
    needs: Item
    needs_parts: list[Item]
    report: Item
    procedure: Item
    lines: list[DatedLine]
    wheel: Wheel
    needs_due: date | None


def announcement(round: Round) -> Announcement:
    """All of it, from the law's own texts and the office's. Three queries."""
    prefetch_related_objects([round], "deadlines")
    prefetch_related_objects([round.office], "names")
    form, rules, frames = interface_form(), rule_set_of(round), frames_of(round)

    def item(rule: Rule) -> Item:
        return Item(
            text=rule.text.in_form(form),
            cite=rules.citation(rule.paragraph, form),
            title=rule.title.in_form(form) if isinstance(rule, Criterion) else "",
        )

    own = round.conditions_nn if form == "nn" else round.conditions_nb
    return Announcement(
        office_name=round.office.name_in(form, clock.today()),
        rules=rules,
        rules_name=rules.name.in_form(form),
        schemes=[
            SchemePart(
                name=scheme.name.in_form(form),
                goal=scheme.goal.in_form(form),
                frames=[frame for frame in frames if frame.pot.scheme == scheme.code],
                criteria=[item(one) for one in rules.criteria_for(scheme.code)],
            )
            for scheme in rules.schemes
        ],
        total=sum(frame.amount for frame in frames),
        own_conditions=own or round.conditions_nb or round.conditions_nn,
        recipients=item(rules.recipients),
        parties=item(rules.parties),
        target_groups=[item(one) for one in rules.target_groups],
        needs=item(rules.needs_report),
        needs_parts=[item(one) for one in rules.needs_report.parts],
        report=item(rules.report),
        procedure=item(rules.procedure),
        lines=dated_lines(round),
        wheel=wheel(round),
        needs_due=deadline(round, DeadlineKind.NEEDS),
    )
