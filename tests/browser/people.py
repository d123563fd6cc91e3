"""People at their screens: each has a browser window, finds a task on the home page, fills in forms and presses."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.models import User
from core import clock
from core.services.outbox import run_due
from tests.world import World

AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 800}
SHOTS = os.environ.get("ARSHJUL_SHOTS", "")


def session_cookie(person: User, url: str) -> dict[str, str]:
    """A session made here, as the cookie a browser keeps."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key or "", "url": url}


class StandingClock:
    """The day the server thinks it is."""

    def __init__(self, day: date) -> None:
        self.day = day

    def now(self) -> datetime:
        frozen = clock.frozen_at()
        return frozen or datetime.combine(self.day, time(9), tzinfo=clock.OSLO)


class Site:
    """The server with its people. Windows are opened on first use and closed together."""

    def __init__(self, world: World, url: str, browser: Browser, standing: StandingClock) -> None:
        self.world, self.url, self.browser, self.clock = world, url, browser, standing
        self._open: list[BrowserContext] = []
        self._people: dict[tuple[str, bool], Person] = {}
        self.seen: set[str] = set()
        self.hands: type[Person] = Person
        self._shots = 0

    def at(self, year: int, month: int, day: int) -> None:
        """It becomes this day."""
        self.clock.day = date(year, month, day)

    def jobs(self) -> None:
        """What was asked for is carried out: letters are made, mails leave."""
        while run_due():
            pass

    def window(self, *, form: str = "nb", script: bool = True, **options: Any) -> BrowserContext:
        context = self.browser.new_context(
            java_script_enabled=script, viewport=options.pop("viewport", WIDE), locale="nb-NO", **options
        )
        context.set_default_timeout(10_000)
        context.add_cookies([{"name": "form", "value": form, "url": self.url}])
        self._open.append(context)
        return context

    def session(self, context: BrowserContext, person: User) -> None:
        """Sign in without the login pages: a session made here, and its cookie."""
        context.add_cookies([session_cookie(person, self.url)])  # type: ignore[list-item]

    def person(self, name: str, *, script: bool = False) -> Person:
        """Someone of the world at a screen; without JavaScript unless told."""
        if (name, script) not in self._people:
            context = self.window(script=script)
            user = getattr(self.world, name)
            self.session(context, user)
            self._people[name, script] = self.hands(self, name, user, context)
        return self._people[name, script]

    def close(self) -> None:
        for context in self._open:
            context.close()


