"""The one door to money: whole kroner, read, shown and shared.

A grant is always whole kroner; a sum that was shared adds up to the krone (architecture.md §2.9).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from core.unreadable import Unreadable

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"

MAX_KRONER = 2_000_000_000
"""The largest amount a person can type, in kroner: four times the whole national scheme (seed 000: «om lag 500 mill.
kroner»), and within a 32-bit column."""

_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u200a\u202f\u2060]+")
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_UNIT_BEFORE = re.compile(r"^(kr\.?|nok|kroner)\s*", re.IGNORECASE)
_UNIT_AFTER = re.compile(r"\s*(kr\.?|nok|kroner)$", re.IGNORECASE)
_NO_ORE = re.compile(r",\s?(-{1,2}|0{1,2})$")
_PLAIN = re.compile(r"^[0-9]+$")
_GROUPED = re.compile(r"^[0-9]{1,3}(?: [0-9]{3})+$|^[0-9]{1,3}(?:\.[0-9]{3})+$")
_WITH_ORE = re.compile(r"^[0-9 .]+,[0-9]{1,2}$")
_DIGITS_AND_MARKS = re.compile(r"^[0-9 .,'’]+$")


class UnreadableAmount(Unreadable):
    """What a person wrote isn't an amount in whole kroner.

    Codes: empty, not_a_number, negative, decimals, grouping, too_large.
    """


def parse_kroner(text: str) -> int:
    """Whole kroner from what a person wrote: «500 000,-», «500.000», «kr 500 000», «500000», «500 000,00».

    Raises UnreadableAmount, which says how to write it.
    """
    typed = _SPACES.sub(" ", text).strip()
    if not typed:
        raise UnreadableAmount("empty", _("Enter the amount in whole kroner, for example 500 000."))
    rest = _UNIT_BEFORE.sub("", _DASHES.sub("-", typed), count=1)
    rest = _NO_ORE.sub("", _UNIT_AFTER.sub("", rest, count=1)).strip()
    rest = _UNIT_AFTER.sub("", rest, count=1).strip()
    if re.fullmatch(r"-\s?[0-9][0-9 .,]*", rest):
        raise UnreadableAmount("negative", _("The amount can’t be less than 0. Leave out the minus sign."))
    if _PLAIN.match(rest) or _GROUPED.match(rest):
        digits = rest.replace(" ", "").replace(".", "").lstrip("0") or "0"
        # The length first: Python itself refuses to read thousands of digits.
        if len(digits) > len(str(MAX_KRONER)) or int(digits) > MAX_KRONER:
            raise UnreadableAmount(
                "too_large",
                _("The amount can’t be more than %(maximum)s. Check that there isn’t a zero too many."),
                {"maximum": format_kroner(MAX_KRONER)},
            )
        return int(digits)
    if _WITH_ORE.match(rest):
        raise UnreadableAmount(
            "decimals",
            _("Enter whole kroner. Leave out the øre after the comma in “%(typed)s”."),
            {"typed": typed},
        )
    if _DIGITS_AND_MARKS.match(rest) and any(character.isdigit() for character in rest):
        raise UnreadableAmount(
            "grouping",
            _("We can’t tell how large “%(typed)s” is. Put a space before every three digits, for example 500 000."),
            {"typed": typed},
        )
    raise UnreadableAmount(
        "not_a_number",
        _("We can’t read “%(typed)s” as an amount. Write it with digits, for example 500 000."),
        {"typed": typed},
    )


def format_number(amount: int) -> str:
    """«500 000» with no-break spaces; a negative number, as in the ledger, with a real minus sign."""
    digits = f"{abs(amount):,}".replace(",", NBSP)
    return f"{MINUS}{digits}" if amount < 0 else digits


def format_kroner(amount: int) -> str:
    """«500 000 kr», as on screen (ux.md F)."""
    return f"{format_number(amount)}{NBSP}kr"


def format_kroner_long(amount: int) -> str:
    """«500 000 kroner», as in letters (letters/texts.md §1), alike in both written forms; «1 krone»."""
    return f"{format_number(amount)}{NBSP}{'krone' if abs(amount) == 1 else 'kroner'}"


def share(total: int, weights: Mapping[str, int | Fraction]) -> dict[str, int]:
    """Share whole kroner by weight.

    Each share is the floor or the ceiling of its exact quota, and the shares add up to ``total`` exactly: the kroner
    left over go to the largest remainders, ties by code. It is *not* monotone in the total (no such method is):
    compute a share anew, never add to an old one.

    Raises ValueError for a negative total or weight, for a weight that isn't exact, and when there is money but no
    weight to share it by.
    """
    if total < 0:
        raise ValueError("a negative total can't be shared")
    for code, weight in weights.items():
        if not isinstance(weight, int | Fraction):
            raise ValueError(f"the weight of {code} isn't exact: {weight!r}")
        if weight < 0:
            raise ValueError(f"the weight of {code} is negative: {weight!r}")
    weight_sum = sum(weights.values(), Fraction(0))
    if weight_sum == 0:
        if total:
            raise ValueError("there is money but no weight to share it by")
        return dict.fromkeys(weights, 0)
    quotas = {code: Fraction(total) * weight / weight_sum for code, weight in weights.items()}
    shares = {code: quota.numerator // quota.denominator for code, quota in quotas.items()}
    left = total - sum(shares.values())
    by_remainder = sorted(quotas, key=lambda code: (shares[code] - quotas[code], code))
    for code in by_remainder[:left]:
        shares[code] += 1
    return shares
