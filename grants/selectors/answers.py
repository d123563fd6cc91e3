"""How the seats have answered: what counts, who is recused, who is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, FilteredRelation, Q, QuerySet

from forums.enums import Answer, AppointmentKind, ForumOutcome
from forums.models import Appointment
from grants.models import MeasureYear, Recommendation, SeatAnswer
from grants.selectors.recommendations import forums_of, sitting
from networks.models import Organisation

WEIGHT = {Answer.AGREE: 0, Answer.AGREE_WITH_REMARK: 1, Answer.DISAGREE: 2}


class Given(NamedTuple):
    """A seat's answer to a line, by whoever gave it."""

    pk: int
    seat_id: int
    line_id: int
    answer: str
    reason: str
    appointment: Appointment
    organisation: Organisation | None

    @property
    def appointment_id(self) -> int:
        return self.appointment.pk

    def get_answer_display(self) -> str:
        return str(Answer(self.answer).label)


Row = tuple[Any, ...]
"""An answer as it is read, in the order of COLUMNS. There may be thousands, so they stay what the database gave."""

COLUMNS = ("pk", "seat_id", "line_id", "answer", "reason", "appointment_id", "organisation_id")
SEAT, LINE, ANSWER, APPOINTMENT, ORGANISATION = (
    COLUMNS.index(name) for name in ("seat_id", "line_id", "answer", "appointment_id", "organisation_id")
)


@dataclass(frozen=True, slots=True)
class Answerers:
    """Who has answered, and for whom: a forum of twenty answers a hundred lines, but it has only twenty people."""

    people: Mapping[int, Appointment]
    bodies: Mapping[int | None, Organisation | None]

    def given(self, row: Row) -> Given:
        pk, seat, line, answer, reason, *_who = row
        return Given(pk, seat, line, answer, reason, self.people[row[APPOINTMENT]], self.bodies[row[ORGANISATION]])


NOBODY = Answerers({}, {})


@dataclass(slots=True)
class SeatState:
    """A seat with somebody in it who votes."""

    seat_id: int
    forum_id: int
    member: Appointment
    deputies: list[Appointment] = field(default_factory=list)
    recused: set[int] = field(default_factory=set)
    """Measure-years the member has stepped back from."""
    without_anyone: set[int] = field(default_factory=set)
    """Those nobody in the seat may answer for."""
    rows: Mapping[int, Row] = field(default_factory=dict)
    """Line id → the answer that counts, as it was read."""
    answerers: Answerers = NOBODY
    counted: Set[int] = frozenset()
    """Line ids the seat has given an answer to that counts."""
    missing: Set[int] = frozenset()
    """Line ids the seat still owes an answer to."""

    @property
    def answered(self) -> bool:
        return not self.missing

    @property
    def gravest(self) -> Answer | None:
        """The gravest of the seat's answers; None while some are missing or none can be given."""
        if self.missing:
            return None
        given = {row[ANSWER] for row in self.rows.values()}
        return max((Answer(answer) for answer in given), key=lambda answer: WEIGHT[answer], default=None)

    def answers_to(self, lines: Iterable[int]) -> list[Given]:
        """The seat's answers to those of the lines it has answered."""
        return [self.answerers.given(self.rows[line]) for line in lines if line in self.rows]

    @property
    def answers(self) -> dict[int, Given]:
        """Line id → the answer that counts."""
        return {line: self.answerers.given(row) for line, row in self.rows.items()}


