"""The sums of a measure from before the program, and what no measure has: written, and taken back beside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core import clock
from core.actor import Actor
from core.services.events import record_many
from grants.enums import LedgerKind
from grants.models import Commitment, LedgerEntry, Measure, Round
from grants.selectors.opening_values import RunningMeasure
from grants.selectors.openings import standing


@dataclass(frozen=True, slots=True)
class Sum:
    """One sum to be written: a promise, an award or unspent money, on its key."""

    what: str
    year: int
    scheme: str
    sector: str
    kind: str
    payee_id: int
    beneficiary_id: int | None
    amount: int
    reason: str = ""


PROMISE = "promise"


def sums_of(round: Round, measure: RunningMeasure) -> list[Sum]:
    """The sums of a measure that aren't nothing."""
    found = []
    for line in measure.lines:
        key = (measure.scheme, measure.sector, str(line.kind), line.payee.pk)
        whom = line.beneficiary.pk if line.beneficiary else None
        reason = measure.reason.strip()[:250] if line.unspent > line.awarded else ""
        found.append(Sum(LedgerKind.AWARDED, round.year, *key, whom, line.awarded))
        found.append(Sum(LedgerKind.CARRIED, round.year, *key, whom, line.unspent, reason))
        found += [Sum(PROMISE, year, *key, whom, amount) for year, amount in sorted(line.promised.items())]
    return [one for one in found if one.amount]


def identity(one: Sum) -> tuple[Any, ...]:
    return (
        one.what,
        one.year,
        one.scheme,
        one.sector,
        one.kind,
        one.payee_id,
        one.beneficiary_id,
        one.amount,
        one.reason,
    )


def identity_of(row: Any) -> tuple[Any, ...]:
    """The same of a row that is written."""
    what = row.entry if isinstance(row, LedgerEntry) else PROMISE
    reason = row.reason if isinstance(row, LedgerEntry) else ""
    key = (row.scheme, row.sector, row.kind, row.payee_id, row.beneficiary_id)
    return (what, row.budget_year, *key, row.amount, reason)


def write(round: Round, sums: Sequence[tuple[Measure, str, Sum]], by: Actor) -> None:
    """Promises and entries with an event each, in a handful of statements."""
    now = clock.now()
    promised = [(measure, title, one) for measure, title, one in sums if one.what == PROMISE]
    made = Commitment.objects.bulk_create(
        Commitment(round=round, measure=measure, **_columns(one)) for measure, _title, one in promised
    )
    titles = {measure.pk: title for measure, title, _one in sums}
    tell("commitment.opening", made, by, round, titles)
    entries = LedgerEntry.objects.bulk_create(
        LedgerEntry(
            round=round,
            measure=measure,
            entry=one.what,
            to_year=round.year + 1 if one.what == LedgerKind.CARRIED else None,
            reason=one.reason,
            at=now,
            **_columns(one),
            **by.columns(),
        )
        for measure, _title, one in sums
        if one.what != PROMISE
    )
    for kind in (LedgerKind.AWARDED, LedgerKind.CARRIED):
        tell(f"ledger.{kind}", [one for one in entries if one.entry == kind], by, round, titles)


def _columns(one: Sum) -> dict[str, Any]:
    return {
        "budget_year": one.year,
        "scheme": one.scheme,
        "sector": one.sector,
        "kind": one.kind,
        "payee_id": one.payee_id,
        "beneficiary_id": one.beneficiary_id,
        "amount": one.amount,
    }


def take_back(
    round: Round, measures: Sequence[Measure], by: Actor, but: Iterable[tuple[Any, ...]] = ()
) -> set[tuple[Any, ...]]:
    """Withdraw and reverse what the measures have and isn't in ``but``; returns what stands."""
    wanted, titles = set(but), {one.pk: one.title for one in measures}
    promises = list(Commitment.objects.filter(round=round, measure__in=titles, withdrawn_at__isnull=True))
    entries = list(standing(round).filter(measure__in=titles))
    wrong = [one for one in promises if identity_of(one) not in wanted]
    Commitment.objects.filter(pk__in=[one.pk for one in wrong]).update(withdrawn_at=clock.now())
    tell("commitment.withdrawn", wrong, by, round, titles)
    reverse(round, [one for one in entries if identity_of(one) not in wanted], by, titles)
    return {identity_of(one) for one in (*promises, *entries)} & wanted


def reverse(round: Round, entries: Sequence[LedgerEntry], by: Actor, titles: Mapping[Any, str]) -> None:
    """Take entries back by entries of the opposite sum."""
    now = clock.now()
    made = LedgerEntry.objects.bulk_create(
        LedgerEntry(
            round=round,
            measure_id=one.measure_id,
            entry=one.entry,
            budget_year=one.budget_year,
            to_year=one.to_year,
            scheme=one.scheme,
            sector=one.sector,
            kind=one.kind,
            payee_id=one.payee_id,
            beneficiary_id=one.beneficiary_id,
            amount=-one.amount,
            reverses=one,
            at=now,
            **by.columns(),
        )
        for one in entries
    )
    tell("ledger.reversed", made, by, round, titles)


def tell(code: str, rows: Sequence[Any], by: Actor, round: Round, titles: Mapping[Any, str]) -> None:
    """One event for each row."""
    words = [
        {
            "amount": abs(one.amount),
            "year": one.budget_year,
            "title": titles.get(one.measure_id, ""),
            "scheme": one.scheme,
        }
        for one in rows
    ]
    if rows:
        record_many(code=code, subjects=rows, by=by, office=round.office_id, data=words)
