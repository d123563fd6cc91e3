"""Working days, red days and the deadlines the law counts in weeks."""

from datetime import date, timedelta

import pytest

from core.calendar import (
    DateWarning,
    RedDay,
    add_working_days,
    date_warning,
    is_working_day,
    next_working_day,
    red_day,
    statutory_deadline,
    week_day,
)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2026, 3, 12), date(2026, 4, 7)),  # Maundy Thursday, and Easter after it
        (date(2026, 4, 15), date(2026, 5, 6)),
        (date(2026, 4, 24), date(2026, 5, 15)),  # the day after Ascension Day is a working day
        (date(2026, 12, 4), date(2026, 12, 28)),  # Christmas and the Sunday after it
        (date(2022, 3, 31), date(2022, 4, 21)),  # letters/texts.md
        (date(2026, 3, 24), date(2026, 4, 14)),
    ],
)
def test_three_weeks_end_on_the_same_weekday_or_the_next_working_day(start: date, end: date) -> None:
    assert statutory_deadline(start) == end


def test_a_period_can_have_another_length() -> None:
    assert statutory_deadline(date(2026, 4, 15), weeks=1) == date(2026, 4, 22)


def test_a_period_of_no_weeks_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one week"):
        statutory_deadline(date(2026, 4, 15), weeks=0)


def test_red_days_of_a_year() -> None:
    names = {}
    day = date(2026, 1, 1)
    while day.year == 2026:
        found = red_day(day)
        if found is not None:
            names[day.strftime("%d.%m.")] = (found.nb, found.nn)
        day += timedelta(days=1)
    assert names == {
        "01.01.": ("1. nyttårsdag", "1. nyttårsdag"),
        "02.04.": ("skjærtorsdag", "skjærtorsdag"),
        "03.04.": ("langfredag", "langfredag"),
        "05.04.": ("1. påskedag", "1. påskedag"),
        "06.04.": ("2. påskedag", "2. påskedag"),
        "01.05.": ("1. mai", "1. mai"),
        "14.05.": ("Kristi himmelfartsdag", "Kristi himmelfartsdag"),
        "17.05.": ("17. mai", "17. mai"),
        "24.05.": ("1. pinsedag", "1. pinsedag"),
        "25.05.": ("2. pinsedag", "2. pinsedag"),
        "25.12.": ("1. juledag", "1. juledag"),
        "26.12.": ("2. juledag", "2. juledag"),
    }


def test_two_red_days_on_one_day_are_both_named() -> None:
    day = date(2027, 5, 17)
    assert red_day(day) == RedDay(day, "17. mai og 2. pinsedag", "17. mai og 2. pinsedag")


@pytest.mark.parametrize("year", range(1990, 2100))
def test_every_red_day_of_every_year_has_a_name(year: int) -> None:
    assert red_day(date(year, 12, 25)) == RedDay(date(year, 12, 25), "1. juledag", "1. juledag")


def test_christmas_eve_is_a_working_day() -> None:
    assert is_working_day(date(2026, 12, 24)) is True


@pytest.mark.parametrize(
    ("day", "count", "result"),
    [
        (date(2027, 2, 1), -5, date(2027, 1, 25)),  # five working days before Monday is the Monday before
        (date(2022, 4, 19), -1, date(2022, 4, 13)),  # over Easter
        (date(2026, 4, 1), 1, date(2026, 4, 7)),
        (date(2026, 4, 4), 0, date(2026, 4, 4)),
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
    ],
)
def test_add_working_days(day: date, count: int, result: date) -> None:
    assert add_working_days(day, count) == result


def test_next_working_day_is_the_day_itself_when_it_can_be() -> None:
    assert next_working_day(date(2026, 11, 20)) == date(2026, 11, 20)
    assert next_working_day(date(2026, 11, 21)) == date(2026, 11, 23)


def test_good_friday_2022_is_warned_about_by_name() -> None:
    day = date(2022, 4, 15)
    warning = date_warning(day)
    assert warning == DateWarning(day, "red_day", "langfredag", "langfredag")
    assert warning.name("nn") == "langfredag"


@pytest.mark.parametrize(
    ("day", "nb", "nn"),
    [(date(2022, 1, 15), "lørdag", "laurdag"), (date(2017, 10, 1), "søndag", "sundag")],
)
def test_weekends_are_warned_about(day: date, nb: str, nn: str) -> None:
    assert date_warning(day) == DateWarning(day, "weekend", nb, nn)


def test_a_working_day_has_no_warning() -> None:
    assert date_warning(date(2027, 2, 1)) is None


def test_innlandets_meetings_of_2022_and_2026() -> None:
    weeks = (3, 10, 25, 38, 46)
    assert [week_day(2022, week, 4) for week in weeks] == [
        date(2022, 1, 20),
        date(2022, 3, 10),
        date(2022, 6, 23),
        date(2022, 9, 22),
        date(2022, 11, 17),
    ]
    assert [week_day(2026, week, 4) for week in weeks] == [
        date(2026, 1, 15),
        date(2026, 3, 5),
        date(2026, 6, 18),
        date(2026, 9, 17),
        date(2026, 11, 12),
    ]


def test_a_red_day_is_named_in_a_form() -> None:
    day = RedDay(date(2026, 1, 1), "a", "b")
    assert (day.name("nb"), day.name("nn")) == ("a", "b")
