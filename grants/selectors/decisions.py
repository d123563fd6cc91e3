"""What a decision starts from, what it comes to, and what stands in its way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import translation
from django.utils.translation import gettext as _

from core import clock
from core.actor import Actor
from core.enums import WrittenForm
from core.models import Event
from core.models.subjects import subject_key
from grants.enums import CriterionResult, LineOutcome, RefusalGround
from grants.models import (
    Assessment,
    Decision,
    DecisionLine,
    MeasureYear,
    NeedsReport,
    Recommendation,
    RecommendationLine,
    Round,
)
from grants.requirements import DecisionFacts
from grants.rulesets import ForumRole, RuleSet
from grants.selectors import proposals
from grants.selectors.proposals import Frame, key_of
from grants.selectors.recommendations import FORUM_IS_DONE, final_lines
from grants.selectors.rounds import rule_set_of
from grants.selectors.written_forms import form_for
from networks.models import Organisation

FRAME_EXCEEDED = {
    LineOutcome.REFUSED: {
        "nb": "Det er meldt behov for mer enn rammen vi har fått. Tiltak som er prioritert høyere, får pengene først, "
        "og det var ikke nok igjen til dette tiltaket.",
        "nn": "Det er meldt behov for meir enn ramma vi har fått. Tiltak som er prioriterte høgare, får pengane først, "
        "og det var ikkje nok att til dette tiltaket.",
    },
    LineOutcome.PARTLY: {
        "nb": "Det er meldt behov for mer enn rammen vi har fått. Tiltak som er prioritert høyere, får pengene først, "
        "og dette tiltaket får det som var igjen.",
        "nn": "Det er meldt behov for meir enn ramma vi har fått. Tiltak som er prioriterte høgare, får pengane først, "
        "og dette tiltaket får det som var att.",
    },
}
"""The ready reason, printed in the letter. True only where more was sought than the pot holds (:func:`is_standard`)."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A line as the preparing step writes it. ``sought`` and ``amount`` in whole kroner."""

    measure_year: MeasureYear
    key: dict[str, Any]
    sought: int
    amount: int
    source: RecommendationLine | None = None
    ground: str = ""
    criterion: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PotSum:
    """What the decision takes of a pot; all in whole kroner. ``rest`` is negative when more is given than it holds."""

    frame: Frame
    sought: int
    recommended: int
    decided: int

    @property
    def rest(self) -> int:
        return self.frame.amount - self.decided


class Weighed(NamedTuple):
    """A line without the words of its measure and payee: all that sums and guards ask of it. Read for every line of a
    decision, so it is little. Sums in whole kroner; ``recommended`` is what the forum said, 0 where it said nothing."""

    pk: int
    report_id: int | None
    forum_id: int | None
    """The forum and the network of the needs report."""
    network_id: int | None
    scheme: str
    sought: int
    amount: int
    recommended: int
    outcome: str
    ground: str
    reason: str

    @property
    def unreasoned(self) -> bool:
        """Less than was sought, and nothing says why."""
        return self.outcome != LineOutcome.GRANTED and not (self.reason.strip() and self.ground)


def outcome_of(amount: int, sought: int) -> LineOutcome:
    """Granted when all is given; refused when nothing is."""
    if amount >= sought:
        return LineOutcome.GRANTED
    return LineOutcome.PARTLY if amount else LineOutcome.REFUSED


def current_decision(round_: Round) -> Decision | None:
    """The round's newest decision. One query."""
    return (
        Decision.objects.filter(round=round_)
        .select_related(
            "prepared_by",
            "approved_by",
            "snapshot",
            "round__office__anchor",
            "round__rule_set",
            "round__case",
            "round__profile",
        )
        .order_by("-number")
        .first()
    )


def lines_of(decision: Decision, *, where: Q | None = None) -> list[DecisionLine]:
    """The lines with all that pages and letters show, report by report in priority order. One query.
    ``where``: some of them only."""
    rows = decision.lines.filter(live=True)
    lines = list(
        (rows if where is None else rows.filter(where))
        .order_by()
        .select_related(
            "payee__anchor",
            "beneficiary__anchor",
            "source_line",
            "measure_year__report__network__anchor",
            "measure_year__report__lead__anchor",
            "measure_year__report__receipt",
            "measure_year__measure",
        )
    )
    return sorted(
        lines, key=lambda line: (line.measure_year.report_id or 0, proposals.order_of(line.measure_year), line.pk)
    )


