"""The first proposal as arithmetic: no table, no clock, the same answer every time.

1. What is promised from earlier years comes first, measure by measure in priority order. A promise stands even if
   more is sought now; less sought means less given.
2. Then each measure, in priority order, gets all it seeks. The first that doesn't fit gets the rest of the pot and is
   flagged; those after it get nothing more.

The order is priority first and report second: every first priority, report by report, then every second, so that no
report's last wish goes before another's first. A measure's part sum goes over its lines by :func:`core.money.share`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core import money

LineId = int
PotId = int


@dataclass(frozen=True, slots=True)
class Wish:
    """A budget line: ``sought`` and ``promised`` in whole kroner. ``pot`` is None where no pot holds its scheme."""

    line: LineId
    pot: PotId | None
    sought: int
    promised: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """A measure with its lines. ``order``: priority, the report's reference, the report, the measure."""

    order: tuple[int, str, int, int]
    wishes: tuple[Wish, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """What a line gets. ``promised``: some of it rests on a promise; ``flagged``: it took what was left of its pot."""

    amount: int
    promised: bool = False
    flagged: bool = False


def first_shares(frames: Mapping[PotId, int], claims: Iterable[Claim]) -> dict[LineId, Share]:
    """Share each pot's frame among the claims. A pot that isn't in ``frames`` is empty.

    Never more than a frame, never more than is sought; raises ValueError for a negative sum.
    """
    ordered = sorted(claims, key=lambda claim: claim.order)
    shares = {wish.line: Share(0) for claim in ordered for wish in claim.wishes}
    pots = sorted({wish.pot for claim in ordered for wish in claim.wishes if wish.pot is not None})
    for pot in pots:
        wishes = [[wish for wish in claim.wishes if wish.pot == pot] for claim in ordered]
        shares |= _share_pot(max(frames.get(pot, 0), 0), [part for part in wishes if part])
    return shares


def _share_pot(frame: int, claims: Sequence[Sequence[Wish]]) -> dict[LineId, Share]:
    given: dict[LineId, int] = {}
    flagged: set[LineId] = set()
    left = frame
    for wishes in claims:
        left -= _give(given, flagged, {wish.line: min(wish.promised, wish.sought) for wish in wishes}, left)
    for wishes in claims:
        left -= _give(given, flagged, {wish.line: wish.sought - given[wish.line] for wish in wishes}, left)
    return {
        wish.line: Share(
            given[wish.line],
            promised=min(wish.promised, given[wish.line]) > 0,
            flagged=wish.line in flagged and given[wish.line] < wish.sought,
        )
        for wishes in claims
        for wish in wishes
    }


def _give(given: dict[LineId, int], flagged: set[LineId], asked: Mapping[LineId, int], left: int) -> int:
    """Give a measure all it asks, or what is left; returns the sum given."""
    wanted = sum(asked.values())
    if wanted <= left:
        parts = dict(asked)
    else:
        parts = _spread(left, asked)
        if left:
            flagged.update(asked)
    for line, amount in parts.items():
        given[line] = given.get(line, 0) + amount
    return sum(parts.values())


def spread_promise(promised: int, sought: Mapping[LineId, int]) -> dict[LineId, int]:
    """A promise on lines the measure no longer has, over those it has now; none gets more than it seeks."""
    return _spread(min(promised, sum(sought.values())), sought)


def _spread(total: int, weights: Mapping[LineId, int]) -> dict[LineId, int]:
    """Kroner by weight, exact. The codes are padded so that ties fall in the order of the lines."""
    by_code = money.share(total, {f"{line:020d}": weight for line, weight in weights.items()})
    return {int(code): amount for code, amount in by_code.items()}
