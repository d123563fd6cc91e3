"""Kills a process right after each statement of a service by which it changes or locks rows, and looks at what it left.

The service runs in a fork of the test's own process, warm and on a connection of its own; the kill is a SIGKILL, which
no ``finally`` sees. Only INSERT, UPDATE, DELETE and SELECT … FOR UPDATE are points to die at: what a plain read, a
savepoint or the program's own arithmetic leaves behind is what the statement before it left. The commit is a point too.
"""

from __future__ import annotations

import hashlib
import os
import re
import signal
import traceback
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections, transaction

POINT = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b|.*\bFOR (NO KEY )?UPDATE\b", re.IGNORECASE | re.DOTALL)

Digest = dict[str, tuple[int, str]]
"""Table → how many rows, and a hash of all of them. Sequences are left out: a number that is skipped says nothing."""

_inherited: list[Any] = []
"""The parent's connection, kept in the child so that nothing there says goodbye to the server in the parent's name."""


@dataclass(frozen=True)
class End:
    """How a run ended. ``point``: statement (inside a transaction), alone (a statement that is its own transaction),
    commit, done (nothing left to die at), error."""

    point: str
    words: str


def run_and_die(act: Callable[[], object], at: int) -> End:
    """Do ``act`` in a child that is killed at its ``at``-th point; the child ends by itself when there are fewer."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _die_at(act, at, write)
            os.write(write, b"done\t")
        except BaseException:
            os.write(write, b"error\t" + traceback.format_exc()[-4000:].encode())
        finally:
            os._exit(70)
    os.close(write)
    with os.fdopen(read) as pipe:
        point, _tab, words = pipe.read().partition("\t")
    _pid, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert killed == (point in {"statement", "alone", "commit"}), (point, words, status)
    return End(point, words)


def _die_at(act: Callable[[], object], at: int, write: int) -> None:
    database = connections["default"]
    _inherited.append(database.connection)
    database.connection = None
    seen = 0

    def point(kind: str, words: str) -> None:
        nonlocal seen
        seen += 1
        if seen == at:
            os.write(write, f"{kind}\t{words[:300]}".encode())
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if POINT.match(sql):
            point("statement" if database.in_atomic_block else "alone", sql)
        return result

    commit = database._commit

    def commit_and_tell() -> None:
        commit()
        point("commit", "")

    database._commit = commit_and_tell  # type: ignore[method-assign]
    with database.execute_wrapper(watch):
        act()


def digest(*, without: Collection[str] = ()) -> Digest:
    """Every table's content, in one question."""
    database = connections["default"]
    tables = [name for name in _tables() if name not in without]
    quote = database.ops.quote_name
    part = "SELECT '{0}', count(*), md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) FROM {1} t"
    with database.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(part.format(name, quote(name)) for name in tables))
        return {name: (count, sha) for name, count, sha in cursor.fetchall()}


@cache
def _tables() -> list[str]:
    return sorted(connections["default"].introspection.table_names())


def difference(before: Digest, after: Digest) -> dict[str, int]:
    """The tables that were written → how many rows more they have."""
    return {name: after[name][0] - before[name][0] for name in after if after[name] != before[name]}


def files() -> set[str]:
    """The stored files by name; one that is being written has a name with a dot in front."""
    root = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() and path.name[0] != "."}


def half_written(names: Collection[str]) -> list[str]:
    """Those that aren't what their name says: a journaled file is named after the SHA-256 of its bytes."""
    root = Path(settings.MEDIA_ROOT)
    return [name for name in names if hashlib.sha256((root / name).read_bytes()).hexdigest() != Path(name).stem]


class Killer:
    """Kills its way through services, one after the other; each ends by being done, so that the next can follow."""

    def __init__(self) -> None:
        self.kills = 0
        self.services: dict[str, int] = {}
        self.stored = files()

    def through(self, name: str, act: Callable[[], object]) -> None:
        """Kill ``act`` after each statement: all is as it was. Kill it after its commit: all of it is there."""
        before = digest()
        wanted = self._undone(act, before)
        for at in range(1, 10_000):
            end = run_and_die(act, at)
            self.kills += 1
            if end.point == "commit":
                break
            assert end.point == "statement", f"{name}, point {at}: {end.point} {end.words}"
            left = difference(before, digest())
            assert left == {}, f"{name} left {left} when it was killed after point {at}: {end.words}"
            assert half_written(files() - self.stored) == [], f"{name}, point {at}: {end.words}"
        assert at > 1, f"{name} writes nothing"
        assert difference(before, digest()) == wanted, f"{name} was not whole after its commit"
        self.services[name] = self.services.get(name, 0) + at - 1

    def _undone(self, act: Callable[[], object], before: Digest) -> dict[str, int]:
        """What ``act`` writes when nobody kills it, seen from inside its transaction and taken back."""
        with transaction.atomic():
            act()
            wanted = difference(before, digest())
            transaction.set_rollback(True)
        assert difference(before, digest()) == {}
        return wanted
