"""The one page of a measure for all its years: text, parties, money year by year, and what happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.utils.translation import gettext as _

from core import audit, authz
from core.actor import Actor
from core.enums import Role
from core.models import Event, Office
from forums.rules import READS
from grants.enums import LedgerKind, RoundKind
from grants.models import (
    BudgetLine,
    Commitment,
    CoveredOwner,
    DecisionLine,
    LedgerEntry,
    Measure,
    MeasureParty,
    MeasureYear,
    NeedsReport,
    ProposalLine,
    ProposalVersion,
    RecommendationLine,
)
from grants.rulesets import RuleSet
from grants.selectors.measure_texts import MeasureText, text_of
from grants.selectors.rounds import rule_set_of
from grants.workflow import MEASURE

UsedSource = Callable[[Measure], Mapping[int, int]]
_used_sources: list[UsedSource] = []


def register_used_source(source: UsedSource) -> None:
    """Let a higher app (reporting) say what was used of a measure's money, in whole kroner by budget year."""
    if source not in _used_sources:
        _used_sources.append(source)


INSIDE_ONLY = ("measure.assessed_criterion",)
NOT_TOLD = ("measure.saved",)
"""Every keystroke saved is no history."""
DECIDED = frozenset({"granted", "partly", "refused"})
OUTCOMES = ("measure.grant", "measure.grant_part", "measure.refuse")
"""What became of it. The parties are told by the letter (fvl. § 27): until it is sent, the page doesn't run ahead."""


@dataclass(frozen=True, slots=True)
class YearOfMeasure:
    """One year: state in words and its sums in whole kroner, None where there is none (yet) or it isn't for you."""

    measure_year: MeasureYear | None
    year: int
    state: str
    shape: str
    number: str
    sought: int | None
    proposed: int | None
    recommended: int | None
    awarded: int | None
    promised: int | None
    used: int | None
    left: int = 0


@dataclass(frozen=True, slots=True)
class LogLine:
    """Who did what, and when."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class MeasurePage:
    """All that is shown of a measure."""

    measure: Measure
    title: str
    text: MeasureText | None
    rule_set: RuleSet | None
    newest: MeasureYear | None
    years: tuple[YearOfMeasure, ...]
    inside: bool
    has_used: bool
    log: tuple[LogLine, ...]


def measure_page(office: Office, pk: int, actor: Actor) -> MeasurePage | None:
    """The page, or None for a measure that isn't the office's or of which the actor may see nothing."""
    years = _visible(list(_years(office, actor).filter(measure=pk)), actor)
    if not years:
        return None
    newest = years[-1]
    measure = newest.measure
    newest.round.office = office
    reader = _reader(actor, office, years)
    rule_set = rule_set_of(newest.round)
    used = {year: amount for source in _used_sources for year, amount in source(measure).items()}
    sums = _sums(measure, [one.pk for one in years], reader)
    untold = set() if reader else {one.pk for one in years if _is_untold(one, sums["awarded"])}
    return MeasurePage(
        measure=measure,
        title=newest.title or measure.title,
        text=text_of(newest, rule_set),
        rule_set=rule_set,
        newest=newest,
        years=tuple(_money(years, sums, used, untold, insider=bool(reader))),
        inside=bool(reader),
        has_used=bool(used),
        log=tuple(_log(measure, years, untold, insider=bool(reader))),
    )


def measures_seen(office: Office, actor: Actor) -> list[MeasureYear]:
    """The newest year the actor may see of each of the office's measures whose page opens, by title."""
    by_measure: dict[int, list[MeasureYear]] = defaultdict(list)
    for one in _years(office, actor):
        by_measure[one.measure_id].append(one)
    seen = (_visible(years, actor) for years in by_measure.values())
    return sorted((years[-1] for years in seen if years), key=lambda one: (one.title, one.pk))


def _years(office: Office, actor: Actor) -> QuerySet[MeasureYear]:
    """Measures' years; ``mine`` answers in the same query what ``grants.rules.belongs_to_report`` would ask for
    each: does the person speak for an organisation that is covered or takes part?"""
    own = actor.anchors(Role.OWNER_CONTACT, Role.PROVIDER_CONTACT) if actor.link is None else frozenset()
    covered = CoveredOwner.objects.filter(report=OuterRef("report"), organisation__anchor__in=own)
    party = MeasureParty.objects.filter(measure_year__report=OuterRef("report"), organisation__anchor__in=own)
    return (
        MeasureYear.objects.filter(measure__office=office)
        .annotate(mine=Exists(covered) | Exists(party))
        .select_related(
            "round__rule_set",
            "report__network",
            "report__lead",
            "report__forum",
            "measure__lead__anchor",
            "measure__network__anchor",
        )
        .prefetch_related(
            Prefetch("parties", MeasureParty.objects.select_related("organisation__anchor")),
            Prefetch("budget_lines", BudgetLine.objects.select_related("payee__anchor", "beneficiary__anchor")),
            "criterion_answers",
        )
        .order_by("round__year", "pk")
    )


def _visible(years: list[MeasureYear], actor: Actor) -> list[MeasureYear]:
    """The years one may see: who may see one assessed year sees them all; what isn't assessed (a draft, a report the
    forum hasn't got yet) is asked about by itself."""
    going = [one for one in years if one.report is not None and one.report.state != "assessed"]
    rest = [one for one in years if one not in going]
    sees = any(_may(one, actor) for one in reversed(rest))
    shown = {one.pk for one in rest if sees} | {one.pk for one in going if _may(one, actor)}
    return [one for one in years if one.pk in shown]


