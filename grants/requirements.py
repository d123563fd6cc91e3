"""The obstacles of the grant year: one function per rule, given the object and plain facts by the service.

Each returns the sentences a person needs to get on; an empty tuple means the rule holds. Nothing here queries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.requirements import Obstacle
from grants.enums import MeasureKind


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """What opening and announcing a round rests on."""

    rule_set_in_force: bool = True
    rule_set_name: str = ""
    decision_date: date | None = None
    missing_dates: tuple[str, ...] = ()
    dates_out_of_order: tuple[str, ...] = ()
    has_pot: bool = True
    has_recipients: bool = True
    open_work: int = 0


@dataclass(frozen=True, slots=True)
class MeasureFault:
    """A measure that can't be sent yet: what is missing, and where on the page it is mended."""

    title: str
    text: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class NeedsFacts:
    """What sending and assessing a needs report rests on."""

    round_open: bool = True
    has_measures: bool = True
    faults: tuple[MeasureFault, ...] = ()
    refused_recipients: tuple[str, ...] = ()
    ended_recipients: tuple[str, ...] = ()
    priorities_unique: bool = True
    unassessed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProposalFacts:
    """What putting a proposal before the forum rests on."""

    unassessed_reports: int = 0
    has_lines: bool = True
    overspent: tuple[tuple[str, int], ...] = ()
    forums_without_seats: tuple[str, ...] = ()
    has_forum: bool = True
    reports_without_forum: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecommendationFacts:
    """What concluding rests on. ``open_seats`` are voting seats that haven't answered."""

    forum_concluded: bool = False
    all_forums_concluded: bool = False
    refused_lines: int = 0
    line_ids: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """What preparing, approving and dispatching rests on."""

    recommendations_done: bool = True
    lines_without_reason: int = 0
    differs_by: int = 0
    preparer_id: int | None = None
    actor_id: int | None = None
    accounts_missing: tuple[str, ...] = ()
    letters: int = 0
    letter_faults: tuple[str, ...] = ()
    rule_set_in_force: bool = True


def round_has_dates(_round: Any, facts: RoundFacts) -> Sequence[Obstacle]:
    """§ 14: the office sets the dates in the announcement, so they must stand there."""
    return [
        Obstacle("date_missing", _("Set the date for «%(what)s».") % {"what": what}, "dates")
        for what in facts.missing_dates
    ]


def round_dates_in_order(_round: Any, facts: RoundFacts) -> Sequence[Obstacle]:
    return [Obstacle("dates_order", text, "dates") for text in facts.dates_out_of_order]


def round_rule_set_in_force(_round: Any, facts: RoundFacts) -> Sequence[Obstacle]:
    """A decision rests on the rules in force the day it is made (architecture.md § 2.3)."""
    if facts.rule_set_in_force:
        return ()
    return (
        Obstacle(
            "rule_set_not_in_force",
            _("%(rules)s are not in force on the day of the decision. Choose other rules or another date.")
            % {"rules": facts.rule_set_name},
            "rule_set",
        ),
    )


def round_has_pot(_round: Any, facts: RoundFacts) -> Sequence[Obstacle]:
    """§ 10: the yearly frame is part of the announcement."""
    return () if facts.has_pot else (Obstacle("pot_missing", _("Enter the frame of each scheme first."), "pots"),)


def round_has_recipients(_round: Any, facts: RoundFacts) -> Sequence[Obstacle]:
    if facts.has_recipients:
        return ()
    return (Obstacle("nobody_to_tell", _("No network or owner in this office can be told about the round."), ""),)


def round_work_done(_round: Any, facts: RoundFacts) -> Sequence[Obstacle]:
    if not facts.open_work:
        return ()
    return (
        Obstacle(
            "work_open",
            ngettext("%(count)d task is still open.", "%(count)d tasks are still open.", facts.open_work)
            % {"count": facts.open_work},
        ),
    )


