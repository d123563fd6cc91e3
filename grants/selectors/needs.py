"""Reads needs reports: what stands in the way of sending, who owes what, how far the writers have come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import RoleAssignment, User
from accounts.selectors.holders import counting_at, in_force
from core import clock
from core.actor import Actor
from core.calendar import add_working_days
from core.enums import LinkPurpose, Role
from core.models import Event, Office, Section
from core.obligations import Kind, Owed
from core.paging import Leaf, leaf_of_query
from grants.enums import DeadlineKind
from grants.models import Assessment, BudgetLine, Deadline, MeasureYear, NeedsReport, ProfileVersion
from grants.requirements import MeasureFault, NeedsFacts
from grants.rulesets import Level, RuleSet
from grants.selectors.measure_faults import Fault, faults_of, refused_payees
from grants.selectors.measures import (
    ABOUT,
    ANSWERS,
    BUDGET,
    PARTIES,
    SECTIONS,
    drafts_of,
    is_unread,
    sought,
    title_of,
    with_parts,
)
from grants.selectors.rounds import deadline, rule_set_of
from networks.selectors.standing import why_not_party

EDITABLE = frozenset({"draft", "returned"})
READING_DAYS = 10
"""Working days the office gives itself to read a report where the round has no date for it."""


def get_report(office: Office, pk: int) -> NeedsReport | None:
    """A report of an office, with what its pages say about it. One query: ``due`` is the round's deadline for needs,
    and the pages that tell of other dates fetch them (:func:`with_dates`)."""
    due = Deadline.objects.filter(round=OuterRef("round"), kind=DeadlineKind.NEEDS).order_by("date").values("date")
    found = NeedsReport.objects.filter(pk=pk, round__office=office).select_related(
        "round__office", "round__profile", "round__rule_set", "round__case", "network__anchor", "lead__anchor",
        "forum__anchor", "receipt",
    )  # fmt: skip
    return next(iter(found.annotate(due=Subquery(due[:1])).order_by()), None)


def with_dates(report: NeedsReport) -> NeedsReport:
    """The report with its round's dates. One query."""
    prefetch_related_objects([report], "round__deadlines")
    return report


def measures_of(report: NeedsReport) -> list[MeasureYear]:
    """The report's measures in their order, with all their parts."""
    return _of_report(report, with_parts(report.measures.order_by("priority", "pk")))


def some_measures_of(report: NeedsReport, number: int, *, size: int) -> Leaf[MeasureYear]:
    """A page of the same; each row says what all of the report's measures seek together (``sought_in_all``)."""
    lines = BudgetLine.objects.filter(measure_year__report=report, budget_year=report.round.year).order_by()
    total = Subquery(lines.values("measure_year__report").annotate(total=Sum("amount")).values("total"))
    rows = with_parts(report.measures.annotate(sought_in_all=Coalesce(total, 0)).order_by("priority", "pk"))
    leaf = leaf_of_query(rows, number, size=size)
    return leaf.with_rows(_of_report(report, leaf.rows))


def _of_report(report: NeedsReport, measures: Iterable[MeasureYear]) -> list[MeasureYear]:
    found = list(measures)
    for one in found:
        one.report = report
        one.round = report.round
    return found


def reports_for(actor: Actor, office: Office) -> QuerySet[NeedsReport]:
    """The reports of the office's announced rounds that the person writes or takes part in, newest first."""
    networks = actor.anchors(Role.COORDINATOR, Role.NETWORK_READER, Role.PROVIDER_CONTACT)
    own = actor.anchors(Role.OWNER_CONTACT, Role.PROVIDER_CONTACT)
    return (
        NeedsReport.objects.filter(round__office=office)
        .exclude(round__state="draft")
        .filter(
            Q(network__anchor_id__in=networks)
            | Q(lead__anchor_id__in=own)
            | Q(covered__organisation__anchor_id__in=own)
            | Q(measures__parties__organisation__anchor_id__in=own)
        )
        .select_related("round", "network__anchor", "lead__anchor")
        .order_by("-round__year", "round__number", "pk")
        .distinct()
    )


def name_of(report: NeedsReport) -> str:
    """Whom the report is for: the network, or the lead where there is none."""
    return str(report.network or report.lead)


