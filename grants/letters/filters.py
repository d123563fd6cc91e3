"""How numbers, dates and lists are written in a letter, with no-break spaces where a line must not break."""

import re
from collections.abc import Iterable
from datetime import date

from grants.letters.facts import Form

NBSP = "\u00a0"

MONTHS = (
    "januar",
    "februar",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "desember",
)
"""The same in both written forms."""

_WORDS: dict[str, tuple[str, ...]] = {
    "nb": ("null", "ett", "to", "tre", "fire", "fem", "seks", "sju", "åtte", "ni", "ti", "elleve", "tolv"),
    "nn": ("null", "eitt", "to", "tre", "fire", "fem", "seks", "sju", "åtte", "ni", "ti", "elleve", "tolv"),
}

_UNBROKEN = re.compile(
    r"""
    §§?\ \d+(?:(?:,\ |\ og\ |–)\d+)*                               # § 13, §§ 24 og 29
    | \b(?:punkt|kapittel|post|[Tt]iltak|bokstav)\ (?:\d[\d.]*|[a-z]\b)   # punkt 7.3, tiltak 2
    | \b\d{1,2}\.\ (?:MONTHS)(?:\ \d{4})?                          # 31. mars 2022
    | \b\d{4}\ \d{2}\ \d{5}\b                                      # account number
    | \b\d{2}(?:\ \d{2}){3}\b                                      # telephone
    | \b\d{1,3}(?:\ \d{3})+(?:\ kroner)?\b                         # 440 000 kroner
    | \b\d+\ kroner\b
    | \bi\ \d{4}\b                                                # i 2022: a year alone on a line reads badly
    """.replace("MONTHS", "|".join(MONTHS)),
    re.VERBOSE,
)


def number(value: int) -> str:
    """440 000. Whole kroner or another count; never negative in a letter."""
    if value < 0:
        raise ValueError(f"a letter holds no negative number: {value}")
    return f"{value:,}".replace(",", NBSP)


def kroner(value: int) -> str:
    """440 000 kroner; one krone is 1 krone."""
    return f"{number(value)}{NBSP}{'krone' if value == 1 else 'kroner'}"


def dato(value: date) -> str:
    """31. mars 2022, without a leading zero."""
    return f"{value.day}.{NBSP}{MONTHS[value.month - 1]}{NBSP}{value.year}"


def orgnr(value: str) -> str:
    """939 607 706."""
    digits = _digits(value, 9)
    return NBSP.join((digits[:3], digits[3:6], digits[6:]))


def konto(value: str) -> str:
    """1234 56 78903."""
    digits = _digits(value, 11)
    return NBSP.join((digits[:4], digits[4:6], digits[6:]))


def _digits(value: str, count: int) -> str:
    digits = re.sub(r"[\s.]", "", value)
    if not re.fullmatch(rf"[0-9]{{{count}}}", digits):
        raise ValueError(f"not {count} digits: {value!r}")
    return digits


def liste(items: Iterable[str]) -> str:
    """A, B og C. The word is the same in both forms; there is no comma before it."""
    words = [word for word in items if word]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} og {words[-1]}"


def tallord(value: int, form: Form) -> str:
    """Neuter number words to twelve («ett tiltak», «eitt tiltak»), figures from thirteen."""
    if value < 0:
        raise ValueError(f"a letter holds no negative number: {value}")
    words = _WORDS[form]
    return words[value] if value < len(words) else number(value)


def hard_spaces(text: str) -> str:
    """Sets no-break spaces inside what must not break: sums, dates, «§ 13», «punkt 7.3», «tiltak 2», «i 2022»."""
    return _UNBROKEN.sub(lambda match: match[0].replace(" ", NBSP), text)


def soft_spaces(text: str) -> str:
    """The same text with ordinary spaces: for titles, file names and plain mail."""
    return text.replace(NBSP, " ")
