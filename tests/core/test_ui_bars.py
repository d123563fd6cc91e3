"""Bars: parts of a whole never go past the end, and bars of a list share one scale."""

from __future__ import annotations

import re

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from core.ui.bars import FILLS, WIDTH, Bar, Part, Rect, rects


def test_parts_stand_side_by_side_with_a_gap() -> None:
    assert rects([Part(60), Part(40, "blue")], 100) == [Rect(0, 600, FILLS["navy"]), Rect(603, 397, FILLS["blue"])]


def test_a_part_of_nothing_is_not_drawn() -> None:
    assert rects([Part(0), Part(0, "blue")], 0) == []


def test_more_than_the_whole_fills_the_bar_and_no_more() -> None:
    assert rects([Part(150)], 100) == [Rect(0, WIDTH, FILLS["navy"])]


@pytest.mark.parametrize("part", [Part(-1), Part(1, "pink")])
def test_a_negative_part_or_an_unknown_colour_is_refused(part: Part) -> None:
    with pytest.raises(ValueError, match=r"negative|not one of"):
        rects([part], 10)


@given(st.lists(st.integers(0, 10**9), max_size=6), st.integers(0, 10**9))
def test_no_part_overlaps_another_or_leaves_the_bar(values: list[int], total: int) -> None:
    end = 0
    for rect in rects([Part(value) for value in values], total):
        assert rect.x >= end
        assert rect.width > 0
        end = rect.x + rect.width
    assert end <= WIDTH


def test_bars_of_a_list_share_the_longest_ones_scale() -> None:
    bars = [Bar("Nord", [Part(200)], "200"), Bar("Sør", [Part(100)], "100")]
    page = Template("{% load ui %}{% barlist bars=bars %}").render(Context({"bars": bars}))
    assert re.findall(r'<rect x="0" width="(\d+)"', page) == ["1000", "500"]
    assert re.findall(r'class="num">(\d+)<', page) == ["200", "100"]


def test_an_empty_list_of_bars_is_an_empty_list() -> None:
    assert "<li>" not in Template("{% load ui %}{% barlist bars=bars %}").render(Context({"bars": []}))
