"""`make audit` claims nothing it wasn't told."""

from __future__ import annotations

import json
import subprocess
from datetime import date, timedelta
from typing import Any

import pytest

from bin import audit

FOUND = {
    "dependencies": [{"name": "django", "version": "2.2", "vulns": [{"id": "PYSEC-1"}]}, {"name": "x", "version": "1"}]
}
SKIPPED = {"dependencies": [{"name": "django", "skip_reason": "not found"}]}


def answer(monkeypatch: pytest.MonkeyPatch, said: Any) -> None:
    monkeypatch.setattr(audit, "call", lambda *_args, **_more: None)
    done = subprocess.CompletedProcess([], 0, stdout=said if isinstance(said, str) else json.dumps(said), stderr="")
    monkeypatch.setattr(audit.subprocess, "run", lambda *_args, **_more: done)


@pytest.mark.parametrize(
    ("said", "holes"),
    [(FOUND, ["django 2.2: PYSEC-1"]), (SKIPPED, None), ({"dependencies": []}, None), ("no answer", None), ({}, None)],
)
def test_what_is_said_of_python(monkeypatch: pytest.MonkeyPatch, said: Any, holes: list[str] | None) -> None:
    answer(monkeypatch, said)
    assert audit.python_holes() == holes


@pytest.mark.parametrize(
    ("said", "holes"),
    [
        ({"vulnerabilities": {}}, []),
        ({"vulnerabilities": {"htmx": {"severity": "high"}}}, ["htmx: high"]),
        ({"error": {"code": "ENOTFOUND"}}, None),
    ],
)
def test_what_is_said_of_node(monkeypatch: pytest.MonkeyPatch, said: Any, holes: list[str] | None) -> None:
    answer(monkeypatch, said)
    assert audit.node_holes() == holes


def test_silence_is_said_and_a_hole_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(audit, "ended", lambda _today: iter(()))
    answer(monkeypatch, "no answer")
    assert audit.main() == 0
    assert capsys.readouterr().out.count("NOT AUDITED") == 2
    answer(monkeypatch, FOUND)
    assert audit.main() == 1


def test_what_is_out_of_support_is_told() -> None:
    last = min(audit.SUPPORTED_UNTIL.values())
    assert list(audit.ended(last)) == []
    assert len(list(audit.ended(last + timedelta(days=1)))) >= 1
    assert len(list(audit.ended(date(2100, 1, 1)))) == len(audit.SUPPORTED_UNTIL)
