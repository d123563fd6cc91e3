"""Writes the measures of a needs report, section by section.

Where what is typed stays: a section that can be read is written straight into the real rows, which nobody but the
writers sees until the report is sent (``grants.see_needs_content``); one that can't be read yet is kept exactly as
typed in core's :class:`~core.models.Section` and shown again, with its errors, to the writers alone. The Section row
stays after a good save too: its version and who saved it guard the section, so that two writers in different sections
of one measure never get in each other's way. «Send» forgets what the Section rows hold, but not their versions: a page
opened before it stays old when the report comes back. ``seen_version`` in this module is therefore the version of the
*section* (0 for one never saved).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from core import authz, clock
from core.actor import Actor
from core.models import Event, Section
from core.requirements import Obstacle, StepRefused
from core.services import drafts
from core.services.events import record
from core.services.performing import check_version, lock
from grants.enums import MeasureForm, MeasureKind, PartyKind
from grants.models import (
    Assessment,
    BudgetLine,
    Commitment,
    CriterionAnswer,
    Measure,
    MeasureParty,
    MeasureYear,
    NeedsReport,
)
from grants.rulesets import RuleSet
from grants.selectors.measure_choices import own_providers
from grants.selectors.measures import (
    ABOUT,
    ANSWERS,
    BUDGET,
    PARTIES,
    own_part,
    title_of,
)
from grants.selectors.needs import EDITABLE
from grants.selectors.rounds import rule_set_of

TEXT_LIMIT = 4000
ADDED = "measure.added"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureFields:
    """The section «about»: what the measure is, why, and how. Texts hold at most 4 000 signs, money whole kroner."""

    title: str
    scheme: str
    sector: str
    kind: str = MeasureKind.NEW
    form: str = MeasureForm.COLLECTIVE
    year_no: int = 1
    year_count: int = 1
    need: str = ""
    need_how: str = ""
    goal: str = ""
    work_plan: str = ""
    own_effort: str = ""
    own_amount: int | None = None
    units_planned: int | None = None
    participants_planned: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetInput:
    """A line of the budget; the payee may be empty until the report is sent."""

    kind: str
    amount: int
    budget_year: int
    payee_id: int | None = None
    beneficiary_id: int | None = None
    description: str = ""


PartyInput = tuple[int, str, bool]
"""(organisation id, kind, whether it confirms)."""


def open_for_writing(report: NeedsReport, by: Actor) -> NeedsReport:
    """The report's row, locked. Raises NotAllowed, or StepRefused when it is sent or its round takes no reports."""
    locked = lock(report)
    authz.require(by, "grants.write_needs", locked)
    if locked.state not in EDITABLE:
        raise StepRefused(
            [
                Obstacle(
                    "report_sent",
                    _("The needs report is sent and can’t be changed. Ask the secretariat to send it back to you."),
                )
            ]
        )
    if locked.round.state != "announced":
        raise StepRefused([Obstacle("round_closed", _("The round no longer takes needs reports."))])
    if locked.started_at is None:
        locked.started_at = clock.now()
        locked.save(update_fields=["started_at"])
    return locked


@transaction.atomic
def save_section(
    *,
    name: str,
    data: Mapping[str, Any],
    by: Actor,
    seen_version: int | None = None,
    report: NeedsReport | None = None,
    measure_year: MeasureYear | None = None,
) -> Section:
    """Keep a section that can't be read yet exactly as typed. Raises StaleVersion, with who saved and when.

    It counts as a saving of the measure, so that nobody takes the measure out without having seen it.
    """
    subject = measure_year or report
    if subject is None:
        raise ValueError("a section belongs to a report or to a measure")
    open_for_writing(_report_of(measure_year) if measure_year else report, by)  # type: ignore[arg-type]
    kept = drafts.save_section(subject=subject, name=name, data={"typed": dict(data)}, by=by, seen_version=seen_version)
    if measure_year is not None:
        _saved(measure_year, by, name)
    return kept


@transaction.atomic
def add_measure(*, report: NeedsReport, by: Actor, title: str = "") -> MeasureYear:
    """A new, empty measure last in the order. What is known is filled in: scheme, sector, the lead as owner, and the
    partners with a contact person in the network.

    One without a title is the same as the last this person added, as long as nobody has written in it: the button was
    pressed twice.
    """
    report = open_for_writing(report, by)
    if not title and (untouched := _untouched(report, by)):
        return untouched
    rule_set = rule_set_of(report.round)
    scheme = first_scheme(report, rule_set)
    measure = new_measure(report, title)
    measure.save(force_insert=True)
    measure_year = new_year(report, measure, scheme, priority=next_place(report))
    measure_year.save(force_insert=True)
    parties = [(report.lead_id, PartyKind.OWNER, True)]
    parties += [(pk, PartyKind.PROVIDER, True) for pk in own_providers(report)]
    write_parties(measure_year, parties)
    record_saved(measure_year, by, code=ADDED)
    return measure_year


