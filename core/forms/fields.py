"""Fields that take what people write and say what to do when they can't.

What can't be read is shown again exactly as it was typed (Django shows the raw data of a bound form); what comes from
the database is shown as a Norwegian would write it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core import clock
from core.dates import format_numeric, parse_date
from core.identifiers import format_account, format_orgnr, normalise_account, normalise_orgnr
from core.money import format_kroner, format_number, parse_kroner
from core.ui.markup import attributes, escaped
from core.unreadable import Unreadable
from core.validators import strip_control

T = TypeVar("T")

_WHOLE = re.compile(r"[-\u2212]?(?:[0-9]+|[1-9][0-9]{0,2}(?:(?:\s[0-9]{3})+|(?:\.[0-9]{3})+))")
"""Digits alone, or in groups of three with one kind of mark between them. «1.00» and «1,5» are neither."""
_MOST_DIGITS = 18
"""More than any field takes; Python itself refuses to read thousands of digits."""


def _read(reader: Callable[[str], T], text: str) -> T:
    """Ask a door, and say its sentence as a form error."""
    try:
        return reader(text)
    except Unreadable as error:
        raise ValidationError(error.message, code=error.code, params=error.params) from error


class _Written(forms.Widget):
    """A control that is written straight away, where Django's own is put together from three templates each time: for
    pages with a hundred of them."""

    def _render(self, template_name: str, context: dict[str, Any], renderer: object = None) -> SafeString:
        told = context["widget"]
        value = told["value"]
        if told.get("type"):
            marks = attributes({"type": told["type"], "name": told["name"], "value": value, **told["attrs"]})
            return SafeString(f"<input{marks}>")
        marks = attributes({"name": told["name"], **told["attrs"]})
        return SafeString(f"<textarea{marks}>\n{'' if value is None else escaped(value)}</textarea>")


class CellInput(_Written, forms.TextInput):
    """A one-line field in a table of many."""


class CardText(_Written, forms.Textarea):
    """A text area on a page of many."""


class CardChoice(forms.RadioSelect):
    """Radio buttons on a page of many, each put in its place by the page."""

    def _render(self, template_name: str, context: dict[str, Any], renderer: Any = None) -> SafeString:
        told = context["widget"]
        if "optgroups" in told:
            whole: SafeString = super()._render(template_name, context, renderer)  # type: ignore[misc]
            return whole
        marks = attributes({"type": told["type"], "name": told["name"], "value": told["value"], **told["attrs"]})
        return SafeString(f"<input{marks}>")


class _DoorField(forms.Field):
    """A one-line field whose value a door reads."""

    widget: type[forms.Widget] | forms.Widget = forms.TextInput
    inputmode = ""
    autocomplete = "off"

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        if not widget.is_hidden:
            if self.inputmode:
                attrs.setdefault("inputmode", self.inputmode)
            attrs.setdefault("autocomplete", self.autocomplete)
        return attrs

    def _typed(self, value: Any) -> str:
        return strip_control(str(value)).strip() if value is not None else ""

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare what is meant: «500 000» is no change from 500000."""
        try:
            return bool(self.to_python(data) != self.to_python(initial))
        except ValidationError:
            return True


class _BoundedField(_DoorField):
    """A whole number from a least to a greatest; empty is None."""

    in_words: Callable[[int], str] = staticmethod(format_number)

    def __init__(self, *, min_value: int = 0, max_value: int | None = None, **kwargs: Any) -> None:
        self.min_value = min_value
        self.max_value = max_value
        super().__init__(**kwargs)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is None:
            return
        if value < self.min_value:
            self._refuse("min_value", self.min_value)
        if self.max_value is not None and value > self.max_value:
            self._refuse("max_value", self.max_value)

    def _refuse(self, code: str, limit: int) -> None:
        raise ValidationError(self.error_messages[code], code=code, params={"limit": self.in_words(limit)})


class KronerField(_BoundedField):
    """Whole kroner: «500 000,-», «500.000» and «kr 500 000» all mean 500000. An empty one is None."""

    inputmode = "numeric"
    in_words = staticmethod(format_kroner)
    default_error_messages = {
        "required": _("Enter the amount in whole kroner, for example 500 000."),
        "min_value": _("The amount must be at least %(limit)s."),
        "max_value": _("The amount can’t be more than %(limit)s."),
    }

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, int):
            return value
        typed = self._typed(value)
        return _read(parse_kroner, typed) if typed else None

    def prepare_value(self, value: Any) -> Any:
        return format_number(value) if isinstance(value, int) else value


