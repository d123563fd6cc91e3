"""What the assessment page shows: each measure in words beside the criteria it is held against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.actor import Actor
from core.paging import Leaf
from core.selectors.steps import StepView, steps_for
from grants.models import Assessment, NeedsReport
from grants.requirements import NeedsFacts
from grants.selectors.measure_texts import MeasureText, text_of
from grants.selectors.needs import judged, read_by, some_measures_of, with_dates
from grants.selectors.needs_pages import MEASURES, Head, head_of
from grants.selectors.rounds import rule_set_of
from grants.workflow import NEEDS_REPORT


@dataclass(frozen=True, slots=True)
class AssessPage:
    """A report on the case officer's desk."""

    head: Head
    measures: Leaf[MeasureText]
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
    with_dates(report)
    leaf = some_measures_of(report, number, size=MEASURES)
    said: dict[int, list[Assessment]] = {one.pk: [] for one in leaf}
    for row in Assessment.objects.filter(measure_year__in=[one.pk for one in leaf]).select_related("by_user"):
        said[row.measure_year_id].append(row)
    marks = judged(report, rule_set)
    facts = NeedsFacts(unassessed=tuple(title for title, missing, _wanted in marks if missing))
    steps = {one.name: one for one in steps_for(NEEDS_REPORT, report, actor, facts)}
    return AssessPage(
        head=head_of(report, actor),
        measures=leaf.with_rows([text_of(one, rule_set, said[one.pk]) for one in leaf]),
        finish=steps.get("assess"),
        give_back=steps.get("return"),
        read_by=read_by(report),
        done=sum(wanted - missing for _title, missing, wanted in marks),
        total=sum(wanted for _title, _missing, wanted in marks),
        sought=next((one.sought_in_all for one in leaf), 0),  # type: ignore[attr-defined]
    )