def _untouched(report: NeedsReport, by: Actor) -> MeasureYear | None:
    """The empty measure of the report that this person added; whatever is saved in it makes it another version."""
    kind = ContentType.objects.get_for_model(MeasureYear)
    added = Event.objects.filter(code=ADDED, subject_type=kind, **by.columns()).values("subject_id")
    return report.measures.filter(title="", version=1, pk__in=added).order_by("pk").first()


@transaction.atomic
def save_measure(
    *, measure_year: MeasureYear, fields: MeasureFields, by: Actor, seen_version: int | None = None
) -> MeasureYear:
    """Write the section «about». Raises StaleVersion; StepRefused when «year n of m» can't be."""
    open_for_writing(_report_of(measure_year), by)
    check_years(fields)
    _keep(measure_year, ABOUT, asdict(fields), by, seen_version)
    row = lock(measure_year)
    lay_down(row, fields)
    row.version += 1
    row.own_amount = own_amount_of(row, row.budget_lines.all(), fields.own_amount)
    row.save()
    row.budget_lines.exclude(scheme=row.scheme, sector=row.sector).update(scheme=row.scheme, sector=row.sector)
    if row.year_no == 1:
        Measure.objects.filter(pk=row.measure_id).update(title=row.title)
    record_saved(row, by, ABOUT)
    return row


@transaction.atomic
def save_answers(
    *, measure_year: MeasureYear, answers: Mapping[str, str], by: Actor, seen_version: int | None = None
) -> MeasureYear:
    """Write the applicant's own answers by criterion; an empty one is taken away. Raises StaleVersion."""
    open_for_writing(_report_of(measure_year), by)
    _keep(measure_year, ANSWERS, dict(answers), by, seen_version)
    CriterionAnswer.objects.filter(measure_year=measure_year, criterion__in=list(answers)).delete()
    CriterionAnswer.objects.bulk_create(answer_rows(measure_year, answers))
    return _saved(measure_year, by, ANSWERS)


@transaction.atomic
def set_parties(
    *, measure_year: MeasureYear, parties: Sequence[PartyInput], by: Actor, seen_version: int | None = None
) -> MeasureYear:
    """Write who takes part, as (organisation id, kind, confirms). Raises StaleVersion."""
    open_for_writing(_report_of(measure_year), by)
    unique = each_once(parties)
    _keep(measure_year, PARTIES, [list(one) for one in unique], by, seen_version)
    MeasureParty.objects.filter(measure_year=measure_year).delete()
    write_parties(measure_year, unique)
    return _saved(measure_year, by, PARTIES)


@transaction.atomic
def set_budget(
    *, measure_year: MeasureYear, lines: Sequence[BudgetInput], by: Actor, seen_version: int | None = None
) -> MeasureYear:
    """Write the whole budget, whole kroner ≥ 0; lines of nothing are left out. Raises StaleVersion; StepRefused when
    two lines are for the same year, kind, payee and beneficiary, which can't be told apart later."""
    open_for_writing(_report_of(measure_year), by)
    kept = lines_to_keep(lines)
    _keep(measure_year, BUDGET, [asdict(line) for line in lines], by, seen_version)
    row = lock(measure_year)
    BudgetLine.objects.filter(measure_year=row).delete()
    made = BudgetLine.objects.bulk_create(budget_rows(row, kept))
    row.own_amount = own_amount_of(row, made, row.own_amount)
    row.save(update_fields=["own_amount"])
    return _saved(row, by, BUDGET)


@transaction.atomic
def remove_measure(*, measure_year: MeasureYear, by: Actor, seen_version: int | None = None) -> None:
    """Take a measure out of a report that isn't sent. What was sent before stands in the journal as it was.

    ``seen_version`` is the measure's own. Raises StaleVersion when anything in it was saved since.
    """
    report = open_for_writing(_report_of(measure_year), by)
    check_version(lock(measure_year), seen_version)
    title, measure = title_of(measure_year), measure_year.measure
    drafts.drop_sections(subject=measure_year)
    Assessment.objects.filter(measure_year=measure_year).delete()
    MeasureYear.objects.get(pk=measure_year.pk).delete()
    has_more = measure.years.exists() or Commitment.objects.filter(measure=measure).exists()
    if not has_more:
        measure.delete()
    record(
        code="needs_report.measure_removed",
        subject=report,
        by=by,
        office=report.round.office_id,
        data={"title": title},
    )


# --- One measure's rows, checked and built but not saved: shared with grants.services.measure_batches -----------------


def new_measure(report: NeedsReport, title: str) -> Measure:
    return Measure(
        office_id=report.round.office_id,
        lead=report.lead,
        network=report.network,
        first_year=report.round.year,
        title=title.strip()[:200],
    )