class Person:
    """One person's window. After each step the page is looked at in both written forms, wide and narrow."""

    def __init__(self, site: Site, name: str, user: User | None, context: BrowserContext) -> None:
        self.site, self.name, self.user = site, name, user
        self.page: Page = context.new_page()
        self._eyes: dict[str, Page] = {}

    # --- getting there ------------------------------------------------------------------------------------------------

    def goes_to(self, address: str, *, look: bool = True, **words: Any) -> Page:
        """Open an address by its name; it answers 200 and is looked at."""
        answer = self.page.goto(self.site.url + reverse(address, kwargs=words or None))
        assert answer is not None and answer.status == 200, f"{address} answers {answer and answer.status}"
        if look:
            self.looks()
        return self.page

    def finds_task(self, address: str, **words: Any) -> Page:
        """The task stands on the home page, and its link leads there."""
        self.goes_to("accounts:home")
        wanted = reverse(address, kwargs=words)
        link = self.page.locator(f'main a[href^="{wanted}"]').first
        assert link.count(), f"{self.name} has no link to {wanted} on the home page"
        link.click()
        self.looks()
        return self.page

    # --- doing it -----------------------------------------------------------------------------------------------------

    def fills(self, fields: Mapping[str, str]) -> None:
        """Text by field name; a name may hold * for what varies."""
        for name, value in fields.items():
            found = self.page.locator(pattern(name, "input:not([type=hidden]):not([type=radio]), textarea"))
            assert found.count(), f"no field {name} at {self.page.url}"
            for number in range(found.count()):
                found.nth(number).fill(value)

    def chooses(self, fields: Mapping[str, str]) -> None:
        """A radio button, a check box (value «on») or an entry of a list, by field name; * as in :meth:`fills`."""
        for name, value in fields.items():
            lists = self.page.locator(pattern(name, "select"))
            boxes = self.page.locator(pattern(name, "input[type=checkbox]"))
            buttons = self.page.locator(pattern(name, f'input[type=radio][value="{value}"]'))
            assert lists.count() + boxes.count() + buttons.count(), f"no choice {name} at {self.page.url}"
            for number in range(lists.count()):
                lists.nth(number).select_option(value)
            for found in (boxes, buttons):
                for number in range(found.count()):
                    found.nth(number).check()

    def presses(self, button: str = "button[type=submit], button:not([type])", *, look: bool = True) -> Page:
        """A button of the main part by selector; the page after it is looked at, and is no error."""
        found = self.page.locator("main").locator(button)
        assert found.count(), f"no {button} at {self.page.url}: {self.page.locator('main').inner_text()[:1500]}"
        found.first.click()
        self.page.wait_for_load_state()
        if look:
            self.looks()
        return self.page

    def presses_step(self, name: str, value: str) -> Page:
        return self.presses(f'button[name="{name}"][value="{value}"]')

    def is_refused_nothing(self) -> None:
        """The page holds no error summary."""
        text = self.page.locator("main").inner_text()
        assert not self.page.title().startswith(("Feil:", "Error:")), f"{self.page.url}: {text[:1500]}"

    # --- looking ------------------------------------------------------------------------------------------------------

    def looks(self) -> None:
        """The page the person is on, without a fault for ear, eye or phone."""
        self.is_refused_nothing()
        path = urlsplit(self.page.url).path
        key = f"{self.name} {re.sub(r'[0-9]+', 'N', path)} {self.page.locator('main h1').first.inner_text()}"
        if key in self.site.seen:
            return
        self.site.seen.add(key)
        for form in ("nb", "nn"):
            page = self._eye(form)
            answer = page.goto(self.page.url)
            assert answer is not None and answer.status == 200, f"{path} answers {answer and answer.status} to a GET"
            assert page.locator("html").get_attribute("lang") == form
            faults_of(page, path)
            self._shot(page, path, form)

    def _eye(self, form: str) -> Page:
        if form not in self._eyes:
            context = self.site.window(form=form)
            if self.user is not None:
                self.site.session(context, self.user)
            self._eyes[form] = context.new_page()
        return self._eyes[form]

    def _shot(self, page: Page, path: str, form: str) -> None:
        if not SHOTS:
            return
        self.site._shots += 1
        name = f"{self.site._shots:03d}-{self.name}-{path.strip('/').replace('/', '-') or 'home'}"
        for size in (WIDE, NARROW):
            with resized(page, size):
                page.screenshot(path=Path(SHOTS) / f"{name}-{form}-{size['width']}.png", full_page=True)


def pattern(name: str, kinds: str) -> str:
    """A CSS selector for fields by name, ``*`` for anything in the middle or at the end."""
    head, _star, tail = name.partition("*")
    where = f'[name="{name}"]' if "*" not in name else f'[name^="{head}"]' + (f'[name$="{tail}"]' if tail else "")
    return ", ".join(f"main {kind.strip()}{where}" for kind in kinds.split(","))


@contextmanager
def resized(page: Page, size: dict[str, int]) -> Any:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    try:
        yield
    finally:
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]


def violations(page: Page) -> list[str]:
    """What axe finds on the page, in words."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS)["violations"]
    return [f"{one['id']}: {one['help']}: {[node['html'][:160] for node in one['nodes'][:3]]}" for one in found]


def faults_of(page: Page, path: str) -> None:
    """axe finds nothing, and at 320 pixels nothing needs sideways scrolling."""
    words = violations(page)
    assert words == [], f"axe at {path}: {words}"
    with resized(page, NARROW):
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 320, f"{path} is {width} pixels wide on a phone"
