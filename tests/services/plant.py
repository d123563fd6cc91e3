"""The whole plant for the tests of the jobs: PostgreSQL, Redis, mail server, workers and beats, each of which may die.

Two hundred letters are dispatched once and kept as a template database; each test gets a copy of it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from bin.processes import Child
from tests.servers import HOST, Postgres, Redis
from tests.services.sink import Sink, listening

ROOT = Path(__file__).resolve().parents[2]
LETTERS = 200
LEASE_SECONDS = 8
SWEEP_SECONDS = 1
TEMPLATE = "arshjul"
NARROW = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
os.execv(sys.argv[2], sys.argv[2:])
"""
"""Lets no file grow past so many bytes, as a full disk would; the write that doesn't fit is cut off in the middle."""

Template = tuple[Postgres, Path]
"""The server that holds the template, and the files that belong to it."""


class Plant:
    """One test's database, files, broker and mail server, and the programs it starts on them."""

    def __init__(self, *, name: str, postgres: Postgres, redis: Redis, sink: Sink, folder: Path) -> None:
        self.name, self.postgres, self.redis, self.sink, self.folder = name, postgres, redis, sink, folder
        self.letters = LETTERS
        self.started: list[Child] = []

    def only(self, letters: int) -> None:
        """Let no more than so many letters be made in this test: the others wait for another century."""
        self.letters = letters
        self.rows(
            "UPDATE core_job SET not_before = '2127-01-01' WHERE name = 'grants.make_letter' AND id NOT IN "
            f"(SELECT id FROM core_job WHERE name = 'grants.make_letter' ORDER BY id LIMIT {letters})"
        )

    @property
    def env(self) -> dict[str, str]:
        """What a process of the program is told."""
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": f"postgres://arshjul@{HOST}:{self.postgres.port}/{self.name}",
            "BROKER_URL": self.redis.url,
            "EMAIL_URL": self.sink.url,
            "ARSHJUL_VAR_DIR": str(self.folder),
            "ARSHJUL_DEMO": "true",
            "ARSHJUL_JOB_LEASE": str(LEASE_SECONDS),
            "ARSHJUL_JOB_SWEEP": str(SWEEP_SECONDS),
            "ARSHJUL_LOG_LEVEL": "WARNING",
        }

    # --- programs -----------------------------------------------------------------------------------------------------

    def celery(self, *words: str, shift: float, file_size: int = 0) -> Child:
        """A Celery program of ours; it is killed with the test at the latest.

        ``shift``: by how many seconds its clock goes wrong. ``file_size``: more bytes than that it gets into no file.
        """
        app = "tests.services.shifted" if shift else "config"
        command = [sys.executable, "-m", "celery", f"--app={app}", *words, "--loglevel=warning"]
        log = self.folder / f"{words[0]}.log"
        if file_size:
            command = [sys.executable, "-c", NARROW, str(file_size), *command]
            log = Path(os.devnull)
        child = Child(command, env=self.env | {"SHIFT_SECONDS": str(shift)}, cwd=ROOT, log=log)
        self.started.append(child)
        return child

    def worker(self, *, shift: float = 0, file_size: int = 0) -> Child:
        """A worker with two processes, as in docker-compose.yml."""
        name = f"--hostname=w{len(self.started)}@%h"
        return self.celery("worker", "--concurrency=2", name, shift=shift, file_size=file_size)

    def beat(self, *, shift: float = 0) -> Child:
        """A beat with a memory of its own, as on a machine of its own."""
        return self.celery("beat", f"--schedule={self.folder / f'beat{len(self.started)}'}", shift=shift)

    def act(self, name: str, *words: str) -> dict[str, Any]:
        """Have something done by a process of its own (tests/services/acts.py); what it says."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.services.acts", name, *words],
            env=self.env, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-4000:]
        said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return said

    def end(self) -> None:
        for child in self.started:
            child.kill()

    # --- what is there ------------------------------------------------------------------------------------------------

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Asked on a connection of its own, so that the database may be gone between two questions."""
        connection = psycopg2.connect(host=HOST, port=self.postgres.port, user="arshjul", dbname=self.name)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(query)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def one(self, query: str) -> Any:
        return self.rows(query)[0][0]

    def made(self) -> int:
        """How many letters are made."""
        return int(self.one("SELECT count(*) FROM grants_letter WHERE document_id IS NOT NULL"))

    def files(self) -> list[str]:
        """What the letters have left on the disk, half or whole."""
        return sorted(path.name for path in (self.folder / "files").rglob("*") if path.suffix in {".pdf", ".part"})

    def open_jobs(self, which: str = "") -> int:
        """How many jobs of this test aren't done."""
        query = "SELECT count(*) FROM core_job WHERE state <> 'done' AND not_before < '2127-01-01'"
        return int(self.one(f"{query} {which}"))

    def until(self, true: Callable[[], bool], *, seconds: float = 420) -> float:
        """Wait; how long it took in seconds."""
        began = time.monotonic()
        while not true():
            assert time.monotonic() < began + seconds, self.how_it_stands()
            time.sleep(0.05)
        return time.monotonic() - began

    def how_it_stands(self) -> str:
        jobs = self.rows("SELECT name, state, left(last_error, 80), count(*) FROM core_job GROUP BY 1, 2, 3 ORDER BY 1")
        logs = "\n".join(log.read_text(errors="replace")[-1500:] for log in sorted(self.folder.glob("*.log")))
        return "\n".join([*map(str, jobs), f"{len(self.sink.got)} mails", logs])

    def all_is_done(self) -> bool:
        return self.open_jobs() == 0

    def check_all_is_well(self) -> None:
        """Every letter exists once with the right bytes, every mail was decided once and left at least once."""
        assert self.open_jobs() == 0
        assert self.one("SELECT count(*) FROM grants_letter WHERE state = 'noticed'") == self.letters
        documents = self.rows(
            "SELECT l.id, f.file, f.sha256, f.size FROM grants_letter l JOIN core_documentfile f USING (document_id)"
        )
        assert len({letter for letter, *_file in documents}) == len(documents) == self.letters
        for _letter, name, sha256, size in documents:
            content = (self.folder / "files" / name).read_bytes()
            assert (content[:5], hashlib.sha256(content).hexdigest(), len(content)) == (b"%PDF-", sha256, size)
        assert len(self.files()) == self.letters
        numbers = [number for (number,) in self.rows("SELECT number FROM core_document WHERE kind = 'out'")]
        assert len(set(numbers)) == len(numbers) == self.letters, "a letter was journaled twice"
        for code in ("letter.make", "letter.notice"):
            assert self.one(f"SELECT count(*) FROM core_event WHERE code = '{code}'") == self.letters
        mails = self.rows("SELECT message_id, state, \"to\" FROM core_message WHERE key LIKE 'letter:%'")
        assert len({to for _id, _state, to in mails}) == len(mails) == self.letters
        assert {state for _id, state, _to in mails} == {"sent"}
        assert {message_id for message_id, _state, _to in mails} <= set(self.sink.got)


