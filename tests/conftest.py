"""What every test stands on: its own database, its own files, no built static files.

Without environment variables the tests run on SQLite in a file of their own (a file, not memory, so that threads and
second connections behave as they do in the program); with `DATABASE_URL` they run on that PostgreSQL server, which
`make test` brings (`tests/servers.py`).
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

SQLITE = "django.db.backends.sqlite3"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Put SQLite's test database in a folder of this run; PostgreSQL's gets its worker's suffix from pytest-django."""
    database = settings.DATABASES["default"]
    if database["ENGINE"] == SQLITE:
        database.setdefault("TEST", {})["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session", autouse=True)
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A `var/` of the test run: files written go there, and templates link static files by their plain names."""
    var = tmp_path_factory.mktemp("var")
    (var / "static").mkdir()
    with override_settings(
        MEDIA_ROOT=var / "files",
        STATIC_ROOT=var / "static",
        STORAGES={
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
    ):
        yield var
