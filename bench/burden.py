"""``python -m bench.burden FILE``: what a year asks of people, counted in a year that is played.

After each act of the year, one task of each kind that waits is opened as the person it waits for: its page, or the
pages below it where it has nothing to fill in itself. Fields are what can be filled in there, needed or not; clicks are
one to open each page with a form and one to save it. The largest such task of a kind stands for all of its kind.
Mails are those the program decided to send, signatures the confirmations, answers and conclusions given.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter, defaultdict
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import django

PROFILE = "innlandet-2027"
SKIPPED = frozenset({"hidden", "submit", "button"})


class Form(HTMLParser):
    """The fields of a page's own forms, a group of radio buttons or boxes as one, and the addresses it links to."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: set[str] = set()
        self.links: set[str] = set()
        self.posts = 0
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "main":
            self.inside = True
        if not self.inside:
            return
        if tag == "form" and named.get("method", "").lower() == "post":
            self.posts = 1
        if tag == "a" and named.get("href", "").startswith("/"):
            self.links.add(re.split(r"[?#]", named["href"])[0])
        if tag in {"input", "select", "textarea"} and named.get("type") not in SKIPPED and named.get("name"):
            self.fields.add(named["name"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self.inside = False


def is_below(link: str, path: str) -> bool:
    return link.startswith(path) and link != path


def main(target: Path) -> None:
    django.setup()
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application

    from accounts.selectors.work import debtors, url_of
    from bench.measuring import ask, cookie_of
    from core import clock
    from core.models import Obligation
    from reporting.rehearsal import profile, year
    from reporting.rehearsal.stage import throw_away

    settings.ALLOWED_HOSTS = ["localhost"]
    settings.SECURE_SSL_REDIRECT = False
    application = get_wsgi_application()
    costs: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))

    def read(path: str, cookie: str) -> Form:
        status, body = ask(application, path, cookie)
        page = Form()
        if status == 200:
            page.feed(body.decode())
        return page

    def cost_of(row: Any) -> tuple[int, int]:
        people = debtors([row], clock.today())[row.pk]
        if not people:
            return 0, 0
        path, cookie = url_of(row), cookie_of(people[0])
        first = read(path, cookie)
        below = [] if first.fields else [read(link, cookie) for link in sorted(first.links) if is_below(link, path)]
        forms = [page for page in (first, *below) if page.fields and page.posts]
        return sum(len(page.fields) for page in forms), 2 * len(forms) or 1

    with throw_away(), clock.allow_setting():
        chosen = profile.load(PROFILE, today=clock.today())
        for _number, _count, happening, _stage in year.play(chosen, seed=1):
            with clock.frozen(happening.day):
                kinds: dict[str, Any] = {}
                for row in Obligation.objects.filter(done_at__isnull=True).select_related("user").order_by("id"):
                    kinds.setdefault(row.kind, row)
                for kind, row in kinds.items():
                    costs[kind] = max(costs[kind], cost_of(row))
        rows = table(costs)
    target.write_text(json.dumps({"profile": PROFILE, "roles": rows}, indent=1))


def table(costs: dict[str, tuple[int, int]]) -> list[dict[str, Any]]:
    """One row per role, for the whole year: how many people, and the sums."""
    from core.models import Confirmation, Event, Message, Obligation

    per_role: dict[str, Counter[str]] = defaultdict(Counter)
    for owed in Obligation.objects.all():
        fields, clicks = costs.get(owed.kind, (0, 0))
        per_role[owed.role or "forum"] += Counter(tasks=1, fields=fields, clicks=clicks)
    holders = people()
    role_of = {pk: role for role, found in holders.items() for pk in found}
    for message in Message.objects.filter(user__isnull=False):
        per_role[role_of.get(message.user_id or 0, "other")]["mails"] += 1
    for role in Confirmation.objects.exclude(answer="").values_list("by_role", flat=True):
        per_role[role or "other"]["signatures"] += 1
    signed = {"recommendation.answered": "forum", "recommendation.forum_concluded": "forum"}
    for code, user in Event.objects.filter(code__in=[*signed, "decision.approve"]).values_list("code", "by_user"):
        per_role[signed.get(code) or role_of.get(user, "other")]["signatures"] += 1
    return [
        {"role": role, "people": len(holders.get(role, ())), **{name: counted[name] for name in COLUMNS}}
        for role, counted in sorted(per_role.items())
    ]


COLUMNS = ("tasks", "fields", "clicks", "mails", "signatures")


def people() -> dict[str, set[int]]:
    """Role → the people who hold it; those who only sit in a forum are the forum's."""
    from accounts.models import RoleAssignment
    from forums.models import Appointment

    found: dict[str, set[int]] = defaultdict(set)
    for user, role in RoleAssignment.objects.filter(ended_at__isnull=True).values_list("user", "role"):
        found[role].add(user)
    held = set().union(*found.values()) if found else set()
    found["forum"] = set(Appointment.objects.values_list("user", flat=True)) - held
    return found


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main(Path(sys.argv[1]))
