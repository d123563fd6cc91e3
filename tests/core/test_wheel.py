"""The annual wheel: the formula of the drawing, checked by numbers worked out by hand and by the sample drawing."""

from __future__ import annotations

from datetime import date

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from core.ui.wheel import DateKind, Phase, WheelDate, angle, build_wheel, circles, days_in, ring, text

TODAY = date(2027, 1, 20)
NEEDS = WheelDate(date(2027, 2, 1), DateKind.DEADLINE, "frist for behovsmelding", url="/behov/")


def test_the_first_of_january_is_at_the_top() -> None:
    assert angle(date(2027, 1, 1), 2027) == -90.0


def test_the_last_of_december_is_left_of_the_top() -> None:
    assert angle(date(2027, 12, 31), 2027) == pytest.approx(270 - 360 / 365)


def test_a_leap_year_has_a_day_more() -> None:
    assert (days_in(2027), days_in(2028)) == (365, 366)
    assert angle(date(2028, 7, 2), 2028) == 90.0
    assert angle(date(2028, 12, 31), 2028) == pytest.approx(270 - 360 / 366)


def test_coordinates_have_at_most_one_decimal_and_no_comma() -> None:
    assert [text(value) for value in (200.0, 201.74, 4.04, -0.04, 58.25)] == ["200", "201.7", "4", "0", "58.2"]
    with translation.override("nb"):
        assert text(1.5) == "1.5"


def test_january_is_drawn_as_in_the_sample() -> None:
    wheel = build_wheel(year=2027, today=TODAY, dates=[])
    january = wheel.months[0]
    assert january.path == "M201.7 4A196 196 0 0 1 298.2 30.4L279.2 63.3A158 158 0 0 0 201.4 42Z"
    assert (january.x, january.y, january.text, january.now) == ("246.7", "34.3", "jan", True)
    assert [month.now for month in wheel.months[1:]] == [False] * 11


def test_a_ring_longer_than_half_way_round_takes_the_large_arc() -> None:
    assert " 0 1 1 " in ring(0, 181, 131, 151)
    assert " 0 0 1 " in ring(0, 180, 131, 151)


def test_a_phase_that_passes_new_year_is_one_piece() -> None:
    needs = Phase("Behov", date(2026, 11, 1), date(2027, 1, 31))
    [drawn] = build_wheel(year=2027, today=TODAY, dates=[], phases=[needs]).phases
    assert drawn.path == "M69.9 123.3A151 151 0 0 1 275.2 69.1L265.3 86.4A131 131 0 0 0 87.2 133.4Z"
    assert drawn.text == "1"


def test_a_phase_may_begin_or_end_on_a_leap_day() -> None:
    phase = Phase("Forum", date(2028, 2, 29), date(2028, 3, 31))
    [drawn] = build_wheel(year=2027, today=TODAY, dates=[], phases=[phase]).phases
    [same] = build_wheel(
        year=2027, today=TODAY, dates=[], phases=[Phase("Forum", date(2027, 3, 1), date(2027, 3, 31))]
    ).phases
    assert drawn.path == same.path


def test_marks_less_than_nine_degrees_apart_stand_on_different_circles() -> None:
    assert circles([0.0, 4.0, 8.9, 9.0]) == [110.0, 88.0, 66.0, 110.0]


def test_the_turn_of_the_year_does_not_hide_how_close_two_marks_are() -> None:
    assert circles([-90.0, 268.0]) == [110.0, 88.0]


def test_two_dates_on_one_day_are_both_drawn() -> None:
    day = date(2027, 3, 10)
    wheel = build_wheel(
        year=2027,
        today=TODAY,
        dates=[WheelDate(day, DateKind.MEETING, "møte"), WheelDate(day, DateKind.DEADLINE, "innstilling")],
    )
    assert len({(mark.x, mark.y) for mark in wheel.marks}) == 2
    assert [row.date.label for row in wheel.rows] == ["innstilling", "møte"]


def test_the_next_date_is_the_only_orange_mark_and_is_drawn_last() -> None:
    later = WheelDate(date(2027, 4, 15), DateKind.PAYMENT, "utbetaling")
    wheel = build_wheel(year=2027, today=TODAY, dates=[later, NEEDS])
    assert [mark.next for mark in wheel.marks] == [False, True]
    assert (wheel.next, wheel.days_left) == (NEEDS, 12)
    orange = wheel.marks[-1]
    assert (orange.x, orange.y, orange.half) == ("256", "105.3", "9.1")