@dataclass(frozen=True, slots=True)
class Standing:
    """All seats' answers to the lines as they stand now."""

    seats: list[SeatState]
    recusals: dict[int, set[int]]
    """Appointment id → the measure-years stepped back from."""
    appointments: list[Appointment]
    """Everyone who sits in a voting seat today, members and deputies."""

    def of_forum(self, forum_id: int) -> list[SeatState]:
        return [seat for seat in self.seats if seat.forum_id == forum_id]

    def seat(self, seat_id: int) -> SeatState | None:
        return next((seat for seat in self.seats if seat.seat_id == seat_id), None)

    def counted(self, seats: Iterable[SeatState] | None = None) -> dict[Answer, int]:
        """How many seats have answered everything, by their gravest answer."""
        counts = dict.fromkeys(Answer, 0)
        for seat in self.seats if seats is None else seats:
            if seat.gravest is not None:
                counts[seat.gravest] += 1
        return counts

    def answers_to(self, line_ids: Iterable[int]) -> list[Given]:
        """The answers that count to the lines, seat by seat, each seat's gravest only."""
        wanted = list(line_ids)
        by_seat = [own for seat in self.seats if (own := seat.answers_to(wanted))]
        return [max(own, key=lambda row: (WEIGHT[Answer(row.answer)], row.pk)) for own in by_seat]

    def is_recused(self, appointment: Appointment, measure_year_id: int) -> bool:
        return measure_year_id in self.recusals.get(appointment.pk, set())

    def suggested(self, forum_id: int) -> ForumOutcome:
        """Agreed without dissent; not agreed where more seats are against a line than for it; else with dissent."""
        against: dict[int, int] = defaultdict(int)
        dissent = False
        for seat in self.of_forum(forum_id):
            for line, row in seat.rows.items():
                dissents = row[ANSWER] == Answer.DISAGREE
                against[line] += 1 if dissents else -1
                dissent = dissent or dissents
        if not dissent:
            return ForumOutcome.AGREED
        return ForumOutcome.NOT_AGREED if max(against.values()) > 0 else ForumOutcome.AGREED_WITH_DISSENT


class Answerable(Protocol):
    """What of a line an answer belongs to."""

    @property
    def pk(self) -> int: ...

    @property
    def measure_year_id(self) -> int: ...


def standing(recommendation: Recommendation, lines: Sequence[Answerable] | None = None) -> Standing:
    """Every voting seat somebody sits in today, with its answers to the lines as they stand (all that are live where
    none are given). Two queries, and one more for the lines.

    A member who has stepped back from a measure isn't counted on it; the deputy may answer (fvl. § 8 third paragraph).
    """
    rows = lines_to_answer(recommendation) if lines is None else lines
    appointments, recusals = _sitting(recommendation, rows)
    seats = _seats(appointments)
    given = _given(recommendation, rows, seats)
    answerers = _answerers(given, appointments)
    _fill(seats, rows, recusals, given, who=APPOINTMENT)
    for seat in seats.values():
        own = given.get(seat.seat_id, {})
        seat.answerers = answerers
        seat.rows = own if len(own) == len(seat.counted) else {line: own[line] for line in seat.counted}
    return Standing(list(seats.values()), recusals, appointments)


def owing(recommendation: Recommendation) -> list[SeatState]:
    """The same seats with what each still owes, but without the answers themselves: the work list asks after each of
    a forum's answers, and needs no more."""
    rows = lines_to_answer(recommendation)
    appointments, recusals = _sitting(recommendation, rows)
    seats = _seats(appointments)
    by_whom: dict[int, dict[int, Row]] = defaultdict(dict)
    for seat, line, appointment in _answers(recommendation, seats).values_list("seat_id", "line_id", "appointment_id"):
        by_whom[seat][line] = (appointment,)
    _fill(seats, rows, recusals, by_whom, who=0)
    return list(seats.values())


class ToAnswer(NamedTuple):
    """A live line."""

    pk: int
    measure_year_id: int


def lines_to_answer(recommendation: Recommendation) -> list[ToAnswer]:
    """The lines as they stand. One query."""
    rows = recommendation.lines.filter(live=True).order_by("pk").values_list("pk", "measure_year_id")
    return [ToAnswer(*row) for row in rows]