def _may(one: MeasureYear, actor: Actor) -> bool:
    if one.report is None:
        report = NeedsReport(round=one.round, network=one.measure.network, lead=one.measure.lead, state="sent")
        return authz.allowed(actor, "core.see_office", one.round) or _belongs(report, actor)
    return bool(one.mine) or authz.allowed(actor, "grants.see_needs_content", one)  # type: ignore[attr-defined]


def _belongs(report: NeedsReport, actor: Actor) -> bool:
    own = actor.anchors("owner_contact", "provider_contact", "coordinator", "network_reader")
    return report.lead.anchor_id in own or (report.network is not None and report.network.anchor_id in own)


OFFICE, FORUM, OUTSIDE = "office", "forum", ""


def _reader(actor: Actor, office: Office, years: Sequence[MeasureYear]) -> str:
    """Whose eyes read: the office's, those of a forum the measure has been laid before, or others'. One query more for
    those who sit in a forum."""
    if authz.allowed(actor, "core.see_office", office):
        return OFFICE
    seats = actor.anchors(*READS)
    laid = RecommendationLine.objects.filter(measure_year__in=years, recommendation__forums__forum__anchor__in=seats)
    return FORUM if seats and laid.exists() else OUTSIDE


def _is_untold(one: MeasureYear, awarded: Mapping[int, int]) -> bool:
    """Decided, but the letter isn't sent. What stood before the program was told then."""
    return one.state in DECIDED and one.round.year not in awarded and one.round.kind != RoundKind.OPENING


def _money(
    years: Sequence[MeasureYear],
    sums: Mapping[str, Mapping[int, int]],
    used: Mapping[int, int],
    untold: Container[int],
    *,
    insider: bool,
) -> list[YearOfMeasure]:
    sought: dict[int, int] = {}
    for one in years:
        for line in one.budget_lines.all():
            if line.budget_year == one.round.year:
                sought[line.budget_year] = sought.get(line.budget_year, 0) + line.amount
    by_year = {one.round.year: one for one in years}
    rows = []
    for year in sorted({*by_year, *sums["promised"]}):
        part = by_year.get(year)
        state = MEASURE.state("assessed" if part.pk in untold else part.state) if part else None
        rows.append(
            YearOfMeasure(
                measure_year=part,
                year=year,
                state=str(state.shown(inside=insider)) if state else "",
                shape=state.shape if state else "none",
                number=_("%(year)d of %(years)d") % {"year": part.year_no, "years": part.year_count} if part else "",
                sought=sought.get(year),
                proposed=sums["proposed"].get(year),
                recommended=sums["recommended"].get(year),
                awarded=sums["awarded"].get(year),
                promised=sums["promised"].get(year),
                used=used.get(year),
                left=sums["left"].get(year, 0),
            )
        )
    return rows


def _sums(measure: Measure, ids: list[int], reader: str) -> dict[str, dict[int, int]]:
    """What was proposed, laid before the forum, awarded and promised, by budget year. One query.

    A decision counts when its letters are sent, for the office and the forum when it is approved. The office reads the
    proposal as it works on it, the forum as it was last laid before it.
    """
    told = ["approved", "dispatched"] if reader else ["dispatched"]
    opening = LedgerEntry.objects.filter(measure=measure, round__kind=RoundKind.OPENING, round__measures__in=ids)
    promises = Commitment.objects.filter(measure=measure, withdrawn_at__isnull=True)
    sources: dict[str, QuerySet[Any]] = {
        "awarded": DecisionLine.objects.filter(measure_year__in=ids, live=True, decision__state__in=told),
        "before": opening.filter(entry=LedgerKind.AWARDED),
        "left": opening.filter(entry=LedgerKind.CARRIED),
        "promised": promises.filter(Q(decision__isnull=True) | Q(decision__state__in=told)),
    }
    if reader:
        states = ["put_forward", "working"] if reader == OFFICE else ["put_forward"]
        versions = ProposalVersion.objects.filter(round=OuterRef("version__round"), state__in=states)
        newest = Subquery(versions.order_by("-number").values("pk")[:1])
        sources["proposed"] = ProposalLine.objects.filter(measure_year__in=ids, version=newest)
        sources["recommended"] = RecommendationLine.objects.filter(measure_year__in=ids, live=True)
    parts = [
        lines.annotate(what=Value(name)).order_by().values_list("what", "budget_year", "amount", "pk")
        for name, lines in sources.items()
    ]
    found: dict[str, dict[int, int]] = {name: {} for name in ("awarded", "promised", "proposed", "recommended", "left")}
    for name, year, amount, _pk in parts[0].union(*parts[1:], all=True):
        sums = found["awarded" if name == "before" else name]
        sums[year] = sums.get(year, 0) + amount
    return found


def _log(measure: Measure, years: Sequence[MeasureYear], untold: Iterable[int], *, insider: bool) -> list[LogLine]:
    kinds = ContentType.objects.get_for_models(Measure, MeasureYear)
    events = (
        Event.objects.filter(
            Q(subject_type=kinds[Measure], subject_id=measure.pk)
            | Q(subject_type=kinds[MeasureYear], subject_id__in=[one.pk for one in years])
        )
        .exclude(code__in=NOT_TOLD if insider else (*NOT_TOLD, *INSIDE_ONLY))
        .exclude(code__in=OUTCOMES, subject_type=kinds[MeasureYear], subject_id__in=list(untold))
        .select_related("by_user", "by_link__user", "on_behalf_of")
        .order_by("-pk")[:60]
    )
    return [LogLine(one.at, _who(one), audit.sentence(one.code, one.data)) for one in events]


def _who(event: Event) -> str:
    person = event.by_user or (event.by_link.user if event.by_link else None)
    return person.name if person else "Årshjul"
