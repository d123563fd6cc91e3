"""`make screenshots`: every page as a picture, at two widths, in var/screenshots/, with an index.html for review.

    ONLY="a b"       pictures whose address or note holds one of the words
    FORMS="nb nn"    written forms (nb)
    WAYS="screen"    screen, print (PDF), forced (forced colours), axe (no picture: axe at both widths, title, heading)
    KEEP=1           the demo years as played last time

A page that doesn't answer as it should, is wider than a phone or says «None» is named, and the program fails.
"""

from __future__ import annotations

import html
import os
import re
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import django
from playwright.sync_api import BrowserContext, Page, Response, sync_playwright

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Playwright keeps an event loop running in this thread, and Django asks before it lets that pass.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
django.setup()

from django.conf import settings  # noqa: E402 - Django must be set up before its models are imported
from django.contrib.staticfiles.handlers import StaticFilesHandler  # noqa: E402
from django.core.cache import cache  # noqa: E402
from django.template.loader import render_to_string  # noqa: E402
from django.test.testcases import LiveServerThread  # noqa: E402
from django.test.utils import override_settings  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import translation  # noqa: E402

from accounts.models import User  # noqa: E402
from accounts.services.people import make_operator  # noqa: E402
from core import clock  # noqa: E402
from core.actor import Actor  # noqa: E402
from networks.models import Organisation  # noqa: E402
from tests.browser.album import ALBUM, ERRORS, Shot  # noqa: E402
from tests.browser.moments import DEMO, Kept, played, pointed_at  # noqa: E402
from tests.browser.people import NARROW, WIDE, resized, session_cookie, violations  # noqa: E402

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
FOLDER = Path(settings.VAR_DIR) / "screenshots"
ONLY, FORMS = os.environ.get("ONLY", ""), os.environ.get("FORMS", "").split() or ["nb"]
WAYS = os.environ.get("WAYS", "").split() or ["screen"]


@dataclass
class Frame:
    """One page in one written form, with the files made of it."""

    name: str
    title: str
    shot: Shot
    form: str
    files: list[Path] = field(default_factory=list)


@dataclass
class Photographer:
    """Goes from moment to moment with one server and one browser."""

    kept: Kept
    url: str
    browser: Any
    faults: list[str] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)

    def take(self, name: str, shot: Shot, form: str) -> None:
        slug = re.sub(r"[^a-z0-9]+", "-", f"{name} {shot.note}".lower()).strip("-")
        frame = Frame(f"{slug}-{form}", f"{name} {shot.note}".strip(), shot, form)
        self.frames.append(frame)
        try:
            with self.window(shot, form) as context:
                page = context.new_page()
                self.open(page, name, shot, form)
                self.look(page, frame)
        except Exception as error:  # one page that fails is told about, and the others are still taken
            self.faults.append(f"{frame.name}: {type(error).__name__}: {str(error)[:300]}")

    def window(self, shot: Shot, form: str) -> BrowserContext:
        context: BrowserContext = self.browser.new_context(viewport=WIDE, locale=f"{form}-NO")
        context.set_default_timeout(15_000)
        context.add_cookies([{"name": "form", "value": form, "url": self.url}])
        if shot.who:
            context.add_cookies([session_cookie(self.person(shot), self.url)])  # type: ignore[list-item]
        return context

    def person(self, shot: Shot) -> User:
        part = shot.who
        if part == "operator":
            return make_operator(email="drift@arshjul.example", name="Dag Rift", by=Actor.for_system("album"))
        if match := re.fullmatch(r"owner:(\d{4})", part):
            owner = Organisation.objects.get(municipality_number=match[1], kind="municipality")
            part = f"owner:{owner.pk}"
        return self.kept.person(shot.of, part)

    def open(self, page: Page, name: str, shot: Shot, form: str) -> None:
        path = shot.path or (f"/{shot.template}" if shot.template else reverse(name, kwargs=shot.words() or None))
        if shot.template:
            with translation.override(form):
                body = render_to_string(shot.template)
            page.route(
                f"**{path}", lambda route: route.fulfill(body=body, content_type="text/html", status=shot.status)
            )
        answer: Response | None = page.goto(self.url + path + shot.query)
        page.wait_for_load_state()
        if answer is None or answer.status != shot.status:
            raise LookupError(f"{path} answers {answer and answer.status}, not {shot.status}")
        if shot.does:
            shot.does(page)
            page.wait_for_load_state()

    def look(self, page: Page, frame: Frame) -> None:
        found = re.search(r"\bNone\b|\{[{%]", page.locator("body").inner_text())
        if found:
            self.faults.append(f"{frame.name}: says «{found[0]}»")
        if "axe" in WAYS:
            self.hear(page, frame)
        if "screen" in WAYS:
            for size in (WIDE, NARROW):
                page.set_viewport_size(size)  # type: ignore[arg-type]
                self.picture(page, frame, f"{size['width']}")
                width = page.evaluate("document.documentElement.scrollWidth")
                if width > size["width"]:
                    self.faults.append(f"{frame.name}: {width} pixels wide at {size['width']}")
            page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        if "forced" in WAYS:
            page.emulate_media(forced_colors="active")
            self.picture(page, frame, "forced")
            page.emulate_media(forced_colors="none")
        if "print" in WAYS:
            target = FOLDER / f"{frame.name}-print.pdf"
            page.pdf(path=target, prefer_css_page_size=True, print_background=False)
            frame.files.append(target)

    def hear(self, page: Page, frame: Frame) -> None:
        """The page for those who do not see it: axe, language, title and one main heading; and as a phone has it."""
        said = violations(page)
        if page.locator("html").get_attribute("lang") != frame.form:
            said.append("another language than was asked for")
        if not page.title().strip() or page.locator("h1").count() != 1:
            said.append(f"title «{page.title()}», {page.locator('h1').count()} main headings")
        with resized(page, NARROW):
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > NARROW["width"]:
                said.append(f"{width} pixels wide at {NARROW['width']}")
            said += violations(page)
        self.faults += [f"{frame.name}: {words}" for words in said]

    def picture(self, page: Page, frame: Frame, way: str) -> None:
        target = FOLDER / f"{frame.name}-{way}.png"
        page.evaluate("scrollTo(0, 0)")  # what sticks to the top would lie over the middle of the picture
        page.screenshot(path=target, full_page=True)
        frame.files.append(target)


