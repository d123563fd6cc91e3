"""What a check finds, in one line with what to do about it, and the registry of the higher apps' checks."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db import Error as DatabaseError

logger = logging.getLogger(__name__)


class Level(StrEnum):
    """How it stands. Only FAULT makes `manage.py doctor` end with 1."""

    GOOD = "good"
    MIND = "mind"
    FAULT = "fault"


SIGNS = {Level.GOOD: "✓", Level.MIND: "!", Level.FAULT: "✗"}
"""A shape for each: the line can be read without colour."""


@dataclass(frozen=True, slots=True)
class Finding:
    """``what`` stands as it does; ``do`` says what to do, and is empty when there is nothing to do."""

    level: Level
    what: str
    do: str = ""


def good(what: str) -> Finding:
    """As it should be."""
    return Finding(Level.GOOD, what)


def mind(what: str, do: str) -> Finding:
    """It works, but somebody should know."""
    return Finding(Level.MIND, what, do)


def fault(what: str, do: str) -> Finding:
    """It doesn't work, or soon won't."""
    return Finding(Level.FAULT, what, do)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at. ``asks_database``: not before every ``gate`` is through."""

    name: str
    look: Callable[[], Finding]
    asks_database: bool = False
    gate: bool = False


_of_higher_apps: list[Check] = []


def register(check: Check) -> None:
    """Add a check; called by apps when they are ready."""
    if all(known.name != check.name for known in _of_higher_apps):
        _of_higher_apps.append(check)


def registered() -> tuple[Check, ...]:
    """The checks of the higher apps."""
    return tuple(_of_higher_apps)


def examine(checks: Iterable[Check]) -> list[tuple[str, Finding]]:
    """Look at each, in order. What breaks while looking is a fault, not the end; errors' own words may hold names of
    people or passwords, so only the error's kind is told."""
    found: list[tuple[str, Finding]] = []
    closed = ""
    for check in checks:
        if check.asks_database and closed:
            found.append((check.name, mind("not looked at.", f"Put the line «{closed}» right first.")))
            continue
        try:
            finding = check.look()
        except DatabaseError as error:
            finding = fault(
                f"the database does not answer ({type(error).__name__}).",
                "Check DATABASE_URL, that the server runs, and that it takes connections from here.",
            )
        except Exception as error:  # whatever it was, the other checks still say what they see
            logger.exception("the line %s could not be looked at", check.name)
            finding = fault(f"looking failed ({type(error).__name__}).", "The log says where.")
        if check.gate and finding.level is Level.FAULT:
            closed = check.name
        found.append((check.name, finding))
    return found