def covered_names(report: NeedsReport) -> list[str]:
    """The owners the lead reports on behalf of."""
    rows = report.covered.select_related("organisation__anchor").order_by("organisation__sort_key")
    return [str(row.organisation) for row in rows if row.organisation_id != report.lead_id]


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section of a measure on the task list."""

    name: str
    state: str
    """done, going, none or warn."""
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class MeasureView:
    """A measure as its writers see it."""

    measure_year: MeasureYear
    title: str
    sought: int
    sections: tuple[SectionView, ...]
    faults: tuple[Fault, ...]

    @property
    def finished(self) -> bool:
        return not self.faults

    @property
    def state(self) -> str:
        if not self.faults:
            return "done"
        if any(section.state == "warn" for section in self.sections):
            return "warn"
        return "going" if any(section.state in {"going", "done"} for section in self.sections) else "none"


def views_of(measures: Sequence[MeasureYear], *, rule_set: RuleSet, profile: ProfileVersion) -> list[MeasureView]:
    """Each measure with the state of its sections and what is missing."""
    drafts = drafts_of(measures)
    return [_view(one, drafts.get(one.pk, {}), rule_set, profile) for one in measures]


def _view(
    measure_year: MeasureYear, drafts: dict[str, Section], rule_set: RuleSet, profile: ProfileVersion
) -> MeasureView:
    unread = [name for name in SECTIONS if is_unread(drafts.get(name))]
    faults = tuple(faults_of(measure_year, rule_set=rule_set, profile=profile, unread=unread))
    sections = []
    for name in SECTIONS:
        own = tuple(fault for fault in faults if fault.section == name)
        begun = name in drafts or _has_content(measure_year, name)
        state = "warn" if name in unread else "done" if not own else "going" if begun else "none"
        sections.append(SectionView(name, state, own))
    return MeasureView(measure_year, title_of(measure_year), sought(measure_year), tuple(sections), faults)


def _has_content(measure_year: MeasureYear, section: str) -> bool:
    return {
        ABOUT: bool(measure_year.need or measure_year.goal or measure_year.work_plan),
        ANSWERS: bool(measure_year.criterion_answers.all()),
        PARTIES: bool(measure_year.parties.all()),
        BUDGET: bool(measure_year.budget_lines.all()),
    }[section]


def priorities_unique(measures: Iterable[MeasureYear]) -> bool:
    """Whether each measure has a place of its own in the order."""
    places = [one.priority for one in measures]
    return len(places) == len(set(places))


def needs_facts(
    report: NeedsReport,
    measures: Sequence[MeasureYear] | None = None,
    views: Sequence[MeasureView] | None = None,
) -> NeedsFacts:
    """What sending rests on, gathered for the guards. What the caller already has, it hands in."""
    found = measures_of(report) if measures is None else measures
    rule_set = rule_set_of(report.round)
    if views is None:
        views = views_of(found, rule_set=rule_set, profile=report.round.profile)
    refused = {payee.pk: str(payee) for one in found for payee in refused_payees(one, rule_set)}
    return NeedsFacts(
        round_open=report.round.state == "announced",
        has_measures=bool(found),
        faults=tuple(
            MeasureFault(view.title, fault.text, f"measure-{view.measure_year.pk}-{fault.section}")
            for view in views
            for fault in view.faults
        ),
        refused_recipients=tuple(refused.values()),
        ended_recipients=ended_payees(found),
        priorities_unique=priorities_unique(found),
    )


def ended_payees(measures: Iterable[MeasureYear]) -> tuple[str, ...]:
    """A sentence on each payee that has ended, with its successor. No query where none has."""
    today = clock.today()
    payees = {line.payee_id: line.payee for one in measures for line in one.budget_lines.all() if line.payee}
    return tuple(
        str(obstacle.text)
        for payee in payees.values()
        if payee.is_ended(today)
        for obstacle in why_not_party(payee, on=today)
    )


def unassessed(report: NeedsReport, rule_set: RuleSet) -> tuple[str, ...]:
    """Titles of measures that aren't held against each criterion yet; a «may» criterion can be left out."""
    return tuple(title for title, missing, _wanted in judged(report, rule_set) if missing)


def judged(report: NeedsReport, rule_set: RuleSet) -> list[tuple[str, int, int]]:
    """Each measure in its order: its title, how many of the criteria it must be held against are left, and how many
    there are. Two queries."""
    given: dict[int, set[str]] = {}
    rows = Assessment.objects.filter(measure_year__report=report).order_by().values_list("measure_year_id", "criterion")
    for pk, criterion in rows:
        given.setdefault(pk, set()).add(criterion)
    found = []
    for pk, title, scheme in report.measures.order_by("priority", "pk").values_list("pk", "title", "scheme"):
        wanted = {rule.code for rule in rule_set.criteria_for(scheme) if rule.level != Level.TIP}
        found.append((title, len(wanted - given.get(pk, set())), len(wanted)))
    return found


def assessment_facts(report: NeedsReport) -> NeedsFacts:
    """What finishing the assessment rests on."""
    return NeedsFacts(unassessed=unassessed(report, rule_set_of(report.round)))


