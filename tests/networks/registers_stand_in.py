"""A stand-in for the public registers: speaks the formats they document, and every kind of trouble."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

ENTITY = {
    "organisasjonsnummer": "310000000",
    "navn": "BAKKEKROKEN BARNEHAGE AS",
    "organisasjonsform": {"kode": "AS", "beskrivelse": "Aksjeselskap"},
    "postadresse": {
        "land": "Norge", "landkode": "NO", "postnummer": "2312", "poststed": "OTTESTAD",
        "adresse": ["Postboks 12"], "kommune": "STANGE", "kommunenummer": "3413",
    },
    "forretningsadresse": {"adresse": ["Bakken 1"], "postnummer": "2312", "poststed": "OTTESTAD",
                           "kommune": "STANGE", "kommunenummer": "3413"},
    "epostadresse": "post@bakkekroken.example",
    "maalform": "Nynorsk",
    "konkurs": False,
    "underAvvikling": False,
}  # fmt: skip
SCHOOL = {
    "Organisasjonsnummer": "310000019", "Navn": "Åsen skole", "FulltNavn": "Åsen skole", "ErAktiv": True,
    "ErSkole": True, "ErGrunnskole": True, "ErBarnehage": False, "Kommune": {"Kommunenummer": "3413"},
    "Maalform": {"Id": "B", "Navn": "Bokmål"},
    "ForeldreRelasjoner": [
        {"Enhet": {"Organisasjonsnummer": "310000027"}, "Relasjonstype": {"Id": "7", "Navn": "Tilsynsstruktur"}},
        {"Enhet": {"Organisasjonsnummer": "310000027"}, "Relasjonstype": {"Id": "6", "Navn": "Eierstruktur"}},
    ],
}  # fmt: skip
CODES = {"codes": [{"code": "0301", "parentCode": None, "level": "1", "name": "Oslo", "shortName": ""},
                   {"code": "9999", "level": "1", "name": "Uoppgitt"}]}  # fmt: skip
CHANGES = {"codeChanges": [{"oldCode": "1228", "oldName": "Odda", "newCode": "4618", "newName": "Ullensvang",
                            "changeOccurred": "2020-01-01"}]}  # fmt: skip


class _Register(BaseHTTPRequestHandler):
    """Answers by path; the server's ``mode`` says what goes wrong."""

    server: StandIn

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        trouble = getattr(self, f"_{self.server.mode}", None)
        if trouble is not None:
            trouble()
        else:
            self._answer(self._found())

    def _found(self) -> Any:
        parts = urlsplit(self.path)
        asked = parse_qs(parts.query)
        if parts.path.endswith("/enheter"):
            page = int(asked["sidenummer"][0])
            rows = [SCHOOL] if page == 1 else [SCHOOL | {"Organisasjonsnummer": "310000035", "Navn": "Dalen skole"}]
            return {"EnhetListe": [*rows, {"Organisasjonsnummer": None}], "AntallSider": 2, "Sidenummer": page}
        for end, found in (("codesAt", CODES), ("changes", CHANGES)):
            if parts.path.endswith(end):
                return found
        return next((row for row in (ENTITY, SCHOOL) if parts.path.endswith(str(next(iter(row.values()))))), None)

    def _answer(self, payload: Any, status: int = 200, kind: str = "application/json") -> None:
        status = 404 if payload is None else status
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        self._head(status, {"Content-Type": kind, "Content-Length": str(len(body))})
        self.wfile.write(body)

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _broken(self) -> None:
        self._answer({"status": 500}, 500)

    def _refused(self) -> None:
        self._answer({"status": 403}, 403)

    def _html(self) -> None:
        self._answer(b"<html>Vedlikehold</html>", kind="text/html")

    def _half(self) -> None:
        self._answer(b'{"organisasjonsnummer": ')

    def _other(self) -> None:
        self._answer({"organisasjonsnummer": "999999999"})

    def _slow(self) -> None:
        self.server.done.wait(5)

    def _trickle(self) -> None:
        self._head(200, {"Content-Type": "application/json"})
        for _piece in range(200):
            try:
                self.wfile.write(b" ")
                self.wfile.flush()
            except OSError:
                return
            if self.server.done.wait(0.05):
                return

    def _huge(self) -> None:
        self._head(200, {"Content-Type": "application/json"})
        piece = b" " * 100_000
        try:
            for _piece in range(100):
                self.wfile.write(piece)
        except OSError:
            return

    def _elsewhere(self) -> None:
        self._head(302, {"Location": "http://register.example/enheter/310000000", "Content-Length": "0"})

    def _moved(self) -> None:
        self.server.mode = ""
        self._head(301, {"Location": "/ny/enheter/310000000", "Content-Length": "0"})

    def _hangs_up(self) -> None:
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the library calls it
        """Quiet."""


class StandIn(ThreadingHTTPServer):
    """The server, with what was asked of it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Register)
        self.mode = ""
        self.asked: list[str] = []
        self.done = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def standing_in() -> Iterator[StandIn]:
    server = StandIn()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.done.set()
        server.shutdown()
        server.server_close()
        thread.join()
