"""A whole number is read as it was meant, or not at all: never a digit less than was typed."""

from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from core.forms import CountField

MOST = 2_000_000_000
FIELD = CountField(required=False, max_value=MOST)
MARKS = st.sampled_from([" ", "\N{NO-BREAK SPACE}", "\N{THIN SPACE}", "\N{NARROW NO-BREAK SPACE}", "."])


@given(st.integers(0, MOST), MARKS)
def test_a_number_is_read_alone_and_in_groups_of_three(number: int, mark: str) -> None:
    assert (FIELD.clean(str(number)), FIELD.clean(f"{number:,}".replace(",", mark))) == (number, number)


@given(st.text(alphabet="0123456789 .,-\N{NO-BREAK SPACE}x", max_size=14))
def test_what_is_read_has_every_digit_that_was_typed(typed: str) -> None:
    try:
        read = FIELD.clean(typed)
    except ValidationError:
        return
    digits = "".join(character for character in typed if character.isdecimal())
    assert read == (int(digits) if digits else None)
