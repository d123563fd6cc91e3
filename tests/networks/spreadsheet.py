"""Rows as the import engine hands them over: each cell read by its column, an empty one left out."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.collation import fold
from core.imports import Change, Column, Importer, Plan

DATA = Path(__file__).parent / "data"


def values(importer: Importer, row: Mapping[str, str]) -> dict[str, Any]:
    """A row of texts by the columns' names."""
    columns = {one.name: one for one in importer.columns}
    return {name: columns[name].read(text) for name, text in row.items() if text.strip()}


def column_of(importer: Importer, head: str) -> Column | None:
    """The column a heading means; what stands in brackets is left out."""
    wanted = fold(head.partition("(")[0])
    return next((one for one in importer.columns if wanted in {fold(way) for way in (one.name, *one.headings)}), None)


def from_csv(importer: Importer, name: str) -> list[dict[str, Any]]:
    """The rows of a file; a column no heading fits fails."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        heads, *rows = list(csv.reader(file, delimiter=";"))
    columns = [column_of(importer, head) for head in heads]
    assert None not in columns
    return [
        values(importer, {column.name: text for column, text in zip(columns, row, strict=True) if column})
        for row in rows
    ]


def changes(plans: Sequence[Plan]) -> list[Change]:
    return [plan.change for plan in plans]


def faults(plans: Sequence[Plan]) -> list[tuple[int, str, str]]:
    """(row, column, sentence) of each fault, with plain spaces."""
    return [
        (number, fault.column, fault.text.replace("\u00a0", " "))
        for number, plan in enumerate(plans)
        for fault in plan.faults
    ]
