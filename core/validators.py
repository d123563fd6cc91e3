"""Checks for model fields, built on the doors: the same number is right or wrong everywhere."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.identifiers import normalise_account, normalise_orgnr
from core.money import MAX_KRONER, format_kroner
from core.unreadable import Unreadable

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, byte order marks, text direction overrides and lone surrogates: none is part of a text, and
some can make a name look like another."""


def strip_control(text: str, *, keep_lines: bool = False) -> str:
    """The text without control characters; line ends become «\\n» or, on one line, a space."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    if not keep_lines:
        unified = unified.replace("\n", " ").replace("\t", " ")
    return _CONTROL.sub("", unified)


def validate_orgnr(value: str) -> None:
    """Nine digits with the right check digit, stored without spaces."""
    _stored(value, normalise_orgnr)


def validate_account(value: str) -> None:
    """Eleven digits with the right check digit, stored without spaces."""
    _stored(value, normalise_account)


def _stored(value: str, normalise: Callable[[str], str]) -> None:
    try:
        normalised = normalise(value)
    except Unreadable as error:
        raise ValidationError(error.message, code=error.code, params=error.params) from error
    if normalised != value:
        raise ValidationError(_("Write the number with digits only."), code="not_normalised")


def validate_kroner(value: int) -> None:
    """Whole kroner from 0 to the largest amount the program knows."""
    if value < 0:
        raise ValidationError(_("The amount can’t be less than 0. Leave out the minus sign."), code="negative")
    if value > MAX_KRONER:
        raise ValidationError(
            _("The amount can’t be more than %(maximum)s. Check that there isn’t a zero too many."),
            code="too_large",
            params={"maximum": format_kroner(MAX_KRONER)},
        )
