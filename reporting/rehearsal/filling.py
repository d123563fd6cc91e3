"""Fills a database to a nation's size through the services, each office's years one after the other.

What there is little of is done by the same services one at a time, as in a rehearsal. What there is much of is done by
their bulk forms, which tests hold against the single ones: measures (grants.services.measure_batches), judgements, the
steps of measures (core.services.performing.perform_many) and annual reports.

Two things are left to a sample, because nobody could wait for them: of each round, only the first letters are made as
PDFs and opened, and only the first annual reports are written, confirmed and approved. The others stay where the round
left them: letters asked for, reports open. Mails are decided but not sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from core import clock
from core.actor import Actor
from core.models import Job
from core.services import outbox
from forums.enums import Answer
from forums.selectors.seats import voting_seats
from grants.enums import CriterionResult
from grants.models import Letter, NeedsReport, Recommendation, Round
from grants.rulesets import get as rule_set
from grants.services import assessment, letters, recommendations
from grants.services.assessment import Judged
from grants.services.measure_batches import MeasureInput, write_measures
from grants.services.measures import MeasureFields
from networks.enums import Sector
from reporting.models import AnnualReport
from reporting.rehearsal import decision_acts, forum_acts, nation, needs_acts, report_acts
from reporting.rehearsal.profile import measure_texts
from reporting.rehearsal.scenery import Scenery, build

T = TypeVar("T")

SAMPLE = 1
"""How many letters, and how many reports, of each round go all the way."""
ANSWERING = 1
"""How many seats of each forum answer; each answers every line."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is filled in. ``stop_last``: the newest round stays before the forum, as most rounds in use do."""

    offices: int = 10
    years: int = 10
    scale: float = 1.0
    seed: int = 1
    stop_last: bool = True


def sceneries(plan: Plan) -> list[Scenery]:
    """The offices with people, networks and forums, as they stand when the first year is opened."""
    played = nation.years(plan.years)
    made = []
    for county in nation.offices()[: plan.offices]:
        profile = nation.profile(county, played[0], of=played, scale=plan.scale)
        with clock.frozen(profile.acts.opened):
            made.append(build(profile, seed=plan.seed, by=Actor.for_system("fill")))
    return made


def fill_office(scenery: Scenery, plan: Plan) -> Iterator[tuple[int, int]]:
    """Play the office's years; yields (year, measures) after each."""
    played = nation.years(plan.years)
    for year in played:
        profile = nation.profile(str(scenery.profile.raw["county"]), year, of=played, scale=plan.scale)
        one = replace(scenery, profile=profile)
        round_ = play(one, whole=not plan.stop_last or year != played[-1], scale=plan.scale)
        yield year, round_.measures.count()


def play(scenery: Scenery, *, whole: bool, scale: float) -> Round:
    """One year of one office; not ``whole``: until the forum has answered."""
    acts = scenery.profile.acts
    with clock.frozen(acts.opened):
        round_ = needs_acts.open_round(scenery)
    with clock.frozen(acts.announced):
        needs_acts.announce(scenery, round_)
    found = needs_acts.reports(round_)
    on_each(found, acts.written, lambda report: _write(scenery, report, nation.measures_in(scale)))
    on_each(found, acts.sent, lambda report: needs_acts.send(scenery, report))
    on_each(found, acts.assessed, lambda report: _assess(scenery, report))
    with clock.frozen(acts.proposed):
        proposal = forum_acts.propose(scenery, round_)
    with clock.frozen(acts.put_forward):
        before_forum = forum_acts.put_forward(scenery, proposal)
    on_each(before_forum, acts.answered, lambda one: _answer(scenery, one))
    if whole:
        on_each(before_forum, acts.concluded, lambda one: forum_acts.conclude(scenery, one))
        _decide(scenery, round_)
        _report(scenery, round_)
    return round_


def on_each(rows: Sequence[T], day: date, act: Callable[[T], object]) -> None:
    with clock.frozen(day):
        for row in rows:
            act(row)


# --- Needs ------------------------------------------------------------------------------------------------------------


def _write(scenery: Scenery, report: NeedsReport, count: int) -> None:
    by = needs_acts.writer(scenery, report)
    parties = list(needs_acts.parties_of(scenery, report))
    measures = [_measure(scenery, report, parties, place) for place in range(count)]
    write_measures(report=report, measures=measures, by=by)


