"""Migrations: none pending, one line per app, and what only PostgreSQL guards is in place there."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

APPS = ("accounts", "core", "forums", "grants", "networks", "reporting")


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


@pytest.mark.parametrize("app", APPS)
def test_the_migrations_of_an_app_are_one_line(app: str) -> None:
    graph = MigrationLoader(None).graph
    assert len(graph.leaf_nodes(app)) == 1
    children = [
        [child.key for child in graph.node_map[key].children if child.key[0] == app]
        for key in graph.nodes
        if key[0] == app
    ]
    assert [found for found in children if len(found) > 1] == []


APPEND_ONLY = {"core_event", "core_snapshot"}
"""Rows that are never changed: the log, and what was seen when something binding was done."""


@pytest.mark.skipif(connection.vendor != "postgresql", reason="triggers are PostgreSQL's")
@pytest.mark.django_db
def test_append_only_rows_are_guarded_by_triggers() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal AND t.tgname LIKE 'pgtrigger_%%'"
        )
        guarded = {name for (name,) in cursor.fetchall()}
    assert APPEND_ONLY - guarded == set()
