"""Checks of model fields."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from core.validators import strip_control, validate_account, validate_kroner, validate_orgnr


@pytest.mark.parametrize(
    ("validate", "value"),
    [
        (validate_orgnr, "939607706"),
        (validate_account, "12345678903"),
        (validate_kroner, 0),
        (validate_kroner, 2_000_000_000),
    ],
)
def test_right_values_pass(validate: Callable[[Any], None], value: object) -> None:
    assert validate(value) is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize(
    ("validate", "value", "code"),
    [
        (validate_orgnr, "939607707", "check_digit"),
        (validate_orgnr, "939 607 706", "not_normalised"),
        (validate_account, "12345678904", "check_digit"),
        (validate_account, "1234 56 78903", "not_normalised"),
        (validate_kroner, -1, "negative"),
        (validate_kroner, 2_000_000_001, "too_large"),
    ],
)
def test_wrong_values_are_refused(validate: Callable[[Any], None], value: object, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate(value)
    assert refused.value.code == code


def test_control_characters_are_taken_out() -> None:
    assert strip_control("a\x00b\x07\u202ec\ud800") == "abc"
    assert strip_control("a\r\nb\tc\rd") == "a b c d"
    assert strip_control("a\r\nb\tc\rd", keep_lines=True) == "a\nb\tc\nd"
