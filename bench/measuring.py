"""One request through the whole program, as a server hands it over, with its queries, CPU and bytes."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import brotli
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import User
from bench.addresses import Page

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

BROTLI_QUALITY = 5
"""What a server that presses each page anew uses; static files are pressed once, at 11."""


@dataclass(frozen=True, slots=True)
class Cost:
    """``cpu`` in ms, the least: what else the machine does only adds to it. ``plain`` and ``pressed`` in bytes."""

    name: str
    who: str
    kind: str
    path: str
    status: int
    queries: int
    cpu: float
    plain: int
    pressed: int


def cost_of(page: Page, application: Application, *, times: int, warm: int) -> Cost:
    """Ask for the page ``warm`` + ``times`` times."""
    cookie = cookie_of(page.user)
    status, body = 0, b""
    for _turn in range(warm):
        status, body = ask(application, page.path, cookie)
    with counted() as queries:
        status, body = ask(application, page.path, cookie)
    spent = []
    for _turn in range(times):
        began = time.process_time()
        ask(application, page.path, cookie)
        spent.append((time.process_time() - began) * 1000)
    return Cost(
        name=page.name,
        who=page.who,
        kind=page.kind,
        path=page.path,
        status=status,
        queries=len(queries),
        cpu=round(min(spent), 1),
        plain=len(body),
        pressed=pressed(body),
    )


def pressed(body: bytes, quality: int = BROTLI_QUALITY) -> int:
    return len(brotli.compress(body, quality=quality))


def cookie_of(user: User) -> str:
    """A session of the person's own."""
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def ask(application: Application, path: str, cookie: str = "") -> tuple[int, bytes]:
    """GET the path; the answer's status and body."""
    answered: list[int] = []

    def start(status: str, _headers: list[tuple[str, str]], _error: object = None) -> None:
        answered.append(int(status.split(maxsplit=1)[0]))

    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path.partition("?")[0],
        "QUERY_STRING": path.partition("?")[2],
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost",
        "HTTP_COOKIE": cookie,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    answer = application(environ, start)
    try:
        body = b"".join(answer)
    finally:
        if hasattr(answer, "close"):
            answer.close()
    return answered[0], body


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent inside the block."""
    sent: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        sent.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield sent
