"""Reads what was before the program: the opening round, its running measures, sums by scheme and year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from core import clock
from core.models import Office
from core.paging import Leaf, leaf_of_query
from grants.enums import LedgerKind, MeasureKind, PartyKind, RoundKind
from grants.models import Commitment, LedgerEntry, Measure, MeasureParty, MeasureYear, Round
from grants.selectors.opening_values import MoneyLine, RunningMeasure, scheme_label, schemes
from networks.models import Host, Network, Organisation

COMING = 3
"""Coming years a promise has a column for; a fourth is there when something is promised so far ahead."""

Key = tuple[str, int, int | None]


@dataclass(slots=True)
class MoneyRow:
    """One payee's part of a measure as it stands. ``promised`` by coming year."""

    kind: str
    payee: Organisation
    beneficiary: Organisation | None
    awarded: int = 0
    unspent: int = 0
    promised: dict[int, int] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """A measure of the list."""

    part: MeasureYear
    scheme: str
    rows: Sequence[MoneyRow]
    years: Sequence[int]
    continued_in: str = ""

    @property
    def awarded(self) -> int:
        return sum(row.awarded for row in self.rows)

    @property
    def unspent(self) -> int:
        return sum(row.unspent for row in self.rows)

    @property
    def promised(self) -> list[int]:
        """The sum of each coming year."""
        return [sum(row.promised.get(year, 0) for row in self.rows) for year in self.years]

    @property
    def payees(self) -> list[str]:
        return list(dict.fromkeys(str(row.payee) for row in self.rows))


@dataclass(frozen=True, slots=True)
class SchemeSum:
    """What a scheme has: granted last year, promised by coming year, left in measures, left beside them."""

    scheme: str
    awarded: int
    promised: tuple[int, ...]
    in_measures: int
    beside: int

    @property
    def unspent(self) -> int:
        return self.in_measures + self.beside


@dataclass(frozen=True, slots=True)
class OpeningPage:
    """All that is shown of what was before the program."""

    round: Round
    years: tuple[int, ...]
    leaf: Leaf[BroughtIn]
    sums: tuple[SchemeSum, ...]

    @property
    def is_empty(self) -> bool:
        """Nothing stands or has stood there, so that the year can still be chosen."""
        return not self.leaf.total and not self.sums and not has_anything(self.round)

    @property
    def total(self) -> SchemeSum:
        return SchemeSum(
            _("All schemes"),
            sum(one.awarded for one in self.sums),
            tuple(sum(column) for column in zip(*(one.promised for one in self.sums), strict=True)),
            sum(one.in_measures for one in self.sums),
            sum(one.beside for one in self.sums),
        )


def opening_round(office: Office) -> Round | None:
    """The office's round of kind *opening*. One query."""
    return (
        Round.objects.filter(office=office, kind=RoundKind.OPENING).select_related("office__anchor", "rule_set").first()
    )


def has_anything(round: Round) -> bool:
    """Whether anything was ever brought in. Three queries."""
    return round.measures.exists() or round.commitments.exists() or round.ledger.exists()


def moved_on(measure: Measure, opening: Round) -> str:
    """Why a measure can't be changed here any more; empty while no later round continues it. One query."""
    later = (
        measure.years.exclude(round=opening)
        .select_related("round", "report__network__anchor", "report__lead__anchor")
        .order_by("round__year", "pk")
        .first()
    )
    if later is None:
        return ""
    report = later.report
    name = str((report.network or report.lead) if report else measure.lead)
    return _(
        "The measure is continued in the needs report for %(year)s from %(name)s, so what stands here can’t be changed "
        "or taken out. Is something wrong, they must take it out of the needs report first."
    ) % {"year": later.round.slug, "name": name}


def standing(round: Round) -> QuerySet[LedgerEntry]:
    """The round's entries that are neither taken back nor taking back."""
    return LedgerEntry.objects.filter(round=round, reverses__isnull=True, reversed_by__isnull=True)


def unspent_of_schemes(round: Round) -> dict[str, int]:
    """What is left of each scheme that no measure has. One query."""
    rows = LedgerEntry.objects.filter(round=round, measure__isnull=True, entry=LedgerKind.CARRIED)
    return dict(rows.order_by().values_list("scheme").annotate(Sum("amount")))


