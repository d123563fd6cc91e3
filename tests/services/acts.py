"""What the tests of the jobs have done in a process of its own: ``python -m tests.services.acts ACT``.

The process gets the database, the broker and the mail server of the test by environment, as a real one does. It prints
one line of JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django must be set up first
from django.core.management import call_command  # noqa: E402
from django.test import Client, override_settings  # noqa: E402

from accounts.models import User  # noqa: E402
from config.celery import app  # noqa: E402
from core import clock, jobs  # noqa: E402
from core.enums import Role  # noqa: E402
from core.models import Obligation  # noqa: E402
from core.models.subjects import subject_key  # noqa: E402
from core.services import mail, outbox  # noqa: E402
from grants.models import Round  # noqa: E402
from tests.grants import decision_world  # noqa: E402

LETTERS = 200


def build() -> dict[str, Any]:
    """A migrated database with an approved decision that calls for two hundred letters, dispatched; no job has run."""
    call_command("migrate", verbosity=0)
    with clock.frozen(date(2027, 2, 24)):
        world = decision_world.letter_world(frames={"kollektiv": 40_000_000})
        for number in range(1, LETTERS):
            lead = decision_world.owner(world, f"Kommune {number}", form="nn" if number % 3 == 0 else "")
            report = decision_world.report(world, lead)
            provider = 50_000 if number <= 3 else 0
            decision_world.measure(world, report, "Leseløft", network=100_000 + number, provider=provider)
    letters = decision_world.dispatched(world, decision_world.approved(world), carried=False)
    return {"letters": len(letters)}


def carry() -> dict[str, Any]:
    """What is due is done here and now."""
    return {"done": outbox.run_due()}


def owe(due: str) -> dict[str, Any]:
    """The office owes its forum something by a day (ISO), so that there is somebody to remind."""
    round_ = Round.objects.get()
    Obligation.objects.create(
        key="test:owed", kind="proposal_put_forward", office=round_.office, role=Role.CASE_OFFICER,
        anchor=round_.office.anchor, due=date.fromisoformat(due), since=clock.now(), **subject_key(round_),
        data={"year": "2027", "url": {"office": round_.office.slug, "year": round_.slug}},
    )  # fmt: skip
    return {}


def decide(count: str) -> dict[str, Any]:
    """So many mails, in a transaction each."""
    for number in range(int(count)):
        mail.decide(key=f"test:{number}", to=f"n{number}@example.org", subject="Hei", body="Hei.\n", form="nb")
    return {}


def work_without_broker(address: str) -> dict[str, Any]:
    """Decide twenty mails and open an officer's pages: how many seconds each took, how often the broker was tried."""
    tries: list[float] = []
    send = app.send_task
    app.send_task = lambda *words, **more: (tries.append(time.monotonic()), send(*words, **more))
    officer = User.objects.get(name="Anne Hov")
    client = Client(headers={"host": "localhost"})
    client.force_login(officer)
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with clock.frozen(date(2027, 3, 25)):
        services = [_seconds(partial(_decide_one, number)) for number in range(20)]
    with override_settings(STORAGES=settings.STORAGES | {"staticfiles": plain}):
        pages = [_seconds(partial(_open, client, path)) for path in ("/", address, address, "/")]
    return {"tries": len(tries), "services": services, "pages": pages, "resting": jobs.waker.resting}


def _decide_one(number: int) -> None:
    mail.decide(key=f"day:{number}", to=f"n{number}@example.org", subject="Hei", body="Hei.\n", form="nb")


def _open(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)


def _seconds(act: Callable[[], object]) -> float:
    began = time.monotonic()
    act()
    return round(time.monotonic() - began, 3)


if __name__ == "__main__":
    name, *words = sys.argv[1:]
    sys.stdout.write(json.dumps(globals()[name](*words)) + "\n")
