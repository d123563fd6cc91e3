"""The whole life of a grant year, as tables.

Each machine is read by the one performer (core.services.performing), by the screen and by the tests; the picture in
docs/architecture.md is drawn from them. The rule sets differ only in what happens to a recommendation:

* ``GUIDE2021`` (FOR-2021-01-26-230 pkt 7.2–7.4): the forum concludes; the office may refuse parts, whereupon the forum
  changes or upholds.
* ``REG2026`` (FOR-2026-01-12-23 §§ 12–13): the office proposes, the forum gives input, the office decides.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.workflow import Machine, State, Step
from grants import requirements as need

ROUND = Machine(
    name="round",
    initial="draft",
    states=(
        State("draft", _("Being prepared"), shape="going"),
        State("announced", _("Announced"), shape="going"),
        State("decided", _("Decided"), shape="done"),
        State("closed", _("Closed"), shape="off"),
    ),
    final=frozenset({"closed"}),
    steps=(
        Step(
            "announce",
            ("draft",),
            "announced",
            _("Announce the round"),
            "grants.run_round",
            guards=(
                need.round_has_dates,
                need.round_dates_in_order,
                need.round_rule_set_in_force,
                need.round_has_pot,
                need.round_has_recipients,
            ),
        ),
        Step("decide", ("announced",), "decided", _("All letters are sent"), "grants.run_round", primary=False),
        Step(
            "close",
            ("decided",),
            "closed",
            _("Close the round"),
            "grants.run_round",
            guards=(need.round_work_done,),
        ),
    ),
)

NEEDS_REPORT = Machine(
    name="needs_report",
    initial="draft",
    states=(
        State("draft", _("Not sent"), _("Being written"), shape="going"),
        State("sent", _("To be assessed"), _("Sent"), shape="wait"),
        State("returned", _("Returned for changes"), _("Must be corrected"), shape="warn"),
        State("assessed", _("Assessed"), _("Received and assessed"), shape="done"),
    ),
    final=frozenset({"assessed", "draft"}),
    steps=(
        Step(
            "send",
            ("draft", "returned"),
            "sent",
            _("Send the needs report"),
            "grants.send_needs",
            guards=(
                need.needs_round_open,
                need.needs_has_measures,
                need.needs_priorities_unique,
                need.needs_measures_complete,
                need.needs_recipients_allowed,
                need.needs_recipients_stand,
            ),
        ),
        Step(
            "return",
            ("sent",),
            "returned",
            _("Send back for changes"),
            "grants.assess_needs",
            needs_comment=True,
            primary=False,
        ),
        Step(
            "assess",
            ("sent",),
            "assessed",
            _("Mark as assessed"),
            "grants.assess_needs",
            guards=(need.needs_all_assessed,),
        ),
    ),
)

MEASURE = Machine(
    name="measure",
    initial="draft",
    states=(
        State("draft", _("Being written"), shape="going"),
        State("reported", _("Sent"), shape="wait"),
        State("assessed", _("Assessed"), shape="ready"),
        State("granted", _("Granted"), shape="done"),
        State("partly", _("Partly granted"), shape="done"),
        State("refused", _("Refused"), shape="stop"),
    ),
    final=frozenset({"granted", "partly", "refused", "draft"}),
    steps=(
        Step(
            "bring_in",
            ("draft",),
            "granted",
            _("Promised before the program"),
            "grants.run_round",
            guards=(need.measure_is_from_before,),
            primary=False,
        ),
        Step("report", ("draft",), "reported", _("Send with the report"), "grants.send_needs"),
        Step("reopen", ("reported",), "draft", _("Open for changes"), "grants.assess_needs", primary=False),
        Step("assess", ("reported",), "assessed", _("Assessed"), "grants.assess_needs"),
        Step("grant", ("assessed",), "granted", _("Granted"), "grants.decide_measure"),
        Step("grant_part", ("assessed",), "partly", _("Partly granted"), "grants.decide_measure"),
        Step("refuse", ("assessed",), "refused", _("Refused"), "grants.decide_measure"),
    ),
)

PROPOSAL = Machine(
    name="proposal",
    initial="working",
    states=(
        State("working", _("Being worked on"), shape="going"),
        State("put_forward", _("Before the forum"), shape="wait"),
        State("superseded", _("Replaced by a newer version"), shape="off"),
    ),
    final=frozenset({"put_forward", "superseded"}),
    steps=(
        Step("supersede", ("working",), "superseded", _("Replace"), "grants.propose", primary=False),
        Step(
            "put_forward",
            ("working",),
            "put_forward",
            _("Send to the forum"),
            "grants.propose",
            guards=(
                need.proposal_reports_assessed,
                need.proposal_has_lines,
                need.proposal_within_pots,
                need.proposal_forums_seated,
                need.proposal_reports_placed,
            ),
        ),
    ),
)

_RECOMMENDATION_STATES = (
    State("with_forum", _("Before the forum"), shape="wait"),
    State("concluded", _("Concluded by the forum"), shape="ready"),
    State("part_refused", _("Refused in part by the office"), _("Back with the forum"), shape="warn"),
    State("changed", _("Changed by the forum"), shape="ready"),
    State("upheld", _("Upheld by the forum"), shape="ready"),
    State("decided", _("Decided by the office"), shape="done"),
)
_CONCLUDE = Step(
    "conclude",
    ("with_forum",),
    "concluded",
    _("Conclude"),
    "grants.conclude",
    guards=(need.recommendation_all_concluded,),
)

RECOMMENDATION_GUIDE2021 = Machine(
    name="recommendation",
    initial="with_forum",
    states=_RECOMMENDATION_STATES,
    final=frozenset({"decided"}),
    steps=(
        _CONCLUDE,
        Step(
            "refuse_part",
            ("concluded",),
            "part_refused",
            _("Refuse parts of the recommendation"),
            "grants.propose",
            guards=(need.recommendation_has_refused,),
            primary=False,
        ),
        Step("change", ("part_refused",), "changed", _("Change the recommendation"), "grants.conclude"),
        Step("uphold", ("part_refused",), "upheld", _("Uphold the recommendation"), "grants.conclude", primary=False),
        Step(
            "decide",
            ("concluded", "changed", "upheld"),
            "decided",
            _("Decided"),
            "grants.approve_decision",
            primary=False,
        ),
    ),
)
RECOMMENDATION_REG2026 = Machine(
    name="recommendation",
    initial="with_forum",
    states=tuple(s for s in _RECOMMENDATION_STATES if s.code in {"with_forum", "concluded", "decided"}),
    final=frozenset({"decided"}),
    steps=(
        Step(
            "conclude",
            ("with_forum",),
            "concluded",
            _("Conclude the input"),
            "grants.conclude",
            guards=(need.recommendation_all_concluded,),
        ),
        Step("decide", ("concluded",), "decided", _("Decided"), "grants.approve_decision", primary=False),
    ),
)
RECOMMENDATION = RECOMMENDATION_GUIDE2021
"""The widest table: the states a row may hold. Use :func:`recommendation_machine` to change one."""

_RECOMMENDATION_BY_FLOW = {"GUIDE2021": RECOMMENDATION_GUIDE2021, "REG2026": RECOMMENDATION_REG2026}


def recommendation_machine(flow: str) -> Machine:
    """The recommendation's table under a rule set's flow. KeyError for a flow no rule set has."""
    return _RECOMMENDATION_BY_FLOW[flow]


DECISION = Machine(
    name="decision",
    initial="draft",
    states=(
        State("draft", _("Being prepared"), shape="going"),
        State("prepared", _("Waits for approval"), shape="wait"),
        State("approved", _("Approved"), shape="ready"),
        State("dispatched", _("Letters sent"), shape="done"),
    ),
    final=frozenset({"dispatched"}),
    steps=(
        Step(
            "submit",
            ("draft",),
            "prepared",
            _("Send for approval"),
            "grants.prepare_decision",
            guards=(
                need.decision_follows_forum,
                need.decision_rules_in_force,
                need.decision_reasons_given,
                need.decision_adds_up,
            ),
        ),
        Step(
            "send_back",
            ("prepared",),
            "draft",
            _("Send back to the case officer"),
            "grants.approve_decision",
            needs_comment=True,
            primary=False,
        ),
        Step(
            "approve",
            ("prepared",),
            "approved",
            _("Approve the decision"),
            "grants.approve_decision",
            guards=(
                need.decision_other_approver,
                need.decision_rules_in_force,
                need.decision_reasons_given,
                need.decision_adds_up,
            ),
        ),
        Step(
            "dispatch",
            ("approved",),
            "dispatched",
            _("Send the letters"),
            "grants.dispatch_letters",
            guards=(need.decision_accounts_known, need.decision_letters_complete, need.decision_has_letters),
        ),
    ),
)

LETTER = Machine(
    name="letter",
    initial="ready",
    states=(
        State("ready", _("Ready"), shape="ready"),
        State("available", _("Made available"), shape="wait"),
        State("noticed", _("Recipient is told"), shape="wait"),
        State("opened", _("Opened"), shape="done"),
    ),
    final=frozenset({"noticed", "opened"}),
    steps=(
        Step("make", ("ready",), "available", _("Make the letter"), "grants.carry_letters"),
        Step("notice", ("available",), "noticed", _("Tell the recipient"), "grants.carry_letters"),
        Step("open", ("available", "noticed"), "opened", _("Open the letter"), "grants.read_letter"),
    ),
)

MACHINES: tuple[Machine, ...] = (
    ROUND,
    NEEDS_REPORT,
    MEASURE,
    PROPOSAL,
    RECOMMENDATION_GUIDE2021,
    RECOMMENDATION_REG2026,
    DECISION,
    LETTER,
)
