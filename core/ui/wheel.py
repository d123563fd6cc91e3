"""The annual wheel: the geometry of a year, worked out here and drawn by `templates/components/wheel.html`.

Only the list beside it (`Wheel.rows`) carries meaning; the drawing repeats it. Angles are degrees, clockwise, with
1 January at the top. Coordinates are text with at most one decimal, so that no language puts a comma into the drawing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from math import cos, radians, sin
from typing import Final

CENTRE: Final = 200.0
FULL: Final = 360.0
TOP: Final = -90.0

MONTH_OUTER, MONTH_INNER, MONTH_TEXT, MONTH_GAP = 196.0, 158.0, 177.0, 0.5
PHASE_OUTER, PHASE_INNER, PHASE_TEXT, PHASE_GAP = 151.0, 131.0, 141.0, 0.7
TEXT_DROP: Final = 5.0
MARK_CIRCLES: Final = (110.0, 88.0, 66.0)
HAND_ASIDE: Final = (0.0, -24.0, 24.0, -40.0, 40.0)
"""Where the word «today» may stand, in degrees from the hand."""
HAND_ROOM: Final = 20.0
MARK_ROOM: Final = 9.0
NEXT_SCALE: Final = 1.3

MONTHS: Final = ("jan", "feb", "mar", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "des")
"""The short names on the rim, spelt alike in both written forms."""

PHASE_FILLS: Final = ("#4c76ba", "#00adba", "#f39200", "#c8d7ec")


class DateKind(StrEnum):
    """What a date is; each kind has its shape: ● deadline, ▲ meeting, ■ payment."""

    DEADLINE = "deadline"
    MEETING = "meeting"
    PAYMENT = "payment"


@dataclass(frozen=True, slots=True)
class WheelDate:
    """A date of the year. `url` leads to where one does what is due."""

    day: date
    kind: DateKind
    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of the year; first and last day belong to it. It may pass New Year."""

    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Ring:
    """A piece of a ring with a word or a number in it."""

    path: str
    x: str
    y: str
    text: str
    fill: str
    ink: str
    now: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A date on the wheel: a circle, a triangle (path) or a square, all given by centre and half the size."""

    kind: DateKind
    x: str
    y: str
    size: str
    half: str
    left: str
    top: str
    path: str
    next: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A date in the list beside the wheel."""

    date: WheelDate
    past: bool
    next: bool


@dataclass(frozen=True, slots=True)
class Line:
    """The hand that shows today."""

    x1: str
    y1: str
    x2: str
    y2: str
    text_x: str
    text_y: str


@dataclass(frozen=True, slots=True)
class Wheel:
    """All that the templates draw. `key` makes the ids unique when a page has two wheels."""

    key: str
    year: int
    today: date
    months: Sequence[Ring]
    phases: Sequence[Ring]
    legend: Sequence[tuple[int, str, str]]
    marks: Sequence[Mark]
    hand: Line | None
    rows: Sequence[Row]
    next: WheelDate | None
    days_left: int | None
    kinds: Sequence[DateKind] = field(default=tuple(DateKind))


def days_in(year: int) -> int:
    """365, or 366 in a leap year."""
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days


def angle(day: date, year: int) -> float:
    """The angle of a day of `year`, from −90 (1 January) to under 270."""
    return TOP + FULL * (day - date(year, 1, 1)).days / days_in(year)


def text(value: float) -> str:
    """A coordinate with at most one decimal and no needless zero."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


def point(degrees: float, radius: float) -> tuple[float, float]:
    """The place at an angle and a distance from the centre."""
    return CENTRE + radius * cos(radians(degrees)), CENTRE + radius * sin(radians(degrees))


def ring(start: float, end: float, inner: float, outer: float) -> str:
    """The path of a piece of a ring, clockwise from `start` to `end`."""
    large = 1 if end - start > FULL / 2 else 0
    outer_start, outer_end = point(start, outer), point(end, outer)
    inner_start, inner_end = point(start, inner), point(end, inner)
    pair = "{} {}".format
    return (
        f"M{pair(*map(text, outer_start))}"
        f"A{text(outer)} {text(outer)} 0 {large} 1 {pair(*map(text, outer_end))}"
        f"L{pair(*map(text, inner_end))}"
        f"A{text(inner)} {text(inner)} 0 {large} 0 {pair(*map(text, inner_start))}Z"
    )


def _months(year: int, today: date) -> list[Ring]:
    rings = []
    for number, name in enumerate(MONTHS, start=1):
        start = angle(date(year, number, 1), year)
        end = angle(date(year, number + 1, 1), year) if number < len(MONTHS) else TOP + FULL
        x, y = point((start + end) / 2, MONTH_TEXT)
        now = (today.year, today.month) == (year, number)
        quarter_fill = "#dde7f4" if (number - 1) // 3 % 2 == 0 else "#edf2f9"
        rings.append(
            Ring(
                path=ring(start + MONTH_GAP, end - MONTH_GAP, MONTH_INNER, MONTH_OUTER),
                x=text(x),
                y=text(y + TEXT_DROP),
                text=name,
                fill="#00244e" if now else quarter_fill,
                ink="#fff" if now else "#00244e",
                now=now,
            )
        )
    return rings


def _on_wheel(day: date, year: int) -> float:
    """The angle of a phase's end: phases repeat every year, so only day and month count."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return angle(date(year, 3, 1) if is_leap_day and days_in(year) != 366 else day.replace(year=year), year)


