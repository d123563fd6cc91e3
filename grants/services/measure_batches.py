"""Writes many measures of a needs report at once: for data on a nation's scale (``manage.py fill``) and for imports.

The same checks, rows and events as a measure written section by section in :mod:`grants.services.measures`, whose
parts build them; a test holds the tables left by both forms against each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction

from core.actor import Actor
from core.services import drafts
from core.services.events import record_many
from grants.models import BudgetLine, CriterionAnswer, Measure, MeasureParty, MeasureYear, NeedsReport
from grants.selectors.measures import ABOUT, ANSWERS, BUDGET, PARTIES
from grants.selectors.rounds import rule_set_of
from grants.services.measures import (
    BudgetInput,
    MeasureFields,
    PartyInput,
    answer_rows,
    budget_rows,
    check_years,
    each_once,
    first_scheme,
    lay_down,
    lines_to_keep,
    new_measure,
    new_year,
    next_place,
    open_for_writing,
    own_amount_of,
    party_rows,
    saved_words,
)

SECTIONS = (ABOUT, ANSWERS, PARTIES, BUDGET)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureInput:
    """A whole measure as its writers fill it in."""

    fields: MeasureFields
    answers: Mapping[str, str] = field(default_factory=dict)
    parties: Sequence[PartyInput] = ()
    lines: Sequence[BudgetInput] = ()


@transaction.atomic
def write_measures(*, report: NeedsReport, measures: Sequence[MeasureInput], by: Actor) -> list[MeasureYear]:
    """Add the measures last in the order, each with all its sections. Raises as the single services do; then nothing
    is written."""
    report = open_for_writing(report, by)
    scheme = first_scheme(report, rule_set_of(report.round))
    for one in measures:
        check_years(one.fields)
    budgets = [lines_to_keep(one.lines) for one in measures]
    rows = _rows(report, measures, scheme)
    added = [saved_words(row, "") for row in rows]
    for row, one in zip(rows, measures, strict=True):
        lay_down(row, one.fields)
        row.version += len(SECTIONS)
        row.own_amount = own_amount_of(row, (), one.fields.own_amount)
    lines = [budget_rows(row, kept) for row, kept in zip(rows, budgets, strict=True)]
    for row, own in zip(rows, lines, strict=True):
        row.own_amount = own_amount_of(row, own, row.own_amount)
    MeasureYear.objects.bulk_create(rows)
    pairs = list(zip(rows, measures, strict=True))
    CriterionAnswer.objects.bulk_create(made for row, one in pairs for made in answer_rows(row, one.answers))
    MeasureParty.objects.bulk_create(made for row, one in pairs for made in party_rows(row, each_once(one.parties)))
    BudgetLine.objects.bulk_create(made for own in lines for made in own)
    office = report.round.office_id
    record_many(code="measure.added", subjects=rows, by=by, office=office, data=added)
    record_many(
        code="measure.saved",
        subjects=[row for row in rows for _section in SECTIONS],
        by=by,
        office=office,
        data=[saved_words(row, section) for row in rows for section in SECTIONS],
    )
    drafts.save_new_sections(
        [(row, name, {"saved": data}) for row, one in pairs for name, data in _sections(one).items()], by=by
    )
    return rows


def _rows(report: NeedsReport, measures: Sequence[MeasureInput], scheme: Any) -> list[MeasureYear]:
    """The measures, saved, and this year's part of each, not saved yet."""
    made = Measure.objects.bulk_create(new_measure(report, one.fields.title) for one in measures)
    first = next_place(report)
    return [new_year(report, measure, scheme, priority=first + place) for place, measure in enumerate(made)]


def _sections(one: MeasureInput) -> dict[str, Any]:
    return {
        ABOUT: asdict(one.fields),
        ANSWERS: dict(one.answers),
        PARTIES: [list(party) for party in each_once(one.parties)],
        BUDGET: [asdict(line) for line in one.lines],
    }
