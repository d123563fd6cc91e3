"""Signing in by a mailed code."""

from __future__ import annotations

import re
import time
from unittest import mock

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core.models import Event, Message
from tests.accounts.conftest import Small

ASK = "/logg-inn/"
CONFIRM = "/logg-inn/kode/"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


def ask(client: Client, email: str, target: str = "/profil/") -> str:
    """Ask for a code; the address one is led to."""
    response = client.post(ASK, {"email": email, "next": target})
    assert response.status_code == 302
    return str(response["Location"])


def mailed_code() -> str:
    found = re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", Message.objects.latest("id").body, re.MULTILINE)
    assert found is not None
    return found[1]


def test_a_code_signs_in_and_leads_on(small: Small, client: Client) -> None:
    where = ask(client, "Anne@example.no")
    assert where == "/logg-inn/kode/?next=%2Fprofil%2F"
    mail = Message.objects.get()
    assert (mail.to, mail.user, mail.form) == ("anne@example.no", small.anne, "nb")
    response = client.post(CONFIRM, {"code": mailed_code(), "next": "/profil/"})
    assert (response.status_code, response["Location"]) == (302, "/profil/")
    assert client.get("/profil/").status_code == 200
    event = Event.objects.get(code="person.signed_in")
    assert (event.by_user, event.data) == (small.anne, {"way": "code"})


def test_the_mail_is_in_the_persons_own_form(small: Small, client: Client) -> None:
    ask(client, "kari@example.no")
    mail = Message.objects.get()
    assert mail.form == "nn"
    assert "Koden verkar i 15 minutt, og berre éin gong." in mail.body


def test_an_unknown_address_gets_the_same_answer_and_no_mail(small: Small, client: Client) -> None:
    known, unknown = Client(), Client()
    assert ask(known, "anne@example.no") == ask(unknown, "nobody@example.no")
    pages = [each.get(CONFIRM).content.decode() for each in (known, unknown)]
    pages = [re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page) for page in pages]
    assert pages[0].replace("anne@", "nobody@") == pages[1]
    assert Message.objects.count() == 1


def test_someone_who_has_left_is_unknown(small: Small, client: Client) -> None:
    User.objects.filter(pk=small.anne.pk).update(is_active=False)
    ask(client, "anne@example.no")
    assert Message.objects.count() == 0


def test_a_wrong_code_is_refused_with_what_to_do(small: Small, client: Client) -> None:
    ask(client, "anne@example.no")
    response = client.post(CONFIRM, {"code": "AAAA-AAAA"})
    assert response.status_code == 200
    assert [error.code for error in response.context["form"].errors.as_data()["code"]] == ["incorrect_code"]
    assert "_auth_user_id" not in client.session


def test_five_wrong_codes_end_it(small: Small, client: Client) -> None:
    ask(client, "anne@example.no")
    code = mailed_code()
    for _turn in range(4):
        assert client.post(CONFIRM, {"code": "AAAA-AAAA"}).status_code == 200
    assert client.post(CONFIRM, {"code": "AAAA-AAAA", "next": "/profil/"})["Location"] == "/logg-inn/?next=%2Fprofil%2F"
    assert client.post(CONFIRM, {"code": code})["Location"] == "/logg-inn/"
    assert "_auth_user_id" not in client.session


def test_an_expired_code_leads_to_a_new_one_with_next_kept(small: Small, client: Client) -> None:
    ask(client, "anne@example.no")
    code = mailed_code()
    later = time.time() + 16 * 60
    with mock.patch("allauth.account.internal.flows.code_verification.time.time", return_value=later):
        response = client.post(CONFIRM, {"code": code, "next": "/varsel/"}, follow=True)
    assert response.redirect_chain == [("/logg-inn/?next=%2Fvarsel%2F", 302)]
    page = response.content.decode()
    assert 'value="anne@example.no"' in page
    assert 'name="next" value="/varsel/"' in page
    ask(client, "anne@example.no", "/varsel/")
    assert client.post(CONFIRM, {"code": mailed_code(), "next": "/varsel/"})["Location"] == "/varsel/"


def test_a_used_code_works_once(small: Small) -> None:
    first, second = Client(), Client()
    ask(first, "anne@example.no")
    code = mailed_code()
    first.post(CONFIRM, {"code": code})
    assert second.post(CONFIRM, {"code": code})["Location"] == "/logg-inn/"
    assert "_auth_user_id" not in second.session


def test_asking_again_sends_a_new_code(small: Small, client: Client) -> None:
    ask(client, "anne@example.no")
    old = mailed_code()
    ask(client, "anne@example.no")
    assert Message.objects.count() == 2
    assert mailed_code() != old
    assert client.get(ASK).status_code == 200


def test_too_many_codes_in_a_minute_are_refused(small: Small, client: Client) -> None:
    for _turn in range(3):
        ask(client, "anne@example.no")
    assert client.post(ASK, {"email": "anne@example.no"}).status_code in {200, 429}
    assert Message.objects.count() == 3


def test_next_never_leads_to_a_stranger(small: Small, client: Client) -> None:
    ask(client, "anne@example.no", "https://evil.example/")
    response = client.post(CONFIRM, {"code": mailed_code(), "next": "https://evil.example/"})
    assert response["Location"] == "/"


def test_nobody_signs_up(db: None) -> None:
    assert Client().get("/logg-inn/registrer/").status_code == 404
    with pytest.raises(Exception, match="account_signup"):
        reverse("account_signup")


def test_signing_out_needs_a_post(small: Small, client: Client) -> None:
    client.force_login(small.anne)
    assert client.get("/logg-ut/").status_code == 200
    assert "_auth_user_id" in client.session
    assert client.post("/logg-ut/")["Location"] == "/"
    assert "_auth_user_id" not in client.session


def test_a_superuser_gets_nothing_extra(small: Small, client: Client) -> None:
    chief = User.objects.create_superuser("root@example.no", name="Root")
    client.force_login(chief)
    page = client.get("/")
    assert page.context["page"].tasks.rows == []
    assert page.context["page"].others.rows == []
