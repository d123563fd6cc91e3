"""The year as an ordered list of steps, each acted out on its own day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from core import clock
from core.actor import Actor
from core.services.outbox import run_due
from grants.models import Decision, ProposalVersion, Round
from reporting.rehearsal import decision_acts, forum_acts, needs_acts, report_acts
from reporting.rehearsal.profile import Profile
from reporting.rehearsal.scenery import Scenery, build


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the table of what happened."""

    day: date
    step: str
    what: str


@dataclass(slots=True)
class Stage:
    """What the steps hand on to one another."""

    profile: Profile
    seed: int
    until: str = ""
    scenery: Scenery | None = None
    round: Round | None = None
    proposal: ProposalVersion | None = None
    decision: Decision | None = None
    happened: list[Happening] = field(default_factory=list)

    @property
    def stops_here(self) -> bool:
        """The rehearsal ends at the step the demo ends at: the actors have then come further or shorter."""
        return bool(self.until) and self.until == self.profile.demo_until

    @property
    def set(self) -> Scenery:
        if self.scenery is None:
            raise LookupError("the scenery isn't built yet")
        return self.scenery

    @property
    def year(self) -> Round:
        if self.round is None:
            raise LookupError("the round isn't opened yet")
        return self.round


@dataclass(frozen=True, slots=True)
class Act:
    """A step of the year: its name (``--until``), the day it is played and what is done; returns what happened."""

    step: str
    day: Callable[[Profile], date]
    play: Callable[[Stage], str]


def play(profile: Profile, *, seed: int, until: str = "") -> Iterator[tuple[int, int, Happening, Stage]]:
    """Play the acts in order; yields (number, of, what happened, stage) after each. ``until`` is the last step played.

    The clock stands at each act's day; jobs and mails asked for are done before the next.
    """
    stage = Stage(profile, seed, until)
    acts = acts_until(until)
    for number, act in enumerate(acts, start=1):
        with clock.frozen(act.day(profile)):
            what = act.play(stage)
            run_due()
        happening = Happening(act.day(profile), act.step, what)
        stage.happened.append(happening)
        yield number, len(acts), happening, stage


class UnknownStep(LookupError):
    """``--until`` names a step the year doesn't have; ``str()`` lists them."""


def steps() -> tuple[str, ...]:
    """The names of the steps, in order."""
    return tuple(dict.fromkeys(act.step for act in ACTS))


def acts_until(until: str) -> list[Act]:
    if not until:
        return list(ACTS)
    if until not in steps():
        raise UnknownStep(f"{until}; there are {', '.join(steps())}")
    last = max(number for number, act in enumerate(ACTS) if act.step == until)
    return list(ACTS[: last + 1])


# --- What is done -----------------------------------------------------------------------------------------------------


def _office(stage: Stage) -> str:
    stage.scenery = build(stage.profile, seed=stage.seed, by=Actor.for_system("rehearsal"))
    found = stage.set
    return f"{found.office.anchor.name}: {len(found.networks)} networks, {len(found.forums)} forums"


def _open(stage: Stage) -> str:
    needs_acts.register_promises(stage.set)
    stage.round = needs_acts.open_round(stage.set)
    return f"round {stage.year.year} under {stage.profile.rule_set}"


def _announce(stage: Stage) -> str:
    needs_acts.announce(stage.set, stage.year)
    return f"{len(needs_acts.reports(stage.year))} needs reports to write"


def _write(stage: Stage) -> str:
    """In the demo some have come further than others; otherwise everybody writes."""
    progress = _demo_needs(stage)
    half, nothing = progress.get("half", []), _not_started(stage, progress)
    written = [r for r in needs_acts.reports(stage.year) if needs_acts.key_of(r) not in nothing]
    for report in written:
        needs_acts.write(stage.set, report, half=needs_acts.key_of(report) in half)
    return f"{len(written)} needs reports written"


def _send(stage: Stage) -> str:
    progress = _demo_needs(stage)
    sendable = [r for r in needs_acts.reports(stage.year) if not progress or needs_acts.key_of(r) in _to_send(progress)]
    for report in sendable:
        needs_acts.send(stage.set, report)
    for report in sendable:
        if needs_acts.key_of(report) in progress.get("returned", []):
            needs_acts.give_back(stage.set, report)
        if needs_acts.key_of(report) in progress.get("assessed", []):
            needs_acts.assess(stage.set, report)
    return f"{len(sendable)} needs reports sent"


def _demo_needs(stage: Stage) -> dict[str, list[str]]:
    """How far each has come, where the demo stops in the needs phase."""
    return dict(stage.profile.raw.get("demo_needs", {})) if stage.stops_here and stage.until == "needs" else {}


def _not_started(stage: Stage, progress: dict[str, list[str]]) -> set[str]:
    started = {key for keys in progress.values() for key in keys}
    return {needs_acts.key_of(r) for r in needs_acts.reports(stage.year)} - started if progress else set()


