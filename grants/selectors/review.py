"""The page where the forum reads and answers: measures as cards, and how far the answers have come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import groupby

from django.contrib.contenttypes.models import ContentType

from core import authz
from core.actor import Actor
from core.dates import interface_form
from core.enums import CommentKind
from core.models import Comment
from core.money import NBSP
from core.paging import Leaf, leaf_of
from core.selectors.steps import StepView, steps_for
from core.ui.bars import Part
from forums.enums import Answer, AppointmentKind
from forums.models import Appointment, Forum
from forums.rules import READS
from grants.enums import LineKind
from grants.models import Evidence, MeasureYear, Recommendation, RecommendationForum, RecommendationLine
from grants.requirements import RecommendationFacts
from grants.selectors import recommendations as selector
from grants.selectors.answers import WEIGHT, Given, SeatState, Standing, standing
from grants.selectors.recommendations import Laid
from grants.workflow import RECOMMENDATION

CHANGED, QUESTIONS, UNANSWERED, ALL = "endra", "spm", "ikkje", "alle"
"""What the list can show, as the address says it."""

CARDS = 15
"""On one page: a card with its text and its answer is as long as three rows of a list."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A comment with the answers to it."""

    comment: Comment
    replies: list[Comment]


@dataclass(slots=True)
class Card:
    """A measure before the forum. Its words are read for the cards that are shown (:meth:`Review.read`)."""

    number: int
    pk: int
    """The measure-year's id."""
    lines: list[Laid]
    before: int | None
    """What it was in the version before; None where it is unchanged or new."""
    words: list[RecommendationLine] = field(default_factory=list)
    commented: int = 0
    """How many comments it has, answers not counted."""
    questions: int = 0
    open_questions: int = 0
    comments: list[Asked] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    answers: list[Given] = field(default_factory=list)
    """One per seat: its gravest."""
    own: Given | None = None
    """The answer of the seat the reader answers for, once it covers every line."""
    recused: bool = False
    deputy: str = ""
    """Who answers for a member who has stepped back."""

    @property
    def measure(self) -> MeasureYear:
        return self.words[0].measure_year

    @property
    def amount(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def sought(self) -> int:
        return sum(line.proposal_line.sought for line in self.words)

    @property
    def provider_amount(self) -> int:
        return sum(line.amount for line in self.lines if line.kind == LineKind.PROVIDER)

    @property
    def reason(self) -> str:
        return next((line.proposal_line.reason for line in self.words if line.proposal_line.reason), "")

    @property
    def whose(self) -> str:
        report = self.measure.report
        return (report.network or report.lead).anchor.name if report else ""

    @property
    def partners(self) -> list[str]:
        """The providers the money goes to."""
        return list(dict.fromkeys(line.payee.anchor.name for line in self.words if line.kind == LineKind.PROVIDER))

    @property
    def refused(self) -> str:
        """Why the office refused it, empty where it didn't."""
        return next((line.refused_reason for line in self.words if line.refused_reason), "")

    @property
    def remarks(self) -> list[Given]:
        """Remarks and dissents."""
        return [answer for answer in self.answers if answer.reason]

    @property
    def counts(self) -> dict[str, int]:
        """How many seats give each answer."""
        found = dict.fromkeys(Answer.values, 0)
        for answer in self.answers:
            found[answer.answer] += 1
        return found


@dataclass
class Review:
    """All the page shows."""

    recommendation: Recommendation
    concludes: bool
    cards: list[Card]
    standing: Standing
    parts: list[RecommendationForum]
    seats: list[Appointment]
    """The reader's own voting seats."""
    seat: Appointment | None
    """The one they answer for now."""
    showing: str
    answer_by: date | None
    meeting: date | None
    is_office: bool
    steps: list[StepView]
    chairs: list[Forum]
    """The open forums the reader chairs."""
    number: int = 1
    """Which page of the cards is shown."""

    def read(self, cards: Iterable[Card]) -> list[Card]:
        """The cards with the words of their lines and, where there is any, the evidence. One or two queries."""
        found = list(cards)
        words: dict[int, list[RecommendationLine]] = defaultdict(list)
        for line in selector.worded_lines(self.recommendation, measures=[card.pk for card in found]):
            words[line.measure_year_id].append(line)
        for card in found:
            card.words = words[card.pk]
            card.answers = self.standing.answers_to(line.pk for line in card.lines)
        _add_evidence([card for card in found if card.words[0].has_evidence])  # type: ignore[attr-defined]
        return found

    @property
    def may_handle(self) -> bool:
        """The reader chairs a forum that is to change or uphold what the office refused."""
        return any(step.name == "uphold" and step.allowed for step in self.steps)

    @property
    def may_refuse(self) -> bool:
        """The reader may send parts back to the forum."""
        return any(step.name == "refuse_part" and step.allowed for step in self.steps)

    @cached_property
    def shown(self) -> list[Card]:
        """The cards of the chosen filter."""
        tests: dict[str, Callable[[Card], bool]] = {
            CHANGED: lambda card: card.before is not None,
            QUESTIONS: lambda card: card.questions > 0,
            UNANSWERED: lambda card: card.own is None and not card.recused,
        }
        return [card for card in self.cards if self.showing not in tests or tests[self.showing](card)]

    @cached_property
    def leaf(self) -> Leaf[Card]:
        """Those of them that fit on one page."""
        return leaf_of(self.shown, self.number, size=CARDS)

    @cached_property
    def changed(self) -> int:
        return sum(card.before is not None for card in self.cards)

    @property
    def with_questions(self) -> int:
        return sum(card.questions > 0 for card in self.cards)

    @cached_property
    def unanswered(self) -> int:
        return sum(card.own is None and not card.recused for card in self.cards)

    @cached_property
    def total(self) -> int:
        return sum(card.amount for card in self.cards)

    @property
    def given(self) -> int:
        """How many measures get something."""
        return sum(card.amount > 0 for card in self.cards)

    @cached_property
    def provider(self) -> int:
        return sum(card.provider_amount for card in self.cards)

    @property
    def owners(self) -> int:
        return self.total - self.provider

    @property
    def parts_of_money(self) -> list[Part]:
        return [Part(self.provider, "navy"), Part(self.owners, "blue")]

    @property
    def provider_percent(self) -> str:
        return f"{round(100 * self.provider / self.total)}{NBSP}%" if self.total else f"0{NBSP}%"

    @property
    def owners_percent(self) -> str:
        return f"{100 - round(100 * self.provider / self.total)}{NBSP}%" if self.total else f"0{NBSP}%"

    @property
    def whose(self) -> int:
        """How many networks or leads have measures here."""
        return len({line.report_id for card in self.cards for line in card.lines})

    @property
    def answered_seats(self) -> int:
        return sum(seat.answered for seat in self.standing.seats)

    @cached_property
    def counted(self) -> dict[Answer, int]:
        """How many seats have answered everything, by their gravest answer."""
        return self.standing.counted()

    @property
    def answer_parts(self) -> list[Part]:
        counts = self.counted
        return [
            Part(counts[Answer.AGREE], "green"),
            Part(counts[Answer.AGREE_WITH_REMARK], "teal"),
            Part(counts[Answer.DISAGREE], "navy"),
        ]

    @property
    def counts(self) -> dict[str, int]:
        return {str(answer): count for answer, count in self.counted.items()}

    @property
    def waiting(self) -> list[SeatState]:
        return [seat for seat in self.standing.seats if not seat.answered]

    @property
    def seat_name(self) -> str:
        """The group of the seat answered for, with whom it is held for."""
        if self.seat is None:
            return ""
        name = self.seat.seat.group.name_in(interface_form())
        whom = self.seat.organisation.anchor.name if self.seat.organisation else ""
        return f"{name} ({whom})" if whom else name

    @property
    def deputies(self) -> str:
        """The deputies of the seat answered for."""
        own = self.standing.seat(self.seat.seat_id) if self.seat else None
        if own is None or self.seat is None or self.seat.kind != AppointmentKind.MEMBER:
            return ""
        return ", ".join(deputy.user.name for deputy in own.deputies)


def review(
    recommendation: Recommendation,
    actor: Actor,
    *,
    seat: str = "",
    showing: str = "",
    number: int = 1,
    only: selector.Placed | None = None,
) -> Review:
    """The page for a reader, as many queries for 1 card as for 60. ``seat``, ``showing`` and ``number`` come from the
    address; ``only``: with the card of this one measure, its comments too, for its own page."""
    every = selector.laid_lines(recommendation, measures=None if only is None else [only.pk])
    lines = [line for line in every if line.live]
    found = standing(recommendation, lines)
    seats = _own_seats(recommendation, found, actor)
    own = next((one for one in seats if str(one.seat_id) == seat), seats[0] if seats else None)
    parts = selector.forums_of(recommendation)
    steps = steps_for(selector.machine_of(recommendation), recommendation, actor, RecommendationFacts(refused_lines=1))
    mine = {grant.anchor_id for grant in actor.grants if grant.role == "chair"}
    cards = _cards(every, lines, found, own, first=only.number if only else 1)
    if only is None:
        _count_comments(recommendation, cards)
    else:
        _add_comments(cards)
    answer_by, meeting = selector.dates_of(recommendation)
    changed = any(card.before is not None for card in cards)
    return Review(
        recommendation=recommendation,
        concludes=selector.forum_concludes(recommendation.round),
        cards=cards,
        standing=found,
        parts=parts,
        seats=seats,
        seat=own,
        showing=showing if showing in {CHANGED, QUESTIONS, UNANSWERED, ALL} else (CHANGED if changed and own else ALL),
        answer_by=answer_by,
        meeting=meeting,
        is_office=authz.allowed(actor, "core.see_office", recommendation),
        steps=steps,
        chairs=[part.forum for part in parts if part.concluded_at is None and part.forum.anchor_id in mine],
        number=number,
    )


def _own_seats(recommendation: Recommendation, found: Standing, actor: Actor) -> list[Appointment]:
    """The voting seats the reader sits in today, as member or deputy, in forums that haven't concluded."""
    if recommendation.state != "with_forum" or actor.person is None:
        return []
    still = {part.forum_id for part in recommendation.forums.all() if part.concluded_at is None}
    mine = [row for row in found.appointments if row.user_id == actor.person.pk]
    return [row for row in mine if row.seat.group.forum_id in still]


def _cards(
    every: Sequence[Laid], lines: Sequence[Laid], found: Standing, own: Appointment | None, *, first: int
) -> list[Card]:
    before = _before(every)
    cards: list[Card] = []
    for pk, group in groupby(lines, key=lambda line: line.measure_year_id):
        rows = list(group)
        was = sum(before.get(line.key, line.amount) for line in rows) if before else 0
        changed = bool(before) and any(line.key in before for line in rows)
        cards.append(Card(len(cards) + first, pk, rows, was if changed else None))
    state = found.seat(own.seat_id) if own else None
    if own and state:
        for card in cards:
            _add_own(card, state, found, own)
    return cards


def _add_own(card: Card, state: SeatState, found: Standing, own: Appointment) -> None:
    ids = [line.pk for line in card.lines]
    card.recused = found.is_recused(own, card.pk)
    if all(pk in state.rows for pk in ids):
        card.own = max(state.answers_to(ids), key=lambda row: WEIGHT[Answer(row.answer)])
    if card.recused and own.kind == AppointmentKind.MEMBER:
        free = [one for one in state.deputies if not found.is_recused(one, card.pk)]
        card.deputy = ", ".join(one.user.name for one in free)


def _before(every: Iterable[Laid]) -> dict[tuple[object, ...], int]:
    """What lines that have changed were just before, by money key."""
    return {row.key: row.amount for row in sorted(row for row in every if not row.live)}


def _count_comments(recommendation: Recommendation, cards: Iterable[Card]) -> None:
    """How many comments and questions each measure has, and how many of the questions are open. One query."""
    by_measure = {card.pk: card for card in cards}
    kind = ContentType.objects.get_for_model(MeasureYear)
    asked = recommendation.lines.filter(live=True).order_by().values("measure_year_id")
    found = Comment.objects.filter(subject_type=kind, subject_id__in=asked, internal=False).order_by()
    rows = list(found.values_list("pk", "subject_id", "kind", "answers_id"))
    answered = {answers for _pk, _subject, _kind, answers in rows if answers}
    for pk, subject, what, answers in rows:
        if not answers and (card := by_measure.get(subject)):
            card.commented += 1
            card.questions += what == CommentKind.QUESTION
            card.open_questions += what == CommentKind.QUESTION and pk not in answered


def _add_comments(cards: Iterable[Card]) -> None:
    by_measure = {card.pk: card for card in cards}
    kind = ContentType.objects.get_for_model(MeasureYear)
    rows = list(
        Comment.objects.filter(subject_type=kind, subject_id__in=by_measure, internal=False)
        .select_related("by_user", "by_link__user")
        .order_by("id")
    )
    answered = {row.answers_id for row in rows if row.answers_id}
    for row in rows:
        card = by_measure[row.subject_id]
        if row.answers_id is None:
            card.comments.append(Asked(row, [one for one in rows if one.answers_id == row.pk]))
        if row.kind == CommentKind.QUESTION and row.answers_id is None:
            card.questions += 1
            card.open_questions += row.pk not in answered


def _add_evidence(cards: Sequence[Card]) -> None:
    if not cards:
        return
    by_measure: dict[int, list[Evidence]] = defaultdict(list)
    for row in Evidence.objects.filter(measure_year__in=[card.pk for card in cards]):
        by_measure[row.measure_year_id].append(row)
    for card in cards:
        card.evidence = by_measure[card.pk]


@dataclass(frozen=True, slots=True)
class Listed:
    """A recommendation in the list."""

    recommendation: Recommendation
    forum_names: str
    shape: str


def listed(office_id: int, actor: Actor) -> list[Listed]:
    """The office's recommendations the actor may see, newest round first. Two queries."""
    rows = (
        Recommendation.objects.filter(round__office_id=office_id)
        .select_related("round__office", "round__rule_set")
        .prefetch_related("forums__forum__anchor")
        .order_by("-round__year", "round_id", "number")
    )
    mine = actor.anchors(*READS)
    office = any(grant.office_id == office_id and grant.anchor_kind == "office" for grant in actor.grants)
    seen = [row for row in rows if office or any(part.forum.anchor_id in mine for part in row.forums.all())]
    return [
        Listed(
            row,
            ", ".join(part.forum.anchor.name for part in selector.forums_of(row)),
            RECOMMENDATION.state(row.state).shape,
        )
        for row in seen
        if actor.link is None or authz.within(row, actor.link)
    ]
