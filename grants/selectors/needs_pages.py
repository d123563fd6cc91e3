"""What the pages of a needs report show: its tasks, its text, its receipt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from core import authz, clock
from core.actor import Actor
from core.enums import Role
from core.money import format_kroner
from core.paging import Leaf
from core.requirements import Obstacle
from core.selectors.steps import StepView, steps_for
from core.workflow import State
from grants.enums import DeadlineKind
from grants.models import MeasureYear, NeedsReport
from grants.requirements import NeedsFacts
from grants.rulesets import RuleSet
from grants.selectors.measure_choices import Offer, offers
from grants.selectors.measure_faults import Fault
from grants.selectors.measure_texts import MeasureText, text_of
from grants.selectors.measures import (
    ABOUT,
    ANSWERS,
    BUDGET,
    PARTIES,
    SECTIONS,
    section_name,
)
from grants.selectors.needs import (
    EDITABLE,
    MeasureView,
    covered_names,
    decision_day,
    last_saved,
    measures_of,
    name_of,
    needs_facts,
    priorities_unique,
    read_by,
    some_measures_of,
    views_of,
    with_dates,
    writers_of,
)
from grants.selectors.rounds import deadline, rule_set_of
from grants.workflow import NEEDS_REPORT

MEASURES = 10
"""Shown in full on one page of a report that is read: most reports have fewer."""

URL_NAMES = {
    ABOUT: "grants:measure_edit",
    ANSWERS: "grants:measure_answers",
    PARTIES: "grants:measure_parties",
    BUDGET: "grants:measure_budget",
}


def section_url(report: NeedsReport, measure_year: MeasureYear, section: str) -> str:
    """The page where a section of a measure is written."""
    return reverse(URL_NAMES[section], args=[report.round.office.slug, report.pk, measure_year.pk])


@dataclass(frozen=True, slots=True)
class Saved:
    """Who wrote last, and when."""

    name: str
    at: datetime
    today: bool


@dataclass(frozen=True, slots=True)
class Task:
    """One numbered task: where it is done, how far it has come."""

    label: str
    url: str
    hint: str
    state: str
    words: str


@dataclass(frozen=True, slots=True)
class Head:
    """What stands on top of every page of a report."""

    report: NeedsReport
    name: str
    year: int
    due: date | None
    days_left: int
    state: State
    state_words: str
    inside: bool
    can_write: bool
    may_see_content: bool
    saved: Saved | None = None

    @property
    def is_late(self) -> bool:
        return self.due is not None and self.days_left < 0


@dataclass(frozen=True, slots=True)
class TaskList:
    """The report as its writers work on it."""

    head: Head
    measures: tuple[MeasureView, ...]
    measure_tasks: tuple[Task, ...]
    last_tasks: tuple[Task, ...]
    offers: tuple[Offer, ...]
    covered: tuple[str, ...]
    writers: tuple[tuple[User, str], ...]
    read_by: date | None
    forum_meets: date | None
    decision: date | None

    @property
    def total(self) -> int:
        return len(self.measure_tasks) + len(self.last_tasks) + len(self.offers)

    @property
    def before_last(self) -> int:
        """How many tasks are numbered before the last group."""
        return len(self.measure_tasks) + len(self.offers)

    @property
    def done(self) -> int:
        return sum(task.state == "done" for task in (*self.measure_tasks, *self.last_tasks))

    @property
    def next_task(self) -> Task | None:
        """The first that isn't finished and can be worked on."""
        return next((one for one in (*self.measure_tasks, *self.last_tasks) if one.state != "done" and one.url), None)


def head_of(report: NeedsReport, actor: Actor, measures: Sequence[MeasureYear] | None = None) -> Head:
    """Title, state, deadline and rights; with ``measures`` also who saved last."""
    inside = authz.allowed(actor, "core.see_office", report.round)
    state = NEEDS_REPORT.state(report.state)
    due: date | None = report.due  # type: ignore[attr-defined]
    return Head(
        report=report,
        name=name_of(report),
        year=report.round.year,
        due=due,
        days_left=(due - clock.today()).days if due else 0,
        state=state,
        state_words=str(state.shown(inside=inside)),
        inside=inside,
        can_write=report.state in EDITABLE and authz.allowed(actor, "grants.write_needs", report),
        may_see_content=authz.allowed(actor, "grants.see_needs_content", report),
        saved=_saved(report, measures) if measures is not None else None,
    )


def _saved(report: NeedsReport, measures: Sequence[MeasureYear]) -> Saved | None:
    event = last_saved(report, measures)
    if event is None:
        return None
    person = event.by_user or (event.by_link.user if event.by_link else None)
    if person is None:
        return None
    return Saved(person.name, event.at, clock.local(event.at).date() == clock.today())


def task_list(report: NeedsReport, actor: Actor) -> TaskList:
    """The tasks that lead to a report that can be sent."""
    with_dates(report)
    measures = measures_of(report)
    views = views_of(measures, rule_set=rule_set_of(report.round), profile=report.round.profile)
    facts = needs_facts(report, measures, views)
    last = [_order_task(report, measures)] if len(measures) > 1 else []
    return TaskList(
        head=head_of(report, actor, measures),
        measures=tuple(views),
        measure_tasks=tuple(_measure_task(report, view) for view in views),
        last_tasks=(*last, _check_task(report, facts)),
        offers=tuple(offers(report)),
        covered=tuple(covered_names(report)),
        writers=tuple((user, str(Role(role).label)) for user, role in writers_of(report)),
        read_by=read_by(report),
        forum_meets=deadline(report.round, DeadlineKind.FORUM_MEETING),
        decision=decision_day(report),
    )


