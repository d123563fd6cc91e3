"""What was before the program: running measures, promises, last year's awards, unspent money.

All of it stands in a round of kind *opening*, so that the first round can go on. A wrong sum is taken back by a
reversing entry or a withdrawn promise, never changed; when a later round has continued a measure, nothing of it can be
taken back here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import authz, clock
from core.actor import Actor
from core.collation import fold
from core.models import Office
from core.requirements import Obstacle, StaleVersion, StepRefused
from core.services import archive
from core.services.events import record, record_many
from core.services.performing import check_version, lock, perform_many
from grants import rulesets
from grants.enums import LedgerKind, LineKind, MeasureKind, PartyKind, RoundKind
from grants.models import (
    LedgerEntry,
    Measure,
    MeasureParty,
    MeasureYear,
    ProfileVersion,
    Round,
    RuleSetVersion,
)
from grants.rulesets import RuleSet
from grants.selectors.opening_values import FIRST_POSSIBLE, RunningMeasure, faults_of, scheme_of
from grants.selectors.openings import has_anything, moved_on, opening_round, standing, unspent_of_schemes
from grants.services.opening_sums import identity, reverse, sums_of, take_back, tell, write
from grants.workflow import MEASURE
from networks.enums import Sector

CASE_TITLE = {
    "nb": "Tilsagn om tilskudd til kompetanseutvikling fra før {year}",
    "nn": "Tilsegner om tilskot til kompetanseutvikling frå før {year}",
}
TEXTS = ("need", "goal", "work_plan")


@transaction.atomic
def begin(*, office: Office, first_year: int, by: Actor) -> Round:
    """Say which year the office's first round is for. While nothing is brought in it may be said anew.

    Raises NotAllowed, and StepRefused for a year that can't be or when something stands there already.
    """
    authz.require(by, "grants.run_round", office)
    _lock_office(office)
    if not FIRST_POSSIBLE < first_year <= clock.today().year + 2:
        text = _("Choose a year from %(first)d to %(last)d.")
        words = {"first": FIRST_POSSIBLE + 1, "last": clock.today().year + 2}
        raise StepRefused([Obstacle("first_year", text % words, "first_year")])
    found = opening_round(office)
    if found is None:
        return _make_round(office, first_year - 1, by)
    if found.year == first_year - 1:
        return found
    if has_anything(found):
        text = _("Something is brought in already, so the first year can’t be changed.")
        raise StepRefused([Obstacle("already_begun", text, "first_year")])
    found.year = first_year - 1
    found.case = archive.open_case(office=office, year=found.year, title=_case_title(office, first_year))
    found.rule_set = _rules_at(found.year)
    found.version += 1
    found.save(update_fields=["year", "case", "rule_set", "version"])
    record(code="round.edited", subject=found, by=by, office=office, data={"what": ["first_year"]})
    return found


@transaction.atomic
def bring_in(*, office: Office, measures: Sequence[RunningMeasure], by: Actor) -> list[MeasureYear]:
    """Bring in measures as granted by a step of the machine, so that later years continue them like any other.

    The same number of statements for many as for one. Raises NotAllowed, and StepRefused with all that is wrong.
    """
    authz.require(by, "grants.run_round", office)
    _lock_office(office)
    round = _round_of(office)
    _require_sound(measures, round)
    _require_each_once(round, measures)
    lives = Measure.objects.bulk_create(
        Measure(
            office=office,
            lead=one.lead,
            network=one.network,
            first_year=one.first_year,
            title=one.title.strip()[:200],
        )
        for one in measures
    )
    parts = [MeasureYear(measure=life, round=round, kind=MeasureKind.OPENING) for life in lives]
    for part, one in zip(parts, measures, strict=True):
        _lay_down(part, one)
    MeasureYear.objects.bulk_create(parts)
    pairs = list(zip(parts, measures, strict=True))
    MeasureParty.objects.bulk_create(row for part, one in pairs for row in _party_rows(part, one))
    perform_many(
        MEASURE,
        "bring_in",
        parts,
        by=by,
        related=("round__office",),
        data=lambda part: {"title": part.title},
        office_id=office.pk,
    )
    write(round, [(part.measure, part.title, one) for part, measure in pairs for one in sums_of(round, measure)], by)
    return parts


@transaction.atomic
def change_brought_in(
    *, measure_year: MeasureYear, measure: RunningMeasure, by: Actor, seen_version: int | None = None
) -> MeasureYear:
    """Write a measure anew: what is the same stays, other sums are reversed and written beside.

    Raises NotAllowed, StaleVersion, and StepRefused when a later round continues it or something is wrong.
    """
    row = _open_to_change(measure_year, by, seen_version)
    round = row.round
    _require_sound([measure], round)
    _require_each_once(round, [measure], but=row.measure_id)
    life = row.measure
    life.title, life.first_year = measure.title.strip()[:200], measure.first_year
    life.lead, life.network = measure.lead, measure.network
    life.save(update_fields=["title", "first_year", "lead", "network"])
    _lay_down(row, measure)
    row.version += 1
    row.save()
    row.parties.all().delete()
    MeasureParty.objects.bulk_create(_party_rows(row, measure))
    wanted = {identity(one): one for one in sums_of(round, measure)}
    kept = take_back(round, [life], by, but=wanted.keys())
    write(round, [(life, row.title, one) for key, one in wanted.items() if key not in kept], by)
    record(code="measure.changed_from_before", subject=row, by=by, office=round.office_id, data={"title": row.title})
    return row


@transaction.atomic
def take_out(*, measure_year: MeasureYear, by: Actor, seen_version: int | None = None) -> None:
    """Take a measure out: promises are withdrawn, entries reversed; both stay to be read.

    Raises NotAllowed, StaleVersion, and StepRefused when a later round continues it.
    """
    row = _open_to_change(measure_year, by, seen_version)
    _take_out(row.round, [row], by)


@transaction.atomic
def take_out_many(*, office: Office, measure_years: Sequence[MeasureYear], by: Actor) -> None:
    """:func:`take_out` for many, in a handful of statements: all of them or none.

    Raises NotAllowed, and StepRefused when a later round continues one of them.
    """
    authz.require(by, "grants.run_round", office)
    _lock_office(office)
    round = _round_of(office)
    lives = Measure.objects.select_for_update(of=("self",)).order_by("pk")
    taken = lives.in_bulk([one.measure_id for one in measure_years])
    rows = MeasureYear.objects.filter(round=round, kind=MeasureKind.OPENING, measure__in=taken)
    parts = list(rows.select_for_update(of=("self",)).order_by("pk"))
    later = MeasureYear.objects.filter(measure__in=taken).exclude(round=round).select_related("measure").first()
    if later is not None:
        raise StepRefused([Obstacle("moved_on", moved_on(later.measure, round))])
    for part in parts:
        part.measure = taken[part.measure_id]
    _take_out(round, parts, by)


def _take_out(round: Round, parts: Sequence[MeasureYear], by: Actor) -> None:
    lives = [one.measure for one in parts]
    words: list[Mapping[str, Any]] = [{"title": one.title} for one in parts]
    take_back(round, lives, by)
    MeasureYear.objects.filter(pk__in=[one.pk for one in parts]).delete()
    record_many(code="measure.taken_out", subjects=lives, by=by, office=round.office_id, data=words)


@transaction.atomic
def set_unspent(*, office: Office, amounts: Mapping[str, int], by: Actor, seen_version: int | None = None) -> Round:
    """Set what is left in each scheme that no measure has. A changed sum is reversed and written beside.

    Raises NotAllowed, StaleVersion, and StepRefused for a scheme no law has or a negative sum.
    """
    authz.require(by, "grants.run_round", office)
    _lock_office(office)
    round = _round_of(office)
    before = unspent_of_schemes(round)
    if seen_version is not None and seen_version != round.version:
        raise _stale(round, seen_version)
    for scheme, amount in amounts.items():
        if scheme_of(scheme) is None:
            text = _("No rule set has the scheme «%(scheme)s».") % {"scheme": scheme}
            raise StepRefused([Obstacle("scheme_unknown", text, scheme)])
        if amount < 0:
            raise StepRefused([Obstacle("negative", _("A sum can’t be negative."), scheme)])
    changed = {scheme: amount for scheme, amount in amounts.items() if amount != before.get(scheme, 0)}
    live = standing(round).filter(measure__isnull=True, scheme__in=changed)
    reverse(round, list(live), by, {})
    common = {"round": round, "entry": LedgerKind.CARRIED, "budget_year": round.year, "to_year": round.year + 1}
    columns = {"kind": LineKind.OTHER, "sector": Sector.BOTH, "at": clock.now(), **by.columns()}
    made = LedgerEntry.objects.bulk_create(
        LedgerEntry(scheme=scheme, amount=amount, **common, **columns) for scheme, amount in changed.items() if amount
    )
    tell("ledger.carried", made, by, round, {})
    if changed:
        round.version += 1
        round.save(update_fields=["version"])
    return round


# --- The round --------------------------------------------------------------------------------------------------------


def _lock_office(office: Office) -> None:
    """One at a time in an office: two who write the same measure at once would both be right by themselves."""
    Office.objects.select_for_update(of=("self",)).get(pk=office.pk)


def _round_of(office: Office) -> Round:
    found = opening_round(office)
    if found is None:
        text = _("Choose which year the first round is for first.")
        raise StepRefused([Obstacle("not_begun", text, "first_year")])
    return found


def _make_round(office: Office, year: int, by: Actor) -> Round:
    number = ProfileVersion.objects.filter(office=office, year=year).count() + 1
    round = Round.objects.create(
        office=office,
        year=year,
        kind=RoundKind.OPENING,
        rule_set=_rules_at(year),
        profile=ProfileVersion.objects.create(office=office, year=year, number=number),
        case=archive.open_case(office=office, year=year, title=_case_title(office, year + 1)),
        **by.columns(),
    )
    record(code="round.opened", subject=round, by=by, office=office, data={"year": str(year), "kind": round.kind})
    return round


def _case_title(office: Office, first_year: int) -> str:
    return CASE_TITLE[office.default_form].format(year=first_year)


def _rules_at(year: int) -> RuleSetVersion:
    """The rules in force when the year ended; each measure keeps the scheme it was granted under."""
    rules = _in_force(date(year, 12, 31))
    version, _made = RuleSetVersion.objects.get_or_create(
        code=rules.code, version=rules.version, defaults={"sha256": rules.sha256}
    )
    return version


def _in_force(day: date) -> RuleSet:
    known = rulesets.all_rule_sets()
    return next((one for one in reversed(known) if one.in_force(day)), known[0])


# --- What is asked before anything is written -------------------------------------------------------------------------


def _require_sound(measures: Sequence[RunningMeasure], round: Round) -> None:
    wrong = [fault for one in measures for fault in faults_of(one, round.year)]
    wrong += [
        Obstacle("other_office", _("This network belongs to another office."), "network")
        for one in measures
        if one.network is not None and one.network.office_id != round.office_id
    ]
    if wrong:
        raise StepRefused(wrong)


def _require_each_once(round: Round, measures: Iterable[RunningMeasure], *, but: int | None = None) -> None:
    rows = MeasureYear.objects.filter(round=round).exclude(measure=but)
    taken: set[tuple[str, int | None, int | None]] = {
        (fold(title), network, None if network else lead)
        for title, network, lead in rows.values_list("title", "measure__network", "measure__lead")
    }
    for one in measures:
        if one.whose in taken:
            text = _("«%(title)s» is brought in for %(name)s already. Change that one, or use another title.")
            words = {"title": one.title, "name": one.whose_name}
            raise StepRefused([Obstacle("measure_twice", text % words, "title")])
        taken.add(one.whose)


def _open_to_change(measure_year: MeasureYear, by: Actor, seen_version: int | None) -> MeasureYear:
    """The row, locked, if it may be changed here. The measure's own row is locked too: continuing it takes it first."""
    authz.require(by, "grants.run_round", measure_year.round.office)
    _lock_office(measure_year.round.office)
    life = lock(measure_year.measure)
    row = lock(measure_year)
    check_version(row, seen_version)
    row.measure, row.round = life, measure_year.round
    if row.kind != MeasureKind.OPENING:
        text = _("Only measures from before the program can be brought in as granted.")
        raise StepRefused([Obstacle("not_from_before", text)])
    if sentence := moved_on(life, row.round):
        raise StepRefused([Obstacle("moved_on", sentence)])
    return row


def _stale(round: Round, seen: int) -> StaleVersion:
    last = LedgerEntry.objects.filter(round=round, measure__isnull=True).select_related("by_user").last()
    return StaleVersion(
        seen=seen,
        current=round.version,
        saved_by=last.by_user.name if last and last.by_user else "",
        saved_at=last.at if last else None,
    )


# --- The rows ---------------------------------------------------------------------------------------------------------


def _lay_down(row: MeasureYear, measure: RunningMeasure) -> None:
    row.title = measure.title.strip()[:200]
    row.scheme, row.sector = measure.scheme, measure.sector
    row.year_no, row.year_count = measure.year_no, measure.year_count
    for name in TEXTS:
        setattr(row, name, getattr(measure, name).strip()[:4000])


def _party_rows(row: MeasureYear, measure: RunningMeasure) -> list[MeasureParty]:
    owners = dict.fromkeys([measure.lead.pk, *(one.pk for one in measure.owners)])
    providers = dict.fromkeys(one.pk for one in measure.providers)
    return [
        MeasureParty(measure_year=row, organisation_id=pk, kind=kind, confirms=True)
        for kind, pks in ((PartyKind.OWNER, owners), (PartyKind.PROVIDER, providers))
        for pk in pks
    ]
