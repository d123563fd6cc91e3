"""The moments of a year the album is photographed at: one rehearsal, with its database kept after some of the acts."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from accounts.models import User
from core import clock
from reporting.rehearsal import profile as profiles
from reporting.rehearsal import year

PAST, NOW, OTHER = "innlandet-2022", "innlandet-2027", "moreogromsdal-2027"
DEMO = "demo"
"""The end of it all: what `make demo` shows."""


@dataclass(frozen=True)
class Moment:
    """After which act of the 2022 round (its number in ``year.ACTS``), and the day it then is."""

    act: int
    days_later: int = 0


MOMENTS = {
    "proposed": Moment(6),
    "before_forum": Moment(7, 1),
    "answered": Moment(8, 1),
    "concluded": Moment(9, 1),
    "refused": Moment(10, 1),
    "upheld": Moment(11, 1),
    "decided": Moment(12),
    "approved": Moment(13),
    "sent": Moment(14),
    "opened": Moment(15, 240),
    "reported": Moment(16, 2),
    "confirmed": Moment(17, 3),
}

People = dict[str, dict[str, int]]
"""Profile → part → the person's number: «innlandet-2022» → «coordinator:IN-1» → 17."""


@dataclass
class Kept:
    """What was played: databases by moment, the days, the people."""

    folder: Path
    days: dict[str, str]
    people: People

    def database(self, moment: str) -> Path:
        return self.folder / f"{moment}.sqlite3"

    def day(self, moment: str) -> date:
        return date.fromisoformat(self.days[moment])

    def person(self, profile: str, part: str) -> User:
        return User.objects.get(pk=self.people[profile][part])


@contextmanager
def pointed_at(database: Path) -> Iterator[None]:
    """Every thread's next connection goes to this file."""
    before = connection.settings_dict["NAME"]
    connections.close_all()
    connection.settings_dict["NAME"] = str(database)
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = before


def played(folder: Path, *, again: bool, tell: Callable[[str], None] = print) -> Kept:
    """The moments as kept in ``folder``; played anew when asked for, or when they aren't there."""
    index = folder / "moments.json"
    if again or not index.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        with pointed_at(folder / f"{DEMO}.sqlite3"), clock.allow_setting():
            days, people = _play(folder, tell)
        index.write_text(json.dumps({"days": days, "people": people}), encoding="utf-8")
    found = json.loads(index.read_text(encoding="utf-8"))
    return Kept(folder, found["days"], found["people"])


def _play(folder: Path, tell: Callable[[str], None]) -> tuple[dict[str, str], People]:
    tell(f"Playing {PAST}, {NOW} and {OTHER} …")
    call_command("migrate", verbosity=0, interactive=False)
    call_command("load_reference", verbosity=0)
    by_act = {moment.act: (name, moment) for name, moment in MOMENTS.items()}
    days, people = {DEMO: clock.today().isoformat()}, {}
    for code in (PAST, NOW, OTHER):
        profile = profiles.load(code, today=clock.today())
        for number, _of, happening, stage in year.play(profile, seed=1, until=profile.demo_until):
            people[code] = {part: user.pk for part, user in stage.set.cast.people.items()}
            if code == PAST and number - 1 in by_act:
                name, moment = by_act[number - 1]
                _copy(folder / f"{name}.sqlite3")
                days[name] = (happening.day + timedelta(days=moment.days_later)).isoformat()
    return days, people


def _copy(target: Path) -> None:
    """The database as it stands, whole, however SQLite keeps its log."""
    connection.ensure_connection()
    with sqlite3.connect(target) as copy:
        connection.connection.backup(copy)
    copy.close()


def files() -> Path:
    """Where the letters' PDFs lie."""
    return Path(settings.MEDIA_ROOT)
