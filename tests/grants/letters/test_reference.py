"""The four reference letters of the design, word for word and part by part, in both forms."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from grants.letters.compose import Block, Letter, compose
from grants.letters.facts import Form, LetterFacts
from grants.letters.filters import soft_spaces
from tests.grants.letters import samples

REFERENCE = tomllib.loads((Path(__file__).parent / "reference.toml").read_text(encoding="utf-8"))
LETTERS: dict[str, tuple[Callable[[], LetterFacts], Form]] = {
    "tilsagn_vaga_nn": (samples.vaga, "nn"),
    "tilsagn_lillehammer_nb": (samples.lillehammer, "nb"),
    "tilskudd_uh_nb": (lambda: samples.university("nb"), "nb"),
    "tilskudd_uh_nn": (lambda: samples.university("nn"), "nn"),
    "delvis_barnehage_nn": (lambda: samples.kindergarten("nn"), "nn"),
    "delvis_barnehage_nb": (lambda: samples.kindergarten("nb"), "nb"),
}
GRANT = {"nb": "tilskudd", "nn": "tilskot"}


@pytest.mark.parametrize("name", sorted(LETTERS))
def test_a_reference_letter_is_written_word_for_word(name: str) -> None:
    make, form = LETTERS[name]
    letter = compose(make(), form)
    written = [(list(block.part_ids), _as_the_design_lists_it(letter, block)) for block in letter.blocks]
    assert written == [(row["ids"], row["text"]) for row in REFERENCE[name]]


def _as_the_design_lists_it(letter: Letter, block: Block) -> str:
    if block.style == "facts":
        return soft_spaces(block.text.split("\n")[1])
    if block.style == "measures":
        return soft_spaces(_table(letter))
    return soft_spaces(block.text)


def _table(letter: Letter) -> str:
    table = letter.table
    if letter.facts.refusals:
        rows = [(row.head, *(cell.text for cell in row.cells)) for row in table.groups[0].rows]
        lines = [f"{head}, søkt {sought}, {outcome}, {amount}" for head, sought, outcome, amount in rows]
        sought, _, amount = (cell.text for cell in table.total.cells)
        return f"{table.caption}: {' · '.join(lines)} · Sum søkt {sought}, {GRANT[letter.form]} {amount}"
    total = f"{table.total.head} {table.total.cells[0].text}"
    groups = []
    for group in table.groups:
        lines = [", ".join([row.head, *(cell.text for cell in row.cells)]) for row in group.rows]
        if group.subtotal:
            groups.append(f"{group.title}: {' · '.join(lines)} · Sum {group.subtotal.cells[0].text}.")
        else:
            return f"{table.caption}: {' · '.join(lines)} · {total}"
    return f"{table.caption}. {' '.join(groups)} {total}"
