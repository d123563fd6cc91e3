"""`manage.py draw_machines`: draws the machines of all apps into docs/architecture.md; `--check` only compares."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.workflow import Machine

BEGIN, END = "<!-- machines -->", "<!-- /machines -->"


class Command(BaseCommand):
    """Writes the pictures between the two marks."""

    help = "Draw the machines of all apps into docs/architecture.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail when the picture differs, and write nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        page = Path(settings.BASE_DIR) / "docs" / "architecture.md"
        before = page.read_text(encoding="utf-8")
        after = drawn_into(before)
        if before == after:
            self.stdout.write("The picture shows the tables.")
        elif options["check"]:
            raise CommandError("The picture differs from the tables. Run manage.py draw_machines.")
        else:
            page.write_text(after, encoding="utf-8")
            self.stdout.write(f"{page.name} written.")


def machines() -> Iterator[tuple[str, Machine]]:
    """(name in Python, machine) of every app's ``workflow.py``, in the order of the apps."""
    for config in reversed(list(apps.get_app_configs())):
        name = f"{config.name}.workflow"
        if config.path.startswith(str(settings.BASE_DIR)) and find_spec(name):
            module = import_module(name)
            for machine in getattr(module, "MACHINES", ()):
                yield next(key for key, value in vars(module).items() if value is machine), machine


def drawing(machine: Machine) -> str:
    """A machine as a Mermaid state diagram: where it begins, every step, where it may rest."""
    lines = ["stateDiagram-v2", f"    [*] --> {machine.initial}"]
    for step in machine.steps:
        lines += [f"    {source} --> {step.target}: {step.name}" for source in step.source]
    lines += [f"    {state.code} --> [*]" for state in machine.states if state.code in machine.final]
    return "\n".join(lines)


def drawn_into(page: str) -> str:
    """The page with the pictures as the tables are now. Raises CommandError where the marks are missing."""
    head, begin, rest = page.partition(BEGIN)
    _old, end, tail = rest.partition(END)
    if not begin or not end:
        raise CommandError(f"docs/architecture.md lacks the marks {BEGIN} and {END}.")
    pictures = "\n\n".join(f"### `{name}`\n\n```mermaid\n{drawing(machine)}\n```" for name, machine in machines())
    return f"{head}{BEGIN}\n\n{pictures}\n\n{END}{tail}"
