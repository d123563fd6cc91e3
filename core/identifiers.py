"""Organisation numbers and bank account numbers: both carry a modulus-11 check digit (python-stdnum)."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import ValidationError as WrongNumber
from stdnum.no import kontonr, orgnr

from core.money import NBSP
from core.unreadable import Unreadable

ORGNR_LENGTH = 9
ACCOUNT_LENGTH = 11

SYNTHETIC_FIRST_DIGITS = ("2", "3")
"""Real organisation numbers begin with 8 or 9; the demo's invented organisations with one of these."""

SYNTHETIC_BANK = "9999"
"""The bank of the demo's invented accounts."""

_SEED_SPACE = 1_000_000
_ACCOUNT_SEEDS = 90_000
_SCATTER = 7_919
"""Coprime with both seed spaces, so that seed after seed gives numbers that don't look like a series."""

_MARKS = re.compile(r"[\s\u00a0\u2007\u2009\u202f.\-\u2010-\u2015\u2212]+")
_ORGNR_DRESS = re.compile(r"^(?:NO)?(?P<digits>[0-9]+)(?:MVA)?$", re.IGNORECASE)


class UnreadableIdentifier(Unreadable):
    """What a person wrote isn't a valid number. Codes: empty, not_digits, length, check_digit."""


def _digits(typed: str) -> bool:
    return typed.isascii() and typed.isdecimal()


def normalise_orgnr(text: str) -> str:
    """Nine digits from «987 654 321», «987654321» or «NO 987 654 321 MVA». Raises UnreadableIdentifier."""
    typed = text.strip()
    compact = _MARKS.sub("", typed)
    if not compact:
        raise UnreadableIdentifier("empty", _("Enter the organisation number, nine digits."))
    dressed = _ORGNR_DRESS.match(compact)
    number = dressed["digits"] if dressed else compact
    if not _digits(number):
        raise UnreadableIdentifier(
            "not_digits",
            _("An organisation number has only digits. Check “%(typed)s”."),
            {"typed": typed},
        )
    if len(number) != ORGNR_LENGTH:
        raise UnreadableIdentifier(
            "length",
            _("An organisation number has 9 digits. You have written %(count)s."),
            {"count": len(number)},
        )
    if not orgnr.is_valid(number):
        raise UnreadableIdentifier(
            "check_digit",
            _("“%(typed)s” isn’t a valid organisation number. One digit may be wrong, or two may have changed places."),
            {"typed": typed},
        )
    return number


def valid_orgnr(text: str) -> bool:
    """Whether a text is an organisation number with the right check digit."""
    try:
        normalise_orgnr(text)
    except UnreadableIdentifier:
        return False
    return True


def format_orgnr(number: str) -> str:
    """«987 654 321» with no-break spaces."""
    return NBSP.join((number[:3], number[3:6], number[6:]))


def synthetic_orgnr(seed: int) -> str:
    """An invented number with a right check digit: the same for the same seed, another for every other seed.

    Raises ValueError for a seed below 0 or from 2 000 000 on.
    """
    if not 0 <= seed < len(SYNTHETIC_FIRST_DIGITS) * _SEED_SPACE:
        raise ValueError("the seed must be from 0 to 1 999 999")
    first = SYNTHETIC_FIRST_DIGITS[seed // _SEED_SPACE]
    middle = f"{first}{seed * _SCATTER % _SEED_SPACE:06}"
    # One remainder in eleven has no check digit; the filler 0 or 1 moves it by two, so at most one of them fails.
    return next(
        number for filler in "01" for check in "0123456789" if orgnr.is_valid(number := f"{middle}{filler}{check}")
    )


def is_synthetic(number: str) -> bool:
    """Whether an organisation number is one of the demo's invented ones."""
    return number.startswith(SYNTHETIC_FIRST_DIGITS)


def normalise_account(text: str) -> str:
    """Eleven digits from «1234 56 78903», «1234.56.78903» or «12345678903». Raises UnreadableIdentifier."""
    typed = text.strip()
    number = _MARKS.sub("", typed)
    if not number:
        raise UnreadableIdentifier("empty", _("Enter the account number, eleven digits."))
    if not _digits(number):
        raise UnreadableIdentifier(
            "not_digits",
            _("An account number has only digits. Check “%(typed)s”."),
            {"typed": typed},
        )
    if len(number) != ACCOUNT_LENGTH:
        raise UnreadableIdentifier(
            "length",
            _("An account number has 11 digits. You have written %(count)s."),
            {"count": len(number)},
        )
    # The library takes four leading zeros for an old giro number of seven digits; nobody can be paid there now.
    try:
        right = kontonr.validate(number) == number
    except WrongNumber:
        right = False
    if not right:
        raise UnreadableIdentifier(
            "check_digit",
            _("“%(typed)s” isn’t a valid account number. One digit may be wrong, or two may have changed places."),
            {"typed": typed},
        )
    return number


def valid_account(text: str) -> bool:
    """Whether a text is a bank account number with the right check digit."""
    try:
        normalise_account(text)
    except UnreadableIdentifier:
        return False
    return True


def format_account(number: str) -> str:
    """«1234 56 78903» with no-break spaces."""
    return NBSP.join((number[:4], number[4:6], number[6:]))


def mask_account(number: str) -> str:
    """«•••• •• •8903»: enough to recognise an account, too little to use it."""
    return format_account("•" * (len(number) - 4) + number[-4:])


def synthetic_account(seed: int) -> str:
    """An invented account number with a right check digit, the same for the same seed.

    Raises ValueError for a seed below 0 or from 90 000 on.
    """
    if not 0 <= seed < _ACCOUNT_SEEDS:
        raise ValueError("the seed must be from 0 to 89 999")
    # Account groups 10 to 99: group 00 is a bank's own ledger.
    middle = f"{SYNTHETIC_BANK}{10_000 + seed * _SCATTER % _ACCOUNT_SEEDS}"
    return next(
        number for filler in "01" for check in "0123456789" if valid_account(number := f"{middle}{filler}{check}")
    )


def is_synthetic_account(number: str) -> bool:
    """Whether an account number is one of the demo's invented ones."""
    return number.startswith(SYNTHETIC_BANK)
