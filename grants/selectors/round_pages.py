"""What the pages of a round show: which rounds one sees, how far the needs reports have come, who is next."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Q, prefetch_related_objects
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.selectors.work import Task, debtors, waiting_for
from core import authz, clock
from core.actor import Actor
from core.dates import format_weekday_date, interface_form
from core.enums import Role
from core.models import Obligation, Office
from core.selectors.steps import StepView, steps_for
from core.ui.wheel import Wheel
from forums.rules import READS
from grants.enums import DeadlineKind, RoundKind
from grants.models import NeedsReport, Recommendation, Round
from grants.rulesets import RuleSet
from grants.selectors.rounds import (
    DatedLine,
    Frame,
    dated_lines,
    deadline,
    frames_of,
    round_facts,
    rounds_of,
    rule_set_of,
    wheel,
)
from grants.workflow import NEEDS_REPORT, ROUND

STUCK_FIRST = ("returned", "draft", "sent", "assessed")


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One needs report on its way: ``stuck`` sorts those who have come shortest first."""

    report: NeedsReport
    name: str
    started: date | None
    measures: int
    sent: date | None
    assessed: date | None
    shape: str
    state: str
    waits_for: str
    due: date | None
    late: bool

    @property
    def begun(self) -> bool:
        return self.started is not None or self.measures > 0

    @property
    def stuck(self) -> tuple[int, int, int]:
        return STUCK_FIRST.index(self.report.state), int(self.begun), self.measures


@dataclass(frozen=True, slots=True)
class Progress:
    """How many needs reports there are, and how far they have come."""

    total: int = 0
    begun: int = 0
    sent: int = 0
    assessed: int = 0
    returned: int = 0


def visible_rounds(actor: Actor | None, office: Office) -> list[Round]:
    """The office's own people see all rounds, those who take part the announced ones."""
    found = rounds_of(office)
    if authz.allowed(actor, "core.see_office", office):
        return found
    announced = [one for one in found if one.state != "draft"]
    return announced if announced and authz.allowed(actor, "grants.see_round", announced[0]) else []


@dataclass(frozen=True, slots=True)
class Card:
    """A round in the list."""

    round: Round
    state: str
    shape: str
    rules: str
    next: DatedLine | None


def cards(found: list[Round]) -> list[Card]:
    """The rounds in words. No query: dates and rules come with them."""
    made = []
    for one in found:
        state = ROUND.state(one.state)
        coming = next((line for line in dated_lines(one) if not line.passed), None)
        made.append(Card(one, str(state.label), state.shape, rule_set_of(one).name.in_form(interface_form()), coming))
    return made


@dataclass(frozen=True, slots=True)
class Link:
    """A part of the round one may open."""

    label: str
    url: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class RoundPage:
    """All the round's page shows."""

    sentence: str
    state: str
    shape: str
    staff: bool
    may_run: bool
    progress: Progress
    wheel: Wheel
    warned: list[DatedLine]
    sourced: list[DatedLine]
    frames: list[Frame]
    total: int
    rules: RuleSet
    rules_name: str
    tasks: list[Task]
    links: list[Link]
    steps: list[StepView]


STAFF_PARTS = (
    (gettext_lazy("Status of the needs reports"), "grants:status"),
    (gettext_lazy("Owners that don't take part this year"), "grants:opted_out"),
    (gettext_lazy("Allocation"), "grants:workbench"),
    (gettext_lazy("Decision"), "grants:decision"),
    (gettext_lazy("Letters"), "grants:letters"),
    (gettext_lazy("Annual reports"), "reporting:reports"),
)


def round_page(round: Round, actor: Actor | None) -> RoundPage:
    """The page of a round as this person sees it."""
    staff = authz.allowed(actor, "core.see_office", round)
    prefetch_related_objects([round], "deadlines")
    so_far = progress(round)
    rules, state, lines, frames = rule_set_of(round), ROUND.state(round.state), dated_lines(round), frames_of(round)
    tasks = [task for task in waiting_for(actor, round.office) if _is_of(task, round)] if actor else []
    return RoundPage(
        sentence=status_sentence(round, so_far),
        state=str(state.label),
        shape=state.shape,
        staff=staff,
        may_run=authz.allowed(actor, "grants.run_round", round),
        progress=so_far,
        wheel=wheel(round, for_office=staff),
        warned=[line for line in lines if line.warning and not line.passed] if staff else [],
        sourced=[line for line in lines if line.deadline.source_text],
        frames=frames,
        total=sum(frame.amount for frame in frames),
        rules=rules,
        rules_name=rules.name.in_form(interface_form()),
        tasks=tasks[:5],
        links=_links(round, actor, staff=staff),
        steps=_steps(round, actor, frames) if staff else [],
    )