@contextmanager
def built(folder: Path) -> Iterator[Template]:
    """PostgreSQL with the template: two hundred letters dispatched and none made, and the files that belong to it."""
    with ExitStack() as stack:
        postgres, redis = stack.enter_context(Postgres()), stack.enter_context(Redis())
        sink = stack.enter_context(listening())
        var = folder / "template"
        var.mkdir()
        said = Plant(name=TEMPLATE, postgres=postgres, redis=redis, sink=sink, folder=var).act("build")
        assert said["letters"] == LETTERS
        postgres.stop()
        postgres.careful = True  # from here on what is committed stays, whatever is killed
        postgres.start()
        yield postgres, var / "files"


@contextmanager
def plant(name: str, template: Template, folder: Path, *, append_only: bool = True) -> Iterator[Plant]:
    """A copy of the template with a broker and a mail server of its own."""
    postgres, files = template
    var = folder / "var"
    shutil.copytree(files, var / "files")
    (var / "static").mkdir()
    with Redis(append_only=append_only) as redis, listening() as sink:
        one = Plant(name=TEMPLATE, postgres=postgres, redis=redis, sink=sink, folder=var)
        one.name = "postgres"
        one.rows(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        # Until there is a checkpoint a copied sequence logs none of its first numbers: a crash would give them again.
        one.rows("CHECKPOINT")
        one.name = name
        try:
            yield one
        finally:
            one.end()
