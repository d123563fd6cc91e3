"""A mail server that only listens, and can be told to refuse."""

from __future__ import annotations

import re
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Conversation(socketserver.StreamRequestHandler):
    """As much SMTP as taking a mail needs; writes down its Message-ID."""

    server: Sink

    def handle(self) -> None:
        self.wfile.write(b"220 sink\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            refusal = self.server.refuses.get(word.decode(errors="replace"))
            if refusal:
                self.wfile.write(f"{refusal}\r\n".encode())
                continue
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self._take()
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            if word == b"QUIT":
                return

    def _take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line)
        found = re.search(rb"^Message-ID:\s*(\S+)", b"".join(lines), re.MULTILINE | re.IGNORECASE)
        time.sleep(self.server.takes)
        self.server.got.append(found.group(1).decode() if found else "")


class Sink(socketserver.ThreadingTCPServer):
    """``got``: the Message-IDs in the order they came. ``refuses``: what it answers to a command (RCPT, DATA, …)."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 50

    def __init__(self, *, takes: float = 0.0) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.takes = takes
        self.got: list[str] = []
        self.refuses: dict[str, str] = {}

    @property
    def url(self) -> str:
        """What goes into `EMAIL_URL`."""
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A worker that is killed hangs up in the middle: that is what the tests are for."""


@contextmanager
def listening(*, takes: float = 0.0) -> Iterator[Sink]:
    """A sink for the length of a with block."""
    with Sink(takes=takes) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server
        server.shutdown()
