"""The log tells what happened, never about whom."""

from __future__ import annotations

import logging
import sys

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client, override_settings

from core.log import PrivateFormatter, scrub
from core.services import links
from tests.world import World

TOKEN = "Zb3-xY_8kQw2LmN4pR6sT9vU1aC5dE7f"


@pytest.mark.parametrize(
    ("line", "scrubbed"),
    [
        ("refused: kari.moe@example.no", "refused: <e-mail>"),
        ("{'åse-marie+x@lærdal.kommune.no': (550, b'no')}", "{'<e-mail>': (550, b'no')}"),
        (f"Gone: /lenke/{TOKEN}/", "Gone: /lenke/<token>/"),
        ("Gone: /invitasjon/short/", "Gone: /invitasjon/<token>/"),
        (f"https://x.no/logg-inn/?next=%2Flenke%2F{TOKEN}%2F", "https://x.no/logg-inn/?next=%2Flenke%2F<token>%2F"),
        ("code BCDF-7HJK was mailed", "code <code> was mailed"),
        ("account 12345678903 and 1234.56.78903", "account <number> and <number>"),
        ("born 010190 12345", "born <number>"),
        ("IntegrityError: duplicate key\nDETAIL:  Key (name)=(Kari Moe) already exists.\nmore",
         "IntegrityError: duplicate key\nDETAIL: <left out>\nmore"),
        ("Not Found: /fjellfylket/behov/12/", "Not Found: /fjellfylket/behov/12/"),
        ("job grants.notice_letter failed", "job grants.notice_letter failed"),
    ],
)  # fmt: skip
def test_what_tells_who_is_taken_out(line: str, scrubbed: str) -> None:
    assert scrub(line) == scrubbed


def test_tracebacks_are_scrubbed_too() -> None:
    try:
        raise ValueError("kari.moe@example.no has 12345678903")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "sending to %s", ("per@example.no",), sys.exc_info())
    text = PrivateFormatter("{message}", style="{").format(record)
    assert text.splitlines()[0] == "sending to <e-mail>"
    assert text.endswith("ValueError: <e-mail> has <number>")


def test_every_handler_scrubs_and_none_mails() -> None:
    logs = settings.LOGGING
    assert {one["class"] for one in logs["handlers"].values()} == {"logging.StreamHandler"}
    assert {one["formatter"] for one in logs["handlers"].values()} == {"line"}
    assert logs["formatters"]["line"]["()"] == "core.log.PrivateFormatter"
    for name in ("django", "django.server"):
        logger = logging.getLogger(name)
        assert (name, logger.handlers, logger.propagate) == (name, [], True)


@override_settings(ADMINS=[("Root", "root@example.no")], DEBUG=False)
def test_an_error_is_logged_without_people_and_mailed_to_nobody(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_token: str) -> None:
        raise RuntimeError("lost kari.moe@example.no")

    _link, token = links.issue(subject=world.north_report, purpose="task", user=world.officer, url="/x/")
    monkeypatch.setattr("accounts.views.links.links.find", fail)
    formatter = PrivateFormatter("{name} {message}", style="{")
    with caplog.at_level(logging.INFO):
        Client(raise_request_exception=False).post(f"/lenke/{token}/", {"email": "per@example.no"})
    text = "\n".join(formatter.format(record) for record in caplog.records)
    assert "RuntimeError: lost <e-mail>" in text
    assert token not in text
    assert "@" not in text.replace("@login_not_required", "").replace("@require", "")
    assert mail.outbox == []