def _phases(phases: Sequence[Phase], year: int) -> list[Ring]:
    rings = []
    for number, phase in enumerate(phases, start=1):
        start = _on_wheel(phase.first, year)
        end = _on_wheel(phase.last + timedelta(days=1), year)
        if end <= start:
            end += FULL  # it passes New Year
        x, y = point((start + end) / 2, PHASE_TEXT)
        fill = PHASE_FILLS[(number - 1) % len(PHASE_FILLS)]
        rings.append(
            Ring(
                path=ring(start + PHASE_GAP, end - PHASE_GAP, PHASE_INNER, PHASE_OUTER),
                x=text(x),
                y=text(y + TEXT_DROP),
                text=str(number),
                fill=fill,
                ink="#fff" if fill == PHASE_FILLS[0] else "#00244e",
            )
        )
    return rings


def _apart(a: float, b: float) -> float:
    """How far two angles are from each other, the short way round."""
    gap = abs(a - b) % FULL
    return min(gap, FULL - gap)


def circles(angles: Sequence[float]) -> list[float]:
    """The radius of each mark: the outermost circle where it keeps 9° from the marks already there."""
    taken: dict[float, list[float]] = {radius: [] for radius in MARK_CIRCLES}
    chosen = []
    for degrees in angles:
        radius = next(
            (r for r in MARK_CIRCLES if all(_apart(degrees, other) >= MARK_ROOM for other in taken[r])),
            MARK_CIRCLES[-1],
        )
        taken[radius].append(degrees)
        chosen.append(radius)
    return chosen


def _mark(kind: DateKind, degrees: float, radius: float, *, is_next: bool) -> Mark:
    x, y = point(degrees, radius)
    scale = NEXT_SCALE if is_next else 1.0
    half = {DateKind.DEADLINE: 7.0, DateKind.MEETING: 8.3, DateKind.PAYMENT: 6.6}[kind] * scale
    height = 15.0 * scale
    tip = y - height * 0.59  # the centre of weight of the triangle lies on the circle
    triangle = f"M{text(x)} {text(tip)}L{text(x + half)} {text(tip + height)}H{text(x - half)}Z"
    return Mark(
        kind=kind,
        x=text(x),
        y=text(y),
        size=text(2 * half),
        half=text(half),
        left=text(x - half),
        top=text(y - half),
        path=triangle if kind is DateKind.MEETING else "",
        next=is_next,
    )


def _on_caption(x: float, y: float) -> bool:
    """Would a word in the middle of the wheel lie over the line under the year?"""
    return abs(x - CENTRE) < 92 and 207 < y < 249


def _hand(today: date, year: int, near: Sequence[float]) -> Line | None:
    """``near``: the angles of the marks on the inner circles, which the word «today» makes way for."""
    if today.year != year:
        return None
    degrees = angle(today, year)
    places = [point(degrees + a, 76) for a in HAND_ASIDE if all(_apart(degrees + a, d) >= HAND_ROOM for d in near)]
    (x1, y1), (x2, y2) = point(degrees, 90), point(degrees, 157)
    tx, ty = next((place for place in places if not _on_caption(*place)), point(degrees, 76))
    return Line(text(x1), text(y1), text(x2), text(y2), text(tx), text(ty + TEXT_DROP))


def build_wheel(
    *, year: int, today: date, dates: Iterable[WheelDate], phases: Sequence[Phase] = (), key: str = "wheel"
) -> Wheel:
    """The wheel of `year` as it stands on `today`.

    All dates are listed in order; only those of `year` are drawn. The next date is the first that hasn't passed,
    wherever it lies.
    """
    ordered = sorted(dates, key=lambda d: (d.day, d.label))
    following = next((d for d in ordered if d.day >= today), None)
    drawn = [d for d in ordered if d.day.year == year]
    angles = [angle(d.day, year) for d in drawn]
    radii = circles(angles)
    marks = [
        _mark(d.kind, degrees, radius, is_next=d is following)
        for d, degrees, radius in zip(drawn, angles, radii, strict=True)
    ]
    inner = [degrees for degrees, radius in zip(angles, radii, strict=True) if radius < MARK_CIRCLES[0]]
    return Wheel(
        key=key,
        year=year,
        today=today,
        months=_months(year, today),
        phases=_phases(phases, year),
        legend=[
            (number, phase.name, PHASE_FILLS[(number - 1) % len(PHASE_FILLS)])
            for number, phase in enumerate(phases, start=1)
        ],
        marks=sorted(marks, key=lambda mark: mark.next),
        hand=_hand(today, year, inner),
        rows=[Row(d, past=d.day < today, next=d is following) for d in ordered],
        next=following,
        days_left=(following.day - today).days if following else None,
    )
