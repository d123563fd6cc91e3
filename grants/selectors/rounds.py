"""Reads rounds: the one in an address, the one that runs now, its dates, its frames and its rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from django.db.models import QuerySet, Sum
from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import clock
from core.calendar import DateWarning, date_warning
from core.dates import interface_form
from core.models import Office
from core.ui.wheel import DateKind, Phase, Wheel, WheelDate, build_wheel
from grants import rulesets
from grants.enums import DeadlineKind, RoundKind
from grants.models import Deadline, Pot, Round
from grants.requirements import RoundFacts
from grants.rulesets import RuleSet
from grants.selectors.reporters import Reporter, reporters

NEEDED = (DeadlineKind.NEEDS, DeadlineKind.RECOMMENDATION, DeadlineKind.DECISION, DeadlineKind.PAYMENT)
"""The dates a round can't be announced without (§ 14: the office sets them in the announcement)."""

IN_ORDER = (
    DeadlineKind.NEEDS,
    DeadlineKind.FORUM_PAPERS,
    DeadlineKind.FORUM_ANSWER,
    DeadlineKind.RECOMMENDATION,
    DeadlineKind.DECISION,
    DeadlineKind.PAYMENT,
    DeadlineKind.USE_BY,
    DeadlineKind.REPORT,
)
"""One after the other. Meetings aren't in it: a forum meets all through the year."""

SHAPES = {
    DeadlineKind.FORUM_MEETING: DateKind.MEETING,
    DeadlineKind.MEETING: DateKind.MEETING,
    DeadlineKind.PAYMENT: DateKind.PAYMENT,
}
REPEATED = frozenset({DeadlineKind.MEETING, DeadlineKind.FORUM_MEETING})

PAGES = {
    DeadlineKind.NEEDS: "grants:status",
    DeadlineKind.FORUM_PAPERS: "grants:workbench",
    DeadlineKind.RECOMMENDATION: "grants:workbench",
    DeadlineKind.DECISION: "grants:decision",
    DeadlineKind.PAYMENT: "grants:letters",
    DeadlineKind.REPORT: "reporting:reports",
}
"""Where one does what is due, for the office's own people."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A pot with what it holds now, in whole kroner."""

    pot: Pot
    name: str
    amount: int
    forum_name: str = ""


@dataclass(frozen=True, slots=True)
class DatedLine:
    """A deadline in words, with what its date should be looked at for (a weekend, a red day)."""

    deadline: Deadline
    label: str
    warning: DateWarning | None
    passed: bool

    @property
    def why(self) -> str:
        """What to look at, in the page's written form."""
        return self.warning.name(interface_form()) if self.warning else ""


@dataclass(frozen=True, slots=True)
class Announcing:
    """What announcing would do: who reports, who is left out and why, and the facts the step asks about."""

    facts: RoundFacts
    reporting: list[Reporter] = field(default_factory=list)
    left_out: list[Reporter] = field(default_factory=list)


def rounds_of(office: Office) -> list[Round]:
    """The office's rounds, newest first, without the one that holds promises from before the program. Two queries."""
    return list(
        Round.objects.filter(office=office)
        .exclude(kind=RoundKind.OPENING)
        .select_related("office__anchor", "rule_set", "profile")
        .prefetch_related("deadlines")
    )


def next_year(rounds: Sequence[Round]) -> int:
    """The budget year of the round an office would open now; ``rounds`` are those it has."""
    today = clock.today()
    coming = today.year if today < date(today.year, 2, 1) else today.year + 1
    return max(max((one.year for one in rounds), default=0) + 1, coming)


def get_round(office: Office, slug: str) -> Round:
    """The round in an address: «2027», an extra round «2027-2». Raises Http404.

    One query for all the office's rounds: the menu needs the current one, and finds it on ``office.menu_round``.
    """
    found = list(_rounds(office).select_related("office__anchor", "rule_set", "profile", "case"))
    office.menu_round = _current(found)  # type: ignore[attr-defined]
    for one in found:
        if one.slug == slug:
            return one
    raise Http404


def current_round(office: Office) -> Round | None:
    """The round people mean when they say no year: the newest announced main round, else the newest of any state."""
    found = list(_rounds(office))
    for one in found:
        one.office = office
    return _current(found)


def _rounds(office: Office) -> QuerySet[Round]:
    return Round.objects.filter(office=office).exclude(kind=RoundKind.OPENING).order_by()


def _current(found: list[Round]) -> Round | None:
    main = sorted((one for one in found if one.kind == RoundKind.MAIN), key=lambda one: one.year, reverse=True)
    announced = [one for one in main if one.state == "announced"]
    known = [one for one in main if one.state != "draft"]
    return next(iter(announced or known or main), None)


def rule_set_of(round: Round) -> RuleSet:
    """The law the round runs under, in the version it was bound to."""
    return rulesets.get(round.rule_set.code, round.rule_set.version)


def deadline(round: Round, kind: str) -> date | None:
    """The date of one kind; for meetings the first. None where it isn't set. Uses prefetched ``deadlines``."""
    return next((row.date for row in sorted(round.deadlines.all(), key=lambda row: row.date) if row.kind == kind), None)


