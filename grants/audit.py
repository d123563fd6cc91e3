"""Sentences of the log about the grant year."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from core import audit
from core.dates import format_date, interface_form
from core.money import format_number
from forums.enums import ForumOutcome
from grants import rulesets
from grants.enums import CriterionResult, DeadlineKind


def _kroner(amount: int | str) -> str:
    """A sum as a person reads it: «500 000»."""
    return amount if isinstance(amount, str) else format_number(amount)


def _day(day: str) -> str:
    return format_date(date.fromisoformat(day), interface_form())


def _changed(what: list[str] | str) -> str:
    """What was done with a round, in words; ``what`` as the services of :mod:`grants.services.rounds` write it."""
    if isinstance(what, str):
        return str(PARTICIPATION.get(what, what))
    return ", ".join(str(ROUND_PARTS[code] if code in ROUND_PARTS else DeadlineKind(code).label) for code in what)


def _scheme(code: str) -> str:
    """«REG2026:kollektiv» by its name in the law."""
    rule_set, _colon, scheme = code.partition(":")
    try:
        return rulesets.get(rule_set).scheme(scheme).name.in_form(interface_form())
    except LookupError as error:
        raise ValueError(code) from error


PARTICIPATION = {"opted_out": _("has opted out"), "takes_part": _("takes part")}
ROUND_PARTS = {
    "conditions": _("conditions"),
    "rule_set": _("rules"),
    "profile": _("the office's own choices"),
    "first_year": _("which year the first round is for"),
}

audit.register(
    {
        "setup_file.brought_in": _("brought in the set-up of %(name)s"),
        "office_profile.saved": _("changed the office's own choices for %(year)s"),
        "round.opened": _("opened the round %(year)s"),
        "round.edited": _("changed the round: %(what)s"),
        "round.announce": _("announced the round"),
        "round.decide": _("closed the decisions of the round"),
        "round.close": _("closed the round"),
        "round.participation": _("%(name)s: %(what)s"),
        "pot.changed": _("changed the frame of «%(scheme)s» by %(amount)s kroner: %(reason)s"),
        "needs_report.created": _("the program made the needs report ready for %(name)s"),
        "needs_report.saved": _("saved «%(section)s»"),
        "needs_report.send": _("sent the needs report, reference %(reference)s"),
        "needs_report.return": _("sent the needs report back: %(comment)s"),
        "needs_report.assess": _("marked the needs report as assessed"),
        "measure.changed_from_before": _("changed the measure «%(title)s» from before the program"),
        "measure.taken_out": _("took out the measure «%(title)s» from before the program"),
        "measure.bring_in": _("brought in the measure «%(title)s», promised before the program"),
        "needs_report.measure_removed": _("took the measure «%(title)s» out"),
        "needs_report.ordered": _("changed the order of the measures"),
        "measure.added": _("added the measure «%(title)s»"),
        "measure.continued": _("took the measure «%(title)s» on from last year"),
        "measure.saved": _("saved «%(title)s»"),
        "measure.report": _("sent the measure «%(title)s»"),
        "measure.reopen": _("opened the measure «%(title)s» for changes"),
        "measure.assess": _("the measure «%(title)s» is assessed"),
        "measure.assessed_criterion": _("assessed «%(criterion)s» as %(result)s"),
        "measure.grant": _("«%(title)s» was granted %(amount)s kroner"),
        "measure.grant_part": _("«%(title)s» was partly granted, %(amount)s kroner"),
        "measure.refuse": _("«%(title)s» was refused"),
        "proposal.made": _("made version %(number)s of the proposal"),
        "proposal.supersede": _("replaced version %(number)s of the proposal"),
        "proposal.put_forward": _("sent the proposal to the forum"),
        "recommendation.put_forward": _("put the recommendation before %(forums)s"),
        "recommendation.answered": _("answered for a seat in %(forum)s"),
        "recommendation.forum_concluded": _("%(forum)s concluded: %(outcome)s"),
        "recommendation.conclude": _("all forums have concluded"),
        "recommendation.refuse_part": _("refused parts of the recommendation: %(comment)s"),
        "recommendation.change": _("the forum changed the recommendation"),
        "recommendation.uphold": _("the forum upheld the recommendation"),
        "recommendation.decide": _("the recommendation is decided on"),
        "decision.prepared": _("began decision %(number)s"),
        "decision.line_changed": _("changed a sum from %(from_amount)s to %(to_amount)s kroner: %(reason)s"),
        "decision.submit": _("sent the decision for approval"),
        "decision.send_back": _("sent the decision back: %(comment)s"),
        "decision.approve": _("approved the decision, %(total)s kroner in all"),
        "decision.dispatch": _("sent %(letters)s letters"),
        "commitment.promised": _("promised %(amount)s kroner for %(year)s"),
        "commitment.opening": _("registered a promise from before: %(amount)s kroner for %(year)s"),
        "commitment.withdrawn": _("withdrew a promise from before: %(amount)s kroner for %(year)s"),
        "ledger.awarded": _("registered what was granted before: %(amount)s kroner for %(year)s"),
        "ledger.carried": _("registered unspent money: %(amount)s kroner from %(year)s"),
        "ledger.reversed": _("took back a wrong sum: %(amount)s kroner from %(year)s"),
        "letter.make": _("made the letter to %(recipient)s"),
        "letter.notice": _("told %(recipient)s that the letter is there"),
        "letter.open": _("opened the letter to %(recipient)s"),
        "letter.downloaded": _("downloaded the letter to %(recipient)s"),
        "letter.second_notice": _("told %(recipient)s a second time that the letter is there"),
        "letter.last_day_moved": _("the mail to %(recipient)s left later: the last day to complain is %(day)s"),
    },
    words={
        "amount": _kroner,
        "from_amount": _kroner,
        "to_amount": _kroner,
        "total": _kroner,
        "day": _day,
        "what": _changed,
        "scheme": _scheme,
        "outcome": lambda outcome: ForumOutcome(outcome).label,
        "result": lambda result: CriterionResult(result).label,
    },
)
