"""What every request meets: language, actor, office and answers to refusals."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path

from core import clock
from core.middleware import came_from
from core.requirements import AlreadyDone, Obstacle, StaleVersion, StepRefused
from tests.accounts.conftest import Small


@login_not_required
def refuse(request: HttpRequest, how: str) -> HttpResponse:
    if how == "refused":
        raise StepRefused([Obstacle("a", "The dates are missing."), Obstacle("b", "The sum is missing.")])
    if how == "stale":
        raise StaleVersion(seen=1, current=2, saved_by="Kari Moe", saved_at=clock.now())
    if how == "unknown":
        raise StaleVersion(seen=1, current=2)
    if how == "twice":
        raise AlreadyDone
    raise RuntimeError(how)


@login_not_required
def office(request: HttpRequest, office: str) -> HttpResponse:
    return HttpResponse(f"{request.office} {bool(request.actor)}")  # type: ignore[attr-defined]


urlpatterns = [
    path("test/<str:how>/", refuse),
    path("kontor/<slug:office>/", office),
    path("", include("config.urls")),
]


@pytest.fixture(autouse=True)
def addresses() -> Iterator[None]:
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.mark.parametrize(
    ("asked", "cookie", "form"),
    [
        ("", "", "nb"),
        ("en-GB,en;q=0.9", "", "nb"),
        ("nn-NO,nb;q=0.8", "", "nn"),
        ("nb,nn", "", "nb"),
        ("en,nn;q=0.5", "", "nn"),
        ("no", "", "nb"),
        ("nb", "nn", "nn"),
        ("nn", "nb", "nb"),
        ("nn", "en", "nn"),
    ],
)
def test_the_language_of_a_stranger(db: None, asked: str, cookie: str, form: str) -> None:
    client = Client(headers={"accept-language": asked})
    if cookie:
        client.cookies["form"] = cookie
    page = client.get("/hjelp/")
    assert page["Content-Language"] == form
    assert f'<html lang="{form}">' in page.content.decode()
    assert "Accept-Language" in page["Vary"]


def test_the_profile_wins_over_the_cookie(small: Small, client: Client) -> None:
    client.cookies["form"] = "nb"
    client.force_login(small.kari)
    assert client.get("/hjelp/")["Content-Language"] == "nn"
    client.force_login(small.anne)
    assert client.get("/hjelp/")["Content-Language"] == "nb"


def test_the_office_is_found_once_by_its_address(small: Small, client: Client) -> None:
    assert client.get("/kontor/lia/").content.decode() == "lia False"
    client.force_login(small.anne)
    assert client.get("/kontor/lia/").content.decode() == "lia True"
    assert client.get("/kontor/ingen/").status_code == 404


def test_a_refusal_is_a_page_with_all_reasons(client: Client, db: None) -> None:
    page = client.get("/test/refused/", headers={"referer": "http://testserver/hjelp/"})
    assert page.status_code == 409
    text = page.content.decode()
    assert [text.count(each) for each in ("The dates are missing.", "The sum is missing.")] == [1, 1]
    assert 'href="http://testserver/hjelp/"' in text


def test_a_stale_form_is_told_who_saved(client: Client, db: None) -> None:
    page = client.get("/test/stale/")
    assert page.status_code == 409
    assert "Kari Moe" in page.content.decode()
    assert client.get("/test/unknown/").status_code == 409


def test_a_double_click_leads_back_with_a_word(client: Client, db: None) -> None:
    page = client.get("/test/twice/", headers={"referer": "http://testserver/hjelp/"})
    assert (page.status_code, page["Location"]) == (302, "http://testserver/hjelp/")
    assert client.get("/hjelp/").content.decode().count('role="status"') == 1


def test_other_errors_are_not_hidden(client: Client, db: None) -> None:
    with pytest.raises(RuntimeError):
        client.get("/test/boom/")


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/x/", "http://testserver/x/"),
        ("https://evil.example/x/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_back_is_never_a_stranger(referer: str, back: str) -> None:
    assert came_from(RequestFactory().get("/", headers={"referer": referer})) == back


def test_pages_need_sign_in_unless_marked(client: Client, db: None) -> None:
    for address in ("/", "/profil/", "/varsel/"):
        assert client.get(address)["Location"] == f"/logg-inn/?next={address}"
