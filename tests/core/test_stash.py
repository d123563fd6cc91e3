"""What was written when the session had ended: kept for its writer alone, sent again, thrown away, gone after a day."""

from __future__ import annotations

import re
from datetime import timedelta
from unittest import mock

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.utils.html import escape

from accounts.models import User
from core import clock, schedule
from core.jobs import find
from core.keeping import WRITER_COOKIE, fields_of
from core.middleware import LINK_SESSION_KEY
from core.models import Message, Stash
from core.services import links, stash
from tests.accounts.conftest import Small

PAGE = "/profil/"
KEPT = "/tatt-vare-pa/"
TEXT = "Čáhput đŋŧž 😀 <b>og</b> & «her»\nlinje to"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


class Person:
    """A browser that sends the token of the page it has open, as a form does."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.token = ""

    def opens(self, path: str = PAGE) -> str:
        page = self.client.get(path).content.decode()
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert found is not None, page[:500]
        self.token = found[1]
        return page

    def sends(self, path: str = PAGE, **fields: str) -> tuple[int, str, str]:
        """Status, address and content of the answer."""
        answer = self.client.post(path, {"csrfmiddlewaretoken": self.token, **fields})
        return answer.status_code, answer.get("Location", ""), answer.content.decode()

    def comes_in(self, user: User) -> tuple[int, str, str]:
        with mock.patch("django.conf.settings.DEMO", True):
            self.opens("/demo/")
            return self.sends("/demo/", person=str(user.pk))

    def loses_the_session(self) -> None:
        """As when 21 hours have passed: the browser drops the cookie, the server the row."""
        Session.objects.all().delete()
        del self.client.cookies[settings.SESSION_COOKIE_NAME]


@pytest.fixture
def kari(small: Small) -> Person:
    """Kari with her profile open."""
    person = Person()
    person.comes_in(small.kari)
    person.opens()
    return person


def answers(**changes: str) -> dict[str, str]:
    return {"name": "Kari Moe Dal", "title_nb": TEXT, "form": "nn", "version": "1", **changes}


def lost(kari: Person, **changes: str) -> Stash:
    kari.loses_the_session()
    kari.sends(**answers(**changes))
    return Stash.objects.latest("pk")


def test_a_form_sent_after_the_session_ended_is_kept_and_led_back_to(small: Small, kari: Person) -> None:
    kari.loses_the_session()
    now = clock.now()
    with clock.frozen(now):
        status, where, _page = kari.sends(**answers(phone=""))
    row = Stash.objects.get()
    assert (status, where) == (302, f"/logg-inn/?next=%2Ftatt-vare-pa%2F{row.pk}%2F")
    assert (row.user, row.path, row.at, row.expires - row.at) == (small.kari, PAGE, now, timedelta(hours=24))
    assert dict(row.fields) == answers(phone="")
    assert "er tatt vare på" in kari.opens(where)
    assert kari.comes_in(small.kari)[:2] == (302, f"{KEPT}{row.pk}/")
    assert escape(TEXT) in kari.opens(f"{KEPT}{row.pk}/")


def test_what_is_kept_is_saved_by_sending_it_again_and_then_forgotten(small: Small, kari: Person) -> None:
    row = lost(kari, version=str(small.kari.version))
    kari.comes_in(small.kari)
    page = kari.opens(f"{KEPT}{row.pk}/")
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    assert sent == {name: escape(value) for name, value in row.fields} | {"kept": str(row.pk)} | {
        "csrfmiddlewaretoken": sent["csrfmiddlewaretoken"]
    }
    status, where, _page = kari.sends(**dict(row.fields), kept=str(row.pk))
    assert (status, where, Stash.objects.count()) == (302, PAGE, 0)
    small.kari.refresh_from_db()
    assert (small.kari.name, small.kari.title_nb) == ("Kari Moe Dal", TEXT.replace("\n", " "))


def test_what_the_form_refuses_is_shown_with_its_errors(small: Small, kari: Person) -> None:
    row = lost(kari, name="", version=str(small.kari.version))
    kari.comes_in(small.kari)
    kari.opens(f"{KEPT}{row.pk}/")
    status, _where, page = kari.sends(**dict(row.fields), kept=str(row.pk))
    assert (status, page.count('aria-invalid="true"'), escape(TEXT) in page) == (200, 1, True)
    assert Stash.objects.count() == 0


def test_what_can_not_be_taken_stays_kept(small: Small, kari: Person) -> None:
    row = lost(kari, version="0")
    kari.comes_in(small.kari)
    kari.opens(f"{KEPT}{row.pk}/")
    assert kari.sends(**dict(row.fields), kept=str(row.pk))[0] == 409
    assert Stash.objects.get() == row


def test_it_can_be_thrown_away(small: Small, kari: Person) -> None:
    row = lost(kari)
    kari.comes_in(small.kari)
    assert "då du var logga ut" in kari.opens("/hjelp/")
    assert kari.sends(f"{KEPT}{row.pk}/")[:2] == (302, KEPT)
    assert Stash.objects.count() == 0
    assert "då du var logga ut" not in kari.opens("/hjelp/")


def test_another_person_on_the_same_machine_never_sees_it(small: Small, kari: Person) -> None:
    row = lost(kari)
    assert kari.comes_in(small.anne)[1] == "/"
    assert kari.client.get(f"{KEPT}{row.pk}/").status_code == 404
    kari.opens("/profil/")
    assert kari.sends(f"{KEPT}{row.pk}/")[0] == 404
    assert kari.sends(name="Anne Hov", form="nb", version=str(small.anne.version), kept=str(row.pk))[1] == PAGE
    assert TEXT[:6] not in kari.opens(KEPT)
    assert Stash.objects.get() == row


def test_a_page_of_one_sent_after_another_signed_in_is_kept_for_the_first(small: Small, kari: Person) -> None:
    """Kari's tab stood open while Anne signed in: the token tells whose text it is."""
    token = kari.token
    kari.comes_in(small.anne)
    kari.token = token
    status, _where, page = kari.sends(**answers())
    assert (status, Stash.objects.get().user, escape(TEXT) in page) == (403, small.kari, False)


