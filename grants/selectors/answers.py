"""How the seats have answered: what counts, who is recused, who is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType

from forums.enums import Answer, AppointmentKind, ForumOutcome
from forums.models import Appointment, Recusal
from grants.models import MeasureYear, Recommendation, RecommendationLine, SeatAnswer
from grants.selectors.recommendations import forums_of, sitting

WEIGHT = {Answer.AGREE: 0, Answer.AGREE_WITH_REMARK: 1, Answer.DISAGREE: 2}


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
    answers: dict[int, SeatAnswer] = field(default_factory=dict)
    """Line id → the answer that counts."""
    missing: set[int] = field(default_factory=set)
    """Line ids the seat still owes an answer to."""

    @property
    def answered(self) -> bool:
        return not self.missing

    @property
    def gravest(self) -> Answer | None:
        """The gravest of the seat's answers; None while some are missing or none can be given."""
        if self.missing or not self.answers:
            return None
        return max((Answer(row.answer) for row in self.answers.values()), key=lambda answer: WEIGHT[answer])


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

    def answers_to(self, line_ids: Iterable[int]) -> list[SeatAnswer]:
        """The answers that count to the lines, seat by seat, each seat's gravest only."""
        wanted = list(line_ids)
        found = []
        for seat in self.seats:
            own = [seat.answers[line] for line in wanted if line in seat.answers]
            if own:
                found.append(max(own, key=lambda row: (WEIGHT[Answer(row.answer)], row.pk)))
        return found

    def is_recused(self, appointment: Appointment, measure_year_id: int) -> bool:
        return measure_year_id in self.recusals.get(appointment.pk, set())

    def suggested(self, forum_id: int) -> ForumOutcome:
        """Agreed without dissent; not agreed where more seats are against a line than for it; else with dissent."""
        against: dict[int, int] = defaultdict(int)
        for seat in self.of_forum(forum_id):
            for line, row in seat.answers.items():
                against[line] += 1 if row.answer == Answer.DISAGREE else -1
        if not any(row.answer == Answer.DISAGREE for seat in self.of_forum(forum_id) for row in seat.answers.values()):
            return ForumOutcome.AGREED
        if any(balance > 0 for balance in against.values()):
            return ForumOutcome.NOT_AGREED
        return ForumOutcome.AGREED_WITH_DISSENT


def standing(recommendation: Recommendation, lines: Sequence[RecommendationLine] | None = None) -> Standing:
    """Every voting seat somebody sits in today, with its answers to the lines as they stand. Three to five queries.

    A member who has stepped back from a measure isn't counted on it; the deputy may answer (fvl. § 8 third paragraph).
    """
    rows = list(recommendation.lines.filter(live=True)) if lines is None else lines
    appointments = list(sitting([row.forum for row in forums_of(recommendation)]))
    recusals = _recusals(appointments, {row.measure_year_id for row in rows})
    seats = _seats(appointments)
    given = _given(rows, seats, appointments)
    by_whom = {place: row.appointment_id for place, row in given.items()}
    for seat in seats.values():
        for line in _fill(seat, rows, by_whom, recusals):
            seat.answers[line] = given[seat.seat_id, line]
    return Standing(list(seats.values()), recusals, appointments)


def owing(recommendation: Recommendation) -> list[SeatState]:
    """The same seats with what each still owes, but without the answers themselves: the work list asks after each of
    a forum's answers, and needs no more."""
    rows = list(recommendation.lines.filter(live=True).only("recommendation", "line_hash", "measure_year_id"))
    appointments = list(sitting([row.forum for row in forums_of(recommendation)]))
    recusals = _recusals(appointments, {row.measure_year_id for row in rows})
    seats = _seats(appointments)
    hashes = {row.pk: row.line_hash for row in rows}
    found = SeatAnswer.objects.filter(line__in=list(hashes), seat__in=list(seats))
    by_whom = {
        (seat, line): appointment
        for seat, line, line_hash, appointment in found.values_list("seat", "line", "line_hash", "appointment")
        if line_hash == hashes[line]
    }
    for seat_state in seats.values():
        _fill(seat_state, rows, by_whom, recusals)
    return list(seats.values())


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


def _given(
    lines: Sequence[RecommendationLine], seats: Iterable[int], appointments: Sequence[Appointment]
) -> dict[tuple[int, int], SeatAnswer]:
    """The answers to the lines as they stand, by seat and line. Who answered is joined in memory: a forum of twenty
    answers a hundred lines, but it has only twenty people."""
    hashes = {row.pk: row.line_hash for row in lines}
    rows = [
        row
        for row in SeatAnswer.objects.filter(line__in=list(hashes), seat__in=list(seats))
        if row.line_hash == hashes[row.line_id]
    ]
    people = {row.pk: row for row in appointments}
    if gone := {row.appointment_id for row in rows} - people.keys():
        people |= Appointment.objects.select_related("user", "organisation__anchor", "seat__group").in_bulk(gone)
    for row in rows:
        row.appointment = people[row.appointment_id]
        row.seat = row.appointment.seat
        if row.organisation_id == row.appointment.organisation_id:
            row.organisation = row.appointment.organisation
    return {(row.seat_id, row.line_id): row for row in rows}


def _fill(
    seat: SeatState,
    lines: Sequence[RecommendationLine],
    by_whom: Mapping[tuple[int, int], int],
    recusals: dict[int, set[int]],
) -> list[int]:
    """Note what the seat owes; returns the lines whose answers count. ``by_whom``: seat and line → appointment."""
    seat.recused = set(recusals.get(seat.member.pk, ()))
    for measure in seat.recused:
        if all(measure in recusals.get(deputy.pk, ()) for deputy in seat.deputies):
            seat.without_anyone.add(measure)
    counted = []
    for line in lines:
        appointment = by_whom.get((seat.seat_id, line.pk))
        if appointment is not None and line.measure_year_id not in recusals.get(appointment, ()):
            counted.append(line.pk)
        elif line.measure_year_id not in seat.without_anyone:
            seat.missing.add(line.pk)
    return counted


def _recusals(appointments: Iterable[Appointment], measure_years: set[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for row in Recusal.objects.filter(
        appointment__in=list(appointments),
        subject_type=ContentType.objects.get_for_model(MeasureYear),
        subject_id__in=measure_years,
    ):
        found[row.appointment_id].add(row.subject_id)
    return found
