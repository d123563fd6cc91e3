"""What every test stands on: its own database, its own files, no built static files.

Without environment variables the tests run on SQLite in a file of their own (a file, not memory, so that threads and
second connections behave as they do in the program); with `DATABASE_URL` they run on that PostgreSQL server, which
`make test` brings (`tests/servers.py`).
"""

import gc
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import override_settings
from django.utils import translation
from pytest_django import DjangoDbBlocker

from core import clock
from tests import importing, stage
from tests import world as worlds
from tests.grants import needs_setup, rounds_world

__all__ = ["importing"]  # an importer is there in every test


def pytest_collection_finish() -> None:
    """Thousands of tests lie in memory from now on: the collector needn't look through them again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one world follow each other: it is put up once, and most worlds are built by one worker only."""
    items.sort(key=world_asked_for)


def world_asked_for(item: pytest.Item) -> str:
    """The name of the kept world the test stands on; empty where it stands on none."""
    return min((name for name in getattr(item, "fixturenames", ()) if name.startswith("kept_")), default="")


ON_SQLITE = settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"


@pytest.fixture(autouse=True)
def nothing_guessed_yet() -> None:
    """The cache counts wrong guesses (core.limits): each test begins with none."""
    cache.clear()


@pytest.fixture(scope="session")
def migrated_database(request: pytest.FixtureRequest) -> Path:
    """Where an empty, migrated SQLite database is kept from run to run; named after what it was made from."""
    sha = hashlib.sha256()
    root = Path(settings.BASE_DIR)
    for path in sorted([*root.glob("*/migrations/*.py"), root / "requirements.txt"]):
        sha.update(path.read_bytes())
    cache: pytest.Cache = request.config.cache  # type: ignore[assignment]
    return cache.mkdir("database") / f"{sha.hexdigest()[:16]}.sqlite3"


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """On SQLite the database in this run's folder is taken as it lies: it was copied there, see below."""
    return ON_SQLITE


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    migrated_database: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Put SQLite's test database in a folder of this run; PostgreSQL's gets its worker's suffix from pytest-django.

    `make test` has migrated the database of the address (`bin/run_tests.py`): PostgreSQL copies it.
    """
    if "MIGRATED_TEMPLATE" in os.environ:
        settings.DATABASES["default"].setdefault("TEST", {})["TEMPLATE"] = settings.DATABASES["default"]["NAME"]
    if ON_SQLITE:
        name = tmp_path_factory.mktemp("database") / "test.sqlite3"
        if migrated_database.exists():
            shutil.copyfile(migrated_database, name)
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(name)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker, migrated_database: Path) -> None:
    """Keep what the migrations made for the next run: they take longer than most runs."""
    if ON_SQLITE and not migrated_database.exists():
        draft = migrated_database.with_suffix(f".{os.getpid()}")
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(draft)])
        draft.replace(migrated_database)


@pytest.fixture(scope="session", autouse=True)
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A `var/` of the test run: files written go there, and templates link static files by their plain names."""
    var = tmp_path_factory.mktemp("var")
    (var / "static").mkdir()
    with override_settings(
        ARSHJUL_CLOCK_MAY_BE_SET=True,
        SIGN_IN_SECONDS=0.0,
        MEDIA_ROOT=var / "files",
        STATIC_ROOT=var / "static",
        STORAGES={
            "default": {"BACKEND": "core.storage.WholeFiles"},
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
    ):
        yield var


@pytest.fixture(scope="session")
def the_stage(installation: Path) -> stage.Stage:
    """Where the kept worlds stand."""
    return stage.Stage()


@pytest.fixture(scope="session")
def keep(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, the_stage: stage.Stage
) -> Callable[[Callable[[], Any]], stage.Kept]:
    """Keeps what a function builds in an empty database; each fixture that does so is named ``kept_…``."""

    def kept(build: Callable[[], Any]) -> stage.Kept:
        with django_db_blocker.unblock():
            return the_stage.keep(build)

    return kept


@pytest.fixture(scope="session")
def kept_world(keep: Callable[..., stage.Kept]) -> stage.Kept:
    """The rows of :mod:`tests.world`, built once a run."""
    return keep(worlds.build)


@pytest.fixture(scope="session")
def kept_rounds(keep: Callable[..., stage.Kept]) -> stage.Kept:
    """The rows of :mod:`tests.grants.rounds_world`, built once a run."""
    return keep(rounds_world.build)


@pytest.fixture(scope="session")
def kept_needs(keep: Callable[..., stage.Kept]) -> stage.Kept:
    """The rows of :mod:`tests.grants.needs_setup`, built once a run."""
    with clock.frozen(needs_setup.START):
        return keep(needs_setup.build)


@pytest.fixture
def _standing_world(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker, the_stage: stage.Stage
) -> None:
    """The world the test asks for stands, or none does.

    None where a test needs real transactions: its world is put into the empty database.
    """
    marker = request.node.get_closest_marker("django_db")
    asked = {*request.fixturenames}
    real = (marker and marker.kwargs.get("transaction")) or {"transactional_db", "live_server"} & asked
    wanted = "" if real else world_asked_for(request.node)
    kept = request.getfixturevalue(wanted) if wanted else None
    with django_db_blocker.unblock():
        the_stage.let_stand(kept)


@pytest.fixture
def _django_db_helper(_standing_world: None, _django_db_helper: None) -> None:
    """pytest-django's own, which opens the test's transaction, with the world around it."""


@pytest.fixture
def world(db: None, kept_world: stage.Kept, the_stage: stage.Stage) -> Iterator[worlds.World]:
    """Two offices in which everything exists twice, on the day the world stands at."""
    with the_stage.present(kept_world) as made, clock.frozen(worlds.TODAY):
        yield worlds.World(made)


@pytest.fixture
def rounds(db: None, kept_rounds: stage.Kept, the_stage: stage.Stage) -> Iterator[rounds_world.Rounds]:
    """An office that is about to open its round, on the day before it does, in bokmål."""
    with the_stage.present(kept_rounds) as made, clock.frozen(rounds_world.TODAY), translation.override("nb"):
        yield made


@pytest.fixture
def needs_phase(db: None, kept_needs: stage.Kept, the_stage: stage.Stage) -> Iterator[needs_setup.World]:
    """A round in its needs phase with a report begun, on the day it opens."""
    with the_stage.present(kept_needs) as made, clock.frozen(needs_setup.START):
        yield made