def last_saved(report: NeedsReport, measures: Sequence[MeasureYear]) -> Event | None:
    """The latest write to the report or its measures: who and when."""
    kinds = ContentType.objects.get_for_models(NeedsReport, MeasureYear)
    return (
        Event.objects.filter(
            Q(subject_type=kinds[NeedsReport], subject_id=report.pk)
            | Q(subject_type=kinds[MeasureYear], subject_id__in=[one.pk for one in measures])
        )
        .exclude(by_system__gt="")
        .select_related("by_user", "by_link__user")
        .order_by("-pk")
        .first()
    )


def writers_of(report: NeedsReport) -> list[tuple[User, str]]:
    """The people who can write and send, with their role: coordinators of the network, owner contacts of the lead."""
    where = Q(role=Role.OWNER_CONTACT, anchor=report.lead.anchor_id)
    if report.network is not None:
        where |= Q(role=Role.COORDINATOR, anchor=report.network.anchor_id)
    held = RoleAssignment.objects.filter(in_force(clock.today()), counting_at(report.round.office_id), where)
    rows = held.filter(user__is_active=True).select_related("user")
    found: dict[int, tuple[User, str]] = {}
    for row in rows.order_by("role", "user__name", "pk"):
        found.setdefault(row.user_id, (row.user, Role(row.role)))
    return list(found.values())


def read_by(report: NeedsReport) -> date | None:
    """The day the office has read a report: the forum gets its papers then, or two weeks after it was sent and due."""
    papers = deadline(report.round, DeadlineKind.FORUM_PAPERS)
    sent = clock.local(report.sent_at).date() if report.sent_at else None
    if sent is None:
        return papers
    if papers is not None and papers > sent:
        return papers
    due = deadline(report.round, DeadlineKind.NEEDS)
    return add_working_days(max(sent, due) if due else sent, READING_DAYS)


def decision_day(report: NeedsReport) -> date | None:
    """When the decision comes, as the round's wheel says."""
    return deadline(report.round, DeadlineKind.DECISION) or deadline(report.round, DeadlineKind.PAYMENT)


def is_late(report: NeedsReport, moment: datetime) -> bool:
    """Whether sending at this moment is after the deadline's day; a report first sent in time stays in time."""
    if report.sent_at is not None:
        return report.sent_late
    due = deadline(report.round, DeadlineKind.NEEDS)
    return due is not None and clock.local(moment).date() > due


NEEDS_SEND = Kind(
    code="needs_send",
    verb=_("Send the needs report for %(name)s"),
    waiting=_("%(name)s: send the needs report"),
    url_name="grants:needs_report",
    minutes=45,
    purpose=LinkPurpose.NEEDS_REPORT,
)
NEEDS_CORRECT = Kind(
    code="needs_correct",
    verb=_("Correct and send the needs report for %(name)s again"),
    waiting=_("%(name)s: correct the needs report"),
    url_name="grants:needs_report",
    minutes=20,
    purpose=LinkPurpose.NEEDS_REPORT,
)
NEEDS_ASSESS = Kind(
    code="needs_assess",
    verb=_("Assess the needs report from %(name)s"),
    waiting=_("The secretariat: assess the needs report from %(name)s"),
    url_name="grants:assess",
    minutes=20,
)
NEEDS_KINDS = (NEEDS_SEND, NEEDS_CORRECT, NEEDS_ASSESS)


def owed_for(report: NeedsReport) -> list[Owed]:
    """What is owed because of a report as it stands: sending, correcting, or assessing it.

    Owed only while the round is announced; who changes the round's state or dates syncs its reports.
    """
    round_ = report.round
    if round_.state != "announced":
        return []
    data = {
        "url": {"office": round_.office.slug, "pk": report.pk},
        "name": name_of(report),
        "year": round_.year,
    }
    due = deadline(round_, DeadlineKind.NEEDS)
    if report.state == "sent":
        return [
            Owed(
                kind=NEEDS_ASSESS.code,
                office_id=round_.office_id,
                due=read_by(report),
                role=Role.CASE_OFFICER,
                anchor_id=round_.office.anchor_id,
                data=data,
            )
        ]
    if report.state not in EDITABLE:
        return []
    kind = NEEDS_SEND if report.state == "draft" else NEEDS_CORRECT
    if report.state == "returned":
        due = deadline(round_, DeadlineKind.FORUM_PAPERS) or due
    if report.network is not None:
        role, anchor_id = Role.COORDINATOR, report.network.anchor_id
    else:
        role, anchor_id = Role.OWNER_CONTACT, report.lead.anchor_id
    return [Owed(kind=kind.code, office_id=round_.office_id, due=due, role=role, anchor_id=anchor_id, data=data)]