def test_a_page_from_before_one_signed_in_anew_is_kept_and_shown_at_once(small: Small, kari: Person) -> None:
    token = kari.token
    kari.loses_the_session()
    kari.comes_in(small.kari)
    kari.token = token
    status, where, _page = kari.sends(**answers())
    row = Stash.objects.get()
    assert (status, where, row.user) == (302, f"{KEPT}{row.pk}/", small.kari)
    assert "logga inn på nytt" in kari.opens(where)


def test_a_form_from_a_strangers_page_is_not_kept(small: Small, kari: Person) -> None:
    answer = kari.client.post(
        PAGE, {"csrfmiddlewaretoken": kari.token, **answers()}, headers={"origin": "https://evil.example"}
    )
    assert (answer.status_code, Stash.objects.count()) == (403, 0)


@pytest.mark.parametrize("token", ["", "x", "å" * 64, "-" * 64, "a" * 64])
def test_a_token_that_is_none_is_refused_and_the_text_given_back(kari: Person, token: str) -> None:
    kari.token = token
    status, _where, page = kari.sends(**answers())
    assert (status, Stash.objects.count(), escape(TEXT) in page) == (403, 0, True)


def test_whoever_signs_out_is_forgotten_by_the_browser(small: Small, kari: Person) -> None:
    assert kari.client.cookies[WRITER_COOKIE]["httponly"] is True
    assert kari.client.cookies[WRITER_COOKIE]["samesite"] == "Lax"
    kari.sends("/logg-ut/")
    assert kari.client.cookies[WRITER_COOKIE].value == ""
    status, _where, page = kari.sends(**answers())
    assert (status, Stash.objects.count(), escape(TEXT) in page) == (403, 0, True)


def test_the_cookie_can_not_be_made_up(small: Small, kari: Person) -> None:
    kari.loses_the_session()
    kari.client.cookies[WRITER_COOKIE] = kari.client.cookies[WRITER_COOKIE].value + "x"
    assert (kari.sends(**answers())[0], Stash.objects.count()) == (403, 0)


def test_nothing_is_kept_for_one_who_has_left(small: Small, kari: Person) -> None:
    User.objects.filter(pk=small.kari.pk).update(is_active=False)
    assert (kari.sends(**answers())[0], Stash.objects.count()) == (403, 0)


def test_a_mere_button_is_not_kept_and_says_what_to_do(small: Small, kari: Person) -> None:
    kari.loses_the_session()
    status, where, _page = kari.sends("/profil/", step="send", version="3")
    assert (status, where, Stash.objects.count()) == (302, "/logg-inn/?next=%2F", 0)
    assert "trykk på knappen på nytt" in kari.opens(where)


