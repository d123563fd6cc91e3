"""Takes a measure that runs over several years on from last year, with its texts, parties and promises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.actor import Actor
from core.requirements import Obstacle, StepRefused
from core.services.performing import lock
from grants.enums import MeasureKind, PartyKind
from grants.models import (
    BudgetLine,
    Commitment,
    CriterionAnswer,
    Evidence,
    Measure,
    MeasureYear,
    NeedsReport,
)
from grants.rulesets import RuleSet
from grants.selectors.measure_choices import last_year_of, own_providers
from grants.selectors.rounds import rule_set_of
from grants.services.measures import (
    BudgetInput,
    budget_rows,
    first_scheme,
    next_place,
    open_for_writing,
    own_amount_of,
    record_saved,
    write_parties,
)

COPIED = (
    "need", "need_how", "goal", "work_plan", "own_effort", "own_amount", "units_planned", "participants_planned",
)  # fmt: skip
"""What goes on word for word; the writer changes what is different."""


@transaction.atomic
def continue_measure(*, report: NeedsReport, measure: Measure, by: Actor) -> MeasureYear:
    """Take a measure on into this round: last year's text, the next year of it, and what was promised as its budget.

    Raises StepRefused for another network's measure, one that is here already, or one whose years are over.
    """
    report = open_for_writing(report, by)
    measure = lock(measure)  # what was brought in from before may be changed until this moment
    _may_continue(report, measure)
    rule_set = rule_set_of(report.round)
    year = report.round.year
    last = last_year_of(measure, year)
    promised = list(Commitment.objects.filter(measure=measure, withdrawn_at__isnull=True).order_by("budget_year", "pk"))
    last_promised = max((one.budget_year for one in promised), default=year)
    year_no = last.year_no + 1 if last else year - measure.first_year + 1
    year_count = last.year_count if last else last_promised - measure.first_year + 1
    if year_no > year_count:
        raise StepRefused(
            [
                Obstacle(
                    "measure_over",
                    _("«%(title)s» was in its last year. Write a new measure if you want to go on.")
                    % {"title": measure.title},
                )
            ]
        )
    now = [one for one in promised if one.budget_year >= year]
    scheme = _scheme_of(last, now, report, rule_set)
    sector = last.sector if last else now[0].sector if now else scheme.sectors[0]
    row = MeasureYear.objects.create(
        measure=measure,
        round=report.round,
        report=report,
        kind=MeasureKind.CONTINUED,
        form=last.form if last and last.form in scheme.forms else scheme.forms[0],
        title=last.title if last else measure.title,
        scheme=scheme.code,
        sector=sector if sector in scheme.sectors else scheme.sectors[0],
        year_no=year_no,
        year_count=year_count,
        priority=next_place(report),
        **({name: getattr(last, name) for name in COPIED} if last else {}),
    )
    if last:
        row.plan_items.set(last.plan_items.all())
    _copy_parts(row, last, report, rule_set)
    made = BudgetLine.objects.bulk_create(budget_rows(row, _promised_lines(now)))
    row.own_amount = own_amount_of(row, made, row.own_amount)
    row.save(update_fields=["own_amount"])
    record_saved(row, by, code="measure.continued")
    return row


def _promised_lines(promises: Sequence[Commitment]) -> list[BudgetInput]:
    """What was promised as lines of a budget: two of different schemes are one where the schemes have become one."""
    sums: dict[tuple[int, str, int, int | None], int] = {}
    for one in promises:
        key = (one.budget_year, one.kind, one.payee_id, one.beneficiary_id)
        sums[key] = sums.get(key, 0) + one.amount
    return [
        BudgetInput(budget_year=year, kind=kind, payee_id=payee, beneficiary_id=beneficiary, amount=amount)
        for (year, kind, payee, beneficiary), amount in sums.items()
    ]


def _may_continue(report: NeedsReport, measure: Measure) -> None:
    same = (
        measure.network_id == report.network_id
        if report.network_id
        else measure.network_id is None and measure.lead_id == report.lead_id
    )
    if not same or measure.office_id != report.round.office_id:
        raise StepRefused([Obstacle("other_measure", _("This measure belongs to someone else."))])
    if measure.years.filter(round=report.round).exists():
        raise StepRefused([Obstacle("here_already", _("This measure is in the report already."))])


def _copy_parts(row: MeasureYear, last: MeasureYear | None, report: NeedsReport, rule_set: RuleSet) -> None:
    if last is None:
        parties = [(report.lead_id, PartyKind.OWNER, True)]
        parties += [(pk, PartyKind.PROVIDER, True) for pk in own_providers(report)]
        write_parties(row, parties)
        return
    write_parties(row, [(one.organisation_id, one.kind, one.confirms) for one in last.parties.all()])
    known = {one.code for one in rule_set.criteria_for(row.scheme)}
    CriterionAnswer.objects.bulk_create(
        CriterionAnswer(measure_year=row, criterion=one.criterion, answer=one.answer)
        for one in last.criterion_answers.all()
        if one.criterion in known
    )
    Evidence.objects.bulk_create(
        Evidence(measure_year=row, date=one.date, who=one.who, what_changed=one.what_changed)
        for one in last.evidence.all()
    )


def _scheme_of(last: MeasureYear | None, promised: Sequence[Commitment], report: NeedsReport, rule_set: RuleSet) -> Any:
    """The scheme it had, if this year's rules still have it (in 2026 three schemes became one)."""
    code = last.scheme if last else promised[0].scheme if promised else ""
    found = next((one for one in rule_set.schemes if one.code == code), None)
    return found or first_scheme(report, rule_set)
