"""Telling people: a notice and a mail, once, in their own written form."""

from __future__ import annotations

import re
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Notice, User
from accounts.services.notices import mark_read, notify
from core.models import AccessLink, Job, Message
from core.services.links import find
from tests.accounts.conftest import Small


def texts(_user: User, form: str) -> tuple[str, str]:
    return {
        "nb": ("Mandag 1. februar: Hadeland", "Nå kan du melde behov."),
        "nn": ("Måndag 1. februar: Hadeland", "No kan du melde behov."),
    }[form]


def tell(small: Small, **changes: Any) -> int:
    facts: dict[str, Any] = {
        "users": [small.kari],
        "code": "round.announced",
        "key": "announce:1",
        "subject": small.office,
        "office": small.office,
        "texts": texts,
        "url": "/lia/runde/2027/",
    }
    return notify(**{**facts, **changes})


def test_notify_writes_a_notice_and_a_mail_in_the_persons_form(small: Small) -> None:
    assert tell(small, users=[small.kari, small.anne]) == 2
    mails = {mail.user: mail for mail in Message.objects.all()}
    assert mails[small.kari].body == (
        "Hei, Kari.\n\nNo kan du melde behov.\n\nhttp://127.0.0.1:8000/lia/runde/2027/\n\n"
        "Lurer du på noko? Svar på denne e-posten.\n\nHelsing Statsforvaltaren i Lia\n"
    )
    assert mails[small.anne].body == (
        "Hei, Anne.\n\nNå kan du melde behov.\n\nhttp://127.0.0.1:8000/lia/runde/2027/\n\n"
        "Lurer du på noe? Svar på denne e-posten.\n\nHilsen Statsforvalteren i Lia\n"
    )
    assert [mails[user].subject for user in (small.kari, small.anne)] == [
        "Måndag 1. februar: Hadeland",
        "Mandag 1. februar: Hadeland",
    ]
    assert mails[small.kari].reply_to == "post@lia.example.no"
    notice = Notice.objects.get(user=small.kari)
    assert (notice.message, notice.url, notice.data["title"]["nb"]) == (
        mails[small.kari],
        "/lia/runde/2027/",
        "Mandag 1. februar: Hadeland",
    )
    assert Job.objects.filter(name="core.send_mail").count() == 2


def test_the_same_key_tells_a_person_once(small: Small) -> None:
    assert tell(small) == 1
    assert tell(small, users=[small.kari, small.kari, small.anne]) == 1
    assert Message.objects.count() == 2
    assert Notice.objects.filter(user=small.kari).count() == 1


def test_someone_who_has_left_is_not_told(small: Small) -> None:
    small.kari.is_active = False
    assert tell(small) == 0


def test_with_a_purpose_the_mail_carries_a_personal_link(small: Small) -> None:
    tell(small, purpose="needs_report")
    body = Message.objects.get().body
    token = re.search(r"http://127\.0\.0\.1:8000/lenke/([^/]+)/", body)
    assert token is not None
    link = find(token[1])
    assert (link.user, link.subject, link.url) == (small.kari, small.office, "/lia/runde/2027/")
    assert "http://127.0.0.1:8000/lia/runde/2027/" not in body
    assert body.count("http") == 1


def test_a_body_with_greeting_and_address_keeps_them(small: Small) -> None:
    body = "Hei, Kari Moe.\n\nSjå http://127.0.0.1:8000/x/"
    tell(small, texts=lambda _user, _form: ("Emne", body), url="/x/", closing=False)
    assert Message.objects.get().body == f"{body}\n"
    assert AccessLink.objects.count() == 0


def test_opening_the_list_reads_the_notices(small: Small, client: Client) -> None:
    tell(small)
    client.force_login(small.kari)
    first = client.get("/varsel/").content.decode()
    assert first.count("Måndag 1. februar: Hadeland") == 1
    assert Notice.objects.filter(read_at__isnull=True).count() == 0
    assert mark_read(user=small.kari) == 0


def test_the_list_costs_the_same_however_long(small: Small, client: Client) -> None:
    client.force_login(small.kari)
    costs = []
    for count in (1, 29):
        for number in range(count):
            tell(small, key=f"n{count}.{number}")
        mark_read(user=small.kari)
        with CaptureQueriesContext(connection) as queries:
            assert len(client.get("/varsel/").context["rows"]) in {1, 30}
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 12


def test_every_page_says_how_many_notices_are_new_and_asks_no_more_for_it(small: Small, client: Client) -> None:
    client.force_login(small.kari)
    client.get("/hjelp/")
    with CaptureQueriesContext(connection) as none:
        assert b'class="count"' not in client.get("/hjelp/").content
    tell(small)
    with CaptureQueriesContext(connection) as one:
        assert b'<span class="count">1<' in client.get("/hjelp/").content
    assert len(one) == len(none)
    client.get("/varsel/")
    assert b'class="count"' not in client.get("/hjelp/").content
