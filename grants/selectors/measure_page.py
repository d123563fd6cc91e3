"""The one page of a measure for all its years: text, parties, money year by year, and what happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Value
from django.utils.translation import gettext as _

from core import audit, authz
from core.actor import Actor
from core.enums import Role
from core.models import Event, Office
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
    RecommendationLine,
)
from grants.rulesets import RuleSet
from grants.selectors.measure_texts import MeasureText, text_of
from grants.selectors.needs import EDITABLE
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
    insider = authz.allowed(actor, "core.see_office", office) or _sits_in(actor, office)
    rule_set = rule_set_of(newest.round)
    used = {year: amount for source in _used_sources for year, amount in source(measure).items()}
    return MeasurePage(
        measure=measure,
        title=newest.title or measure.title,
        text=text_of(newest, rule_set),
        rule_set=rule_set,
        newest=newest,
        years=tuple(_money(measure, years, used, insider=insider)),
        inside=insider,
        has_used=bool(used),
        log=tuple(_log(measure, years, insider=insider)),
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
    """The years one may see: who may see one sent year sees them all, a draft is asked about by itself."""
    drafts = [one for one in years if one.report is not None and one.report.state in EDITABLE]
    rest = [one for one in years if one not in drafts]
    sees = any(_may(one, actor) for one in reversed(rest))
    shown = {one.pk for one in rest if sees} | {one.pk for one in drafts if _may(one, actor)}
    return [one for one in years if one.pk in shown]


def _may(one: MeasureYear, actor: Actor) -> bool:
    if one.report is None:
        report = NeedsReport(round=one.round, network=one.measure.network, lead=one.measure.lead, state="sent")
        return authz.allowed(actor, "core.see_office", one.round) or _belongs(report, actor)
    return bool(one.mine) or authz.allowed(actor, "grants.see_needs_content", one)  # type: ignore[attr-defined]


def _belongs(report: NeedsReport, actor: Actor) -> bool:
    own = actor.anchors("owner_contact", "provider_contact", "coordinator", "network_reader")
    return report.lead.anchor_id in own or (report.network is not None and report.network.anchor_id in own)


def _sits_in(actor: Actor, office: Office) -> bool:
    return any(one.office_id == office.pk and one.anchor_kind == "forum" for one in actor.grants)


def _money(
    measure: Measure, years: Sequence[MeasureYear], used: Mapping[int, int], *, insider: bool
) -> list[YearOfMeasure]:
    sums = _sums(measure, [one.pk for one in years], insider=insider)
    sought: dict[int, int] = {}
    for one in years:
        for line in one.budget_lines.all():
            if line.budget_year == one.round.year:
                sought[line.budget_year] = sought.get(line.budget_year, 0) + line.amount
    by_year = {one.round.year: one for one in years}
    rows = []
    for year in sorted({*by_year, *sums["promised"]}):
        part = by_year.get(year)
        state = MEASURE.state(part.state) if part else None
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


def _told(insider: bool) -> list[str]:
    """Decisions that count: those sent, and for the office and the forum those approved."""
    return ["approved", "dispatched"] if insider else ["dispatched"]


def _sums(measure: Measure, ids: list[int], *, insider: bool) -> dict[str, dict[int, int]]:
    """What was proposed, laid before the forum, awarded and promised, by budget year. One query."""
    opening = LedgerEntry.objects.filter(measure=measure, round__kind=RoundKind.OPENING, round__measures__in=ids)
    sources: dict[str, QuerySet[Any]] = {
        "awarded": DecisionLine.objects.filter(measure_year__in=ids, live=True, decision__state__in=_told(insider)),
        "before": opening.filter(entry=LedgerKind.AWARDED),
        "left": opening.filter(entry=LedgerKind.CARRIED),
        "promised": Commitment.objects.filter(measure=measure, withdrawn_at__isnull=True),
    }
    if insider:
        sources["proposed"] = ProposalLine.objects.filter(measure_year__in=ids).exclude(version__state="superseded")
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


def _log(measure: Measure, years: Sequence[MeasureYear], *, insider: bool) -> list[LogLine]:
    kinds = ContentType.objects.get_for_models(Measure, MeasureYear)
    events = (
        Event.objects.filter(
            Q(subject_type=kinds[Measure], subject_id=measure.pk)
            | Q(subject_type=kinds[MeasureYear], subject_id__in=[one.pk for one in years])
        )
        .exclude(code__in=NOT_TOLD if insider else (*NOT_TOLD, *INSIDE_ONLY))
        .select_related("by_user", "by_link__user", "on_behalf_of")
        .order_by("-pk")[:60]
    )
    return [LogLine(one.at, _who(one), audit.sentence(one.code, one.data)) for one in events]


def _who(event: Event) -> str:
    person = event.by_user or (event.by_link.user if event.by_link else None)
    return person.name if person else "Årshjul"
