"""What the page of a decision shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

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
from grants.selectors.rounds import deadline, rule_set_of
from grants.workflow import DECISION

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
    """A needs report with its lines and their sums."""

    name: str
    reference: str
    rows: tuple[DecisionRow, ...]

    @property
    def sought(self) -> int:
        return sum(row.line.sought for row in self.rows)

    @property
    def recommended(self) -> int:
        return sum(row.recommended for row in self.rows)

    @property
    def decided(self) -> int:
        return sum(row.line.amount for row in self.rows)


@dataclass
class DecisionPage:
    """Everything the page says. ``decision`` is None before it is begun; ``obstacles`` then say why not."""

    round: Round
    decision: Decision | None = None
    groups: list[DecisionGroup] = field(default_factory=list)
    pots: list[decisions.PotSum] = field(default_factory=list)
    steps: list[StepView] = field(default_factory=list)
    obstacles: list[str] = field(default_factory=list)
    may_prepare: bool = False
    concludes: bool = False
    decision_day: date | None = None
    form: str = "nb"
    number: int = 1

    @cached_property
    def leaf(self) -> Leaf[DecisionRow]:
        """Fifty of the rows."""
        return leaf_of(self.rows, self.number)

    @property
    def shown(self) -> list[tuple[DecisionGroup, list[DecisionRow], bool]]:
        """The groups of the rows shown: (group, its rows here, whether it ends here)."""
        here = {row.line.pk for row in self.leaf}
        found = []
        for group in self.groups:
            if rows := [row for row in group.rows if row.line.pk in here]:
                found.append((group, rows, rows[-1] is group.rows[-1]))
        return found

    @property
    def state(self) -> str:
        return str(DECISION.state(self.decision.state).label) if self.decision else _("Not begun")

    @property
    def shape(self) -> str:
        return DECISION.state(self.decision.state).shape if self.decision else "none"

    @cached_property
    def rows(self) -> list[DecisionRow]:
        return [row for group in self.groups for row in group.rows]

    @property
    def sought(self) -> int:
        return sum(group.sought for group in self.groups)

    @property
    def recommended(self) -> int:
        return sum(group.recommended for group in self.groups)

    @property
    def decided(self) -> int:
        return sum(group.decided for group in self.groups)

    @property
    def departures(self) -> list[DecisionRow]:
        """Where the office decides something else than the forum said."""
        return [row for row in self.rows if row.departs]

    @property
    def lacking(self) -> list[DecisionRow]:
        return [row for row in self.rows if row.unreasoned]

    @property
    def refused(self) -> int:
        return sum(row.line.outcome == LineOutcome.REFUSED for row in self.rows)

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
    lines = decisions.lines_of(decision)
    page.pots = decisions.pot_sums(decision, lines)
    page.groups = _groups(page, lines)
    if decision.state in {"draft", "prepared"}:
        facts = decisions.decision_facts(decision, lines, actor, page.pots)
        page.steps = steps_for(DECISION, decision, actor, facts)
    return page


def _groups(page: DecisionPage, lines: Sequence[DecisionLine]) -> list[DecisionGroup]:
    by_report: dict[int | None, list[DecisionLine]] = {}
    for line in lines:
        by_report.setdefault(line.measure_year.report_id, []).append(line)
    return [
        DecisionGroup(
            _report_name(own[0].measure_year.report),
            own[0].measure_year.report.reference if own[0].measure_year.report else "",
            tuple(_row(page, line) for line in own),
        )
        for own in by_report.values()
    ]


def _report_name(report: NeedsReport | None) -> str:
    if report is None:
        return _("Joint measures")
    return str(report.network or report.lead)


def _row(page: DecisionPage, line: DecisionLine) -> DecisionRow:
    office = page.round.office
    open_ = page.decision is not None and page.decision.state == DECISION.initial and page.may_prepare
    outcome = LineOutcome(line.outcome)
    return DecisionRow(
        line=line,
        payee=who_and_what(line),
        recommended=line.source_line.amount if line.source_line else 0,
        shape=SHAPE_OF[outcome],
        outcome=str(outcome.label),
        why=criterion_title(page.round, line.criterion, page.form),
        unreasoned=decisions.unreasoned(line),
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
