"""Autumn and winter: the round is opened and announced, needs are written, sent and assessed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from core.actor import Actor
from core.enums import Role
from core.money import share
from grants.enums import CriterionResult, DeadlineKind, LineKind, PartyKind
from grants.models import Commitment, MeasureYear, NeedsReport, Round
from grants.rulesets import get as rule_set
from grants.selectors.opening_values import MoneyLine, RunningMeasure
from grants.services import announcing, assessment, continuing, measures, needs, openings, rounds
from grants.services.measures import BudgetInput, MeasureFields
from networks.models import Organisation
from reporting.rehearsal.profile import measure_texts
from reporting.rehearsal.scenery import Scenery, lead_key, municipality


def open_round(scenery: Scenery) -> Round:
    """The office opens the year with its rules, dates and frames."""
    profile = scenery.profile
    by = scenery.case_officer()
    meetings = [(DeadlineKind.FORUM_MEETING, day) for day in profile.meetings]
    round_ = rounds.open_round(
        office=scenery.office,
        year=profile.year,
        rule_set=profile.rule_set,
        profile=profile.raw["profile"],
        deadlines=profile.deadlines,
        meetings=meetings,
        by=by,
        is_demo_sums=True,
        source_texts=profile.raw.get("source_texts", {}),
        conditions_nb=CONDITIONS["nb"],
        conditions_nn=CONDITIONS["nn"],
    )
    budget = profile.raw["budget"]
    reason = {"nb": "Årets ramme (oppdiktet)", "nn": "Ramma for året (oppdikta)"}[profile.main_form]
    for scheme, forum, amount in frames(scenery):
        chapter, post = budget.get("chapters", {}).get(scheme, ("", ""))
        rounds.set_frame(
            round=round_,
            scheme=scheme,
            forum=scenery.forums[forum] if forum else None,
            amount=amount,
            by=by,
            reason=reason,
            chapter=chapter,
            post=post,
            source_letter=budget["source_letter"],
            is_demo=True,
        )
    for row in profile.raw.get("leads", []):
        _take_part(scenery, round_, row)
    return round_


def _take_part(scenery: Scenery, round_: Round, row: dict[str, Any]) -> None:
    """Where there are no networks: who reports before which forum, and for whom."""
    by, forum, lead = scenery.case_officer(), scenery.forums[row["forum"]], scenery.leads[lead_key(row)]
    rounds.set_participation(round=round_, organisation=lead, opted_out=False, by=by, forum=forum)
    for number in row.get("covers", []):
        covered = municipality(number)
        rounds.set_participation(round=round_, organisation=covered, opted_out=False, by=by, forum=forum, lead=lead)


CONDITIONS = {
    "nb": "Alle eiere i nettverket skal være spurt, også private. Tiltak som allerede er lovet penger, går først.",
    "nn": "Alle eigarane i nettverket skal vere spurde, også private. Tiltak som alt er lova pengar, går først.",
}


def frames(scenery: Scenery) -> Iterable[tuple[str, str, int]]:
    """(scheme, forum code or empty, whole kroner) of each pot."""
    for name, value in scenery.profile.raw["frames"].items():
        if name == "forum":
            yield from (("kollektiv", forum, amount) for forum, amount in value.items())
        else:
            yield name, "", value


def register_promises(scenery: Scenery) -> None:
    """What the office had promised before it took the program into use."""
    promises = scenery.profile.raw.get("opening", {}).get("promises", [])
    if promises:
        by = scenery.case_officer()
        openings.begin(office=scenery.office, first_year=scenery.profile.year, by=by)
        measures = [_running(scenery, promise) for promise in promises]
        openings.bring_in(office=scenery.office, measures=measures, by=by)


def _running(scenery: Scenery, promise: Sequence[Any]) -> RunningMeasure:
    """A measure that has had the same sum each year, and is promised it till it ends."""
    code, key, years, began, amount, *left = promise
    text, year = measure_texts()[key], scenery.profile.year
    words = text[scenery.profile.main_form]
    line = MoneyLine(
        kind=LineKind.PROVIDER,
        payee=scenery.provider,
        awarded=amount,
        unspent=sum(left),
        promised=dict.fromkeys(range(year, year + began + years), amount),
    )
    return RunningMeasure(
        title=words["title"],
        network=scenery.networks[code],
        lead=scenery.hosts[code],
        scheme="kollektiv",
        sector=text["sector"],
        first_year=year + began,
        year_no=-began,
        year_count=years,
        providers=[scenery.provider],
        lines=[line],
        **{name: words[name] for name in ("need", "goal", "work_plan")},
    )


def announce(scenery: Scenery, round_: Round) -> None:
    announcing.announce(round=round_, by=scenery.case_officer())


def reports(round_: Round) -> list[NeedsReport]:
    return list(
        NeedsReport.objects.filter(round=round_)
        .select_related("round__office", "network__anchor", "lead__anchor", "forum__anchor")
        .order_by("id")
    )


def key_of(report: NeedsReport) -> str:
    """The profile's name for who reports: the network's code, the municipality's number or the private owner's name."""
    if report.network is not None:
        return report.network.code
    return report.lead.municipality_number or report.lead.anchor.name


def writer(scenery: Scenery, report: NeedsReport) -> Actor:
    """The network's coordinator, or the lead's own contact."""
    if report.network is not None:
        return scenery.cast.actor(f"coordinator:{report.network.code}", role=Role.COORDINATOR)
    return scenery.cast.actor(f"owner:{report.lead_id}", role=Role.OWNER_CONTACT)


def form_of(scenery: Scenery, report: NeedsReport) -> str:
    """The written form the people behind a report write in."""
    chosen = report.lead.written_forms.filter(valid_to__isnull=True).first()
    return chosen.form if chosen is not None and chosen.form in {"nb", "nn"} else scenery.profile.main_form


def wanted(scenery: Scenery, report: NeedsReport) -> list[tuple[str, str, int, int]]:
    """[(measure text, scheme, years, sum)] the profile lets this one seek."""
    key = key_of(report)
    for row in scenery.profile.raw.get("leads", []):
        if lead_key(row) == key:
            return [tuple(item) for item in row["needs"]]
    return [tuple(item) for item in scenery.profile.raw["needs"][key]]


def write(scenery: Scenery, report: NeedsReport, *, half: bool = False) -> None:
    """Write the measures in order of priority; ``half`` leaves the last one without text and budget."""
    by = writer(scenery, report)
    items = wanted(scenery, report)
    for priority, item in enumerate(items, start=1):
        unfinished = half and priority == len(items)
        _write_measure(scenery, report, item, priority, by, unfinished=unfinished)


def _write_measure(
    scenery: Scenery,
    report: NeedsReport,
    item: tuple[str, str, int, int],
    priority: int,
    by: Actor,
    *,
    unfinished: bool,
) -> None:
    key, scheme, years, amount = item
    form = form_of(scenery, report)
    texts = measure_texts()
    text = texts[key][form]
    measure_year = _continued(report, text["title"], by) or measures.add_measure(
        report=report, by=by, title=text["title"]
    )
    if unfinished:
        return
    criteria = [row.code for row in rule_set(scenery.profile.rule_set).criteria if scheme in row.schemes]
    measures.save_measure(
        measure_year=measure_year,
        by=by,
        fields=MeasureFields(
            title=text["title"],
            scheme=scheme,
            sector=texts[key]["sector"],
            kind=measure_year.kind,
            year_no=measure_year.year_no,
            year_count=max(years, measure_year.year_count),
            need=text["need"],
            need_how=text["need_how"],
            goal=text["goal"],
            work_plan=text["work_plan"],
            own_effort=text["own_effort"],
            units_planned=4 + 3 * priority,
            participants_planned=40 + 25 * priority,
        ),
    )
    measures.save_answers(
        measure_year=measure_year, by=by, answers={code: texts["criteria"][form][code] for code in criteria}
    )
    measures.set_parties(measure_year=measure_year, by=by, parties=list(parties_of(scenery, report)))
    measures.set_budget(measure_year=measure_year, by=by, lines=list(budget_of(scenery, report, amount)))


def _continued(report: NeedsReport, title: str, by: Actor) -> MeasureYear | None:
    """A measure promised money this year is continued, not written anew."""
    promised = (
        Commitment.objects.filter(
            measure__office=report.round.office,
            measure__network=report.network,
            measure__lead=report.lead,
            measure__title=title,
            budget_year=report.round.year,
            withdrawn_at__isnull=True,
        )
        .select_related("measure")
        .first()
    )
    return continuing.continue_measure(report=report, measure=promised.measure, by=by) if promised else None


def parties_of(scenery: Scenery, report: NeedsReport) -> Iterable[tuple[int, str, bool]]:
    yield report.lead_id, PartyKind.OWNER, True
    yield scenery.provider.pk, PartyKind.PROVIDER, True
    for covered in report.covered.all():
        if covered.organisation_id != report.lead_id:
            yield covered.organisation_id, PartyKind.PARTICIPANT, False


def budget_of(scenery: Scenery, report: NeedsReport, amount: int) -> Iterable[BudgetInput]:
    """Most to the provider; the owners' side and the coordinator take the rest (seed 003: at most 40 and 20 %)."""
    year = scenery.profile.year
    weights = {"provider": 60, "network": 30, "coordinator": 10} if report.network else {"provider": 70, "staff": 30}
    parts = share(amount, weights)
    host: Organisation = report.lead
    yield _line(LineKind.PROVIDER, scenery.provider, year, parts["provider"])
    if report.network is not None:
        yield _line(LineKind.NETWORK, host, year, parts["network"])
        yield _line(LineKind.COORDINATOR, host, year, parts["coordinator"])
    else:
        yield _line(LineKind.STAFF_RELEASE, host, year, parts["staff"])


