"""docs/operations.md is held against the program: what it names is there, and nothing is there that it doesn't name."""

import re
import shlex
from pathlib import Path

import pgtrigger
import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class

from core.views.health import PROBES
from tests.architecture.test_compose import names_settings_read

PAGE = (Path(settings.BASE_DIR) / "docs" / "operations.md").read_text(encoding="utf-8")


def first_column(heading: str) -> set[str]:
    """The names in the first column of the table under a heading."""
    part = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return set(re.findall(r"^\| `([^`]+)` \|", part, re.MULTILINE))


def test_the_table_of_the_environment_is_what_the_settings_read() -> None:
    assert first_column("Environment") == names_settings_read()


def test_every_trigger_is_listed() -> None:
    assert first_column("What only PostgreSQL does") == {trigger.name for _model, trigger in pgtrigger.registered()}


def test_every_probe_is_listed() -> None:
    asked = {name.removeprefix("GET /") for name in first_column("Monitoring") if name.startswith("GET ")}
    assert asked == set(PROBES)


COMMANDS = sorted(set(re.findall(r"manage\.py (\w+(?: (?:DIR|--[\w-]+)(?: NAME| audit)?)*)", PAGE)))


WORDS_OF = {
    "restore": ["DIR"],
    "make_operator": ["EMAIL", "NAME"],
    "load_register": ["FILE", "--kind", "nsr"],
}
"""What a command must be given besides its options."""


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_is_there_with_its_options(words: str) -> None:
    name, *options = shlex.split(words)
    if name in {"shell", "check"} and not options:
        return
    wants = [] if "DIR" in options else WORDS_OF.get(name, [])
    command = load_command_class(get_commands()[name], name)
    command.create_parser("manage.py", name).parse_args([*options, *wants])  # an unknown option ends the program


def test_every_headline_the_doctor_points_at_is_there() -> None:
    source = "".join(
        path.read_text(encoding="utf-8") for path in (Path(settings.BASE_DIR) / "core/services/doctor").glob("*.py")
    )
    pointed = set(re.findall(r"docs/operations\.md, «([^»]+)»", source))
    assert pointed - set(re.findall(r"^##+ (.+)$", PAGE, re.MULTILINE)) == set()
    assert len(pointed) == 3
