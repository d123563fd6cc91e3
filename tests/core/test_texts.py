"""Help, accessibility and privacy: open to everybody, with a named contact, and true to what the program does."""

from __future__ import annotations

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.services import invitations
from core import keeping
from core.middleware import LANGUAGE_COOKIE
from core.services import links, stash
from tests.world import World

PAGES = ("help", "accessibility", "privacy")
FORMS = ("nb", "nn")
APPS = ("accounts", "core", "forums", "grants", "networks", "reporting")


def text_of(page: str, form: str, client: Client) -> str:
    client.cookies[LANGUAGE_COOKIE] = form
    return client.get(reverse(f"core:{page}")).content.decode()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("page", PAGES)
def test_each_page_names_who_answers_in_each_office(page: str, form: str, world: World, client: Client) -> None:
    text = text_of(page, form, client)
    assert [name in text for name in (world.officer.name, world.b_officer.name)] == [True, True]
    assert [f"mailto:{office.email}" in text for office in (world.a, world.b)] == [True, True]
    assert 'id="ask"' in text


@pytest.mark.parametrize("form", FORMS)
def test_the_statement_holds_what_the_regulation_asks_for(form: str, world: World, client: Client) -> None:
    """§ 4 e: what isn't accessible and why, how to tell us (with a link), the procedure and the right to complain."""
    text = text_of("accessibility", form, client)
    assert re.findall(r'<h2[^>]* id="(\w+)"', text) == ["standard", "works", "tested", "gaps", "report", "ask"]
    for address in (
        "#ask",
        "https://uustatus.no/",
        "https://www.diskrimineringsnemnda.no/",
        "https://www.uutilsynet.no/",
    ):
        assert f'href="{address}"' in text


@pytest.mark.parametrize("form", FORMS)
def test_what_is_said_of_time_is_what_the_program_does(form: str, world: World, client: Client) -> None:
    text = text_of("privacy", form, client)
    hours, minutes, days = {"nb": ("timer", "minutter", "dager"), "nn": ("timar", "minutt", "dagar")}[form]
    assert links.DAYS == invitations.DAYS
    assert keeping.DAYS == 7
    for told in (
        f"{settings.SESSION_COOKIE_AGE // 3600} {hours}",
        f"{settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60} {minutes}",
        f"{links.DAYS} {days}",
        f"{stash.LIFE // timedelta(hours=1)} {hours}",
        f"sju {days}",
    ):
        assert told in text


@pytest.mark.parametrize("form", FORMS)
def test_every_cookie_is_told_of(form: str, world: World, client: Client) -> None:
    """Those the code sets itself, and Django's three: session, CSRF token, message for the next page."""
    set_here = set()
    for app in APPS:
        for path in sorted((Path(settings.BASE_DIR) / app).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr == "set_cookie"
                ):
                    set_here.add(ast.unparse(node.args[0]))
    assert set_here == {"LANGUAGE_COOKIE", "WRITER_COOKIE"}
    part = text_of("privacy", form, client).partition('id="cookies"')[2].partition("</section>")[0]
    assert part.count("<li>") == len(set_here) + 3