def tell(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def album() -> Iterator[tuple[str, Shot]]:
    """Name and shot, moment by moment, so that the database is changed as seldom as can be."""
    every = [(name, shot) for name, shots in ALBUM.items() for shot in shots] + [("error", shot) for shot in ERRORS]
    words = ONLY.split() or [""]
    chosen = [(name, shot) for name, shot in every if any(word in f"{name} {shot.note}" for word in words)]
    return iter(sorted(chosen, key=lambda pair: (pair[1].at == DEMO, pair[1].at)))


def index(photographer: Photographer) -> None:
    """One page with all pictures, grouped as the album is."""
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><title>Årshjul: every page</title>"
        "<style>body{font:16px/1.4 system-ui;margin:1rem}section{display:flex;gap:1rem;align-items:start;"
        "border-top:1px solid #aaa;padding:1rem 0}img{border:1px solid #ccc;max-width:62vw}"
        "img.narrow{max-width:20vw}h2{font-size:1rem;width:12rem;flex:none}</style>"
        f"<h1>Every page, {clock.now():%d.%m.%Y %H.%M}</h1><ul>"
    ]
    parts += [f"<li><strong>{html.escape(fault)}</strong></li>" for fault in photographer.faults]
    parts.append("</ul>")
    for frame in sorted(photographer.frames, key=lambda one: one.title):
        who = html.escape(f"{frame.shot.who or 'not signed in'}, {frame.shot.at}, {frame.form}")
        parts.append(f"<section><h2>{html.escape(frame.title)}<br><small>{who}</small></h2>")
        for file in frame.files:
            if file.suffix == ".pdf":
                parts.append(f'<a href="{file.name}">{file.name}</a>')
            else:
                narrow = " class=narrow" if file.stem.endswith("-320") else ""
                parts.append(f'<a href="{file.name}"><img{narrow} loading=lazy alt="" src="{file.name}"></a>')
        parts.append("</section>")
    (FOLDER / "index.html").write_text("\n".join(parts), encoding="utf-8")


def main() -> int:
    """Play, serve, photograph, tell; 0 when pages were looked at and nothing is wrong."""
    began = time.monotonic()
    kept = played(Path(settings.VAR_DIR) / "album", again=not os.environ.get("KEEP"), tell=tell)
    if not ONLY:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    running_clock = clock.now
    with ExitStack() as stack:
        stack.enter_context(override_settings(STORAGES=plain_static()))
        browser = stack.enter_context(sync_playwright()).chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"), args=FLAGS
        )
        server = LiveServerThread("127.0.0.1", StaticFilesHandler, connections_override={})
        server.daemon = True
        server.start()
        server.is_ready.wait()
        photographer = Photographer(kept, f"http://127.0.0.1:{server.port}", browser)
        try:
            moment = ""
            for name, shot in album():
                for form in FORMS:
                    # A form is photographed on what the one before it began with, also where a button was pressed.
                    if shot.at != moment or (shot.does and form != FORMS[0]):
                        if shot.at != moment:
                            tell(f"{shot.at} …")
                        moment = shot.at
                        stack.enter_context(pointed_at(copy_of(kept, moment)))
                        standing = datetime.combine(kept.day(moment), clock.START_OF_DAY, tzinfo=clock.OSLO)
                        clock.now = lambda: clock.frozen_at() or standing  # noqa: B023 - the server's threads ask too
                        User.objects.update(form="")
                    cache.clear()  # it counts the codes that were asked for
                    photographer.take(name, shot, form)
        finally:
            clock.now = running_clock
            server.terminate()
            browser.close()
    index(photographer)
    pictures = sum(len(frame.files) for frame in photographer.frames)
    seconds = time.monotonic() - began
    tell(f"{len(photographer.frames)} pages looked at, {pictures} pictures in {FOLDER}/index.html, {seconds:.0f} s")
    for fault in photographer.faults:
        tell(f"FAULT {fault}")
    return 1 if photographer.faults or not photographer.frames else 0


def copy_of(kept: Kept, moment: str) -> Path:
    """The moment's database, to be written in: pages that are pressed on change it."""
    target = kept.folder / "now.sqlite3"
    for old in kept.folder.glob("now.sqlite3*"):
        old.unlink()
    shutil.copyfile(kept.database(moment), target)
    return target


def plain_static() -> dict[str, Any]:
    """Static files straight from their folders: nothing has to be collected first."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    return settings.STORAGES | {"staticfiles": plain}


if __name__ == "__main__":
    sys.exit(main())
