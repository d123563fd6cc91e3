"""Money as people write it, and shares that add up."""

from fractions import Fraction

import pytest
from django.utils import translation

from core.money import (
    MAX_KRONER,
    UnreadableAmount,
    format_kroner,
    format_kroner_long,
    format_number,
    parse_kroner,
    share,
)


@pytest.mark.parametrize(
    ("typed", "kroner"),
    [
        ("500 000,-", 500_000),
        ("500.000", 500_000),
        ("kr 500 000", 500_000),
        ("kr. 500 000,-", 500_000),
        ("500000", 500_000),
        ("500\u00a0000", 500_000),
        ("500\u202f000", 500_000),
        ("  500 000 kr ", 500_000),
        ("500 000,- kr", 500_000),
        ("500 000 kroner", 500_000),
        ("NOK 500 000", 500_000),
        ("1.234.567,-", 1_234_567),
        ("500 000,00", 500_000),
        ("500.000,0", 500_000),
        ("500 000,–", 500_000),
        ("500 000,--", 500_000),
        ("0", 0),
        ("2 000 000 000", MAX_KRONER),
    ],
)
def test_amounts_people_write(typed: str, kroner: int) -> None:
    assert parse_kroner(typed) == kroner


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("fem hundre", "not_a_number"),
        ("1e6", "not_a_number"),
        ("٥٠٠", "not_a_number"),
        ("kr", "not_a_number"),
        ("500 000 EUR", "not_a_number"),
        ("-5", "negative"),
        ("−500 000", "negative"),
        ("12,5", "decimals"),
        ("500 000,50", "decimals"),
        ("500,000", "grouping"),
        ("5 00 000", "grouping"),
        ("50.00", "grouping"),
        ("1 234.567", "grouping"),
        ("500'000", "grouping"),
        ("2 000 000 001", "too_large"),
        ("9" * 5000, "too_large"),
    ],
)
def test_amounts_we_refuse(typed: str, code: str) -> None:
    with pytest.raises(UnreadableAmount) as refused:
        parse_kroner(typed)
    assert refused.value.code == code


def test_the_refusal_says_how() -> None:
    with translation.override("en"), pytest.raises(UnreadableAmount) as refused:
        parse_kroner("fem hundre")
    with translation.override("en"):
        assert str(refused.value) == (
            "We can’t read “fem hundre” as an amount. Write it with digits, for example 500 000."
        )


def test_a_percent_sign_in_what_was_typed_does_no_harm() -> None:
    with translation.override("en"), pytest.raises(UnreadableAmount) as refused:
        parse_kroner("30 %s")
    with translation.override("en"):
        assert str(refused.value) == "We can’t read “30 %s” as an amount. Write it with digits, for example 500 000."


def test_amounts_are_shown_with_no_break_spaces() -> None:
    assert format_number(9_143_000) == "9\u00a0143\u00a0000"
    assert format_number(-500) == "−500"
    assert format_kroner(480_000) == "480\u00a0000\u00a0kr"
    assert format_kroner_long(440_000) == "440\u00a0000\u00a0kroner"
    assert format_kroner_long(1) == "1\u00a0krone"


def test_ties_go_by_code() -> None:
    assert share(10, {"b": 1, "a": 1, "c": 1}) == {"b": 3, "a": 4, "c": 3}


def test_the_measured_example_of_a_method_that_isnt_monotone() -> None:
    weights = {"a": 6, "b": 6, "c": 2}
    assert share(10, weights) == {"a": 4, "b": 4, "c": 2}
    assert share(11, weights) == {"a": 5, "b": 5, "c": 1}


def test_a_fixed_share_for_the_university_rogaland() -> None:
    assert share(26_739_000, {"facilitation": 30, "rest": 70}) == {"facilitation": 8_021_700, "rest": 18_717_300}


def test_exact_fractions_are_weights_too() -> None:
    assert share(100, {"a": Fraction(1, 3), "b": Fraction(2, 3)}) == {"a": 33, "b": 67}


def test_nothing_to_share_by_nothing() -> None:
    assert share(0, {}) == {}
    assert share(0, {"a": 0}) == {"a": 0}


@pytest.mark.parametrize(
    ("total", "weights", "words"),
    [
        (-1, {"a": 1}, "negative total"),
        (1, {"a": -1}, "weight of a is negative"),
        (1, {"a": 0}, "no weight"),
        (1, {}, "no weight"),
        (1, {"a": 0.5}, "isn't exact"),
    ],
)
def test_shares_that_make_no_sense(total: int, weights: dict[str, int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        share(total, weights)
