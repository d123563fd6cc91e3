"""Shares always sum to the frame, to the krone, and each is the floor or the ceiling of its exact quota."""

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.money import MAX_KRONER, format_kroner, parse_kroner, share

codes = st.text(alphabet="abcdefghij0123456789-", min_size=1, max_size=6)
weights = st.dictionaries(
    codes,
    st.one_of(st.integers(0, 10**6), st.fractions(min_value=0, max_value=100, max_denominator=10**4)),
    min_size=1,
    max_size=25,
).filter(lambda found: sum(found.values()) > 0)
totals = st.integers(0, MAX_KRONER)


@given(totals, weights)
def test_the_sum_is_exact_and_each_share_is_its_quota_rounded(total: int, by: dict[str, int | Fraction]) -> None:
    shares = share(total, by)
    weight_sum = Fraction(sum(by.values()))
    assert sum(shares.values()) == total
    assert set(shares) == set(by)
    for code, weight in by.items():
        quota = Fraction(total) * weight / weight_sum
        assert abs(shares[code] - quota) < 1


@given(totals, weights)
def test_the_order_of_the_rows_changes_nothing(total: int, by: dict[str, int | Fraction]) -> None:
    assert share(total, dict(reversed(by.items()))) == share(total, by)


@given(totals, weights)
def test_more_weight_never_gives_less(total: int, by: dict[str, int | Fraction]) -> None:
    shares = share(total, by)
    rows = sorted(by, key=lambda code: by[code])
    for lighter, heavier in pairwise(rows):
        if by[lighter] < by[heavier]:
            assert shares[lighter] <= shares[heavier]


@given(totals)
def test_what_is_shown_can_be_read_again(amount: int) -> None:
    assert parse_kroner(format_kroner(amount)) == amount
