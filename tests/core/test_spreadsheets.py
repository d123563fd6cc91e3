"""A text in a spreadsheet is a text."""

from __future__ import annotations

import ast
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from openpyxl import load_workbook

from core.spreadsheets import csv_file, guarded, workbook

RISKY = ["=1+1", "=cmd|' /C calc'!A0", "+47 400 00 000", "-5 %", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1+1",
         '=HYPERLINK("https://evil.example","Se her")']  # fmt: skip


@pytest.mark.parametrize("text", RISKY)
def test_a_text_is_no_formula_in_a_workbook(text: str) -> None:
    made = load_workbook(BytesIO(workbook([("Ark", ["Tittel"], [[text]])])))
    cell = made["Ark"]["A2"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    assert cell.value.strip() == text.strip()


@pytest.mark.parametrize("text", RISKY)
def test_a_text_is_no_formula_in_a_csv_file(text: str) -> None:
    assert guarded(text).startswith("'")
    line = csv_file(["Tittel"], [[text]]).decode("utf-8-sig").split("\r\n", 1)[1]
    assert line.startswith("\"'")


def test_everything_else_stands_as_it_is() -> None:
    words = ["čđŋšŧž", "Ola; Kari", 'Sitat "her"', "2 + 2 = 4", "1. februar", "🏔️"]
    made = load_workbook(
        BytesIO(workbook([("Råd/2027 [utkast]", ["a"] * 9, [[*words, 500_000, date(2027, 2, 1), None]])]))
    )
    sheet = made["Råd2027 utkast"]
    row = [cell.value for cell in sheet[2]]
    assert row[:7] == [*words, 500_000]
    assert row[7].date() == date(2027, 2, 1)
    assert [guarded(word) for word in words] == words
    assert csv_file(["Sum"], [[500_000], [None]]) == b'\xef\xbb\xbf"Sum"\r\n"500000"\r\n""\r\n'


def test_control_characters_and_endless_texts_break_no_file() -> None:
    made = load_workbook(BytesIO(workbook([("x", ["a"], [["før\0\x0better"], ["å" * 100_000]])])))
    assert [cell.value for cell in made["x"]["A"]] == ["a", "føretter", "å" * 32_767]


def test_there_is_no_other_door() -> None:
    """Reading is another thing than writing for others: it has a door of its own, through which nothing goes out."""
    writers, readers = set(), set()
    for path in Path(settings.BASE_DIR).glob("[a-z]*/**/*.py"):
        top = path.relative_to(settings.BASE_DIR).parts[0]
        if top in {"accounts", "core", "forums", "grants", "networks", "reporting", "config"}:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
            imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
            imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
            takes = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
            libraries = {name.split(".")[0] for name in imported} & {"openpyxl", "xlsxwriter", "pandas"}
            short = str(path.relative_to(settings.BASE_DIR))
            if libraries == {"openpyxl"} and "load_workbook" in takes and not {"Workbook", "save"} & (names | takes):
                readers.add(short)
            elif libraries or ("csv" in imported and {"writer", "DictWriter"} & names):
                writers.add(short)
    assert (writers, readers) == ({"core/spreadsheets.py"}, {"core/tables/workbooks.py"})
