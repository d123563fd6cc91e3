"""The page where the forum reads and answers: measures as cards, and how far the answers have come."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from core import authz
from core.actor import Actor
from core.dates import interface_form
from core.money import NBSP
from core.paging import Leaf, leaf_of
from core.selectors.steps import StepView, steps_for
from core.ui.bars import Part
from forums.enums import Answer, AppointmentKind
from forums.models import Appointment, Forum
from grants.models import Recommendation, RecommendationForum
from grants.requirements import RecommendationFacts
from grants.selectors import recommendations as selector
from grants.selectors.answers import SeatState, Standing, standing
from grants.selectors.review_cards import Card, add_comments, count_comments, laid_out, read_words

CHANGED, QUESTIONS, UNANSWERED, ALL = "endra", "spm", "ikkje", "alle"
"""What the list can show, as the address says it."""

CARDS = 15
"""On one page: a card with its text and its answer is as long as three rows of a list."""


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
        """The cards with what is only read for those that are shown."""
        found = list(cards)
        read_words(self.recommendation, self.standing, found)
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
    cards = laid_out(every, lines, found, own, first=only.number if only else 1)
    if only is None:
        count_comments(recommendation, cards)
    else:
        add_comments(cards)
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