def measure_is_from_before(measure_year: Any, _facts: Any) -> Sequence[Obstacle]:
    """What was promised before the program was granted by a letter outside it; nothing else skips the round."""
    if measure_year.kind == MeasureKind.OPENING:
        return ()
    return (Obstacle("not_from_before", _("Only measures from before the program can be brought in as granted.")),)


def needs_round_open(_report: Any, facts: NeedsFacts) -> Sequence[Obstacle]:
    return () if facts.round_open else (Obstacle("round_closed", _("The round no longer takes needs reports.")),)


def needs_has_measures(_report: Any, facts: NeedsFacts) -> Sequence[Obstacle]:
    if facts.has_measures:
        return ()
    return (Obstacle("no_measures", _("Add at least one measure before you send."), "measures"),)


def needs_measures_complete(_report: Any, facts: NeedsFacts) -> Sequence[Obstacle]:
    """§ 11: assessment of needs, plan for the partnership and the owner's own effort."""
    return [Obstacle("measure_incomplete", f"{fault.title}: {fault.text}", fault.anchor) for fault in facts.faults]


def needs_recipients_allowed(_report: Any, facts: NeedsFacts) -> Sequence[Obstacle]:
    """§ 3 (REG2026) and pkt 3.1 (GUIDE2021) list who can receive."""
    return [
        Obstacle(
            "recipient_not_allowed",
            _("%(name)s can't receive money under these rules. Choose another recipient in the budget.")
            % {"name": name},
            "measures",
        )
        for name in facts.refused_recipients
    ]


def needs_recipients_stand(_report: Any, facts: NeedsFacts) -> Sequence[Obstacle]:
    """Who has ended can't be paid; each sentence names who came after."""
    return [Obstacle("recipient_ended", text, "measures") for text in facts.ended_recipients]


def needs_priorities_unique(_report: Any, facts: NeedsFacts) -> Sequence[Obstacle]:
    if facts.priorities_unique:
        return ()
    return (
        Obstacle("same_priority", _("Two measures have the same place in the order. Give each its own."), "measures"),
    )


def needs_all_assessed(_report: Any, facts: NeedsFacts) -> Sequence[Obstacle]:
    """Each measure is held against each criterion (§ 4; pkt 3.3) before the report counts as assessed."""
    return [
        Obstacle("not_assessed", _("Assess every criterion for «%(title)s».") % {"title": title}, "criteria")
        for title in facts.unassessed
    ]


def proposal_reports_assessed(_proposal: Any, facts: ProposalFacts) -> Sequence[Obstacle]:
    if not facts.unassessed_reports:
        return ()
    return (
        Obstacle(
            "reports_unassessed",
            ngettext(
                "%(count)d needs report is sent but not assessed yet.",
                "%(count)d needs reports are sent but not assessed yet.",
                facts.unassessed_reports,
            )
            % {"count": facts.unassessed_reports},
        ),
    )


def proposal_has_lines(_proposal: Any, facts: ProposalFacts) -> Sequence[Obstacle]:
    return () if facts.has_lines else (Obstacle("no_lines", _("Make a proposal with at least one sum first.")),)


def proposal_within_pots(_proposal: Any, facts: ProposalFacts) -> Sequence[Obstacle]:
    """What isn't there can't be given."""
    return [
        Obstacle(
            "overspent",
            _("«%(pot)s» is overspent by %(amount)s kroner. Lower one or more sums.") % {"pot": pot, "amount": amount},
            "lines",
        )
        for pot, amount in facts.overspent
    ]


def proposal_forums_seated(_proposal: Any, facts: ProposalFacts) -> Sequence[Obstacle]:
    if not facts.has_forum:
        return (Obstacle("no_forum", _("The office has no forum that takes part in this round.")),)
    return [
        Obstacle("forum_empty", _("%(forum)s has no members with a vote.") % {"forum": name})
        for name in facts.forums_without_seats
    ]


