"""The house rules a program can hold (docs/architecture.md): what may not stand in the code at all."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

ROOT = Path(settings.BASE_DIR)
APPS = ("accounts", "core", "forums", "grants", "networks", "reporting")
LONGEST = 400
"""Lines; a file past it is split by noun. A few have a little leave, so that nobody splits a table in two."""
LEAVE = 40


def sources(*folders: str) -> Iterator[Path]:
    """Our Python files, migrations left out."""
    for folder in folders or (*APPS, "config", "bin"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sources():
        yield short(path), ast.parse(path.read_text(encoding="utf-8"))


def names_used(tree: ast.Module) -> set[str]:
    """Every module imported and every name imported from one, with dots."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


def test_no_signals() -> None:
    """If B follows A, A's service calls it."""
    bad = {"django.db.models.signals", "django.dispatch", "django.core.signals", "django.db.models.signals.post_save"}
    assert {name for name, tree in trees() if names_used(tree) & bad} == set()


def test_no_save_or_delete_is_overridden_and_no_manager_hides_rows() -> None:
    found = set()
    for name, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and "/models/" in name:
                for part in node.body:
                    if isinstance(part, ast.FunctionDef) and part.name in {"save", "delete", "get_queryset"}:
                        found.add(f"{name}: {node.name}.{part.name}")
    assert found == set()


def test_no_file_is_called_after_nothing() -> None:
    bad = {"utils.py", "helpers.py", "common.py", "misc.py", "signals.py"}
    assert {short(path) for path in sources() if path.name in bad} == set()


def test_no_import_stands_inside_a_function() -> None:
    found = set()
    for name, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not name.startswith("bin/"):
                found |= {
                    f"{name}:{inner.lineno}"
                    for inner in ast.walk(node)
                    if isinstance(inner, ast.Import | ast.ImportFrom)
                }
    assert found == set()


def test_no_file_is_too_long() -> None:
    lengths = {short(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources()}
    assert {name: length for name, length in lengths.items() if length > LONGEST + LEAVE} == {}


def test_only_the_performer_assigns_a_state() -> None:
    """``x.state = "…"`` and ``update(state=…)`` of anything that has a machine; jobs and mails have none."""
    may = {"core/services/performing.py", "core/services/outbox.py", "core/services/mail.py"}
    found = set()
    for name, tree in trees():
        if name in may or ("/services/" not in name and "/selectors/" not in name and "/views/" not in name):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                found |= {
                    f"{name}:{node.lineno}"
                    for target in node.targets
                    if isinstance(target, ast.Attribute) and target.attr == "state"
                }
            is_update = (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update"
            )
            if is_update and any(word.arg == "state" for word in node.keywords):  # type: ignore[attr-defined]
                found.add(f"{name}:{node.lineno}")  # type: ignore[attr-defined]
    assert found == set()


def test_views_hand_services_an_actor_and_services_see_no_request() -> None:
    found = set()
    for name, tree in trees():
        if "/services/" in name or "/selectors/" in name:
            found |= {f"{name}: {used}" for used in names_used(tree) if used.startswith("django.http.HttpRequest")}
    assert found == set()


TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
INLINE = re.compile(
    r"""<style\b|\sstyle\s*=|<script\b(?![^>]*\ssrc=)|\son[a-z]+\s*=\s*["']|javascript:""", re.IGNORECASE
)
OWN_STYLE = {"templates/letters/letter.html", "templates/grants/needs_document.html"}
"""Not pages: a letter becomes a PDF, the journaled report stands alone in the archive; both carry their own style."""


@pytest.mark.parametrize("path", TEMPLATES, ids=short)
def test_no_style_or_script_stands_in_a_template(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"))
    found = [] if short(path) in OWN_STYLE else INLINE.findall(text)
    assert found == []


def test_no_page_of_ours_puts_markup_past_the_escaping() -> None:
    """``safe`` and ``mark_safe`` in pages: a text with a < in it must never become markup."""
    found = {short(path) for path in TEMPLATES if re.search(r"\|\s*safe\b|autoescape off", path.read_text("utf-8"))}
    assert found == set()


def test_nothing_unfinished_is_in_the_code() -> None:
    words = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b")
    paths = [*sources(), *TEMPLATES]
    assert {short(path) for path in paths if words.search(path.read_text(encoding="utf-8"))} == set()


def test_no_path_or_secret_of_a_machine_is_in_the_repository() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.split(b"\0")
    words = re.compile(rb"/(?:work|root|home)/\w|BEGIN [A-Z ]*PRIVATE KEY")
    binary = {".woff2", ".png", ".pdf", ".mo", ".ico"}
    found = set()
    for raw in filter(None, listed):
        path = ROOT / raw.decode()
        if path.suffix in binary or not path.is_file() or path == Path(__file__):
            continue
        if words.search(path.read_bytes()):
            found.add(raw.decode())
    assert found == set()


def test_binding_choices_are_held_by_the_database() -> None:
    """A column with choices has a check constraint that names it: the database believes nobody."""
    missing = set()
    for model in apps.get_models():
        if model._meta.app_label not in APPS:
            continue
        checked = " ".join(str(one.deconstruct()) for one in model._meta.constraints)
        missing |= {
            f"{model._meta.label}.{field.name}"
            for field in model._meta.local_fields
            if isinstance(field, models.CharField) and field.choices and f"'{field.name}" not in checked
        }
    assert missing == set()
