"""Long lists are shown fifty at a time."""

from __future__ import annotations

import re

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.http import QueryDict
from django.template import Context, Template
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from core.paging import Leaf, asked_for, leaf_of, leaf_of_query


@pytest.mark.parametrize(
    ("typed", "number"),
    [("", 1), ("side=3", 3), ("side=0", 1), ("side=-1", 1), ("side=x", 1), ("side=²", 1), ("side=" + "9" * 40, 1)],
)
def test_the_page_in_an_address(typed: str, number: int) -> None:
    assert asked_for(QueryDict(typed)) == number
    assert asked_for(None) == 1


def test_a_list_is_cut_in_fifties() -> None:
    rows = list(range(101))
    assert [(leaf.number, leaf.first, leaf.last, list(leaf)) for leaf in (leaf_of(rows), leaf_of(rows, 3))] == [
        (1, 1, 50, rows[:50]),
        (3, 101, 101, [100]),
    ]
    assert leaf_of(rows, 99).number == 3
    assert (leaf_of(rows).pages, leaf_of([]).pages, leaf_of(rows[:50]).is_long, leaf_of(rows).is_long) == (
        3,
        1,
        False,
        True,
    )


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (1, [1, 2, None, 21]),
        (3, [1, 2, 3, 4, None, 21]),
        (7, [1, None, 6, 7, 8, None, 21]),
        (21, [1, None, 20, 21]),
    ],
)
def test_far_pages_are_left_out(number: int, shown: list[int | None]) -> None:
    assert leaf_of(range(1001), number).shown_pages() == shown


@pytest.mark.django_db
def test_a_query_is_counted_in_the_same_statement() -> None:
    rows = ContentType.objects.order_by("pk")
    total = rows.count()
    with CaptureQueriesContext(connection) as queries:
        leaf = leaf_of_query(rows, 2, size=5)
    assert len(queries) == 1
    assert (leaf.number, leaf.total, list(leaf)) == (2, total, list(rows[5:10]))
    assert leaf_of_query(rows, 999, size=5).number == 1
    assert leaf_of_query(rows.none()).total == 0


def links(leaf: Leaf[int], address: str = "/?forum=2&side=9") -> list[str]:
    template = Template('{% load ui %}{% pages leaf=leaf label="Sider" anchor="h" %}')
    html = template.render(Context({"leaf": leaf, "request": RequestFactory().get(address)}))
    return [word.replace("&amp;", "&") for word in re.findall(r'href="([^"]+)"', html)]


def test_links_keep_the_rest_of_the_address() -> None:
    assert links(leaf_of(range(120), 2)) == [
        "?forum=2&side=1#h", "?forum=2&side=1#h", "?forum=2&side=2#h", "?forum=2&side=3#h", "?forum=2&side=3#h",
    ]  # fmt: skip
    assert links(leaf_of(range(50))) == []
