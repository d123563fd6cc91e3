"""Programs this one starts and surely stops again: each in a session of its own, with all it starts in turn."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType

PR_SET_PDEATHSIG = 1


def die_with_parent(sign: signal.Signals) -> Callable[[], None]:
    """A function for the new process: on Linux it asks for `sign` when its parent is gone, however that went."""

    def ask() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, sign)

    return ask


def turn_sigterm_into_exit() -> None:
    """Let SIGTERM and SIGHUP end the program as Ctrl-C does, so that everything started is stopped on the way out."""

    def leave(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGHUP, leave)
    die_with_parent(signal.SIGTERM)()


class Child:
    """A program that runs beside this one until `stop`.

    `stop_with` is the signal it understands as "finish"; `user` the account it runs as (only root may choose).
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        user: str | None = None,
        log: Path | None = None,
        stop_with: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.name = Path(command[0]).name
        self.stop_with = stop_with
        with contextlib.ExitStack() as files:
            out = files.enter_context(log.open("ab")) if log else None
            self.process = subprocess.Popen(
                [str(part) for part in command],
                env=dict(env) if env is not None else None,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT if out else None,
                start_new_session=True,
                preexec_fn=die_with_parent(stop_with),  # noqa: PLW1509 - this program has one thread when it starts others
                user=user,
                group=user and _group_of(user),
                extra_groups=[] if user else None,
            )

    @property
    def running(self) -> bool:
        """Whether the program itself still runs."""
        return self.process.poll() is None

    def wait(self) -> int:
        """Wait until it ends by itself; its exit code."""
        return self.process.wait()

    def signal(self, sign: signal.Signals) -> None:
        """Send `sign` to the program and all it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, sign)

    def kill(self) -> None:
        """End it at once, without a chance to tidy up."""
        self.signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, patience: float = 15) -> None:
        """Ask it to finish; after `patience` seconds end it, and in any case what it left behind."""
        if self.running:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(self.stop_with)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=patience)
        self.kill()


@contextlib.contextmanager
def running(child: Child, patience: float = 15) -> Iterator[Child]:
    """`child` for the length of a with block."""
    try:
        yield child
    finally:
        child.stop(patience)


def _group_of(user: str) -> int:
    """The primary group's number of an account."""
    import pwd  # noqa: PLC0415 - not on every platform, and only asked for where it is

    return pwd.getpwnam(user).pw_gid