def test_a_public_page_keeps_nothing(small: Small, kari: Person) -> None:
    kari.loses_the_session()
    kari.sends("/logg-inn/", email="kari@example.no", next="/profil/")
    kari.sends("/hjelp/", **answers())
    assert Stash.objects.count() == 0


def test_secrets_and_files_are_left_out_by_name(small: Small, kari: Person) -> None:
    row = lost(
        kari, code="AAAA-BBBB", my_password="x", kode="1", auth_token="t", number="1234 56 78903", title_nn="12345"
    )
    kept = dict(row.fields)
    assert {name for name, value in kept.items() if value is None} == {
        "code", "my_password", "kode", "auth_token", "number",
    }  # fmt: skip
    assert (kept["title_nn"], "csrfmiddlewaretoken" in kept) == ("12345", False)
    kari.comes_in(small.kari)
    assert "må veljast eller skrivast på nytt" in kari.opens(f"{KEPT}{row.pk}/")


def test_a_file_is_named_and_not_kept(small: Small, rf: object) -> None:
    request = Client().post("/logg-inn/", {}).wsgi_request
    request.FILES.appendlist("attachment", mock.Mock(__bool__=lambda _self: True))
    assert fields_of(request) == [("attachment", None)]


def test_too_much_is_said_and_given_back(small: Small, kari: Person) -> None:
    kari.loses_the_session()
    text = "æ " * (stash.LARGEST // 2)
    status, _where, page = kari.sends(**answers(title_nb=text))
    assert (status, Stash.objects.count(), text in page) == (403, 0, True)


def test_a_hundred_thousand_characters_are_kept_whole(small: Small, kari: Person) -> None:
    text = "Š 😀" * 33_334
    assert len(text) > 100_000
    assert dict(lost(kari, title_nb=text).fields)["title_nb"] == text


def test_odd_characters_are_kept_and_nul_is_taken_off(small: Small, kari: Person) -> None:
    text = "a\u202eb\u200fc\u2066d\ufeff<script>č đ ŋ š ŧ ž"
    assert dict(lost(kari, title_nb=f"{text}\0").fields)["title_nb"] == text


def test_the_oldest_gives_way_and_the_same_is_kept_once(small: Small) -> None:
    for number in range(stash.MOST + 2):
        stash.keep(user_id=small.kari.pk, path="/x/", fields=[("text", f"number {number}")])
    newest = stash.keep(user_id=small.kari.pk, path="/x/", fields=[("text", "number 9")])
    kept = [row.fields[0][1] for row in Stash.objects.order_by("pk")]
    assert kept == [f"number {n}" for n in range(2, 22) if n != 9] + ["number 9"]
    assert newest.pk == Stash.objects.latest("pk").pk


def test_a_day_later_it_is_neither_shown_nor_stored(small: Small, kari: Person) -> None:
    with clock.frozen(clock.now() - timedelta(hours=23, minutes=59)):
        young = stash.keep(user_id=small.kari.pk, path="/x/", fields=[("text", "young enough")])
    with clock.frozen(clock.now() - timedelta(hours=24)):
        stash.keep(user_id=small.kari.pk, path="/x/", fields=[("text", "too old")])
    assert "too old" not in kari.opens(KEPT)
    assert "stashes" in {tick.name for tick in schedule.SCHEDULE}
    find("core.drop_expired_stashes")()
    assert list(Stash.objects.all()) == [young]


def test_signing_in_by_the_mailed_code_leads_to_it(small: Small, kari: Person) -> None:
    row = lost(kari)
    kari.opens("/logg-inn/")
    kari.sends("/logg-inn/", email=small.kari.email)
    code = re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", Message.objects.latest("id").body, re.MULTILINE)
    assert code is not None
    kari.opens("/logg-inn/kode/")
    assert kari.sends("/logg-inn/kode/", code=code[1])[:2] == (302, f"{KEPT}{row.pk}/")


def test_several_kept_forms_lead_to_the_list(small: Small, kari: Person) -> None:
    rows = [lost(kari), stash.keep(user_id=small.kari.pk, path="/hjelp/", fields=[("text", "the other one")])]
    assert kari.comes_in(small.kari)[1] == KEPT
    page = kari.opens(KEPT)
    assert [page.count(f'href="{KEPT}{row.pk}/"') for row in rows] == [1, 1]


def test_a_personal_link_keeps_too_and_opens_only_what_was_written_there(small: Small) -> None:
    _link, token = links.issue(subject=small.office, purpose="needs_report", user=small.kari, url=PAGE)
    person = Person()
    person.opens(f"/lenke/{token}/")
    person.sends(f"/lenke/{token}/")
    assert LINK_SESSION_KEY in person.client.session
    person.opens("/hjelp/")
    elsewhere = stash.keep(user_id=small.kari.pk, path="/hjelp/", fields=[("text", "written elsewhere")])
    row = lost(person)
    assert (row.user, row.path) == (small.kari, PAGE)
    person.opens(f"/lenke/{token}/")
    assert person.sends(f"/lenke/{token}/")[1] == f"{KEPT}{row.pk}/"
    assert person.client.get(f"{KEPT}{row.pk}/").status_code == 200
    assert person.client.get(f"{KEPT}{elsewhere.pk}/").status_code == 404


def comes_in_by_link(person: Person, small: Small, url: str) -> None:
    """The personal link in a mail, opened in another tab."""
    _link, token = links.issue(subject=small.office, purpose="needs_report", user=small.kari, url=url)
    person.opens(f"/lenke/{token}/")
    person.sends(f"/lenke/{token}/")


@pytest.mark.parametrize("token", ["of the form", "of now"])
def test_a_link_opened_in_another_tab_loses_no_form(small: Small, kari: Person, token: str) -> None:
    kari.opens()
    of_the_form = kari.token
    kari.loses_the_session()
    comes_in_by_link(kari, small, f"/{small.office.slug}/behov/1/")
    kari.token = of_the_form if token == "of the form" else kari.client.cookies["csrftoken"].value
    status, where, _page = kari.sends(**answers())
    row = Stash.objects.get()
    assert (status, where) == (302, f"/logg-inn/?next={KEPT.replace('/', '%2F')}{row.pk}%2F")
    kari.comes_in(small.kari)
    assert kari.client.get(f"{KEPT}{row.pk}/").status_code == 200


def test_two_links_of_one_person_lose_no_form(small: Small) -> None:
    person = Person()
    comes_in_by_link(person, small, PAGE)
    person.opens("/hjelp/")
    of_the_form = person.token
    comes_in_by_link(person, small, f"/{small.office.slug}/behov/1/")
    person.token = of_the_form
    status, where, _page = person.sends(**answers())
    assert (status, where.startswith("/logg-inn/"), Stash.objects.count()) == (302, True, 1)


def test_single_words_are_given_back_too(small: Small, kari: Person) -> None:
    kari.client.cookies.pop(WRITER_COOKIE, None)
    kari.loses_the_session()
    _status, _where, page = kari.sends(
        name="Kari Moe Dal", title_nb="seniorrådgiver", phone="99887766", version="1", form="nn"
    )
    assert re.findall(r"readonly>\n(.*?)</textarea>", page) == ["Kari Moe Dal", "seniorrådgiver", "99887766"]


def test_one_word_with_a_capital_is_no_button(small: Small, kari: Person) -> None:
    kari.loses_the_session()
    kari.sends(f"/{small.office.slug}/behov/1/vurder/", comment="Budsjettet!", version="0")
    assert Stash.objects.count() == 1


def test_a_strangers_form_brings_no_words_onto_our_pages(small: Small) -> None:
    client = Client()
    nowhere, here = "/finnes/ikke/i-det-hele/", f"/{small.office.slug}/behov/987654/kontroll/"
    pages = [client.post(nowhere, {"text": TEXT})]
    client.force_login(small.kari)
    pages += [client.post(nowhere, {"text": TEXT}), client.post(here, {"text": TEXT})]
    shown = [(page.status_code, escape(TEXT) in page.content.decode()) for page in pages]
    assert shown == [(404, False), (404, False), (404, True)]


def test_a_session_lasts_21_hours_from_sign_in_and_does_not_slide(small: Small, kari: Person) -> None:
    assert settings.SESSION_COOKIE_AGE == 21 * 60 * 60
    assert settings.SESSION_SAVE_EVERY_REQUEST is False
    before = Session.objects.get().expire_date
    kari.opens("/profil/")
    assert Session.objects.get().expire_date == before