def test_today_on_a_date_counts_as_next_and_not_as_past() -> None:
    wheel = build_wheel(year=2027, today=NEEDS.day, dates=[NEEDS])
    assert [(row.past, row.next) for row in wheel.rows] == [(False, True)]
    assert wheel.days_left == 0


def test_the_hand_stands_at_today_as_in_the_sample() -> None:
    hand = build_wheel(year=2027, today=TODAY, dates=[]).hand
    assert hand is not None
    assert (hand.x1, hand.y1, hand.x2, hand.y2) == ("228.9", "114.8", "250.4", "51.3")
    assert (hand.text_x, hand.text_y) == ("224.4", "133")


def test_a_wheel_of_another_year_has_no_hand_and_no_current_month() -> None:
    wheel = build_wheel(year=2026, today=TODAY, dates=[])
    assert wheel.hand is None
    assert not any(month.now for month in wheel.months)


def test_dates_of_other_years_are_listed_but_not_drawn() -> None:
    before = WheelDate(date(2026, 12, 1), DateKind.DEADLINE, "utlysing")
    after = WheelDate(date(2028, 1, 15), DateKind.DEADLINE, "rapport for 2027")
    wheel = build_wheel(year=2027, today=TODAY, dates=[after, NEEDS, before])
    assert [row.date for row in wheel.rows] == [before, NEEDS, after]
    assert len(wheel.marks) == 1


def test_when_only_a_date_of_next_year_is_left_it_is_the_next() -> None:
    after = WheelDate(date(2028, 1, 15), DateKind.DEADLINE, "rapport for 2027")
    wheel = build_wheel(year=2027, today=date(2027, 12, 31), dates=[NEEDS, after])
    assert (wheel.next, wheel.days_left) == (after, 15)
    assert [mark.next for mark in wheel.marks] == [False]


def test_a_year_without_dates_has_no_next() -> None:
    wheel = build_wheel(year=2027, today=TODAY, dates=[])
    assert (wheel.next, wheel.days_left, list(wheel.rows), list(wheel.marks)) == (None, None, [], [])


@pytest.mark.parametrize("form", ["nb", "nn"])
@pytest.mark.parametrize("kind", list(DateKind))
@pytest.mark.parametrize("days", [0, 1, 12])
def test_the_drawing_has_a_name_and_needs_no_style_or_script(form: str, kind: DateKind, days: int) -> None:
    today = date(2027, 2, 1)
    due = WheelDate(date.fromordinal(today.toordinal() + days), kind, "noko")
    wheel = build_wheel(year=2027, today=today, dates=[due], phases=[Phase("Behov", today, today)], key="w")
    with translation.override(form):
        drawn = render_to_string("components/wheel.html", {"wheel": wheel})
    assert 'role="img" aria-labelledby="w-title w-desc"' in drawn
    assert drawn.count('id="w-title"') == drawn.count('id="w-desc"') == 1
    assert "style=" not in drawn
    assert "<script" not in drawn
    assert "<a " not in drawn
    assert "1. februar 2027" in drawn.replace("\N{NO-BREAK SPACE}", " ")


def test_the_list_carries_the_dates_and_leads_on() -> None:
    wheel = build_wheel(year=2027, today=TODAY, dates=[NEEDS])
    with translation.override("nb"):
        listed = render_to_string("components/dates.html", {"rows": wheel.rows, "year": 2027})
    assert '<time datetime="2027-02-01">' in listed
    assert '<a href="/behov/">frist for behovsmelding</a>' in listed
    assert '<li class="next">' in listed


def test_the_word_today_makes_way_for_the_marks_and_the_line_under_the_year() -> None:
    """Three dates within a few days lie on three circles; the word would lie over the innermost."""
    day = date(2027, 3, 24)
    dates = [WheelDate(date(2027, 3, 22 + number), DateKind.DEADLINE, "Frist") for number in range(3)]
    alone, among = build_wheel(year=2027, today=day, dates=[]).hand, build_wheel(year=2027, today=day, dates=dates).hand
    assert alone is not None
    assert among is not None
    assert (among.x1, among.y1) == (alone.x1, alone.y1)
    marks = build_wheel(year=2027, today=day, dates=dates).marks
    gaps = [max(abs(float(m.x) - float(among.text_x)), abs(float(m.y) - float(among.text_y))) for m in marks]
    assert (
        min(gaps)
        > 20
        > min(max(abs(float(m.x) - float(alone.text_x)), abs(float(m.y) - float(alone.text_y))) for m in marks)
    )
    assert not (abs(float(among.text_x) - 200) < 92 and 212 < float(among.text_y) < 254)