class CountField(_BoundedField):
    """A whole number: «1000», «1 000» and «1.000» all mean 1000. An empty one is None.

    Django's own field takes «1.000» for 1: it drops a dot with zeros behind it.
    """

    widget = forms.TextInput(attrs={"size": "6", "class": "num"})
    inputmode = "numeric"
    default_error_messages = {
        "required": _("Write a whole number with digits, for example 5 or 1000."),
        "invalid": _("Write a whole number with digits, for example 5 or 1000."),
        "min_value": _("Write %(limit)s or more."),
        "max_value": _("Write at most %(limit)s."),
    }

    def __init__(self, *, max_value: int = 100_000, **kwargs: Any) -> None:
        super().__init__(max_value=max_value, **kwargs)

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, int):
            return value
        typed = self._typed(value)
        if not typed:
            return None
        if not _WHOLE.fullmatch(typed):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        digits = re.sub("[^0-9]", "", typed).lstrip("0") or "0"
        number = int(digits[: _MOST_DIGITS + 1])
        return number if typed[0].isdecimal() else -number


class PercentField(_DoorField):
    """Whole percent from 0 to 100: «40» and «40 %» mean 40. An empty one is None."""

    inputmode = "numeric"
    default_error_messages = {
        "required": _("Enter the percentage, for example 40."),
        "invalid": _("Enter a whole number from 0 to 100, for example 40."),
    }

    def to_python(self, value: Any) -> int | None:
        typed = self._typed(value).removesuffix("%").strip()
        if not typed:
            return None
        if not (typed.isascii() and typed.isdecimal() and len(typed) <= 3 and int(typed) <= 100):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return int(typed)


class NorwegianDateField(_DoorField):
    """A date: «1.2.27», «1. februar 2027» and «2027-02-01» all mean the same day. An empty one is None."""

    default_error_messages = {"required": _("Enter a date, for example 1.2.2027.")}

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, datetime):
            return clock.local(value).date()
        if isinstance(value, date):
            return value
        typed = self._typed(value)
        return _read(parse_date, typed) if typed else None

    def prepare_value(self, value: Any) -> Any:
        return format_numeric(value) if isinstance(value, date) else value


class _AsTyped(str):
    """What came in with a form, told from what came from the database: it is shown again untouched."""


class _NumberField(_DoorField):
    """A number of fixed length with a check digit. An empty one is the empty string."""

    inputmode = "numeric"
    read: Callable[[str], str]
    dress: Callable[[str], str]

    def to_python(self, value: Any) -> str:
        typed = self._typed(value)
        return _read(type(self).read, typed) if typed else ""

    def bound_data(self, data: Any, initial: Any) -> Any:
        bound = super().bound_data(data, initial)
        return _AsTyped(bound) if isinstance(bound, str) and not self.disabled else bound

    def prepare_value(self, value: Any) -> Any:
        if not value or isinstance(value, _AsTyped):
            return value
        return type(self).dress(str(value))


class OrgnrField(_NumberField):
    """An organisation number, stored as nine digits and shown in groups."""

    read = staticmethod(normalise_orgnr)
    dress = staticmethod(format_orgnr)
    default_error_messages = {"required": _("Enter the organisation number, nine digits.")}


class AccountField(_NumberField):
    """A bank account number, stored as eleven digits and shown in groups."""

    read = staticmethod(normalise_account)
    dress = staticmethod(format_account)
    default_error_messages = {"required": _("Enter the account number, eleven digits.")}


class EmailField(_DoorField):
    """An e-mail address, spaces and a «mailto:» taken off. An empty one is the empty string."""

    widget = forms.EmailInput
    autocomplete = "email"
    default_error_messages = {"required": _("Enter an e-mail address, for example name@municipality.no.")}
    default_validators = [
        EmailValidator(message=_("Enter an e-mail address with @ and a domain, for example name@municipality.no."))
    ]

    def to_python(self, value: Any) -> str:
        return self._typed(value).removeprefix("mailto:").strip()


class LineField(forms.CharField):
    """Text on one line, control characters and outer spaces taken off."""

    def to_python(self, value: Any) -> str:
        return super().to_python(strip_control(value) if isinstance(value, str) else value) or ""


class ProseField(forms.CharField):
    """Text of several lines; control characters and outer spaces taken off, line ends unified."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return super().to_python(strip_control(value, keep_lines=True) if isinstance(value, str) else value) or ""
