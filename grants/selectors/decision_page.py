"""What the page of a decision shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import groupby

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from core import authz
from core.actor import Actor
from core.dates import interface_form
from core.paging import Leaf, leaf_of
from core.selectors.steps import StepView, steps_for
from grants.enums import DeadlineKind, LineKind, LineOutcome
from grants.models import Decision, DecisionLine, NeedsReport, Round
from grants.requirements import DecisionFacts, decision_follows_forum
from grants.rulesets import ForumRole
from grants.selectors import decisions
from grants.selectors.decisions import Weighed
from grants.selectors.rounds import deadline, rule_set_of
from grants.workflow import DECISION

LACKING = 50
"""As many lines without a reason are named."""

SHAPE_OF = {LineOutcome.GRANTED: "done", LineOutcome.PARTLY: "warn", LineOutcome.REFUSED: "stop"}


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A line: who gets what for which measure. Sums are whole kroner."""

    line: DecisionLine
    payee: str
    recommended: int
    shape: str
    outcome: str
    why: str
    unreasoned: bool
    url: str = ""

    @property
    def departs(self) -> bool:
        return self.line.amount != self.recommended


@dataclass(frozen=True, slots=True)
class DecisionGroup:
    """A needs report with those of its lines that are shown here. The sums are of all its lines, whole kroner;
    ``ends``: its last line is among them."""

    name: str
    reference: str
    rows: tuple[DecisionRow, ...]
    sought: int
    recommended: int
    decided: int
    ends: bool


