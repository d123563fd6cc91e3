"""Organisation and account numbers: modulus 11."""

import pytest
from django.utils import translation

from core.identifiers import (
    UnreadableIdentifier,
    format_account,
    format_orgnr,
    is_synthetic,
    is_synthetic_account,
    mask_account,
    normalise_account,
    normalise_orgnr,
    synthetic_account,
    synthetic_orgnr,
    valid_account,
    valid_orgnr,
)


@pytest.mark.parametrize(
    "typed", ["939607706", "939 607 706", "939\u00a0607\u00a0706", "NO 939 607 706 MVA", "939.607.706"]
)
def test_organisation_numbers_people_write(typed: str) -> None:
    assert normalise_orgnr(typed) == "939607706"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("Vågå kommune", "not_digits"),
        ("٩٣٩٦٠٧٧٠٦", "not_digits"),
        ("93960770", "length"),
        ("9396077060", "length"),
        ("939607707", "check_digit"),
        ("936907706", "check_digit"),
    ],
)
def test_organisation_numbers_we_refuse(typed: str, code: str) -> None:
    with pytest.raises(UnreadableIdentifier) as refused:
        normalise_orgnr(typed)
    assert refused.value.code == code
    assert valid_orgnr(typed) is False


def test_a_wrong_check_digit_is_explained() -> None:
    with translation.override("en"), pytest.raises(UnreadableIdentifier) as refused:
        normalise_orgnr("939 607 707")
    with translation.override("en"):
        assert str(refused.value) == (
            "“939 607 707” isn’t a valid organisation number. One digit may be wrong, or two may have changed places."
        )


def test_numbers_are_shown_in_groups() -> None:
    assert format_orgnr("939607706") == "939\u00a0607\u00a0706"
    assert format_account("12345678903") == "1234\u00a056\u00a078903"
    assert mask_account("12345678903") == "••••\u00a0••\u00a0•8903"


@pytest.mark.parametrize("typed", ["12345678903", "1234 56 78903", "1234.56.78903", "1234-56-78903"])
def test_account_numbers_people_write(typed: str) -> None:
    assert normalise_account(typed) == "12345678903"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("NO93 8601 11 17947", "not_digits"),
        ("1234567890", "length"),
        ("12345678904", "check_digit"),
        ("12345768903", "check_digit"),
        ("00004090403", "check_digit"),
        ("00001111111", "check_digit"),
    ],
)
def test_account_numbers_we_refuse(typed: str, code: str) -> None:
    with pytest.raises(UnreadableIdentifier) as refused:
        normalise_account(typed)
    assert refused.value.code == code
    assert valid_account(typed) is False


def test_invented_numbers_are_right_different_and_told_from_real_ones() -> None:
    seeds = [*range(3_000), 999_999, 1_000_000, 1_999_999]
    numbers = [synthetic_orgnr(seed) for seed in seeds]
    assert len(set(numbers)) == len(seeds)
    assert [number for number in numbers if not (valid_orgnr(number) and is_synthetic(number))] == []
    assert synthetic_orgnr(0) == "200000005"
    assert is_synthetic("939607706") is False


def test_invented_accounts_are_right_different_and_told_from_real_ones() -> None:
    seeds = [*range(3_000), 89_999]
    numbers = [synthetic_account(seed) for seed in seeds]
    assert len(set(numbers)) == len(seeds)
    assert [number for number in numbers if not (valid_account(number) and is_synthetic_account(number))] == []
    assert is_synthetic_account("12345678903") is False


@pytest.mark.parametrize("seed", [-1, 2_000_000])
def test_seeds_outside_the_range_are_refused(seed: int) -> None:
    with pytest.raises(ValueError, match="seed"):
        synthetic_orgnr(seed)


@pytest.mark.parametrize("seed", [-1, 90_000])
def test_account_seeds_outside_the_range_are_refused(seed: int) -> None:
    with pytest.raises(ValueError, match="seed"):
        synthetic_account(seed)