def _to_send(progress: dict[str, list[str]]) -> set[str]:
    return {key for name in ("sent", "assessed", "returned") for key in progress.get(name, [])}


def _assess(stage: Stage) -> str:
    found = needs_acts.reports(stage.year)
    for report in found:
        needs_acts.assess(stage.set, report)
    return f"{len(found)} needs reports assessed"


def _propose(stage: Stage) -> str:
    stage.proposal = forum_acts.propose(stage.set, stage.year)
    return f"proposal version {stage.proposal.number}, {stage.proposal.lines.count()} lines"


def _put_forward(stage: Stage) -> str:
    if stage.proposal is None:
        raise LookupError("there is no proposal yet")
    made = forum_acts.put_forward(stage.set, stage.proposal)
    return f"{len(made)} recommendation(s) before the forum"


def _answer(stage: Stage) -> str:
    stops = stage.stops_here
    for recommendation in forum_acts.of_round(stage.year):
        forum_acts.discuss(stage.set, recommendation)
        forum_acts.answer_all(stage.set, recommendation, some=stops)
    return "the seats have answered"


def _conclude(stage: Stage) -> str:
    found = forum_acts.of_round(stage.year)
    for recommendation in found:
        forum_acts.conclude(stage.set, recommendation)
    return f"{sum(len(forum_acts.forums_of(r)) for r in found)} forum(s) concluded"


def _refuse(stage: Stage) -> str:
    """GUIDE2021 only: the office refuses parts (pkt 7.4)."""
    if stage.profile.rule_set != "GUIDE2021":
        return "nothing to refuse under these rules"
    refused = 0
    for recommendation in forum_acts.of_round(stage.year):
        lines = forum_acts.lines_to_refuse(stage.set, recommendation)
        if lines:
            forum_acts.refuse(stage.set, recommendation, lines)
        refused += len(lines)
    return f"{refused} line(s) refused"


def _uphold(stage: Stage) -> str:
    upheld = [r for r in forum_acts.of_round(stage.year) if r.state == "part_refused"]
    for recommendation in upheld:
        forum_acts.uphold(stage.set, recommendation)
    return f"{len(upheld)} recommendation(s) upheld"


def _decide(stage: Stage) -> str:
    stage.decision = decision_acts.decide(stage.set, stage.year)
    return f"decision {stage.decision.number} prepared"


def _decision(stage: Stage) -> Decision:
    if stage.decision is None:
        raise LookupError("there is no decision yet")
    return stage.decision


def _approve(stage: Stage) -> str:
    decision_acts.approve(stage.set, _decision(stage))
    return "decision approved by another"


def _dispatch(stage: Stage) -> str:
    decision_acts.dispatch(stage.set, _decision(stage))
    return "letters asked for"


def _open_letters(stage: Stage) -> str:
    decision_acts.open_letters(stage.set, stage.year)
    return f"{stage.year.letters.count()} letters opened"


def _report(stage: Stage) -> str:
    found = report_acts.reports_of(stage.year)
    for report in found:
        report_acts.write_and_send(stage.set, report)
    return f"{len(found)} annual reports sent"


def _confirm(stage: Stage) -> str:
    found = report_acts.reports_of(stage.year)
    for report in found:
        report_acts.confirm(stage.set, report)
    return f"{len(found)} annual reports confirmed by the parties"


def _approve_reports(stage: Stage) -> str:
    found = report_acts.reports_of(stage.year)
    for report in found:
        report_acts.approve(stage.set, report)
    return f"{len(found)} annual reports approved"


ACTS: tuple[Act, ...] = (
    Act("office", lambda p: p.acts.opened, _office),
    Act("opened", lambda p: p.acts.opened, _open),
    Act("announced", lambda p: p.acts.announced, _announce),
    Act("needs", lambda p: p.acts.written, _write),
    Act("needs", lambda p: p.acts.sent, _send),
    Act("assessed", lambda p: p.acts.assessed, _assess),
    Act("proposed", lambda p: p.acts.proposed, _propose),
    Act("forum", lambda p: p.acts.put_forward, _put_forward),
    Act("forum", lambda p: p.acts.answered, _answer),
    Act("concluded", lambda p: p.acts.concluded, _conclude),
    Act("concluded", lambda p: p.acts.office_refuses, _refuse),
    Act("concluded", lambda p: p.acts.forum_again, _uphold),
    Act("decided", lambda p: p.acts.decided, _decide),
    Act("approved", lambda p: p.acts.approved, _approve),
    Act("letters", lambda p: p.acts.dispatched, _dispatch),
    Act("letters", lambda p: p.acts.letters_opened, _open_letters),
    Act("reported", lambda p: p.acts.reported, _report),
    Act("confirmed", lambda p: p.acts.confirmed, _confirm),
    Act("reports_approved", lambda p: p.acts.reports_approved, _approve_reports),
)
