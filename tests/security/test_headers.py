"""What goes out with every page: a policy without exceptions, no inline markup, nothing kept where others find it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from tests.architecture.access_matrix import MATRIX
from tests.security.intruder import IN_PARTS, browser
from tests.world import World

POLICY = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
PROBES = {"core:alive", "core:ready", "core:jobs"}
"""Answered before any middleware: machines ask them, and they show no page."""
FILES = {
    "core:import_faults", "core:import_template", "forums:members_file", "grants:letter_attachment",
    "grants:letter_pdf", "grants:recommendation_minutes", "grants:setup_file_out", "networks:mandate",
    "networks:table_file",
}  # fmt: skip


class Inline(HTMLParser):
    """Collects what the policy forbids: a browser would leave it out without a word."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        bad = [name for name in given if name.startswith(("on", "hx-on")) or name in {"style", "srcdoc"}]
        bad += [name for name, value in given.items() if re.match(r"\s*(javascript|data):", value or "", re.IGNORECASE)]
        if tag == "style" or (tag == "script" and "src" not in given):
            bad.append(tag)
        outside = [
            value for name, value in given.items() if name in {"src", "action", "formaction"} and "//" in (value or "")
        ]
        self.found += [f"<{tag}> {one}" for one in bad + outside]


@IN_PARTS
def test_every_page_carries_the_policy_and_nothing_inline(names: list[str], world: World) -> None:
    for name in names:
        if name not in PROBES:
            look_at(name, world)


def look_at(name: str, world: World) -> None:
    """An address as each kind of person gets it."""
    row = MATRIX[name]
    url = reverse(name, kwargs=row.own(world))
    people = [group[0] for group, status in row.gets.items() if status == 200]
    for client in [*(browser(getattr(world, person)) for person in people), browser(world.stranger), Client()]:
        answer = client.get(url)
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert "private" in headers["Cache-Control"] or "no-store" in headers["Cache-Control"]
        assert "Content-Security-Policy-Report-Only" not in headers
        if name not in FILES:
            policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
            assert policy == POLICY
        if "html" in headers["Content-Type"]:
            inline = Inline()
            inline.feed(answer.content.decode())
            assert inline.found == []


def test_cookies_are_kept_from_scripts_and_from_other_sites(world: World) -> None:
    client = Client()
    client.get("/logg-inn/")
    client.post("/demo/", {"person": world.officer.pk})
    for name in ("sessionid", "csrftoken"):
        cookie = client.cookies[name]
        assert (name, cookie["httponly"], cookie["samesite"], cookie["path"]) == (name, True, "Lax", "/")


def test_what_is_most_private_is_not_stored_by_the_browser(world: World) -> None:
    letter = world.nordli_letter
    owner = browser(world.nordli_owner)
    for url in (f"/fjellfylket/brev/{letter.pk}/", f"/fjellfylket/brev/{letter.pk}/pdf/"):
        assert "no-store" in owner.get(url).headers["Cache-Control"]
    account = reverse("networks:account", kwargs={"office": "fjellfylket", "pk": world.nordli.pk})
    assert "no-store" in browser(world.officer).get(account).headers["Cache-Control"]


def test_signing_out_empties_the_browsers_cache(world: World) -> None:
    client = browser(world.officer)
    assert client.post("/logg-ut/").headers["Clear-Site-Data"] == '"cache"'


@pytest.mark.parametrize("header", ["HTTP_HOST", "HTTP_X_FORWARDED_HOST"])
def test_a_strangers_host_is_never_believed(header: str, world: World) -> None:
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        answer = Client(raise_request_exception=False).get("/logg-inn/", **{header: "evil.example"})
    assert answer.status_code == (400 if header == "HTTP_HOST" else 200)
    assert "evil.example" not in answer.content.decode()


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "https:evil.example",
        "\thttps://evil.example",
        "http://testserver@evil.example/",
        "accounts:home",
        "evil",
        "a\0b",
    ],
)
def test_no_page_leads_to_a_stranger(target: str, world: World) -> None:
    officer = browser(world.officer)
    assert officer.get("/sprak/nn/", {"next": target}).headers["Location"] == "/"
    away = officer.post("/logg-ut/", {"next": target})
    entering = browser(world.b_officer).get("/logg-inn/", {"next": target})
    for answer in (away, entering):
        assert re.fullmatch(r"/?([\w%][\w%/-]*)?", answer.headers["Location"])


@pytest.mark.parametrize("status", [404, 400, 500, 403])
def test_an_error_page_tells_nothing_of_the_inside(status: int, world: World) -> None:
    client = Client(raise_request_exception=False)
    with override_settings(DEBUG=False, ALLOWED_HOSTS=["testserver"]):
        if status == 404:
            answer = client.get("/finst/ikkje/")
        elif status == 400:
            answer = client.get("/", headers={"host": "evil.example"})
        elif status == 403:
            answer = Client(enforce_csrf_checks=True).post("/logg-inn/", {"email": "x@example.org"})
        else:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("accounts.views.sign_in.clock.today", lambda: 1 / 0)
                answer = client.get("/logg-inn/")
    page = answer.content.decode()
    assert answer.status_code == status
    for word in ("Traceback", "Exception", "django", "Python", "site-packages", "settings", "ZeroDivision"):
        assert word not in page.replace("/static/", "")
