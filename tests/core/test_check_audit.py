"""``manage.py check_audit``: what it prints and how it ends."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core.models import Snapshot
from grants.models import Round
from tests.core.test_chain import bind, tamper


def run(*words: str) -> list[str]:
    out = StringIO()
    call_command("check_audit", *words, stdout=out)
    return out.getvalue().splitlines()


def test_the_heads_are_printed_so_that_they_can_be_kept_elsewhere(row: Round) -> None:
    head = bind(row, 100).link
    subject = f"grants.round:{row.pk}"
    assert run() == [
        f"{'Chain':<{len(subject)}}   Links  Head",
        f"{subject}       1  {head}",
        "Checked 1 snapshot (0 from before the chains) in 1 chain, and 0 journaled files.",
        "Nothing was changed, taken away or put in.",
    ]


def test_an_empty_database_is_right(db: None) -> None:
    assert run() == [
        "Checked 0 snapshots (0 from before the chains) in 0 chains, and 0 journaled files.",
        "Nothing was changed, taken away or put in.",
    ]


def test_a_fault_names_its_row_and_ends_with_1(row: Round) -> None:
    bind(row, 100)
    snapshot = bind(row, 200)
    tamper("UPDATE core_snapshot SET body = '{}' WHERE id = %(id)s", id=snapshot.pk)
    out = StringIO()
    with pytest.raises(CommandError) as ended:
        call_command("check_audit", stdout=out)
    assert (str(ended.value), ended.value.returncode) == ("The audit found 1 fault.", 1)
    assert out.getvalue().splitlines()[-1] == (
        f"FAULT core.snapshot {snapshot.pk}: its content does not give its SHA-256."
    )


def test_a_program_reads_it_as_json(row: Round) -> None:
    head = bind(row, 100).link
    [line] = run("--json", "--office", row.office.slug)
    assert json.loads(line) == {
        "chains": [{"subject": f"grants.round:{row.pk}", "length": 1, "head": head}],
        "snapshots": 1,
        "unchained": 0,
        "files": 0,
        "faults": [],
    }
    tamper("UPDATE core_chain SET length = 2")
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("check_audit", "--json", stdout=out)
    chain = Snapshot.objects.get().chain_id
    assert json.loads(out.getvalue())["faults"] == [
        {"row": f"core.chain {chain}", "what": "it is 2 long, but its last snapshot has place 1."}
    ]


def test_an_unknown_office_is_told_which_there_are(row: Round) -> None:
    with pytest.raises(CommandError) as ended:
        run("--office", "nowhere")
    assert str(ended.value) == f"There is no office «nowhere». Choose among {row.office.slug}."
