"""The first proposal never gives more than there is, gives in order, and loses no krone."""

from hypothesis import given
from hypothesis import strategies as st

from grants.services.first_shares import Claim, Wish, first_shares, spread_promise

SUMS = st.integers(min_value=0, max_value=3_000_000)


@st.composite
def claims(draw: st.DrawFn) -> list[Claim]:
    found = []
    line = 0
    for number in range(draw(st.integers(min_value=0, max_value=8))):
        wishes = []
        for _ in range(draw(st.integers(min_value=1, max_value=4))):
            line += 1
            wishes.append(Wish(line, draw(st.sampled_from([1, 2, None])), draw(SUMS), draw(SUMS)))
        found.append(Claim((draw(st.integers(1, 3)), f"2027-BM-{number:03d}", number, number), tuple(wishes)))
    return found


FRAMES = st.fixed_dictionaries({1: SUMS, 2: SUMS})


@given(FRAMES, claims())
def test_never_more_than_the_pot_and_never_more_than_sought(frames: dict[int, int], wanted: list[Claim]) -> None:
    shares = first_shares(frames, wanted)

    wishes = [wish for claim in wanted for wish in claim.wishes]
    assert set(shares) == {wish.line for wish in wishes}
    for wish in wishes:
        assert 0 <= shares[wish.line].amount <= wish.sought
    for pot, frame in frames.items():
        assert sum(shares[wish.line].amount for wish in wishes if wish.pot == pot) <= frame


@given(FRAMES, claims())
def test_every_krone_is_given_or_nobody_wants_it(frames: dict[int, int], wanted: list[Claim]) -> None:
    shares = first_shares(frames, wanted)

    for pot, frame in frames.items():
        own = [wish for claim in wanted for wish in claim.wishes if wish.pot == pot]
        given_ = sum(shares[wish.line].amount for wish in own)
        assert given_ == min(frame, sum(wish.sought for wish in own))


@given(FRAMES, claims())
def test_promises_come_first_then_priority(frames: dict[int, int], wanted: list[Claim]) -> None:
    shares = first_shares(frames, wanted)

    for pot, frame in frames.items():
        left = frame
        ordered = sorted(wanted, key=lambda claim: claim.order)
        parts = [[wish for wish in claim.wishes if wish.pot == pot] for claim in ordered]
        owed = [sum(min(wish.promised, wish.sought) for wish in part) for part in parts]
        expected = []
        for amount in owed:
            expected.append(min(amount, left))
            left -= expected[-1]
        for number, part in enumerate(parts):
            more = min(sum(wish.sought for wish in part) - expected[number], left)
            expected[number] += more
            left -= more
        assert [sum(shares[wish.line].amount for wish in part) for part in parts] == expected


@given(FRAMES, claims())
def test_the_order_they_come_in_does_not_matter(frames: dict[int, int], wanted: list[Claim]) -> None:
    assert first_shares(frames, list(reversed(wanted))) == first_shares(frames, wanted)


@given(SUMS, st.dictionaries(st.integers(1, 9), SUMS, max_size=5))
def test_a_promise_is_spread_to_the_krone(promised: int, sought: dict[int, int]) -> None:
    parts = spread_promise(promised, sought)

    assert sum(parts.values()) == min(promised, sum(sought.values()))
    assert all(parts[line] <= sought[line] for line in sought)