def _line(kind: LineKind, payee: Organisation, year: int, amount: int) -> BudgetInput:
    return BudgetInput(kind=kind, amount=amount, budget_year=year, payee_id=payee.pk)


def send(scenery: Scenery, report: NeedsReport) -> None:
    needs.send(report=report, by=writer(scenery, report))


def give_back(scenery: Scenery, report: NeedsReport) -> None:
    text = measure_texts()["year"][scenery.profile.main_form]["return_comment"]
    assessment.return_report(report=report, by=scenery.case_officer(), comment=text)


def assess(scenery: Scenery, report: NeedsReport) -> None:
    """Hold every measure against every criterion; the ones the profile refuses fail on theirs."""
    by = scenery.case_officer()
    texts = measure_texts()["year"][scenery.profile.main_form]
    rules = rule_set(scenery.profile.rule_set)
    for measure_year in report.measures.order_by("priority", "id"):
        failing = refused_criterion(scenery, report, measure_year)
        for criterion in rules.criteria:
            if measure_year.scheme not in criterion.schemes:
                continue
            failed = criterion.code == failing
            assessment.assess_criterion(
                measure_year=measure_year,
                criterion=criterion.code,
                result=CriterionResult.NOT_MET if failed else CriterionResult.MET,
                reason=texts["not_met"] if failed else texts["assessed"],
                by=by,
            )
    assessment.finish_assessment(report=report, by=by)


def refused_criterion(scenery: Scenery, report: NeedsReport, measure_year: MeasureYear) -> str:
    """The criterion the profile lets this measure fail; empty for the others."""
    row: dict[str, Any] | None = scenery.profile.raw.get("refused", {}).get(key_of(report))
    if row is None:
        return ""
    titles = {text["title"] for form, text in measure_texts()[row["measure"]].items() if form in {"nb", "nn"}}
    return str(row["criterion"]) if measure_year.title in titles else ""
