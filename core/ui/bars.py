"""Bars: parts of a whole as rectangles. The words beside a bar carry the meaning, the bar only repeats them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 1000
GAP: Final = 3

FILLS: Final[dict[str, str]] = {
    "navy": "#00244e",
    "blue": "#678cc9",
    "green": "#2f8546",
    "teal": "#00737d",
    "sand": "#dcd6cb",
}
"""The colours a part may have, by name; navy and blue tell two parts of the same thing apart."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar: its size (any unit, the same for all), colour and, for a legend, its name."""

    value: int
    fill: str = "navy"
    name: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a bar list: whose it is, its parts, and the figure in words."""

    label: str
    parts: Sequence[Part]
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Rect:
    """A drawn part, in thousandths of the whole."""

    x: int
    width: int
    fill: str


def rects(parts: Sequence[Part], total: int) -> list[Rect]:
    """The parts side by side, a thin gap between them; none goes past the end when the parts are more than the whole.

    :raises ValueError: for a negative part or an unknown colour
    """
    drawn: list[Rect] = []
    done = 0
    whole = max(total, sum(part.value for part in parts), 1)
    for part in parts:
        if part.value < 0:
            raise ValueError("a part of a bar can't be negative")
        if part.fill not in FILLS:
            raise ValueError(f"Fill {part.fill!r} is not one of: {', '.join(sorted(FILLS))}")
        x, end = round(done * WIDTH / whole), round((done + part.value) * WIDTH / whole)
        gap = GAP if drawn else 0
        if end - x > gap:
            drawn.append(Rect(x + gap, end - x - gap, FILLS[part.fill]))
        done += part.value
    return drawn