def _sitting(
    recommendation: Recommendation, lines: Iterable[Answerable]
) -> tuple[list[Appointment], dict[int, set[int]]]:
    """Who sits in the recommendation's forums today, and which of the lines' measures each has stepped back from. One
    query: a person stands in it once for each."""
    measures = {row.measure_year_id for row in lines}
    kind = ContentType.objects.get_for_model(MeasureYear)
    rows = sitting([row.forum for row in forums_of(recommendation)]).annotate(
        own_recusals=FilteredRelation("recusals", condition=Q(recusals__subject_type=kind)),
        recused_from=F("own_recusals__subject_id"),
    )
    people: dict[int, Appointment] = {}
    recusals: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        people.setdefault(row.pk, row)
        if row.recused_from in measures:
            recusals[row.pk].add(row.recused_from)
    return list(people.values()), recusals


def _answers(recommendation: Recommendation, seats: Iterable[int]) -> QuerySet[SeatAnswer]:
    """The seats' answers to the lines as they stand: an answer to another sum isn't one."""
    return SeatAnswer.objects.filter(
        line__recommendation=recommendation, line__live=True, line_hash=F("line__line_hash"), seat__in=list(seats)
    ).order_by()


def _seats(appointments: Iterable[Appointment]) -> dict[int, SeatState]:
    rows = list(appointments)
    seats = {
        row.seat_id: SeatState(row.seat_id, row.seat.group.forum_id, row)
        for row in rows
        if row.kind == AppointmentKind.MEMBER
    }
    for row in rows:
        if row.kind == AppointmentKind.DEPUTY and row.seat_id in seats:
            seats[row.seat_id].deputies.append(row)
    return seats


FEW = 50
"""Of so few lines the answers are asked for by the lines; else all are read."""


def _given(
    recommendation: Recommendation, lines: Sequence[Answerable], seats: Iterable[int]
) -> dict[int, dict[int, Row]]:
    """The answers to the lines as they stand, by seat and line."""
    ids = {row.pk for row in lines}
    asked = _answers(recommendation, seats)
    if len(ids) <= FEW:
        asked = asked.filter(line__in=ids)
    found: dict[int, dict[int, Row]] = defaultdict(dict)
    for row in asked.values_list(*COLUMNS):
        if row[LINE] in ids:
            found[row[SEAT]][row[LINE]] = row
    return found


def _answerers(given: Mapping[int, Mapping[int, Row]], appointments: Sequence[Appointment]) -> Answerers:
    """Who gave the answers. A query more where one who did has left the seat since."""
    people = {row.pk: row for row in appointments}
    asked = {(row[APPOINTMENT], row[ORGANISATION]) for own in given.values() for row in own.values()}
    if gone := {appointment for appointment, _body in asked} - people.keys():
        people |= Appointment.objects.select_related("user", "organisation__anchor", "seat__group").in_bulk(gone)
    bodies = {row.organisation_id: row.organisation for row in people.values()} | {None: None}
    if others := {body for _appointment, body in asked} - bodies.keys():
        bodies |= Organisation.objects.select_related("anchor").in_bulk(others)
    return Answerers(people, bodies)


def _fill(
    seats: Mapping[int, SeatState],
    lines: Sequence[Answerable],
    recusals: Mapping[int, set[int]],
    given: Mapping[int, Mapping[int, Row]],
    *,
    who: int,
) -> None:
    """Note whose answers count and what each seat owes. ``given``: seat → line → a row in which the appointment that
    answered stands in place ``who``."""
    ids = frozenset(line.pk for line in lines)
    measure_of = {line.pk: line.measure_year_id for line in lines} if recusals else {}
    for seat in seats.values():
        seat.recused = set(recusals.get(seat.member.pk, ()))
        seat.without_anyone = {
            measure
            for measure in seat.recused
            if all(measure in recusals.get(deputy.pk, ()) for deputy in seat.deputies)
        }
        answered = given.get(seat.seat_id, {})
        seat.counted = answered.keys() & ids
        if recusals:
            seat.counted = {
                line for line in seat.counted if measure_of[line] not in recusals.get(answered[line][who], ())
            }
        seat.missing = ids - seat.counted if seat.counted else ids
        if seat.without_anyone:
            seat.missing = {line for line in seat.missing if measure_of[line] not in seat.without_anyone}
