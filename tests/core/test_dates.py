"""Dates as Norwegians write them."""

from datetime import UTC, date, datetime, time

import pytest
from django.utils import translation

from core.dates import (
    UnreadableDate,
    format_date,
    format_numeric,
    format_short,
    format_time,
    format_weekday_date,
    interface_form,
    month_name,
    parse_date,
    weekday_name,
)


@pytest.mark.parametrize(
    "typed",
    [
        "1.2.27",
        "01.02.2027",
        "1.2.2027",
        "1. 2. 2027",
        "1/2/2027",
        "1-2-2027",
        "1. februar 2027",
        "1 februar 2027",
        "1. Februar 2027",
        "1. feb. 2027",
        "1 feb 2027",
        "1.februar 27",
        "2027-02-01",
        "2027-2-1",
        "mandag 1. februar 2027",
        "måndag 1. februar 2027",
        "mandag den 1.2.2027",
        "\u00a01.\u00a0februar\u00a02027 ",
    ],
)
def test_dates_people_write(typed: str) -> None:
    assert parse_date(typed) == date(2027, 2, 1)


@pytest.mark.parametrize(
    ("typed", "month"),
    [("1. mars 2027", 3), ("1. sept. 2027", 9), ("1 sep 2027", 9), ("1. des 2027", 12), ("1. mai 2027", 5)],
)
def test_months_by_name(typed: str, month: int) -> None:
    assert parse_date(typed) == date(2027, month, 1)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("i morgen", "not_a_date"),
        ("1. februry 2027", "not_a_date"),
        ("1.2", "not_a_date"),
        ("februar 2027", "not_a_date"),
        ("1.2.202", "not_a_date"),
        ("١.٢.٢٠٢٧", "not_a_date"),
        ("31.11.2026", "impossible"),
        ("29.2.2027", "impossible"),
        ("0.2.2027", "impossible"),
        ("2.13.2027", "impossible"),
        ("1.0.2027", "impossible"),
        ("1.2.1927", "year"),
        ("1.2.2207", "year"),
        ("1.2.0000", "year"),
    ],
)
def test_dates_we_refuse(typed: str, code: str) -> None:
    with pytest.raises(UnreadableDate) as refused:
        parse_date(typed)
    assert refused.value.code == code


def test_an_impossible_date_is_said_to_be_impossible() -> None:
    with translation.override("en"), pytest.raises(UnreadableDate) as refused:
        parse_date("31. november 2026")
    with translation.override("en"):
        assert str(refused.value) == (
            "The date 31.\u00a0november\u00a02026 doesn’t exist. The last day of that month is 30.\u00a0november."
        )


def test_a_leap_day_is_a_date() -> None:
    assert parse_date("29.2.28") == date(2028, 2, 29)


def test_dates_are_written_out() -> None:
    day = date(2027, 2, 1)
    assert format_date(day, "nb") == "1.\u00a0februar\u00a02027"
    assert format_weekday_date(day, "nb") == "mandag 1.\u00a0februar"
    assert format_weekday_date(day, "nn") == "måndag 1.\u00a0februar"
    assert format_weekday_date(day, "nn", year=True) == "måndag 1.\u00a0februar\u00a02027"
    assert format_short(day, "nb") == "1.\u00a0feb."
    assert format_numeric(day) == "01.02.2027"


def test_an_unknown_written_form_is_refused() -> None:
    with pytest.raises(KeyError):
        format_short(date(2027, 2, 1), "en")


def test_names_of_days_and_months() -> None:
    assert [weekday_name(day, "nn") for day in range(1, 8)] == [
        "måndag",
        "tysdag",
        "onsdag",
        "torsdag",
        "fredag",
        "laurdag",
        "sundag",
    ]
    assert weekday_name(7, "nb") == "søndag"
    assert month_name(12, "nn") == "desember"


def test_the_time_of_day() -> None:
    assert format_time(time(23, 59)) == "23.59"
    assert format_time(datetime(2027, 2, 1, 8, 5, tzinfo=UTC)) == "09.05"


@pytest.mark.parametrize(("language", "form"), [("nb", "nb"), ("nn", "nn"), ("en", "nb")])
def test_the_written_form_of_the_page(language: str, form: str) -> None:
    with translation.override(language):
        assert interface_form() == form


def test_the_written_form_without_a_language() -> None:
    with translation.override(None):
        assert interface_form() == "nb"
