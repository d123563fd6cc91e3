"""Fields read what people write, say what to do when they can't, and show it again as it was typed."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation

from core.forms import (
    AccountField,
    CountField,
    EmailField,
    KronerField,
    LineField,
    NorwegianDateField,
    OrgnrField,
    ProseField,
)


class Everything(forms.Form):
    amount = KronerField(min_value=1, max_value=1_000_000)
    day = NorwegianDateField()
    number = OrgnrField()
    account = AccountField()
    email = EmailField()
    name = LineField()
    text = ProseField()


RIGHT = {
    "amount": "kr 500 000,-",
    "day": "1. februar 2027",
    "number": "939 607 706",
    "account": "1234.56.78903",
    "email": " mailto:kari@hamre.example ",
    "name": " Kari\x00 Moe\x07\n",
    "text": " Første\r\nandre\x00 ",
}

STORED: dict[str, Any] = {
    "amount": 500_000,
    "day": date(2027, 2, 1),
    "number": "939607706",
    "account": "12345678903",
    "email": "kari@hamre.example",
    "name": "Kari Moe",
    "text": "Første\nandre",
}


def _errors(**changed: str) -> dict[str, list[str]]:
    with translation.override("en"):
        form = Everything({**RIGHT, **changed})
        return {name: [str(message) for message in messages] for name, messages in form.errors.items()}


def test_what_people_write_is_read() -> None:
    form = Everything(RIGHT)
    assert form.errors == {}
    assert form.cleaned_data == STORED


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("amount", "", "Enter the amount in whole kroner, for example 500 000."),
        (
            "amount",
            "fem hundre",
            "We can’t read “fem hundre” as an amount. Write it with digits, for example 500 000.",
        ),
        ("amount", "0", "The amount must be at least 1\u00a0kr."),
        ("amount", "1 000 001", "The amount can’t be more than 1\u00a0000\u00a0000\u00a0kr."),
        ("day", "", "Enter a date, for example 1.2.2027."),
        ("day", "snart", "We can’t read “snart” as a date. Write day, month and year, for example 1.2.2027."),
        ("number", "", "Enter the organisation number, nine digits."),
        ("number", "12", "An organisation number has 9 digits. You have written 2."),
        ("account", "", "Enter the account number, eleven digits."),
        (
            "account",
            "12345678904",
            "“12345678904” isn’t a valid account number. One digit may be wrong, or two may have changed places.",
        ),
        ("email", "", "Enter an e-mail address, for example name@municipality.no."),
        ("email", "kari", "Enter an e-mail address with @ and a domain, for example name@municipality.no."),
    ],
)
def test_a_wrong_value_is_answered_with_what_to_do(name: str, typed: str, sentence: str) -> None:
    assert _errors(**{name: typed}) == {name: [sentence]}


def test_control_characters_alone_are_nothing() -> None:
    assert sorted(_errors(name="\x00\x07", text="\u202e")) == ["name", "text"]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("amount", "fem  hundre"),
        ("amount", "500000"),
        ("day", "31.11.2026"),
        ("number", "939607707"),
        ("number", "939607706"),
        ("account", "12345678903"),
    ],
)
def test_what_was_typed_is_shown_again_exactly(name: str, typed: str) -> None:
    form = Everything({**RIGHT, name: typed})
    form.is_valid()
    assert form[name].value() == typed
    assert f'value="{typed}"' in str(form[name])


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("amount", "500\u00a0000"),
        ("day", "01.02.2027"),
        ("number", "939\u00a0607\u00a0706"),
        ("account", "1234\u00a056\u00a078903"),
    ],
)
def test_what_is_stored_is_shown_as_a_norwegian_writes_it(name: str, shown: str) -> None:
    assert Everything(initial=STORED)[name].value() == shown


def test_nothing_is_shown_as_nothing() -> None:
    assert [field.value() for field in Everything()] == [None] * 7


def test_the_same_value_in_other_dress_is_no_change() -> None:
    assert Everything(RIGHT, initial=STORED).changed_data == []


def test_another_value_is_a_change() -> None:
    assert Everything({**RIGHT, "amount": "500 001"}, initial=STORED).changed_data == ["amount"]


def test_what_cant_be_read_is_a_change() -> None:
    assert KronerField().has_changed(5, "fem") is True


def test_optional_fields_may_be_empty() -> None:
    assert KronerField(required=False).clean("") is None
    assert KronerField(required=False).clean(None) is None
    assert NorwegianDateField(required=False).clean(" ") is None
    assert OrgnrField(required=False).clean("") == ""
    assert AccountField(required=False).clean("") == ""
    assert EmailField(required=False).clean("") == ""
    assert LineField(required=False).clean(None) == ""
    assert ProseField(required=False).clean(None) == ""
    assert CountField(required=False).clean(" ") is None


@pytest.mark.parametrize("typed", ["1000", "1 000", "1\u00a0000", "1\u2009000", "1.000", " 1000 ", "01000"])
def test_a_count_is_read_with_and_without_groups(typed: str) -> None:
    assert CountField().clean(typed) == 1000


@pytest.mark.parametrize(
    ("typed", "code"),
    [(typed, "invalid") for typed in ("1.0", "1.00", "1,5", "1,000", "10.00", "1 00", "0.000", "1 000.000", "fem", "٣")]
    + [("-1", "min_value"), ("\u22121", "min_value"), ("100 001", "max_value"), ("9" * 5000, "max_value")],
)
def test_a_count_that_cant_be_told_is_refused(typed: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        CountField().clean(typed)
    assert [error.code for error in refused.value.error_list] == [code]


def test_a_count_is_no_change_however_it_is_written() -> None:
    changed = [CountField(required=False).has_changed(1000, typed) for typed in ("1000", "1.000", "1", "", "fem")]
    assert changed == [False, False, True, True, True]


def test_python_values_pass_through() -> None:
    assert KronerField().clean(5) == 5
    assert CountField().clean(5) == 5
    assert NorwegianDateField().clean(date(2027, 2, 1)) == date(2027, 2, 1)
    assert NorwegianDateField().clean(datetime(2027, 1, 31, 23, 30, tzinfo=UTC)) == date(2027, 2, 1)


def test_a_disabled_number_is_shown_in_groups() -> None:
    class Shown(forms.Form):
        number = OrgnrField(disabled=True)

    assert Shown({"number": "1"}, initial={"number": "939607706"})["number"].value() == "939\u00a0607\u00a0706"


def test_the_keyboard_of_a_telephone_is_told() -> None:
    assert KronerField().widget.attrs == {"inputmode": "numeric", "autocomplete": "off"}
    assert EmailField().widget.attrs == {"autocomplete": "email"}
    assert KronerField(widget=forms.HiddenInput()).widget.attrs == {}