def new_year(report: NeedsReport, measure: Measure, scheme: Any, *, priority: int) -> MeasureYear:
    return MeasureYear(
        measure=measure,
        round=report.round,
        report=report,
        title=measure.title,
        scheme=scheme.code,
        sector="both" if "both" in scheme.sectors else scheme.sectors[0],
        form=scheme.forms[0],
        priority=priority,
    )


def check_years(fields: MeasureFields) -> None:
    """Raise StepRefused when «year n of m» can't be."""
    if not 1 <= fields.year_no <= fields.year_count:
        raise StepRefused(
            [Obstacle("year_of", _("The measure’s year can’t be later than its last year. Check both numbers."))]
        )


def lay_down(row: MeasureYear, fields: MeasureFields) -> None:
    """Set the columns of the section «about»."""
    for name, value in asdict(fields).items():
        setattr(row, name, value.strip()[:TEXT_LIMIT] if isinstance(value, str) else value)
    row.title = row.title[:200]


def answer_rows(row: MeasureYear, answers: Mapping[str, str]) -> list[CriterionAnswer]:
    """The answers that say something."""
    return [
        CriterionAnswer(measure_year=row, criterion=criterion, answer=answer.strip()[:TEXT_LIMIT])
        for criterion, answer in answers.items()
        if answer.strip()
    ]


def each_once(parties: Sequence[PartyInput]) -> list[PartyInput]:
    """The last word on each organisation and kind."""
    return list({(pk, str(kind)): (pk, str(kind), bool(confirms)) for pk, kind, confirms in parties}.values())


def party_rows(row: MeasureYear, parties: Sequence[PartyInput]) -> list[MeasureParty]:
    return [
        MeasureParty(measure_year=row, organisation_id=pk, kind=kind, confirms=confirms)
        for pk, kind, confirms in parties
    ]


def lines_to_keep(lines: Sequence[BudgetInput]) -> list[BudgetInput]:
    """The lines with a sum. Raises StepRefused for two that can't be told apart later."""
    kept = [line for line in lines if line.amount]
    keys = [(line.budget_year, line.kind, line.payee_id, line.beneficiary_id) for line in kept if line.payee_id]
    if len(keys) != len(set(keys)):
        raise StepRefused(
            [
                Obstacle(
                    "same_line",
                    _("Two lines have the same kind and the same recipient. Put them together in one."),
                    "lines",
                )
            ]
        )
    return kept


def budget_rows(row: MeasureYear, lines: Sequence[BudgetInput]) -> list[BudgetLine]:
    return [
        BudgetLine(
            measure_year=row,
            measure_id=row.measure_id,
            scheme=row.scheme,
            sector=row.sector,
            kind=line.kind,
            budget_year=line.budget_year,
            payee_id=line.payee_id,
            beneficiary_id=line.beneficiary_id,
            amount=line.amount,
            description=line.description.strip()[:200],
        )
        for line in lines
    ]


def first_scheme(report: NeedsReport, rule_set: RuleSet) -> Any:
    own = set(report.network.schemes.values_list("scheme", flat=True)) if report.network else set()
    return next((one for one in rule_set.schemes if one.code in own), rule_set.schemes[0])


def next_place(report: NeedsReport) -> int:
    return (report.measures.aggregate(last=Max("priority"))["last"] or 0) + 1


def own_amount_of(row: MeasureYear, lines: Any, written: int | None) -> int | None:
    """Counted where the law counts it (pkt 7.2), else what was written."""
    part = own_part(
        rule_set=rule_set_of(row.round), profile=row.round.profile, scheme=row.scheme, lines=lines, year=row.round.year
    )
    return part.amount if part else written


def write_parties(row: MeasureYear, parties: Sequence[PartyInput]) -> None:
    MeasureParty.objects.bulk_create(party_rows(row, parties))


def _report_of(measure_year: MeasureYear) -> NeedsReport:
    if measure_year.report is None:
        raise StepRefused([Obstacle("joint_measure", _("A joint measure isn’t part of a needs report."))])
    return measure_year.report


def _keep(measure_year: MeasureYear, name: str, data: Any, by: Actor, seen_version: int | None) -> None:
    drafts.save_section(subject=measure_year, name=name, data={"saved": data}, by=by, seen_version=seen_version)


def _saved(measure_year: MeasureYear, by: Actor, section: str) -> MeasureYear:
    row = lock(measure_year)
    row.version += 1
    row.save(update_fields=["version"])
    record_saved(row, by, section)
    return row


def record_saved(measure_year: MeasureYear, by: Actor, section: str = "", code: str = "measure.saved") -> None:
    record(
        code=code,
        subject=measure_year,
        by=by,
        office=measure_year.round.office_id,
        data=saved_words(measure_year, section),
    )


def saved_words(measure_year: MeasureYear, section: str) -> dict[str, str]:
    """What the log says of a saved section."""
    return {"title": title_of(measure_year), "section": section}
