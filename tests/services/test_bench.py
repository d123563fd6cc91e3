"""``make bench`` measures every page; here once, in the smallest nation there is."""

import json
import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from bench import report
from bench.static import sent_with


def run(*words: str, var: Path) -> None:
    env = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "BROKER_URL"}}
    done = subprocess.run(
        [sys.executable, *words],
        cwd=settings.BASE_DIR,
        env={**env, "ARSHJUL_DEMO": "true", "ARSHJUL_VAR_DIR": str(var), "TIMES": "1", "WARM": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def test_every_page_is_measured(tmp_path: Path) -> None:
    for words in (
        ("migrate", "-v0"),
        ("load_reference", "-v0"),
        ("collectstatic", "--noinput", "-v0"),
        ("fill", "--keep", "--offices", "1", "--years", "2", "--scale", "0.014"),
    ):
        run("manage.py", *words, var=tmp_path)
    run("-m", "bench.pages", str(tmp_path / "pages.json"), var=tmp_path)
    found = json.loads((tmp_path / "pages.json").read_text())
    assert found["size"] == {"measure_years": 28, "rounds": 2}
    assert [page["name"] for page in found["pages"] if page["status"] != 200] == []
    assert {page["kind"] for page in found["pages"]} == {"home", "list", "measure", "other"}
    assert sorted(found["static"]) == ["css/theme.css", "js/arshjul.js", "vendor/designsystemet.css"]
    lines = list(report.pages(found, found))
    assert len(lines) == len(found["pages"]) + 3
    assert sum("✓ met ≤ 1.3 ×" in line for line in lines) == len(found["pages"])


def test_a_bar_that_is_missed_is_said_in_words() -> None:
    page = {"name": "x", "who": "y", "kind": "list", "status": 200, "queries": 13, "cpu": 1.0, "plain": 9, "pressed": 1}
    office = {"size": {}, "pages": [page], "static": {"a.css": 40_001}}
    nation = {"size": {}, "pages": [{**page, "cpu": 1.4}]}
    *_head, line, static = report.pages(office, nation)
    assert "✗ missed ≤ 12 queries, ✓ met ≤ 50 ms, ✓ met ≤ 60 kB, ✗ missed ≤ 1.3 ×" in line
    assert "✗ missed" in static


def test_an_import_that_takes_too_much_is_said_in_words() -> None:
    one = {
        "name": "units", "rows": 5_000, "look_s": 4.0, "look_cpu": 3.0, "apply_s": 6.0, "apply_cpu": 4.0,
        "openpyxl_s": 0.4, "openpyxl_cpu": 0.3, "before_mb": 108.0, "peak_mb": 150.1,
    }  # fmt: skip
    _head, line, alone = report.imports([one])
    assert "✓ met ≤ 10 s for 5 000; 108.0 → 150.1 MB: ✗ missed ≤ 150" in " ".join(line.split())
    assert "0.4 s (0.3 s CPU)" in alone


def test_the_files_of_a_page_are_found() -> None:
    head = (
        '<link rel="stylesheet" href="/static/css/theme.0123456789ab.css"><script src="/static/js/a.js" defer></script>'
    )
    assert sent_with(head) == ["css/theme.css", "js/a.js"]
