"""The panel on home that tells an office's staff what the program hasn't got done, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core.actor import Actor
from core.enums import OFFICE_STAFF, JobState
from core.jobs import in_words
from core.models import Job, Office
from core.selectors.jobs import troubled
from core.ui.home import Panel, register_panel

if TYPE_CHECKING:
    from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Standstill:
    """The jobs of one kind that stand still for one reason. ``why``: what the program met, as it met it."""

    text: str
    why: str
    given_up: bool


def register() -> None:
    """Put the panel on home."""
    register_panel(panel)


def panel(request: HttpRequest, actor: Actor) -> Panel | None:
    """None for those who work in no office, and where nothing stands still. One query."""
    offices = {grant.office_id for grant in actor.grants if grant.office_id and grant.role in OFFICE_STAFF}
    jobs = troubled(offices) if offices else []
    if not jobs:
        return None
    return Panel("core/stuck.html", {"offices": [(office, standstills(own)) for office, own in _by_office(jobs)]})


def standstills(jobs: list[Job]) -> list[Standstill]:
    """One line for each kind of job, reason and state."""
    counted: dict[tuple[str, str, bool], int] = {}
    for job in jobs:
        kind = (job.name, reason(job), job.state == JobState.FAILED)
        counted[kind] = counted.get(kind, 0) + 1
    return [Standstill(in_words(name, count), why, given_up) for (name, why, given_up), count in counted.items()]


def reason(job: Job) -> str:
    """Why, for people where we know, else in the program's own words."""
    kind, _colon, words = job.last_error.partition(": ")
    if kind == "MailServerAway":
        return _("The mail server doesn’t answer.")
    if kind in {"MailRefused", "MailPutOff"}:
        return _("The mail server says: %(words)s") % {"words": words}
    if kind == "OSError":
        return _("The disk takes nothing more.")
    if not job.last_error:
        return _("Nothing carries the program’s tasks out just now.")
    return _("The program says: %(words)s") % {"words": f"{kind} {words}"[:200].strip()}


def _by_office(jobs: list[Job]) -> list[tuple[Office, list[Job]]]:
    found: dict[Office, list[Job]] = {}
    for job in jobs:
        if job.office is not None:
            found.setdefault(job.office, []).append(job)
    return list(found.items())