def _is_of(task: Task, round: Round) -> bool:
    """Whether a task belongs to this year: those that say another year stand on that year's page."""
    year = task.obligation.data.get("year") or task.obligation.data.get("url", {}).get("year")
    return year is None or str(year).partition("-")[0] == str(round.year)


def _steps(round: Round, actor: Actor | None, frames: list[Frame]) -> list[StepView]:
    """The steps people take here; closing the decisions follows from the letters."""
    has_pot = any(frame.amount > 0 for frame in frames)
    facts = round_facts(round, has_pot=has_pot, has_recipients=True, open_work=open_work(round))
    return [step for step in steps_for(ROUND, round, actor, facts) if step.name != "decide"]


def open_work(round: Round) -> int:
    """How much is still owed in the round: open obligations of its needs reports. One query, when it matters."""
    if round.state != "decided":
        return 0
    reports = NeedsReport.objects.filter(round=round).values("pk")
    kind = ContentType.objects.get_for_model(NeedsReport)
    return Obligation.objects.filter(subject_type=kind, subject_id__in=reports, done_at__isnull=True).count()


def _links(round: Round, actor: Actor | None, *, staff: bool) -> list[Link]:
    here = {"office": round.office.slug, "year": round.slug}
    links = [Link(_("The announcement"), reverse("grants:announcement", kwargs=here), _("Everyone can read it."))]
    if round.state == "draft":
        links = [Link(_("The announcement as it will look"), links[0].url, _("Only the office sees it until then."))]
    if staff:
        links += [Link(str(label), url) for label, name in STAFF_PARTS if (url := _address(name, here))]
    return links + _own_reports(round, actor) + _recommendations(round, actor, staff=staff)


def _address(name: str, arguments: dict[str, str]) -> str:
    try:
        return reverse(name, kwargs=arguments)
    except NoReverseMatch:
        return ""


def _own_reports(round: Round, actor: Actor | None) -> list[Link]:
    """The needs reports one writes or is covered by. One query."""
    networks = actor.anchors(Role.COORDINATOR, Role.NETWORK_READER, Role.PROVIDER_CONTACT) if actor else frozenset()
    owners = actor.anchors(Role.OWNER_CONTACT) if actor else frozenset()
    if not networks and not owners:
        return []
    mine = Q(network__anchor_id__in=networks) | Q(lead__anchor_id__in=owners)
    reports = (
        NeedsReport.objects.filter(mine | Q(covered__organisation__anchor_id__in=owners), round=round)
        .select_related("network__anchor", "lead__anchor")
        .distinct()
    )
    return [
        Link(
            _("Needs report for %(name)s") % {"name": (one.network or one.lead).anchor.name},
            reverse("grants:needs_report", kwargs={"office": round.office.slug, "pk": one.pk}),
        )
        for one in reports
    ]


def _recommendations(round: Round, actor: Actor | None, *, staff: bool) -> list[Link]:
    """What lies before the forums, for the office and those who sit in one of them: one link, to the list if several.

    One query.
    """
    rows = Recommendation.objects.filter(round=round)
    if not staff:
        seated = actor.anchors(*READS) if actor else frozenset()
        rows = rows.filter(forums__forum__anchor_id__in=seated)
    found = list(rows.distinct().order_by("pk"))
    name, where = "grants:recommendation", {"office": round.office.slug}
    if len(found) > 1:
        name = "grants:recommendations"
    elif found:
        where["pk"] = str(found[0].pk)
    url = _address(name, where) if found else ""
    return [Link(_("Recommendation"), url)] if url else []


