"""Keeps the rows of a built world and lets them stand under the tests, instead of building it for every one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import connection, models, transaction

FROM_MIGRATE = ("django_content_type", "auth_permission")
"""Rows Django makes itself after migrate and flush, with other numbers each time: ours take their place."""


@dataclass(frozen=True)
class Table:
    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Kept:
    """The rows of every table, and what ``build`` returned."""

    tables: tuple[Table, ...]
    made: Any


class _Undo(Exception):
    pass


def keep(build: Callable[[], Any]) -> Kept:
    """Run ``build`` in a transaction, read all rows, and take everything back."""
    kept: list[Kept] = []
    try:
        with transaction.atomic():
            made = build()
            kept.append(Kept(tuple(table for name in _tables() if (table := _read(name)).rows), made))
            raise _Undo
    except _Undo:
        pass
    ContentType.objects.clear_cache()
    return kept[0]


def put_back(kept: Kept) -> None:
    """Insert the rows into an empty database, as a restored backup would be: table by table, with no triggers asked.

    On SQLite foreign keys are checked when the transaction ends.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        for name in FROM_MIGRATE:
            table = next(table for table in kept.tables if table.name == name)
            if set(_read(name).rows) != set(table.rows):
                for other in reversed(FROM_MIGRATE):
                    cursor.execute(f"DELETE FROM {connection.ops.quote_name(other)}")
        for table in kept.tables:
            if table.name in FROM_MIGRATE and _read(table.name).rows:
                continue
            _insert(cursor, table)
        for statement in connection.ops.sequence_reset_sql(no_style(), _models()):
            cursor.execute(statement)
        if connection.vendor == "postgresql":  # the transaction may go on, as the test's own
            cursor.execute("SET LOCAL session_replication_role = origin")
    ContentType.objects.clear_cache()


class Stage:
    """One world at a time, in a transaction of its own that the transactions of the tests lie inside.

    Tests that follow each other and want the same world find it there: each takes back what it did itself.
    """

    def __init__(self) -> None:
        self._standing: Kept | None = None
        self._around: transaction.Atomic | None = None

    def keep(self, build: Callable[[], Any]) -> Kept:
        """What ``build`` makes in the empty database: nothing else may stand meanwhile."""
        self.let_stand(None)
        return keep(build)

    def let_stand(self, kept: Kept | None) -> None:
        """Have this world stand, or none. To be called outside any test's transaction."""
        if kept is self._standing and (kept is None or connection.in_atomic_block):
            return
        if self._around is not None and connection.in_atomic_block:
            transaction.set_rollback(True)
            self._around.__exit__(None, None, None)
            ContentType.objects.clear_cache()  # their numbers were the world's, and went with it
        self._standing = self._around = None
        if kept is not None:
            self._around = transaction.atomic()
            self._around.__enter__()
            put_back(kept)
            self._standing = kept

    @contextmanager
    def present(self, kept: Kept) -> Iterator[Any]:
        """What was made, with its rows there as long as the test lasts."""
        if kept is not self._standing:
            put_back(kept)
        try:
            yield deepcopy(kept.made)
        finally:
            ContentType.objects.clear_cache()


def _models() -> list[type[models.Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]


def _tables() -> list[str]:
    names = dict.fromkeys(model._meta.db_table for model in _models())
    return [*FROM_MIGRATE, *(name for name in names if name not in FROM_MIGRATE)]


def _read(name: str) -> Table:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)} ORDER BY 1")
        columns = tuple(column[0] for column in cursor.description)
        return Table(name, columns, tuple(cursor.fetchall()))


def _insert(cursor: Any, table: Table) -> None:
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in table.columns)
    marks = ", ".join(["%s"] * len(table.columns))
    room = max(1, 900 // len(table.columns))  # SQLite takes 999 values a statement in its oldest builds
    for start in range(0, len(table.rows), room):
        part = table.rows[start : start + room]
        values = ", ".join([f"({marks})"] * len(part))
        cursor.execute(
            f"INSERT INTO {quote(table.name)} ({names}) VALUES {values}", [value for row in part for value in row]
        )
