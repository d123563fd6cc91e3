"""Throw-away PostgreSQL and Redis for the tests: own folder, free port, nothing kept, nothing left running.

Only the standard library. As root they run as an account of low rank, because PostgreSQL refuses root.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Self

from bin import machine
from bin.processes import Child

HOST = "127.0.0.1"
START_SECONDS = 30
RECOVERY_SECONDS = 180
"""A PostgreSQL that was killed reads its log and flushes every file before it takes questions: long on a busy disk."""


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def low_account() -> str | None:
    """The account servers run as when we are root; `None` means our own."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


class Server(ABC):
    """A server in a folder of its own. `start` and `kill` may follow each other: the folder outlives the program."""

    name = ""
    stop_with = signal.SIGTERM

    def __init__(self) -> None:
        self.account = low_account()
        self.folder = Path(tempfile.mkdtemp(prefix=f"arshjul-{self.name}-"))
        self.log = self.folder / "log"
        self.port = free_port()
        self.child: Child | None = None
        if self.account:
            shutil.chown(self.folder, self.account)

    @abstractmethod
    def command(self) -> list[str]:
        """What to run."""

    def answers(self) -> bool:
        """Whether it takes connections."""
        with contextlib.suppress(OSError), socket.create_connection((HOST, self.port), timeout=1):
            return True
        return False

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.child = Child(self.command(), user=self.account, cwd=self.folder, log=self.log, stop_with=self.stop_with)
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if not self.child.running or time.monotonic() > deadline:
                words = self.log.read_text(errors="replace")[-3000:]
                self.child.kill()
                raise RuntimeError(f"{self.name} did not start:\n{words}")
            time.sleep(0.05)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self.child:
            self.child.kill()

    def stop(self) -> None:
        """End it in an orderly way."""
        if self.child:
            self.child.stop()

    def close(self) -> None:
        """Stop it and throw its folder away."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


class Postgres(Server):
    """PostgreSQL with an empty cluster, quick and careless: what a power cut loses is thrown away anyway.

    `careful=True` turns synchronous writing back on, for a test that kills it in the middle. `counting=False` keeps it
    from taking statistics in the middle of a test, when the tables hold what no test after it finds there.
    """

    name = "postgres"
    stop_with = signal.SIGINT  # "fast": don't wait for clients

    def __init__(self, *, careful: bool = False, counting: bool = True) -> None:
        super().__init__()
        self.careful = careful
        self.counting = counting
        programs = machine.postgres_folder()
        if programs is None:
            raise RuntimeError("PostgreSQL's server programs are not on this machine: run make setup-tests.")
        self.programs = programs
        self.data = self.folder / "data"
        subprocess.run(
            [
                *(programs / "initdb", "--pgdata", self.data, "--username", "arshjul", "--auth", "trust"),
                *("--encoding", "UTF8", "--locale", "C", "--no-sync"),
            ],
            cwd=self.folder,
            user=self.account,
            capture_output=True,
            check=True,
        )

    @property
    def url(self) -> str:
        """What goes into `DATABASE_URL`."""
        return f"postgres://arshjul@{HOST}:{self.port}/arshjul"

    def command(self) -> list[str]:
        """The server, listening on this machine only."""
        settings = {
            "listen_addresses": HOST,
            "unix_socket_directories": str(self.folder),
            "max_connections": "100",
            "shared_buffers": "256MB",
            "autovacuum": "on" if self.counting else "off",
        }
        if not self.careful:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
            settings |= {"wal_level": "minimal", "max_wal_senders": "0"}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(self.programs / "postgres"), "-D", str(self.data), "-p", str(self.port), *options]

    def kill(self) -> None:
        """End it in the middle of everything: nothing is written any more, and the next start recovers from the log.

        Its processes have a group each, so a SIGKILL to the first would leave the others for a while.
        """
        if self.child:
            self.child.process.send_signal(signal.SIGQUIT)
            self.child.wait()

    def start(self) -> None:
        """Start it and see to it that the database of the address exists."""
        super().start()
        psql: list[str | Path] = [self.programs / "psql", "-h", HOST, "-p", str(self.port)]
        psql += ["-U", "arshjul", "-d", "postgres", "-X", "-A", "-t"]
        there = [*psql, "-c", "SELECT count(*) FROM pg_database WHERE datname = 'arshjul'"]
        deadline = time.monotonic() + RECOVERY_SECONDS
        while (asked := subprocess.run(there, capture_output=True, text=True, check=False)).returncode:
            if time.monotonic() > deadline:
                raise RuntimeError(f"postgres takes no questions: {asked.stderr}")
            time.sleep(0.1)  # it listens, but is still starting up
        if asked.stdout.strip() == "0":
            subprocess.run([*psql, "-c", "CREATE DATABASE arshjul"], capture_output=True, check=True)


class Redis(Server):
    """Redis with an append-only file that is written at once, as in a real installation; or without, for a test."""

    name = "redis"

    def __init__(self, *, append_only: bool = True) -> None:
        super().__init__()
        self.append_only = append_only

    @property
    def url(self) -> str:
        """What goes into `BROKER_URL`."""
        return f"redis://{HOST}:{self.port}/0"

    def command(self) -> list[str]:
        """The server, listening on this machine only."""
        redis = shutil.which("redis-server")
        if redis is None:
            raise RuntimeError("Redis is not on this machine: run make setup-tests.")
        options = ["--bind", HOST, "--port", str(self.port), "--dir", str(self.folder)]
        keeps = ["--appendonly", "yes", "--appendfsync", "always"] if self.append_only else ["--appendonly", "no"]
        return [redis, *options, *keeps, "--save", ""]