def decision_day(round: Round) -> date:
    """The day whose law decides: the decision's date, else the payment's, else 15 April (§ 14)."""
    return deadline(round, DeadlineKind.DECISION) or deadline(round, DeadlineKind.PAYMENT) or date(round.year, 4, 15)


def label_of(row: Deadline, form: str = "") -> str:
    """A deadline's own words, else those of its kind."""
    own = row.label_nn if (form or interface_form()) == "nn" else row.label_nb
    return own or str(DeadlineKind(row.kind).label)


def dated_lines(round: Round, today: date | None = None) -> list[DatedLine]:
    """The round's dates in order, in words. Uses prefetched ``deadlines``."""
    day = today or clock.today()
    rows = sorted(round.deadlines.all(), key=lambda row: (row.date, row.kind))
    return [DatedLine(row, label_of(row), date_warning(row.date), row.date < day) for row in rows]


def wheel(round: Round, *, key: str = "wheel", for_office: bool = False) -> Wheel:
    """The annual wheel of the round's year, with the dates of the round. ``for_office``: with links to the work."""
    dates = [
        WheelDate(
            day=row.date,
            kind=SHAPES.get(DeadlineKind(row.kind), DateKind.DEADLINE),
            label=label_of(row),
            url=_page(round, DeadlineKind(row.kind)) if for_office else "",
        )
        for row in round.deadlines.all()
    ]
    return build_wheel(year=round.year, today=clock.today(), dates=dates, phases=phases(round), key=key)


def _page(round: Round, kind: DeadlineKind) -> str:
    try:
        return reverse(PAGES[kind], kwargs={"office": round.office.slug, "year": round.slug})
    except (KeyError, NoReverseMatch):
        return ""


def phases(round: Round) -> list[Phase]:
    """The year's four parts, cut at the round's own dates; none while a date is missing or out of order.

    They repeat every year: the last one ends where the next year's first begins.
    """
    needs, recommended, decided, paid = (deadline(round, kind) for kind in NEEDED)
    if needs is None or recommended is None or decided is None or paid is None:
        return []
    if not needs < recommended < paid:
        return []
    announced = clock.local(round.announced_at).date() if round.announced_at else date(needs.year - 1, 11, 15)
    first = announced if needs.toordinal() - 300 < announced.toordinal() < needs.toordinal() else _days(needs, -75)
    return [
        Phase(pgettext("a part of the year", "Needs"), first, needs),
        Phase(_("Forum"), _days(needs, 1), recommended),
        Phase(_("Decision"), _days(recommended, 1), paid),
        Phase(_("Measures are carried out"), _days(paid, 1), _days(first, -1)),
    ]


def _days(day: date, count: int) -> date:
    return date.fromordinal(day.toordinal() + count)


def pots_of(round: Round) -> list[Pot]:
    """The round's pots with ``frame``: what each holds, in whole kroner. One query."""
    return list(
        Pot.objects.filter(round=round)
        .select_related("forum__anchor")
        .annotate(frame=Sum("entries__amount", default=0))
        .order_by("scheme", "forum__sort_key", "pk")
    )


def frames_of(round: Round, form: str = "") -> list[Frame]:
    """The pots in words, in the order of the law's schemes. One query."""
    rules = rule_set_of(round)
    order = [scheme.code for scheme in rules.schemes]
    pots = sorted(pots_of(round), key=lambda pot: order.index(pot.scheme) if pot.scheme in order else len(order))
    return [
        Frame(
            pot=pot,
            name=rules.scheme(pot.scheme).name.in_form(form or interface_form()) if pot.scheme in order else pot.scheme,
            amount=pot.frame,  # type: ignore[attr-defined]
            forum_name=pot.forum.anchor.name if pot.forum else "",
        )
        for pot in pots
    ]


def round_facts(round: Round, *, has_pot: bool, has_recipients: bool, open_work: int = 0) -> RoundFacts:
    """What the steps of a round rest on."""
    rules = rule_set_of(round)
    set_dates = {row.kind: row.date for row in round.deadlines.all() if row.kind not in REPEATED}
    ordered = [(kind, set_dates[kind]) for kind in IN_ORDER if kind in set_dates]
    return RoundFacts(
        rule_set_in_force=rules.in_force(decision_day(round)),
        rule_set_name=rules.name.in_form(interface_form()),
        decision_date=set_dates.get(DeadlineKind.DECISION),
        missing_dates=tuple(str(kind.label) for kind in NEEDED if kind not in set_dates),
        dates_out_of_order=tuple(
            _("«%(later)s» must not come before «%(earlier)s».") % {"later": later.label, "earlier": earlier.label}
            for (earlier, day), (later, next_day) in pairwise(ordered)
            if next_day < day
        ),
        has_pot=has_pot,
        has_recipients=has_recipients,
        open_work=open_work,
    )


def announcing(round: Round) -> Announcing:
    """What announcing the round would do today."""
    found = reporters(round, rule_set_of(round), on=clock.today())
    reporting = [one for one in found if not one.left_out_because]
    left_out = [one for one in found if one.left_out_because]
    has_pot = any(pot.frame > 0 for pot in pots_of(round))  # type: ignore[attr-defined]
    return Announcing(round_facts(round, has_pot=has_pot, has_recipients=bool(reporting)), reporting, left_out)
