"""The program's log tells what happened, never about whom: no addresses, tokens, codes or numbers of people.

Who did what is an event in the database, where the one it concerns can be shown it. Addresses on the net are not
logged at all; a proxy in front may, and decides for itself how long.
"""

from __future__ import annotations

import logging
import re

_SCRUBBED: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"((?:/|%2F)(?:lenke|invitasjon)(?:/|%2F))(?:(?!%2F)[^/\s\"'])+", re.IGNORECASE), r"\1<token>"),
    # 24 random bytes, as core.services.links makes them, wherever else they stand
    (re.compile(r"(?<![\w-])[\w-]{32}(?![\w-])"), "<token>"),
    (re.compile(r"[^\s<>()\[\]\"'=,;:]+@[^\s<>()\[\]\"'=,;:]+"), "<e-mail>"),
    (re.compile(r"(?<![\w-])[B-DF-HJ-NP-TV-XZ0-9]{4}-[B-DF-HJ-NP-TV-XZ0-9]{4}(?![\w-])"), "<code>"),
    # account numbers and national identity numbers, also in groups
    (re.compile(r"(?<!\d)\d{4}[ .]?\d{2}[ .]?\d{5}(?!\d)|(?<!\d)\d{6} \d{5}(?!\d)"), "<number>"),
    # PostgreSQL repeats the row it refused
    (re.compile(r"^(DETAIL|CONTEXT|LINE \d+|Detail):.*$", re.MULTILINE), r"\1: <left out>"),
    (re.compile(r"(?<=\[parameters: ).*$", re.MULTILINE), "<left out>"),
)


def scrub(text: str) -> str:
    """The text without what tells who."""
    for pattern, instead in _SCRUBBED:
        text = pattern.sub(instead, text)
    return text


class PrivateFormatter(logging.Formatter):
    """Scrubs the whole line with its traceback, so that no library can tell more than the program itself."""

    def format(self, record: logging.LogRecord) -> str:
        return scrub(super().format(record))
