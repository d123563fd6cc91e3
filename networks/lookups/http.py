"""Asks a public register for JSON, and believes nothing: a time limit for the whole answer, a size limit, no way to
another host."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import IO, Any

from networks.lookups.failures import LookupFailed

LARGEST = 20_000_000
"""Bytes. A page of a thousand units is about two million."""
_PIECE = 65_536
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Follows a redirect within the same host and scheme; any other is refused, whoever asks for it."""

    def redirect_request(  # noqa: PLR0917 - as the library calls it
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        old, new = urllib.parse.urlsplit(req.full_url), urllib.parse.urlsplit(newurl)
        if (old.scheme, old.netloc) != (new.scheme, new.netloc):
            fp.close()
            raise LookupFailed("redirected")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class JsonClient:
    """One register. ``address`` is where it is; ``seconds`` is the most one question may take."""

    def __init__(self, address: str, *, seconds: float, largest: int = LARGEST) -> None:
        parts = urllib.parse.urlsplit(address)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise ValueError(f"a register is asked over https: {address}")
        self._address = address.rstrip("/")
        self._seconds = seconds
        self._largest = largest
        handlers: list[urllib.request.BaseHandler] = [_StayHere()]
        if parts.hostname in _LOOPBACK:
            handlers.append(urllib.request.ProxyHandler({}))
        self._opener = urllib.request.build_opener(*handlers)

    def get(self, path: str, **asked: str | int) -> Any:
        """The JSON at a path. Raises LookupFailed."""
        query = f"?{urllib.parse.urlencode(asked)}" if asked else ""
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked above
            f"{self._address}/{urllib.parse.quote(path)}{query}",
            headers={"Accept": "application/json", "User-Agent": "arshjul"},
        )
        try:
            return _read(self._body(request))
        except urllib.error.HTTPError as error:
            with error:
                raise LookupFailed(_of_status(error.code)) from error
        except TimeoutError as error:
            raise LookupFailed("slow") from error
        except urllib.error.URLError as error:
            raise LookupFailed("slow" if isinstance(error.reason, TimeoutError) else "unreachable") from error
        except (OSError, http.client.HTTPException) as error:
            raise LookupFailed("unreachable") from error

    def _body(self, request: urllib.request.Request) -> bytes:
        """What is answered, piece by piece, so that a trickle ends in time and a flood before memory is full."""
        end = time.monotonic() + self._seconds
        body = bytearray()
        with self._opener.open(request, timeout=self._seconds) as answer:
            if "json" not in answer.headers.get("Content-Type", ""):
                raise LookupFailed("not_json")
            while piece := answer.read1(_PIECE):
                body += piece
                if len(body) > self._largest:
                    raise LookupFailed("too_big")
                if time.monotonic() > end:
                    raise LookupFailed("slow")
        return bytes(body)


def _of_status(status: int) -> str:
    if status in {404, 410}:
        return "not_found"
    return "server" if status >= 500 or status == 429 else "refused"


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise LookupFailed("not_json") from error


def text_of(row: Mapping[str, Any], *path: str) -> str:
    """What stands at a path of an answer, as text; empty where it doesn't, or isn't text."""
    value: Any = row
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value.strip() if isinstance(value, str) else str(value) if type(value) is int else ""