def proposal_reports_placed(_proposal: Any, facts: ProposalFacts) -> Sequence[Obstacle]:
    """Where each forum concludes on its own lines, each needs report must lie before one of them."""
    return [
        Obstacle(
            "report_without_forum", _("Choose which forum the needs report %(report)s belongs to.") % {"report": name}
        )
        for name in facts.reports_without_forum
    ]


def recommendation_not_concluded_twice(_rec: Any, facts: RecommendationFacts) -> Sequence[Obstacle]:
    if not facts.forum_concluded:
        return ()
    return (Obstacle("already_concluded", _("This forum has already concluded.")),)


def recommendation_all_concluded(_rec: Any, facts: RecommendationFacts) -> Sequence[Obstacle]:
    if facts.all_forums_concluded:
        return ()
    return (Obstacle("forums_waiting", _("Not all forums have concluded yet.")),)


def recommendation_has_refused(_rec: Any, facts: RecommendationFacts) -> Sequence[Obstacle]:
    """Pkt 7.4: the office refuses the whole or parts of the recommendation, and says which."""
    if facts.refused_lines:
        return ()
    return (
        Obstacle(
            "nothing_refused", _("Mark at least one line as refused, with the criterion and the reason."), "lines"
        ),
    )


def decision_follows_forum(_decision: Any, facts: DecisionFacts) -> Sequence[Obstacle]:
    """Pkt 7.3; § 12: the forum is heard before the office decides."""
    if facts.recommendations_done:
        return ()
    return (Obstacle("forum_not_done", _("The forum has not concluded yet.")),)


def decision_rules_in_force(_decision: Any, facts: DecisionFacts) -> Sequence[Obstacle]:
    if facts.rule_set_in_force:
        return ()
    return (Obstacle("rule_set_not_in_force", _("The rules of this round are not in force today.")),)


def decision_reasons_given(_decision: Any, facts: DecisionFacts) -> Sequence[Obstacle]:
    """Fvl. §§ 24–25: what is refused is refused with a reason."""
    if not facts.lines_without_reason:
        return ()
    return (
        Obstacle(
            "reason_missing",
            ngettext(
                "%(count)d line gets less than was sought. Write why.",
                "%(count)d lines get less than was sought. Write why.",
                facts.lines_without_reason,
            )
            % {"count": facts.lines_without_reason},
            "lines",
        ),
    )


def decision_adds_up(_decision: Any, facts: DecisionFacts) -> Sequence[Obstacle]:
    if not facts.differs_by:
        return ()
    return (
        Obstacle(
            "sum_differs",
            _("The lines are %(amount)s kroner more than the pots hold.") % {"amount": facts.differs_by},
            "lines",
        ),
    )


def decision_other_approver(_decision: Any, facts: DecisionFacts) -> Sequence[Obstacle]:
    """Segregation of duties (bestemmelser om økonomistyring; domain.md § 2.4)."""
    if facts.actor_id is None or facts.actor_id != facts.preparer_id:
        return ()
    return (
        Obstacle("same_person", _("You prepared this decision. Someone else with the approver role must approve it.")),
    )


def decision_accounts_known(_decision: Any, facts: DecisionFacts) -> Sequence[Obstacle]:
    """§ 13, pkt 7.3 first dash: a letter without an account number can't be issued."""
    return [
        Obstacle(
            "account_missing",
            _("%(name)s has no confirmed account number. Enter it and let someone else confirm it.") % {"name": name},
            "accounts",
        )
        for name in facts.accounts_missing
    ]


def decision_has_letters(_decision: Any, facts: DecisionFacts) -> Sequence[Obstacle]:
    return () if facts.letters else (Obstacle("no_letters", _("There are no letters to send.")),)


def decision_letters_complete(_decision: Any, facts: DecisionFacts) -> Sequence[Obstacle]:
    """A letter that lacks one of the six items, or contradicts itself, may not leave (§ 13; pkt 7.3)."""
    return [Obstacle("letter_incomplete", text, "letters") for text in facts.letter_faults]
