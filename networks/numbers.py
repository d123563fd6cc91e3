"""Municipality numbers as people and spreadsheets write them."""

from __future__ import annotations

import re
from functools import cache

from django.utils.translation import gettext_lazy as _

from core.unreadable import Unreadable
from networks import reference
from networks.reference import Municipality

LENGTH = 4
_DIGITS = re.compile(r"[0-9]{3,4}")


class UnreadableMunicipality(Unreadable):
    """What a person wrote isn't the number of a municipality. Codes: not_digits, merged."""


def normalise_municipality_number(text: str) -> str:
    """Four digits from «0301», or from «301» of a spreadsheet that took the number for a sum and lost its zero.

    Raises UnreadableMunicipality; for the number of a municipality that is no more it says which number counts now.
    """
    typed = re.sub(r"\s+", "", text)
    if not _DIGITS.fullmatch(typed) or not typed.isascii():
        raise UnreadableMunicipality(
            "not_digits",
            _("A municipality number has 4 digits, for example 0301. Check “%(typed)s”."),
            {"typed": text.strip()},
        )
    number = typed.zfill(LENGTH)
    if (gone := merged().get(number)) is not None:
        raise UnreadableMunicipality(
            "merged",
            _("The number %(number)s was %(name)s, which is no more. Use %(now)s, %(successor)s."),
            {"number": number, "name": gone.official_name, "now": gone.successor, "successor": _name(gone.successor)},
        )
    return number


@cache
def merged() -> dict[str, Municipality]:
    """The municipalities that are no more and whose successor is known, by number."""
    alive = {one.number for one in reference.municipalities() if one.valid_to is None}
    return {
        one.number: one
        for one in reference.municipalities()
        if one.valid_to is not None and one.successor and one.number not in alive
    }


def _name(number: str) -> str:
    return next(one.official_name for one in reference.municipalities() if one.number == number and not one.valid_to)