@dataclass
class DecisionPage:
    """Everything the page says. ``decision`` is None before it is begun; ``obstacles`` then say why not."""

    round: Round
    decision: Decision | None = None
    lines: list[Weighed] = field(default_factory=list)
    """Every line, without its words."""
    words: dict[int, DecisionLine] = field(default_factory=dict)
    """The lines the page tells of, by id."""
    pots: list[decisions.PotSum] = field(default_factory=list)
    steps: list[StepView] = field(default_factory=list)
    obstacles: list[str] = field(default_factory=list)
    may_prepare: bool = False
    concludes: bool = False
    decision_day: date | None = None
    form: str = "nb"
    number: int = 1

    @cached_property
    def leaf(self) -> Leaf[Weighed]:
        """Fifty of the lines."""
        return leaf_of(self.lines, self.number)

    @cached_property
    def shown(self) -> list[DecisionGroup]:
        """The fifty lines, report by report."""
        last = {line.report_id: line.pk for line in self.lines}
        return [
            self._group(report_id, list(rows), last[report_id])
            for report_id, rows in groupby(self.leaf, key=lambda line: line.report_id)
        ]

    def _group(self, report_id: int | None, here: list[Weighed], last: int) -> DecisionGroup:
        every = [line for line in self.lines if line.report_id == report_id]
        report = self.words[here[0].pk].measure_year.report
        return DecisionGroup(
            name=_report_name(report),
            reference=report.reference if report else "",
            rows=tuple(_row(self, line) for line in here),
            sought=sum(line.sought for line in every),
            recommended=sum(line.recommended for line in every),
            decided=sum(line.amount for line in every),
            ends=here[-1].pk == last,
        )

    @property
    def state(self) -> str:
        return str(DECISION.state(self.decision.state).label) if self.decision else _("Not begun")

    @property
    def shape(self) -> str:
        return DECISION.state(self.decision.state).shape if self.decision else "none"

    @property
    def sought(self) -> int:
        return sum(line.sought for line in self.lines)

    @property
    def recommended(self) -> int:
        return sum(line.recommended for line in self.lines)

    @property
    def decided(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def departures(self) -> int:
        """On how many lines the office decides something else than the forum said."""
        return sum(line.amount != line.recommended for line in self.lines)

    @cached_property
    def lacking(self) -> list[DecisionRow]:
        """The first lines that lack a reason while the decision is drafted."""
        return [_row(self, line) for line in self.without_reason]

    @property
    def without_reason(self) -> list[Weighed]:
        if self.decision is None or self.decision.state != DECISION.initial:
            return []
        return [line for line in self.lines if line.unreasoned][:LACKING]

    @property
    def refused(self) -> int:
        return sum(line.outcome == LineOutcome.REFUSED for line in self.lines)

    def step(self, name: str) -> StepView | None:
        """The step, when it leaves the decision's state."""
        return next((step for step in self.steps if step.name == name), None)

    @property
    def submit(self) -> StepView | None:
        return self.step("submit")

    @property
    def approve(self) -> StepView | None:
        return self.step("approve")

    @property
    def send_back(self) -> StepView | None:
        return self.step("send_back")


def decision_page(round_: Round, actor: Actor | None, *, number: int = 1) -> DecisionPage:
    """The page for one who works in the office. ``number``: which fifty of the lines are shown."""
    decision = decisions.current_decision(round_)
    rules = rule_set_of(round_)
    page = DecisionPage(
        round_,
        decision,
        may_prepare=authz.allowed(actor, "grants.prepare_decision", round_),
        concludes=rules.procedure.forum_role == ForumRole.CONCLUDES,
        decision_day=deadline(round_, DeadlineKind.DECISION),
        form=interface_form(),
        number=number,
    )
    if decision is None:
        facts = DecisionFacts(recommendations_done=decisions.recommendations_done(round_))
        page.obstacles = [str(obstacle.text) for obstacle in decision_follows_forum(None, facts)]
        return page
    decision.round = round_
    page.lines = decisions.weighed_lines(decision)
    told = {line.pk for line in (*page.leaf, *page.without_reason)}
    page.words = {line.pk: line for line in decisions.lines_of(decision, where=Q(pk__in=told))}
    page.pots = decisions.pot_sums(decision, page.lines)
    if decision.state in {"draft", "prepared"}:
        facts = decisions.decision_facts(decision, page.lines, actor, page.pots)
        page.steps = steps_for(DECISION, decision, actor, facts)
    return page


def _report_name(report: NeedsReport | None) -> str:
    if report is None:
        return _("Joint measures")
    return str(report.network or report.lead)


def _row(page: DecisionPage, weighed: Weighed) -> DecisionRow:
    line = page.words[weighed.pk]
    office = page.round.office
    open_ = page.decision is not None and page.decision.state == DECISION.initial and page.may_prepare
    outcome = LineOutcome(line.outcome)
    return DecisionRow(
        line=line,
        payee=who_and_what(line),
        recommended=weighed.recommended,
        shape=SHAPE_OF[outcome],
        outcome=str(outcome.label),
        why=criterion_title(page.round, line.criterion, page.form),
        unreasoned=weighed.unreasoned,
        url=reverse("grants:decision_line", kwargs={"office": office.slug, "year": page.round.slug, "pk": line.pk})
        if open_
        else "",
    )


def who_and_what(line: DecisionLine) -> str:
    """Who is paid, and what for: an owner may have two sums in one measure, a partner has one."""
    return str(line.payee) if line.kind == LineKind.PROVIDER else f"{line.payee}, {LineKind(line.kind).label}"


def criterion_title(round_: Round, code: str, form: str) -> str:
    """«Partnerskap (§ 4)»; empty without a criterion."""
    rules = rule_set_of(round_)
    found = next((one for one in rules.criteria if one.code == code), None)
    return f"{found.title.in_form(form)} ({rules.citation(found.paragraph, form)})" if found else ""


def line_of(decision: Decision, pk: int) -> DecisionLine | None:
    """One line of the decision, or None."""
    return (
        DecisionLine.objects.filter(decision=decision, pk=pk, live=True)
        .select_related(
            "decision", "payee__anchor", "measure_year__report__lead__anchor", "measure_year__report__network__anchor",
            "source_line",
        )
        .first()
    )  # fmt: skip
