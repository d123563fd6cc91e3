"""A real browser against a live server: people signed in by a session made here, and every page looked at.

Run by `make test`, or: `.venv/bin/python -m pytest tests/browser`. With ARSHJUL_SHOTS set to a folder the pages of the
walk are saved there as pictures, in both written forms and two widths.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from core import clock
from tests import stage
from tests.browser.people import Site, StandingClock
from tests.world import TODAY, World

# Playwright keeps an event loop running in the test's thread, and Django asks before it lets that pass.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, as the machine has it."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> StandingClock:
    """The clock stands on a day for the server's threads too (``clock.frozen`` reaches its own thread only)."""
    standing = StandingClock(TODAY)
    monkeypatch.setattr(clock, "now", standing.now)
    return standing


@pytest.fixture
def site(
    transactional_db: None,
    kept_world: stage.Kept,
    live_server: LiveServer,
    browser: Browser,
    standing_clock: StandingClock,
) -> Iterator[Site]:
    """The world behind a live server. Nobody has chosen a written form, so that the browser's cookie decides."""
    stage.put_back(kept_world)
    User.objects.update(form="")
    found = Site(World(kept_world.made), live_server.url, browser, standing_clock)
    yield found
    found.close()
