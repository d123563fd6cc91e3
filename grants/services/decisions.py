"""The decision: prepared by one, approved by another (FOR-2026-01-12-23 § 13; FOR-2021-01-26-230 pkt 7.3–7.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from core import authz, clock
from core.actor import Actor
from core.models import Snapshot
from core.requirements import Obstacle, StepRefused
from core.services import obligations
from core.services.events import record, record_many
from core.services.performing import check_version, lock, perform, perform_many
from core.services.signing import take_snapshot
from grants.enums import LineOutcome, RefusalGround
from grants.models import Commitment, Decision, DecisionLine, MeasureYear, Recommendation, Round
from grants.models.money import MoneyKey
from grants.requirements import DecisionFacts, decision_follows_forum
from grants.rulesets import ForumRole, RuleSet
from grants.selectors import decisions as selector
from grants.selectors.recommendations import machine_of
from grants.selectors.rounds import rule_set_of
from grants.workflow import DECISION, MEASURE

STEP_OF = {LineOutcome.GRANTED: "grant", LineOutcome.PARTLY: "grant_part", LineOutcome.REFUSED: "refuse"}


@dataclass(frozen=True, slots=True)
class LineChange:
    """What a line is changed to. ``criterion``: the code of the criterion it fails, else other measures come first."""

    amount: int
    reason: str
    criterion: str = ""


@transaction.atomic
def prepare(*, round: Round, by: Actor) -> Decision:
    """Begin the decision from the forum's last word; asked for again, the one that is there is returned.

    Each sum sought gets one line. Raises NotAllowed, or StepRefused while a forum hasn't concluded.
    """
    authz.require(by, "grants.prepare_decision", round)
    lock(round)
    known = selector.current_decision(round)
    if known is not None:
        return known
    facts = DecisionFacts(recommendations_done=selector.recommendations_done(round))
    if refused := decision_follows_forum(None, facts):
        raise StepRefused(refused)
    last = Decision.objects.filter(round=round).aggregate(last=Max("number"))["last"] or 0
    decision = Decision.objects.create(round=round, number=last + 1, prepared_by=_person(by), prepared_at=clock.now())
    DecisionLine.objects.bulk_create(
        DecisionLine(
            decision=decision,
            round=round,
            measure_year=draft.measure_year,
            source_line=draft.source,
            sought=draft.sought,
            amount=draft.amount,
            outcome=selector.outcome_of(draft.amount, draft.sought),
            ground=draft.ground,
            criterion=draft.criterion,
            reason=draft.reason,
            **draft.key,
        )
        for draft in selector.drafts(round)
    )
    record(code="decision.prepared", subject=decision, by=by, office=round.office_id, data={"number": decision.number})
    obligations.sync(decision)
    obligations.sync(round)
    return decision


def change_line(*, line: DecisionLine, amount: int, by: Actor, reason: str, criterion: str = "") -> DecisionLine:
    """Change one line; see :func:`change_lines`. ``line`` is brought up to date."""
    change_lines(decision=line.decision, changes={line.pk: LineChange(amount, reason, criterion)}, by=by)
    line.refresh_from_db()
    return line


@transaction.atomic
def change_lines(
    *, decision: Decision, changes: Mapping[int, LineChange], by: Actor, seen_version: int | None = None
) -> Decision:
    """Set sums (whole kroner) and reasons of lines (id → change) while the decision is drafted.

    Raises NotAllowed, StaleVersion, and StepRefused for a line where the office may not depart from the forum
    (pkt 7.4), a sum above what was sought, a missing reason, or the ready reason where the frame wasn't exceeded.
    """
    locked = lock(decision)
    check_version(locked, seen_version)
    authz.require(by, "grants.prepare_decision", locked)
    if locked.state != DECISION.initial:
        raise StepRefused(
            [Obstacle("decision_closed", _("The decision is not being drafted. Ask for it to be sent back."))]
        )
    rules = rule_set_of(locked.round)
    lines = {line.pk: line for line in selector.lines_of(locked)}
    if changes.keys() - lines.keys():
        raise StepRefused([Obstacle("unknown_line", _("A sum belongs to another decision. Open the page again."))])
    exceeded = bool(selector.exceeded_pots(locked.round, lines.values()))
    obstacles = [
        obstacle
        for pk, change in changes.items()
        for obstacle in _line_obstacles(rules, lines[pk], change, exceeded=exceeded)
    ]
    if obstacles:
        raise StepRefused(obstacles)
    for pk, change in changes.items():
        _apply(lines[pk], change, by)
    locked.version += 1
    locked.save(update_fields=["version"])
    decision.version = locked.version
    return decision


@transaction.atomic
def submit(*, decision: Decision, by: Actor, seen_version: int | None = None) -> Decision:
    """Send the decision to the approver. Who sends it stands behind it as the one who prepared it."""
    perform(
        DECISION,
        "submit",
        decision,
        by=by,
        facts=selector.decision_facts(decision, selector.weighed_lines(decision), by),
        seen_version=seen_version,
        changes={"prepared_by": _person(by), "prepared_at": clock.now()},
        office_id=decision.round.office_id,
    )
    return decision


@transaction.atomic
def send_back(*, decision: Decision, by: Actor, comment: str, seen_version: int | None = None) -> Decision:
    """Give the decision back to the case officer with the reason."""
    perform(
        DECISION,
        "send_back",
        decision,
        by=by,
        seen_version=seen_version,
        comment=comment,
        office_id=decision.round.office_id,
    )
    return decision


@transaction.atomic
def approve(*, decision: Decision, by: Actor, seen_version: int | None = None) -> Decision:
    """Make the decision binding: its content is kept with its hash, the measures are decided, promises are given.

    Raises NotAllowed, StaleVersion, AlreadyDone, and StepRefused, also for whoever has had a hand in preparing it.
    """
    lock(decision)  # what is kept is what is decided: nobody changes a line in between
    lines = selector.lines_of(decision)
    perform(
        DECISION,
        "approve",
        decision,
        by=by,
        facts=selector.decision_facts(decision, [selector.weigh(line) for line in lines], by),
        seen_version=seen_version,
        changes={"approved_by": _person(by), "approved_at": clock.now(), "snapshot": _snapshot(decision, lines)},
        data={"total": sum(line.amount for line in lines), "lines": len(lines)},
        office_id=decision.round.office_id,
    )
    _decide_measures(decision, lines, by)
    for recommendation in Recommendation.objects.filter(round=decision.round).select_related("round__rule_set"):
        perform(machine_of(recommendation), "decide", recommendation, by=by, office_id=decision.round.office_id)
    rules = rule_set_of(decision.round)
    if rules.procedure.forum_role == ForumRole.CONCLUDES:
        _promise(decision, lines, by)
    obligations.sync(decision.round)
    return decision


def _line_obstacles(rules: RuleSet, line: DecisionLine, change: LineChange, *, exceeded: bool) -> Iterable[Obstacle]:
    recommended = line.source_line.amount if line.source_line else 0
    departs = change.amount != recommended
    title = line.measure_year.title
    if change.amount < 0 or change.amount > max(line.sought, recommended):
        yield Obstacle("above_sought", _("«%(title)s» can't get more than was sought.") % {"title": title}, "id_amount")
    if departs and not selector.may_depart(rules, line):
        yield Obstacle(
            "follow_forum",
            _(
                "«%(title)s» follows the forum’s recommendation. Refuse that part of it first, so that the forum can "
                "answer (pkt 7.4)."
            )
            % {"title": title},
            "id_amount",
        )
    elif departs and rules.procedure.forum_role == ForumRole.CONCLUDES and not change.criterion:
        yield Obstacle(
            "criterion_missing", _("Choose the criterion «%(title)s» fails.") % {"title": title}, "id_criterion"
        )
    if (departs or change.amount < line.sought) and not change.reason.strip():
        yield Obstacle("reason_missing", _("Write why «%(title)s» gets this sum.") % {"title": title}, "id_reason")
    if change.amount < line.sought and selector.is_standard(change.reason) and not exceeded:
        yield Obstacle(
            "frame_not_exceeded",
            _("The frame reaches everything that was sought. Write the real reason for «%(title)s».")
            % {"title": title},
            "id_reason",
        )
    if change.criterion and change.criterion not in {one.code for one in rules.criteria}:
        yield Obstacle("unknown_criterion", _("Choose one of the criteria."), "id_criterion")


def _apply(line: DecisionLine, change: LineChange, by: Actor) -> None:
    before = line.amount
    cut = change.amount < line.sought
    line.amount = change.amount
    line.outcome = selector.outcome_of(change.amount, line.sought)
    line.criterion = change.criterion if cut else ""
    line.ground = "" if not cut else RefusalGround.CRITERIA if change.criterion else RefusalGround.PRIORITY
    line.reason = change.reason.strip()
    line.save(update_fields=["amount", "outcome", "criterion", "ground", "reason"])
    record(
        code="decision.line_changed",
        subject=line.decision,
        by=by,
        office=line.round.office_id,
        data={"line": line.pk, "from_amount": before, "to_amount": line.amount, "reason": line.reason},
    )


def _snapshot(decision: Decision, lines: list[DecisionLine]) -> Snapshot:
    """Everything that is decided, line by line."""
    columns = ("measure_year_id", "sought", "amount", "outcome", "ground", "criterion", "reason")
    return take_snapshot(
        subject=decision,
        chain=decision.round,
        purpose="decision",
        schema_version=1,
        data={
            "round": decision.round_id,
            "number": decision.number,
            "rule_set": decision.round.rule_set.sha256,
            "prepared_by": decision.prepared_by_id,
            "lines": [
                {"id": line.pk, **line.money_key(), **{name: getattr(line, name) for name in columns}} for line in lines
            ],
            "total": sum(line.amount for line in lines),
        },
    )


def _decide_measures(decision: Decision, lines: list[DecisionLine], by: Actor) -> None:
    by_measure: dict[int, list[DecisionLine]] = {}
    for line in lines:
        by_measure.setdefault(line.measure_year_id, []).append(line)
    by_step: dict[str, list[MeasureYear]] = {}
    for own in by_measure.values():
        # Line by line: more than was sought for one does not make good a cut of another.
        outcomes = {line.outcome for line in own}
        outcome = LineOutcome(outcomes.pop()) if len(outcomes) == 1 else LineOutcome.PARTLY
        by_step.setdefault(STEP_OF[outcome], []).append(own[0].measure_year)
    for step, measure_years in by_step.items():
        perform_many(
            MEASURE,
            step,
            measure_years,
            by=by,
            related=("round__office",),
            data=lambda one: {"title": one.title, "amount": sum(line.amount for line in by_measure[one.pk])},
            office_id=decision.round.office_id,
        )


def _promise(decision: Decision, lines: list[DecisionLine], by: Actor) -> None:
    """Pkt 3.3 and 7.2 plan for several years: the granted sum for each year that is left, with the proviso that the
    Storting grants the money. An older promise for the same measure and years gives way to the new one."""
    rows = []
    for line in lines:
        measure_year = line.measure_year
        for later in range(1, measure_year.year_count - measure_year.year_no + 1):
            if line.amount:
                rows.append(_commitment(decision, line, line.budget_year + later))
    Commitment.objects.filter(
        measure__in={row.measure_id for row in rows}, budget_year__gt=decision.round.year, withdrawn_at__isnull=True
    ).update(withdrawn_at=clock.now())
    made = Commitment.objects.bulk_create(rows)
    if made:
        data: list[Mapping[str, Any]] = [{"amount": row.amount, "year": row.budget_year} for row in made]
        record_many(code="commitment.promised", subjects=list(made), by=by, office=decision.round.office_id, data=data)


def _commitment(decision: Decision, line: MoneyKey, year: int) -> Commitment:
    return Commitment(
        round=decision.round, decision=decision, amount=line.amount, **{**line.money_key(), "budget_year": year}
    )


def _person(by: Actor) -> User:
    """A decision is made by people: two of them."""
    if by.user is None:
        raise authz.NotAllowed(str(authz.permission("grants.prepare_decision").who))
    return by.user