def _measure_task(report: NeedsReport, view: MeasureView) -> Task:
    first = next((section.name for section in view.sections if section.state != "done"), ABOUT)
    missing = [section_name(section.name) for section in view.sections if section.state != "done"]
    if missing:
        hint = _("Missing: %(sections)s") % {"sections": ", ".join(missing).lower()}
    else:
        hint = _("Year %(year)d of %(years)d, seeks %(amount)s") % {
            "year": view.measure_year.year_no,
            "years": view.measure_year.year_count,
            "amount": format_kroner(view.sought),
        }
    words = {
        "done": _("Finished"),
        "going": _("Begun"),
        "none": _("Not begun"),
        "warn": _("Must be mended"),
    }
    return Task(view.title, section_url(report, view.measure_year, first), hint, view.state, words[view.state])


def _order_task(report: NeedsReport, measures: Sequence[MeasureYear]) -> Task:
    url = reverse("grants:needs_order", args=[report.round.office.slug, report.pk])
    unique = priorities_unique(measures)
    return Task(
        _("Set the order of the measures"),
        url,
        _("What matters most stands first"),
        "done" if unique else "warn",
        _("Finished") if unique else _("Must be mended"),
    )


def _check_task(report: NeedsReport, facts: NeedsFacts) -> Task:
    refused = facts.faults or facts.refused_recipients or facts.ended_recipients
    ready = facts.has_measures and not refused and facts.priorities_unique
    return Task(
        _("Check and send"),
        reverse("grants:needs_check", args=[report.round.office.slug, report.pk]),
        "" if ready else _("Can be sent when the measures are finished"),
        "ready" if ready else "none",
        _("Ready") if ready else _("Can’t be sent yet"),
    )


@dataclass(frozen=True, slots=True)
class Repair:
    """What must be mended before sending, with the page and field where it is."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Check:
    """All answers with what stands in the way of sending."""

    head: Head
    texts: tuple[MeasureText, ...]
    urls: tuple[dict[str, str], ...]
    repairs: tuple[Repair, ...]
    step: StepView | None
    covered: tuple[str, ...]
    total: int
    read_by: date | None
    decision: date | None

    def measures(self) -> list[tuple[MeasureText, dict[str, str]]]:
        return list(zip(self.texts, self.urls, strict=True))


def check_page(report: NeedsReport, actor: Actor) -> Check:
    """The whole report read through, and what is left to mend."""
    with_dates(report)
    measures = measures_of(report)
    rule_set = rule_set_of(report.round)
    views = views_of(measures, rule_set=rule_set, profile=report.round.profile)
    facts = needs_facts(report, measures, views)
    repairs = [
        Repair(f"{view.title}: {fault.text}", _fault_url(report, view.measure_year, fault))
        for view in views
        for fault in view.faults
    ]
    known = {"measure_incomplete"}
    step = next(iter(one for one in steps_for(NEEDS_REPORT, report, actor, facts) if one.name == "send"), None)
    repairs += [
        Repair(str(one.text), _obstacle_url(report, one))
        for one in (step.obstacles if step else ())
        if one.code not in known
    ]
    texts = tuple(text_of(one, rule_set) for one in measures)
    return Check(
        head=head_of(report, actor, measures),
        texts=texts,
        urls=tuple({name: section_url(report, one, name) for name in SECTIONS} for one in measures),
        repairs=tuple(repairs),
        step=step,
        covered=tuple(covered_names(report)),
        total=sum(text.sought for text in texts),
        read_by=read_by(report),
        decision=decision_day(report),
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """A report as it is read: some of its measures in full, and what all of them come to."""

    leaf: Leaf[MeasureText]
    sought: int
    covered: tuple[str, ...]


def reading(report: NeedsReport, *, number: int = 1) -> Reading:
    """What the page says to those who read. Five queries, however many measures there are."""
    rule_set = rule_set_of(report.round)
    leaf = some_measures_of(report, number, size=MEASURES)
    return Reading(
        leaf=leaf.with_rows([text_of(one, rule_set) for one in leaf]),
        sought=next((one.sought_in_all for one in leaf), 0),  # type: ignore[attr-defined]
        covered=tuple(covered_names(report)),
    )


def _fault_url(report: NeedsReport, measure_year: MeasureYear, fault: Fault) -> str:
    url = section_url(report, measure_year, fault.section)
    return f"{url}#{fault.field}" if fault.field else url


def _obstacle_url(report: NeedsReport, obstacle: Obstacle) -> str:
    slug = report.round.office.slug
    if obstacle.code == "same_priority":
        return reverse("grants:needs_order", args=[slug, report.pk])
    if obstacle.code == "no_measures":
        return reverse("grants:needs_report", args=[slug, report.pk])
    return ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was sent, and what happens now."""

    head: Head
    covered: tuple[str, ...]
    measures: tuple[tuple[str, int], ...]
    total: int
    read_by: date | None
    decision: date | None
    case: str


def receipt_page(report: NeedsReport, actor: Actor, rule_set: RuleSet | None = None) -> Receipt:
    """The receipt as it can be read at any time later."""
    with_dates(report)
    texts = [text_of(one, rule_set or rule_set_of(report.round)) for one in measures_of(report)]
    return Receipt(
        head=head_of(report, actor),
        covered=tuple(covered_names(report)),
        measures=tuple((text.title, text.sought) for text in texts),
        total=sum(text.sought for text in texts),
        read_by=read_by(report),
        decision=decision_day(report),
        case=str(report.receipt) if report.receipt else "",
    )