def progress_of(rows: list[MatrixRow]) -> Progress:
    """The sums under the matrix."""
    states = [row.report.state for row in rows]
    return Progress(
        total=len(rows),
        begun=sum(1 for row in rows if row.begun or row.report.state != "draft"),
        sent=sum(1 for state in states if state in {"sent", "assessed"}),
        assessed=states.count("assessed"),
        returned=states.count("returned"),
    )


def progress(round: Round) -> Progress:
    """How far the needs reports have come. One query."""
    rows = (
        NeedsReport.objects.filter(round=round)
        .annotate(count=Count("measures"))
        .values_list("state", "started_at", "count")
    )
    states = [(state, bool(started or count)) for state, started, count in rows]
    return Progress(
        total=len(states),
        begun=sum(1 for state, begun in states if begun or state != "draft"),
        sent=sum(1 for state, _begun in states if state in {"sent", "assessed"}),
        assessed=sum(1 for state, _begun in states if state == "assessed"),
        returned=sum(1 for state, _begun in states if state == "returned"),
    )


def matrix(round: Round) -> list[MatrixRow]:
    """A row per needs report, those who have come shortest first. Three queries."""
    reports = list(
        NeedsReport.objects.filter(round=round)
        .select_related("network__anchor", "lead__anchor")
        .annotate(measure_count=Count("measures"))
        .order_by("network__sort_key", "lead__sort_key", "pk")
    )
    kind = ContentType.objects.get_for_model(NeedsReport)
    open_duties = (
        Obligation.objects.filter(
            subject_type=kind, subject_id__in=[report.pk for report in reports], done_at__isnull=True
        )
        .select_related("user")
        .order_by("due", "pk")
    )
    by_report: dict[int, list[Obligation]] = defaultdict(list)
    for duty in open_duties:
        by_report[duty.subject_id].append(duty)
    first = [duties[0] for duties in by_report.values()]
    names = {pk: [user.name for user in people] for pk, people in debtors(first, clock.today()).items()}
    rows = [_matrix_row(report, by_report[report.pk], names) for report in reports]
    return sorted(rows, key=lambda row: row.stuck)


def _matrix_row(report: NeedsReport, duties: list[Obligation], names: dict[int, list[str]]) -> MatrixRow:
    state = NEEDS_REPORT.state(report.state)
    duty = duties[0] if duties else None
    people = names.get(duty.pk, []) if duty else []
    return MatrixRow(
        report=report,
        name=report.network.anchor.name if report.network else report.lead.anchor.name,
        started=_day(report.started_at),
        measures=report.measure_count,  # type: ignore[attr-defined]
        sent=_day(report.sent_at) if report.state != "draft" else None,
        assessed=_day(report.assessed_at) if report.state == "assessed" else None,
        shape=state.shape,
        state=str(state.label),
        waits_for=", ".join(people),
        due=duty.due if duty else None,
        late=bool(duty and duty.due and duty.due < clock.today()),
    )


def _day(moment: object) -> date | None:
    return clock.local(moment).date() if moment else None  # type: ignore[arg-type]


def status_sentence(round: Round, so_far: Progress) -> str:
    """Where the round stands today, in one or two sentences."""
    if round.kind == RoundKind.OPENING:
        return _("Promises from before the program.")
    if round.state == "draft":
        return _("The round is being prepared. Nobody outside the office can see it yet.")
    if round.state != "announced":
        return _("The decisions are made and the letters are sent.")
    counts = ngettext(
        "%(sent)s of %(total)s needs report is sent.", "%(sent)s of %(total)s needs reports are sent.", so_far.total
    ) % {"sent": so_far.sent, "total": so_far.total}
    needs = deadline(round, DeadlineKind.NEEDS)
    return counts if needs is None or so_far.sent == so_far.total else f"{_due_sentence(needs)} {counts}"


def _due_sentence(needs: date) -> str:
    left = (needs - clock.today()).days
    day = format_weekday_date(needs, interface_form())
    if left == 0:
        return _("The needs reports are due today.")
    if left < 0:
        return _("The deadline for needs reports was %(day)s.") % {"day": day}
    text = ngettext(
        "The needs reports are due in %(days)s day, %(day)s.",
        "The needs reports are due in %(days)s days, %(day)s.",
        left,
    )
    return text % {"days": left, "day": day}