def opening_page(round: Round, *, number: int = 1) -> OpeningPage:
    """The list with its sums: the same number of queries however much there is."""
    promised: dict[str, dict[int, int]] = defaultdict(dict)
    live = Commitment.objects.filter(round=round, withdrawn_at__isnull=True).order_by()
    for scheme, year, amount in live.values_list("scheme", "budget_year").annotate(Sum("amount")):
        promised[scheme][year] = amount
    years = coming_years(round, (year for sums in promised.values() for year in sums))
    leaf = leaf_of_query(_of_round(round), number)
    return OpeningPage(
        round, years, leaf.with_rows(_brought_in(round, leaf.rows, years)), _sums(round, promised, years)
    )


def coming_years(round: Round, promised: Iterable[int] = ()) -> tuple[int, ...]:
    """The years that have a column."""
    last = max([round.year + COMING, *promised])
    return tuple(range(round.year + 1, last + 1))


def find_part(round: Round, pk: int) -> MeasureYear | None:
    """One measure of the opening round, by the measure's own number."""
    return _parts(round).filter(measure=pk).first()


def rows_of(part: MeasureYear) -> list[MoneyRow]:
    """The sums of one measure."""
    return money_rows(part.round, [part]).get(part.measure_id, [])


def all_told(round: Round) -> list[tuple[MeasureYear, RunningMeasure, str]]:
    """Every measure of the round as it could be brought in anew, and the year that has continued it, if any. Four
    queries however many there are."""
    parts = list(_parts(round))
    money = money_rows(round, parts)
    return [(one, as_told(one, money.get(one.measure_id, [])), continued_in(one)) for one in parts]


def as_told(part: MeasureYear, rows: Sequence[MoneyRow] | None = None) -> RunningMeasure:
    """A measure as it could be brought in anew."""
    parties = list(part.parties.all())
    rows = rows_of(part) if rows is None else rows
    return RunningMeasure(
        title=part.title,
        network=part.measure.network,
        lead=part.measure.lead,
        scheme=part.scheme,
        sector=part.sector,
        first_year=part.measure.first_year,
        year_no=part.year_no,
        year_count=part.year_count,
        owners=[row.organisation for row in parties if row.kind == PartyKind.OWNER],
        providers=[row.organisation for row in parties if row.kind == PartyKind.PROVIDER],
        need=part.need,
        goal=part.goal,
        work_plan=part.work_plan,
        reason=next((row.reason for row in rows if row.reason), ""),
        lines=[
            MoneyLine(
                kind=row.kind,
                payee=row.payee,
                beneficiary=row.beneficiary,
                awarded=row.awarded,
                unspent=row.unspent,
                promised=row.promised,
            )
            for row in rows
        ],
    )


def _of_round(round: Round) -> QuerySet[MeasureYear]:
    """The round's measures; ``continued_in`` is the first later year that continues each."""
    later = MeasureYear.objects.filter(measure=OuterRef("measure")).exclude(round=round).order_by("round__year", "pk")
    return (
        MeasureYear.objects.filter(round=round, kind=MeasureKind.OPENING)
        .annotate(continued_in=Subquery(later.values("round__year")[:1]))
        .select_related("measure__network__anchor", "measure__lead__anchor", "round__office__anchor")
        .order_by("measure__network__sort_key", "measure__lead__sort_key", "pk")
    )


def _parts(round: Round) -> QuerySet[MeasureYear]:
    """The same with those who take part."""
    parties = MeasureParty.objects.select_related("organisation__anchor")
    return _of_round(round).prefetch_related(Prefetch("parties", parties))


def _brought_in(round: Round, parts: Sequence[MeasureYear], years: Sequence[int]) -> list[BroughtIn]:
    money = money_rows(round, parts)
    return [
        BroughtIn(
            part,
            scheme_label(part.scheme),
            money.get(part.measure_id, []),
            years,
            continued_in(part),
        )
        for part in parts
    ]


def continued_in(part: MeasureYear) -> str:
    """The first later year that continues a measure of the list, or nothing."""
    return str(getattr(part, "continued_in", None) or "")


def money_rows(round: Round, parts: Iterable[MeasureYear]) -> dict[int, list[MoneyRow]]:
    """The sums of measures, a row for each payee, kind and beneficiary. Two queries."""
    ids = [one.measure_id for one in parts]
    found: dict[int, dict[Key, MoneyRow]] = defaultdict(dict)
    whom = ("payee__anchor", "beneficiary__anchor")
    for entry in standing(round).filter(measure__in=ids).select_related(*whom).order_by("pk"):
        row = _row(found[entry.measure_id or 0], entry)
        if entry.entry == LedgerKind.AWARDED:
            row.awarded += entry.amount
        elif entry.entry == LedgerKind.CARRIED:
            row.unspent += entry.amount
            row.reason = row.reason or entry.reason
    promises = Commitment.objects.filter(round=round, measure__in=ids, withdrawn_at__isnull=True)
    for promise in promises.select_related(*whom).order_by("budget_year", "pk"):
        row = _row(found[promise.measure_id], promise)
        row.promised[promise.budget_year] = row.promised.get(promise.budget_year, 0) + promise.amount
    return {pk: list(rows.values()) for pk, rows in found.items()}