def weighed_lines(decision: Decision) -> list[Weighed]:
    """The lines in the order of :func:`lines_of`. One query."""
    rows = decision.lines.filter(live=True).order_by(
        F("measure_year__report_id").asc(nulls_first=True), "measure_year__priority", "measure_year_id", "pk"
    )
    found = rows.values_list(
        "pk", "measure_year__report_id", "measure_year__report__forum_id", "measure_year__report__network_id", "scheme",
        "sought", "amount", Coalesce("source_line__amount", 0), "outcome", "ground", "reason",
    )  # fmt: skip
    return [Weighed(*row) for row in found]


def weigh(line: DecisionLine) -> Weighed:
    """The same of a line that was read with its words."""
    report = line.measure_year.report
    return Weighed(
        pk=line.pk,
        report_id=report.pk if report else None,
        forum_id=report.forum_id if report else None,
        network_id=report.network_id if report else None,
        scheme=line.scheme,
        sought=line.sought,
        amount=line.amount,
        recommended=line.source_line.amount if line.source_line else 0,
        outcome=line.outcome,
        ground=line.ground,
        reason=line.reason,
    )


def recommendations_done(round_: Round) -> bool:
    """The forum has been heard on everything that was put before it, and something was (pkt 7.3; § 12)."""
    states = set(Recommendation.objects.filter(round=round_).values_list("state", flat=True))
    return bool(states) and states <= set(FORUM_IS_DONE)


def drafts(round_: Round) -> list[Draft]:
    """Exactly one line for each sum sought by an assessed measure: the forum's last word, or nothing."""
    measures = {row.pk: row for row in proposals.wanted_measures(round_)}
    sought = {(line.measure_year_id, key_of(line)): line for line in proposals.wanted_lines(round_, measures.values())}
    recommended = {(line.measure_year_id, key_of(line)): line for line in final_lines(round_)}
    found: list[Draft] = []
    for place in list(dict.fromkeys([*recommended, *sought])):
        line, budget = recommended.get(place), sought.get(place)
        row = measures.get(place[0]) or (line.measure_year if line else None)
        if row is None:
            continue
        wanted = budget.amount if budget else line.proposal_line.sought if line else 0
        either = budget or line
        if either is not None and (wanted or (line and line.amount)):
            found.append(Draft(row, either.money_key(), wanted, line.amount if line else 0, line))
    return _reasoned(round_, found)


def _reasoned(round_: Round, found: list[Draft]) -> list[Draft]:
    """The drafts with the reasons that are known already, in the lead's written form."""
    rules = rule_set_of(round_)
    exceeded = exceeded_pots(round_, found)
    frames = proposals.frames(round_)
    purse = proposals.Purse(round_, frames)
    forms = lead_forms(round_, (draft.measure_year.report for draft in found))
    faults = _unmet(found) if rules.procedure.forum_role == ForumRole.GIVES_INPUT else {}
    done = []
    for draft in found:
        if draft.amount >= draft.sought:
            done.append(draft)
            continue
        form = forms.get(draft.measure_year.report_id, round_.office.default_form)
        own = _own_reason(draft.source)
        pot = purse.pot_of(draft.key["scheme"], draft.measure_year.report)
        ground, criterion, reason = str(RefusalGround.PRIORITY), "", own
        if not draft.amount and (fault := faults.get(draft.measure_year.pk)):
            ground, criterion, reason = str(RefusalGround.CRITERIA), fault.criterion, own or fault.reason
        elif not own and pot in exceeded:
            reason = FRAME_EXCEEDED[outcome_of(draft.amount, draft.sought)][form]
        done.append(
            Draft(draft.measure_year, draft.key, draft.sought, draft.amount, draft.source, ground, criterion, reason)
        )
    return done


def _own_reason(line: RecommendationLine | None) -> str:
    """What the office wrote about this line: when it refused it (pkt 7.4), or in its proposal; never the ready text."""
    if line is None:
        return ""
    if line.refused_reason:
        return line.refused_reason
    reason = line.proposal_line.reason.strip()
    return "" if reason in _ready_reasons() else reason


