"""What the program stands on: settings, mail server, clock, message catalogues, static files."""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from babel.messages.pofile import read_po
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core import checks
from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection
from django.db.models import Max

from core import clock
from core.health import Finding, fault, good, mind
from core.models import Event

APART = timedelta(seconds=30)
"""How far this machine's clock and the database's may be from each other."""


def configuration() -> Finding:
    """Django's own checks, for a real installation those of a deployment too."""
    if settings.DEMO:
        return mind(
            f"a demo{', with debug pages' if settings.DEBUG else ''}: anyone can be anyone, and no mail leaves.",
            "Right for trying out. A real installation sets DATABASE_URL and what .env.example lists.",
        )
    if "*" in settings.ALLOWED_HOSTS:
        return fault("ARSHJUL_ALLOWED_HOSTS lets every name in.", "Name the hosts the site is reached by.")
    found = checks.run_checks(include_deployment_checks=True)
    if found:
        first = f"{len(found)} remarks, the first is {found[0].id}: {found[0].msg}"
        return fault(first, "Run manage.py check --deploy and follow what it says.")
    return good("a real installation, check --deploy has no remarks")


def mail_server() -> Finding:
    """It lets us in. No mail is sent."""
    backend = get_connection()
    if not isinstance(backend, EmailBackend):
        if settings.DEMO:
            return good("none: a demo's mails are read under /demo/epost/")
        return fault(
            "mails go to no server.", "Set EMAIL_URL, for example smtp+tls://name:password@mail.example.no:587"
        )
    where = f"{backend.host}:{backend.port}"
    try:
        backend.open()
        backend.close()
    except OSError as error:  # smtplib's own errors are OSErrors too
        return fault(
            f"{where} does not let us in ({type(error).__name__}).",
            "Check EMAIL_URL. Nothing is lost: mails wait in the database and leave when the server answers.",
        )
    return good(f"{where} answers")


def clocks() -> Finding:
    """This machine's clock against the database's, against the newest event, and Norwegian summer time."""
    moment = clock.now()
    winter, summer = (datetime(2027, month, 1, tzinfo=clock.OSLO).utcoffset() for month in (1, 7))
    if (winter, summer) != (timedelta(hours=1), timedelta(hours=2)):
        return fault("the time zone data for Europe/Oslo are wrong.", "Install the system's tzdata.")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            apart = abs(moment - cursor.fetchone()[0])
        if apart > APART:
            return fault(
                f"this machine and the database are {apart.total_seconds():.0f} s apart.",
                "Have both take their time from the same server (NTP): deadlines and leases hang on it.",
            )
    newest = Event.objects.aggregate(newest=Max("at"))["newest"]
    if newest is not None and newest > moment + APART and not settings.ARSHJUL_CLOCK_MAY_BE_SET:
        return fault(
            f"it is {moment:%Y-%m-%d %H:%M} here, but something happened at {clock.local(newest):%Y-%m-%d %H:%M}.",
            "This machine's clock was set back. Put it right before anybody works on.",
        )
    return good(f"{moment:%Y-%m-%d %H:%M} in Norway ({moment.astimezone(UTC):%H:%M} UTC)")


def texts() -> Finding:
    """Both catalogues are there, can be read, and say what their sources say."""
    for code, _name in settings.LANGUAGES:
        folder = Path(settings.LOCALE_PATHS[0]) / code / "LC_MESSAGES"
        try:
            with (folder / "django.mo").open("rb") as compiled:
                spoken: dict[object, str] = vars(gettext.GNUTranslations(compiled))["_catalog"]
        except (OSError, ValueError) as error:
            return fault(f"{code} can't be read ({type(error).__name__}): pages are in English.", "Run make setup.")
        with (folder / "django.po").open("rb") as source:
            behind = sum(spoken.get(key) != text for key, text in _written(source))
        if behind:
            return mind(f"{code} lacks {behind} texts of its source.", "Run make setup, which compiles it anew.")
    return good(" and ".join(code for code, _name in settings.LANGUAGES) + " compiled from their sources")


def _written(source: IO[bytes]) -> Iterator[tuple[object, str]]:
    """(key as the compiled catalogue has it, text) of every text that is finished."""
    for message in read_po(source):
        if not message.id or message.fuzzy:
            continue
        context = f"{message.context}\x04" if message.context else ""
        if isinstance(message.id, tuple):
            forms = enumerate(message.string or ())
            yield from (((f"{context}{message.id[0]}", form), text) for form, text in forms if text)
        elif message.string:
            yield f"{context}{message.id}", str(message.string)


def static_files() -> Finding:
    """Every style sheet, script and font has been collected under its fingerprint."""
    known = getattr(staticfiles_storage, "hashed_files", None)
    if known is None:
        return good("served from their sources")
    if not known:
        return fault("not built: pages have no style.", "Run make setup and manage.py collectstatic.")
    names = [name for finder in get_finders() for name, _storage in finder.list([])]
    lacking = [name for name in names if name not in known] + [
        name for name, hashed in known.items() if not staticfiles_storage.exists(hashed)
    ]
    if lacking:
        return fault(f"{len(lacking)} not collected, the first is {lacking[0]}.", "Run manage.py collectstatic.")
    return good(f"{len(known)} collected")
