"""The library that ships is sound, and a mistake in it is named with file and id."""

from pathlib import Path

import pytest

from grants.letters.errors import LetterIncomplete, LetterTextError
from grants.letters.library import TEXTS, fill, library, load_library

PART = """
[[part]]
id = "{id}"
nb = "{nb}"
nn = "{nn}"
basis = "§ 13"
requirement = "law"
rule_set = "both"
valid_from = 2021-01-26
"""


def test_the_library_that_ships_loads_and_every_item_has_a_bearer_in_both_rule_sets() -> None:
    parts = library().parts.values()
    for rule_set in ("GUIDE2021", "REG2026"):
        bearers = {part.item for part in parts if part.mandatory and part.rule_set in ("both", rule_set)}
        assert bearers == {1, 2, 3, 4, 5, 6}
    assert {part.status for part in parts} == {"library", "proposal"}


def test_no_part_of_the_regulation_speaks_of_the_guidelines() -> None:
    wrong = [
        part.id
        for part in library().parts.values()
        if part.rule_set == "REG2026" and ("innstilling" in part.text.nb or "egenandel" in part.text.nb)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            PART.format(id="a", nb="Hei {{ unknown_name }}", nn="Hei"),
            "x.toml: a: unknown placeholder unknown_name in nb",
        ),
        (PART.format(id="a", nb="Hei", nn=""), "x.toml: a: nn is missing"),
        (PART.format(id="a", nb="Hei", nn="Hei") * 2, "x.toml: a: the id is used twice"),
        (PART.format(id="a", nb="{{ year }}", nn="Hei"), "x.toml: a: nb and nn hold different placeholders"),
        (PART.format(id="a", nb="{ year }", nn="{ year }"), "x.toml: a: a brace stands alone in nb"),
        (PART.format(id="a", nb="§\u00a013", nn="§ 13"), "x.toml: a: a no-break space is typed in nb"),
        (PART.format(id="a", nb="Hei", nn="Hei") + "extra = 1", "x.toml: a: unknown key extra"),
        (PART.format(id="", nb="Hei", nn="Hei"), "x.toml: part no. 1: id is missing"),
        (PART.format(id="a", nb="Hei", nn="Hei").replace("law", "maybe"), "x.toml: a: requirement must be one of"),
        (PART.format(id="a", nb="Hei", nn="Hei") + "mandatory = true", "x.toml: a: only a part with an item"),
        (
            PART.format(id="a", nb="Hei", nn="Hei").replace("2021-01-26", '"2021"'),
            "x.toml: a: valid_from must be a date",
        ),
        ("[[part", "x.toml: the file: "),
    ],
)
def test_a_mistake_is_named_with_file_and_id(tmp_path: Path, content: str, message: str) -> None:
    for name in ("labels.toml", "schemes.toml"):
        (tmp_path / name).write_text((TEXTS / name).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "x.toml").write_text(content, encoding="utf-8")
    with pytest.raises(LetterTextError) as wrong:
        load_library(tmp_path)
    assert str(wrong.value)[: len(message)] == message


def test_filling_is_strict() -> None:
    assert fill("{{ year }} og {{ year }}", {"year": "2026"}, part="p") == "2026 og 2026"
    for values in ({}, {"year": " "}):
        with pytest.raises(LetterIncomplete, match="p: year is missing"):
            fill("{{ year }}", values, part="p")