def _ready_reasons() -> set[str]:
    """The proposal's own ready reason, in both forms: the letters have their own."""
    found = set()
    for form in WrittenForm.values:
        with translation.override(form):
            found.add(_("The frame did not reach all measures. Measures with a higher priority come first."))
    return found


def _unmet(found: Iterable[Draft]) -> dict[int, Assessment]:
    """The first criterion each measure was found not to meet. One query."""
    rows = Assessment.objects.filter(
        measure_year__in={draft.measure_year.pk for draft in found}, result=CriterionResult.NOT_MET
    ).order_by("-id")
    return {row.measure_year_id: row for row in rows}


def lead_forms(round_: Round, reports: Iterable[NeedsReport | None]) -> dict[int | None, str]:
    """The written form of what is written to each report's lead, by the report's id. Two queries."""
    leads = {report.pk: report.lead_id for report in reports if report is not None}
    organisations = {
        row.pk: row for row in Organisation.objects.filter(pk__in=leads.values()).prefetch_related("written_forms")
    }
    today = clock.today()
    return {pk: form_for(organisations[lead], round_.office, today).form for pk, lead in leads.items()}


def exceeded_pots(round_: Round, rows: Iterable[Draft | DecisionLine]) -> set[int]:
    """The pots of which more is sought than they hold."""
    frames = proposals.frames(round_)
    purse = proposals.Purse(round_, frames)
    sought: dict[int | None, int] = defaultdict(int)
    for row in rows:
        scheme = row.key["scheme"] if isinstance(row, Draft) else row.scheme
        sought[purse.pot_of(scheme, row.measure_year.report)] += row.sought
    return {frame.pot.pk for frame in frames if sought[frame.pot.pk] > frame.amount}


def is_standard(reason: str) -> bool:
    """The ready text that the frame was exceeded."""
    return any(reason.strip() == text for texts in FRAME_EXCEEDED.values() for text in texts.values())


def pot_sums(decision: Decision, lines: Iterable[Weighed]) -> list[PotSum]:
    """Each pot with what was sought, recommended and decided of it."""
    frames = proposals.frames(decision.round)
    purse = proposals.Purse(decision.round, frames)
    sums: dict[int | None, list[int]] = defaultdict(lambda: [0, 0, 0])
    for line in lines:
        own = sums[purse.pot_of(line.scheme, line if line.report_id else None)]
        own[0] += line.sought
        own[1] += line.recommended
        own[2] += line.amount
    return [PotSum(frame, *sums[frame.pot.pk]) for frame in frames]


def overspent(lines: Iterable[Weighed], sums: Sequence[PotSum]) -> int:
    """How many kroner the lines take more than the pots hold; lines without a pot count whole."""
    homeless = sum(line.amount for line in lines) - sum(pot.decided for pot in sums)
    return homeless + sum(max(-pot.rest, 0) for pot in sums)


def hands_on(decision: Decision) -> set[int]:
    """The people who have prepared the decision or changed a sum in it: none of them may approve it."""
    rows = Event.objects.filter(
        **subject_key(decision), code__in=["decision.prepared", "decision.line_changed", "decision.submit"]
    ).values_list("by_user_id", flat=True)
    return {decision.prepared_by_id, *(pk for pk in rows if pk is not None)}


def decision_facts(
    decision: Decision, lines: Sequence[Weighed], by: Actor | None, sums: Sequence[PotSum] | None = None
) -> DecisionFacts:
    """What submitting and approving rests on. ``by`` is who would do it; ``sums`` when they are known already."""
    person = by.person.pk if by and by.person else None
    approving = decision.state == "prepared"
    return DecisionFacts(
        recommendations_done=approving or recommendations_done(decision.round),
        lines_without_reason=sum(line.unreasoned for line in lines),
        differs_by=overspent(lines, pot_sums(decision, lines) if sums is None else sums),
        preparer_id=person if approving and person in hands_on(decision) else decision.prepared_by_id,
        actor_id=person,
        rule_set_in_force=rule_set_of(decision.round).in_force(clock.today()),
    )


def may_depart(rules: RuleSet, line: DecisionLine) -> bool:
    """REG2026: the office decides. GUIDE2021: only a line it has refused, and the forum has answered (pkt 7.4)."""
    if rules.procedure.forum_role == ForumRole.GIVES_INPUT:
        return True
    return line.source_line is not None and bool(line.source_line.refused_reason)
