"""What the assessment page shows: each measure in words beside the criteria it is held against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.actor import Actor
from core.paging import Leaf, leaf_of
from core.selectors.steps import StepView, steps_for
from grants.models import Assessment, NeedsReport
from grants.rulesets import Level
from grants.selectors.measure_texts import MeasureText, text_of
from grants.selectors.needs import assessment_facts, covered_names, measures_of, read_by
from grants.selectors.needs_pages import MEASURES, Head, head_of
from grants.selectors.rounds import rule_set_of
from grants.workflow import NEEDS_REPORT


@dataclass(frozen=True, slots=True)
class AssessPage:
    """A report on the case officer's desk."""

    head: Head
    measures: Leaf[MeasureText]
    covered: tuple[str, ...]
    finish: StepView | None
    give_back: StepView | None
    read_by: date | None
    done: int
    total: int
    sought: int

    @property
    def is_open(self) -> bool:
        return self.finish is not None


def assess_page(report: NeedsReport, actor: Actor, *, number: int = 1) -> AssessPage:
    """The report with what is judged so far, some measures at a time."""
    rule_set = rule_set_of(report.round)
    rows = measures_of(report)
    judged: dict[int, list[Assessment]] = {one.pk: [] for one in rows}
    for row in Assessment.objects.filter(measure_year__report=report).select_related("by_user"):
        judged[row.measure_year_id].append(row)
    texts = tuple(text_of(one, rule_set, judged[one.pk]) for one in rows)
    steps = {one.name: one for one in steps_for(NEEDS_REPORT, report, actor, assessment_facts(report))}
    wanted = [one for text in texts for one in text.criteria if one.criterion.level != Level.TIP]
    return AssessPage(
        head=head_of(report, actor),
        measures=leaf_of(texts, number, size=MEASURES),
        covered=tuple(covered_names(report)),
        finish=steps.get("assess"),
        give_back=steps.get("return"),
        read_by=read_by(report),
        done=sum(one.assessment is not None for one in wanted),
        total=len(wanted),
        sought=sum(text.sought for text in texts),
    )
