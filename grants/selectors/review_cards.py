"""The measures before a forum, as cards: money, words, answers, comments and evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from zlib import crc32

from django.contrib.contenttypes.models import ContentType

from core.enums import CommentKind
from core.models import Comment
from forums.enums import Answer, AppointmentKind
from forums.models import Appointment
from grants.enums import LineKind
from grants.models import Evidence, MeasureYear, Recommendation, RecommendationLine
from grants.selectors.answers import WEIGHT, Given, SeatState, Standing
from grants.selectors.recommendations import Laid, worded_lines


@dataclass(frozen=True, slots=True)
class Asked:
    """A comment with the answers to it."""

    comment: Comment
    replies: list[Comment]


@dataclass(slots=True)
class Card:
    """A measure before the forum. Its words are read for the cards that are shown (:func:`read_words`)."""

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
    def stamp(self) -> str:
        """What tells the seat's answer from another one, empty while there is none."""
        return f"{self.own.answer}:{crc32(self.own.reason.encode()):x}" if self.own else ""

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


def laid_out(
    every: Sequence[Laid], lines: Sequence[Laid], found: Standing, own: Appointment | None, *, first: int
) -> list[Card]:
    """A card for each measure, in the order they lie before the forum; ``own`` is the seat the reader answers for."""
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


def read_words(recommendation: Recommendation, found: Standing, cards: Sequence[Card]) -> None:
    """Gives the cards their words, answers and, where there is any, evidence. One or two queries."""
    words: dict[int, list[RecommendationLine]] = defaultdict(list)
    for line in worded_lines(recommendation, measures=[card.pk for card in cards]):
        words[line.measure_year_id].append(line)
    for card in cards:
        card.words = words[card.pk]
        card.answers = found.answers_to(line.pk for line in card.lines)
    _add_evidence([card for card in cards if card.words[0].has_evidence])  # type: ignore[attr-defined]


def count_comments(recommendation: Recommendation, cards: Iterable[Card]) -> None:
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


def add_comments(cards: Iterable[Card]) -> None:
    """The comments themselves, each with its answers. One query."""
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