def _measure(scenery: Scenery, report: NeedsReport, parties: list[tuple[int, str, bool]], place: int) -> MeasureInput:
    texts = measure_texts()
    keys = [name for name in texts if name not in {"criteria", "year"}]
    key = keys[place % len(keys)]
    form = scenery.profile.main_form
    text = texts[key][form]
    scheme = _scheme(scenery, texts[key]["sector"])
    criteria = rule_set(scenery.profile.rule_set).criteria_for(scheme)
    return MeasureInput(
        fields=MeasureFields(
            title=f"{text['title']} ({place + 1})",
            scheme=scheme,
            sector=texts[key]["sector"],
            need=text["need"],
            need_how=text["need_how"],
            goal=text["goal"],
            work_plan=text["work_plan"],
            own_effort=text["own_effort"],
            units_planned=3 + place % 9,
            participants_planned=20 + place % 60,
        ),
        answers={one.code: texts["criteria"][form][one.code] for one in criteria},
        parties=parties,
        lines=list(needs_acts.budget_of(scenery, report, nation.SUM * (40 + place * 7 % 60) // 100)),
    )


def _scheme(scenery: Scenery, sector: str) -> str:
    schemes = nation.SCHEMES[scenery.profile.rule_set]
    if len(schemes) == 1:
        return schemes[0]
    return {Sector.KINDERGARTEN: "regional", Sector.SCHOOL: "desentralisert"}.get(Sector(sector), "kompetanseloftet")


def _assess(scenery: Scenery, report: NeedsReport) -> None:
    by = scenery.case_officer()
    reason = measure_texts()["year"][scenery.profile.main_form]["assessed"]
    rules = rule_set(scenery.profile.rule_set)
    judged = [
        Judged(pk, criterion.code, CriterionResult.MET, reason)
        for pk, scheme in report.measures.order_by("priority", "id").values_list("pk", "scheme")
        for criterion in rules.criteria_for(scheme)
    ]
    assessment.assess_measures(report=report, judged=judged, by=by)
    report.refresh_from_db()
    assessment.finish_assessment(report=report, by=by)


# --- The forum --------------------------------------------------------------------------------------------------------


def _answer(scenery: Scenery, recommendation: Recommendation) -> None:
    """The chair of each forum agrees with every line."""
    lines = list(recommendation.lines.filter(live=True).values_list("pk", flat=True))
    for forum in forum_acts.forums_of(recommendation):
        for seat in voting_seats([forum], clock.today()).order_by("id")[:ANSWERING]:
            recommendations.answer(
                recommendation=recommendation,
                seat=seat,
                answers=dict.fromkeys(lines, (Answer.AGREE, "")),
                by=scenery.cast.actor(forum_acts.part_of(seat)),
            )


# --- Decision, letters, reports ---------------------------------------------------------------------------------------


def _decide(scenery: Scenery, round_: Round) -> None:
    acts = scenery.profile.acts
    with clock.frozen(acts.decided):
        decision = decision_acts.decide(scenery, round_)
    with clock.frozen(acts.approved):
        decision_acts.approve(scenery, decision)
    with clock.frozen(acts.dispatched):
        decision_acts.dispatch(scenery, decision)
        _run(f"create_reports:{decision.pk}")
        # The shortest first: the university's letter is a book of a thousand measures.
        sample = sorted(Letter.objects.filter(round=round_), key=lambda one: (one.lines.count(), one.pk))[:SAMPLE]
        for letter in sample:
            _run(f"make_letter:{letter.pk}")
            _run(f"notice_letter:{letter.pk}")
    with clock.frozen(acts.letters_opened):
        for letter in Letter.objects.filter(pk__in=[one.pk for one in sample]).select_related("recipient__anchor"):
            by = decision_acts.reader(scenery, letter)
            letters.open_letter(letter=letter, by=by)


def _run(key: str) -> None:
    """Do the job that was asked for under this key; the others of the round stay asked for."""
    outbox.run(Job.objects.get(key=key))
    if Job.objects.filter(key=key).exclude(state="done").exists():
        raise RuntimeError(f"the job {key} could not be done")


def _report(scenery: Scenery, round_: Round) -> None:
    acts = scenery.profile.acts

    def sample() -> list[AnnualReport]:
        return report_acts.reports_of(round_, first=SAMPLE)

    on_each(sample(), acts.reported, lambda report: report_acts.write_and_send(scenery, report))
    on_each(sample(), acts.confirmed, lambda report: report_acts.confirm(scenery, report))
    on_each(sample(), acts.reports_approved, lambda report: report_acts.approve(scenery, report))
