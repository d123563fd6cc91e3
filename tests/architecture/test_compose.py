"""docker-compose.yml can't be run here, so each name and command in it is held against the program."""

import ast
import re
import shlex
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from celery import Celery
from celery.bin.celery import celery as celery_command
from django.conf import settings
from django.core.management import get_commands, load_command_class
from waitress.adjustments import Adjustments

from core.views.health import PROBES

ROOT = Path(settings.BASE_DIR)
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
THEIR_NAMES = {"POSTGRES_PASSWORD"}  # read by the database's image; the address given to us is put together from it


def names_settings_read() -> set[str]:
    """Every variable config/settings.py asks `env` for, found in its syntax tree."""
    tree = ast.parse((ROOT / "config" / "settings.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    asked = [call for call in calls if isinstance(call.func.value, ast.Name) and call.func.value.id == "env"]
    return {call.args[0].value for call in asked if isinstance(call.args[0], ast.Constant)}


def names_in_example() -> set[str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return {line.split("=", 1)[0] for line in lines if line and not line.startswith("#")}


def command_of(service: str) -> list[str]:
    return shlex.split(SERVICES[service]["command"])


def option(words: list[str], name: str) -> str:
    """The value of `--name value` or `--name=value`."""
    for at, word in enumerate(words):
        if word == name:
            return words[at + 1]
        if word.startswith(f"{name}="):
            return word.split("=", 1)[1]
    raise AssertionError(f"{name} is not in {words}")


def test_the_services_are_the_ones_a_real_installation_has() -> None:
    assert set(SERVICES) == {"migrate", "web", "worker", "beat", "db", "redis", "mail"}
    assert set(OURS) == {"migrate", "web", "worker", "beat"}


@pytest.mark.parametrize("service", OURS)
def test_every_variable_given_to_us_is_one_the_settings_read(service: str) -> None:
    assert set(OURS[service]["environment"]) - names_settings_read() == set()


def test_the_example_names_only_what_is_read() -> None:
    assert names_in_example() - names_settings_read() - THEIR_NAMES == set()


def test_what_a_real_installation_must_set_is_in_the_example_or_in_the_file() -> None:
    must = {
        "ARSHJUL_SECRET_KEY",
        "ARSHJUL_ALLOWED_HOSTS",
        "ARSHJUL_BASE_URL",
        "EMAIL_URL",
        "DATABASE_URL",
        "BROKER_URL",
    }
    assert must - names_in_example() - set(OURS["web"]["environment"]) == set()


def test_every_variable_the_file_itself_needs_is_in_the_example() -> None:
    used = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    assert used == {"POSTGRES_PASSWORD"}
    assert used - names_in_example() == set()


def test_migrate_runs_a_command_there_is_with_options_it_knows() -> None:
    python, script, name, *options = command_of("migrate")
    assert (python, script) == ("python", "manage.py")
    assert (ROOT / script).is_file()
    command = load_command_class(get_commands()[name], name)
    command.create_parser(script, name).parse_args(options)  # an unknown option ends the program


@pytest.mark.parametrize("words", [command_of("web"), None], ids=["compose", "Dockerfile"])
def test_web_serves_our_application(words: list[str] | None) -> None:
    if words is None:
        words = ast.literal_eval((ROOT / "Dockerfile").read_text().split("\nCMD ")[1])
    program, *options = words
    assert program == "waitress-serve"
    known, _words = Adjustments.parse_args(options)  # type: ignore[attr-defined]
    assert (known["listen"].strip(), known["threads"]) == ("*:8000", "8")
    # Else waitress drops what tells http from https, and everybody seems to come from the proxy: one limit for all.
    assert known["trusted_proxy_headers"] == "x-forwarded-for x-forwarded-proto"
    module, name = options[-1].split(":")
    assert callable(getattr(import_module(module), name))


@pytest.mark.parametrize("service", ["worker", "beat"])
def test_worker_and_beat_start_our_celery_application_with_options_celery_knows(service: str) -> None:
    words = command_of(service)
    assert words[0] == "celery"
    application = import_module(option(words, "--app")).celery_app
    assert isinstance(application, Celery)
    assert service in words
    known = {name for parameter in celery_command.commands[service].params for name in parameter.opts}
    given = {word.split("=")[0] for word in words[words.index(service) :] if word.startswith("--")}
    assert given - known == set()


def test_beat_sends_only_tasks_the_workers_have() -> None:
    application = import_module("config").celery_app
    application.loader.import_default_modules()
    sent = {entry["task"] for entry in application.conf.beat_schedule.values()}
    assert sent - set(application.tasks) == set()


def test_addresses_point_at_services_of_the_file() -> None:
    environment = OURS["web"]["environment"]
    hosts = {
        name: re.split(r"[@/]", address.split("://")[1])[-2].split(":")[0]
        for name, address in environment.items()
        if "://" in address
    }
    assert hosts == {"DATABASE_URL": "db", "BROKER_URL": "redis", "CACHE_URL": "redis"}


def test_redis_keeps_an_append_only_file() -> None:
    assert option(command_of("redis"), "--appendonly") == "yes"


def test_letters_and_other_files_outlive_the_containers() -> None:
    """And the image has each folder, of our account: a volume takes over what lies where it is mounted."""
    mounted = ["files:/app/var/files", "backups:/app/var/backups"]
    assert [OURS[name]["volumes"] for name in OURS] == [mounted] * len(OURS)
    assert {volume.split(":")[0] for volume in mounted} <= set(COMPOSE["volumes"])
    made = re.search(r"&& mkdir -m 700 (.+?) \\\n && chown -R arshjul var\n", (ROOT / "Dockerfile").read_text())
    assert made is not None
    assert [f"/app/{folder}" for folder in made[1].split()] == [volume.split(":")[1] for volume in mounted]
    assert OURS["worker"]["environment"]["ARSHJUL_BACKUP_DIR"] == "/app/var/backups"


def test_the_image_has_a_pg_dump_as_new_as_the_database() -> None:
    """Debian 12 (bookworm) has PostgreSQL 15."""
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert "FROM python:3.11-slim-bookworm\n" in dockerfile
    assert re.search(r"apt-get install [^&]*\bpostgresql-client\b", dockerfile) is not None
    assert SERVICES["db"]["image"] == "postgres:15"


def test_web_asks_its_own_probe_in_words_python_knows() -> None:
    asked, *words = SERVICES["web"]["healthcheck"]["test"]
    assert (asked, words[:2]) == ("CMD", ["python", "-c"])
    compile(words[2], "healthcheck", "exec")
    port = SERVICES["web"]["ports"][0].rsplit(":", 1)[1]
    (address,) = re.findall(r"http://127\.0\.0\.1:(\d+)/([\w/]+)", words[2])
    assert address == (port, "helse/klar/")
    assert address[1] in PROBES


def test_the_worker_is_asked_with_options_celery_knows() -> None:
    asked, line = SERVICES["worker"]["healthcheck"]["test"]
    words = shlex.split(line.replace("$$", "$"))
    assert (asked, words[0], option(words, "--app"), "ping" in words) == ("CMD-SHELL", "celery", "config", True)
    assert option(words, "--destination") == "celery@$HOSTNAME"  # a worker's name where --hostname gives it no other
    known = {name for parameter in celery_command.commands["inspect"].params for name in parameter.opts}
    given = {word for word in words[words.index("inspect") :] if word.startswith("--")}
    assert given - known == set()
    assert "--hostname" not in command_of("worker")