def _row(rows: dict[Key, MoneyRow], line: LedgerEntry | Commitment) -> MoneyRow:
    key = (line.kind, line.payee_id or 0, line.beneficiary_id)
    if key not in rows:
        rows[key] = MoneyRow(line.kind, line.payee, line.beneficiary)  # type: ignore[arg-type]
    return rows[key]


def _sums(round: Round, promised: Mapping[str, Mapping[int, int]], years: Sequence[int]) -> tuple[SchemeSum, ...]:
    """Each scheme that has something, the newest law's first. One query."""
    entries = LedgerEntry.objects.filter(round=round).order_by()
    sums = entries.values_list("scheme").annotate(
        awarded=Sum("amount", filter=Q(entry=LedgerKind.AWARDED), default=0),
        in_measures=Sum("amount", filter=Q(entry=LedgerKind.CARRIED, measure__isnull=False), default=0),
        beside=Sum("amount", filter=Q(entry=LedgerKind.CARRIED, measure__isnull=True), default=0),
    )
    found = {scheme: tuple(amounts) for scheme, *amounts in sums}
    order = [scheme.code for _law, scheme in schemes()]
    return tuple(
        SchemeSum(
            scheme_label(code),
            found.get(code, (0, 0, 0))[0],
            tuple(promised.get(code, {}).get(year, 0) for year in years),
            *found.get(code, (0, 0, 0))[1:],
        )
        for code in sorted({*found, *promised}, key=lambda code: order.index(code) if code in order else len(order))
        if any(found.get(code, ())) or code in promised
    )


@dataclass(frozen=True, slots=True)
class FromBefore:
    """What a measure had before this round, in whole kroner, for those who write it on."""

    rows: Sequence[MoneyRow]

    @property
    def awarded(self) -> int:
        return sum(row.awarded for row in self.rows)

    @property
    def unspent(self) -> int:
        return sum(row.unspent for row in self.rows)


def from_before(measures: Iterable[int], year: int) -> dict[int, FromBefore]:
    """What each measure was granted the year before ``year`` and has left to use in it. One query.

    Only what stands in an opening round: what the program itself has decided is read from its decisions.
    """
    entries = LedgerEntry.objects.filter(
        Q(entry=LedgerKind.AWARDED, budget_year=year - 1) | Q(entry=LedgerKind.CARRIED, to_year=year),
        measure__in=list(measures),
        round__kind=RoundKind.OPENING,
        reverses__isnull=True,
        reversed_by__isnull=True,
    ).select_related("payee__anchor", "beneficiary__anchor")
    found: dict[int, dict[Key, MoneyRow]] = defaultdict(dict)
    for entry in entries.order_by("pk"):
        row = _row(found[entry.measure_id or 0], entry)
        if entry.entry == LedgerKind.AWARDED:
            row.awarded += entry.amount
        else:
            row.unspent += entry.amount
    return {pk: FromBefore(list(rows.values())) for pk, rows in found.items()}


def before_of(part: MeasureYear) -> FromBefore | None:
    """The same of one measure that is continued. One query, none for a new measure."""
    if part.kind != MeasureKind.CONTINUED:
        return None
    return from_before([part.measure_id], part.round.year).get(part.measure_id)


def networks_of(office: Office) -> list[Network]:
    """The office's networks that still are. One query."""
    found = Network.objects.filter(office=office, ended_on__isnull=True)
    return list(found.select_related("anchor").order_by("sort_key", "pk"))


def host_of(network: Network) -> Organisation | None:
    """Who receives the network's money today. One query."""
    return hosts_of(network.office).get(network.pk)


def hosts_of(office: Office) -> dict[int, Organisation]:
    """Who receives the money of each of the office's networks today. One query."""
    today = clock.today()
    hosts = Host.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today), valid_from__lte=today)
    found = hosts.filter(network__office=office).select_related("organisation__anchor").order_by("valid_from", "pk")
    return {one.network_id: one.organisation for one in found}


def first_years(office: Office) -> list[int]:
    """The years the first round can be for: those that have one, this year and the next. One query."""
    this = clock.today().year
    rounds = Round.objects.filter(office=office, kind=RoundKind.MAIN).values_list("year", flat=True)
    return sorted({this, this + 1, *rounds})
