"""Two people wrote at once: the fields that differ, both texts of each, and the form put together of what was chosen.

Nothing is stored meanwhile: the page that asks carries the whole form as it was sent, and beside each field that
differs what the other one saved. :func:`chosen` makes one form of it before any view sees it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.forms import BaseForm, CheckboxInput, RadioSelect
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet
from django.forms.widgets import ChoiceWidget
from django.http import QueryDict
from django.utils.translation import gettext as _

PREFIX = "conflict-"
THEIRS = "theirs"
NOT_SENT_ON = frozenset({"csrfmiddlewaretoken", "version"})

Pairs = tuple[tuple[str, str], ...]
Saved: TypeAlias = "BaseForm | BaseFormSet[Any]"


@dataclass(frozen=True, slots=True)
class Choice:
    """A field with two texts. ``names`` are the fields it covers, ``pairs`` what the other's answer sends for them."""

    number: int
    label: str
    mine: str
    theirs: str
    names: tuple[str, ...]
    pairs: Pairs

    @property
    def field(self) -> str:
        return f"{PREFIX}{self.number}"

    @property
    def carried(self) -> str:
        """The other's answer, for the page to carry."""
        return json.dumps({"names": self.names, "pairs": self.pairs}, ensure_ascii=False)


def choices(data: QueryDict, saved: Saved, *, label: str = "") -> list[Choice]:
    """Where what was sent isn't what is saved; ``saved`` is the form as it would be opened now.

    A form of many like lines (a budget) is one choice under ``label``: half of each would be nobody's. So are the
    fields a form names ``together``, under the label of the first of them.
    """
    if isinstance(saved, BaseFormSet):
        return _lines(data, saved, label)
    differing = [fields for fields in _answers(saved) if any(_differs(data, bound) for bound in fields)]
    return [_choice(number, data, fields) for number, fields in enumerate(differing)]


def _answers(form: BaseForm) -> Iterator[list[BoundField]]:
    """The fields the page shows, one by one or as many as make one answer."""
    first = {names[0]: names for names in getattr(form, "together", ())}
    with_another = {name for names in first.values() for name in names[1:]}
    for bound in form:
        if not bound.is_hidden and bound.name not in with_another:
            yield [form[name] for name in first.get(bound.name, (bound.name,))]


def _choice(number: int, data: QueryDict, fields: list[BoundField]) -> Choice:
    names, pairs = tuple(bound.html_name for bound in fields), [list(_sent(bound)) for bound in fields]
    mine = _words(fields, [data.getlist(name) for name in names])
    theirs = _words(fields, [[value for _name, value in sent] for sent in pairs])
    return Choice(number, str(fields[0].label), mine, theirs, names, tuple(pair for sent in pairs for pair in sent))


def _words(fields: list[BoundField], answers: list[list[str]]) -> str:
    """An answer of one field as it was written; of several beside each other, a box that is ticked by its label."""
    if len(fields) == 1:
        return _shown(fields[0], answers[0])
    parts = [
        (str(bound.label) if values else "") if isinstance(bound.field.widget, CheckboxInput) else _shown(bound, values)
        for bound, values in zip(fields, answers, strict=True)
    ]
    return " · ".join(part for part in parts if part)


def carried(
    data: QueryDict, saved: Saved, *, version: int | None, leave_out: Iterable[str] = (), also: Mapping[str, str]
) -> Pairs:
    """What the page carries: everything as sent, the hidden fields and the version as they are now."""
    hidden = [bound for bound in saved if bound.is_hidden] if isinstance(saved, BaseForm) else []
    fresh = {name: value for bound in hidden for name, value in _sent(bound)} | dict(also)
    if version is not None:
        fresh["version"] = str(version)
    out = NOT_SENT_ON | fresh.keys() | set(leave_out)
    kept = [(name, str(value)) for name, values in data.lists() if name not in out for value in values]
    return (*kept, *fresh.items())


def chosen(data: QueryDict) -> QueryDict:
    """The form with the other's answer where it was chosen; one that didn't come from that page is as it was."""
    if not any(name.startswith(PREFIX) for name in data):
        return data
    made = data.copy()
    for name in data:
        if name.startswith(PREFIX):
            del made[name]
    for name, value in data.items():
        if name.startswith(PREFIX) and value == THEIRS:
            names, pairs = _read(data.get(f"{name}-{THEIRS}", ""))
            for one in names:
                made.pop(one, None)
            for one, text in pairs:
                made.appendlist(one, text)
    return made


def _read(text: str) -> tuple[list[str], list[tuple[str, str]]]:
    """What the page carried; nothing for what isn't from it."""
    try:
        found = json.loads(text)
        return [str(name) for name in found["names"]], [(str(name), str(value)) for name, value in found["pairs"]]
    except (ValueError, TypeError, KeyError):
        return [], []


def _differs(data: QueryDict, bound: BoundField) -> bool:
    widget, name = bound.field.widget, bound.html_name
    if widget.value_omitted_from_data(data, {}, name) and not isinstance(widget, RadioSelect):
        return False  # the page didn't show the field
    if [_plain(value) for value in data.getlist(name)] == [_plain(value) for _name, value in _sent(bound)]:
        return False
    return bound.field.has_changed(bound.value(), widget.value_from_datadict(data, {}, name))


def _sent(bound: BoundField) -> Iterator[tuple[str, str]]:
    """What a browser sends for a field as it stands."""
    widget, name, value = bound.field.widget, bound.html_name, bound.value()
    if isinstance(widget, CheckboxInput):
        if widget.check_test(value):
            yield name, "on"
        return
    text = widget.format_value(value)
    if isinstance(text, list | tuple):
        yield from ((name, str(one)) for one in text if one != "" or not isinstance(widget, RadioSelect))
    else:
        yield name, "" if text is None else str(text)


def _shown(bound: BoundField, values: list[str]) -> str:
    """An answer in words."""
    widget = bound.field.widget
    if isinstance(widget, CheckboxInput):
        return _("Yes") if values else _("No")
    if isinstance(widget, ChoiceWidget):
        words = {str(value): str(text) for value, text in widget.choices}
        return ", ".join(words.get(value, value) for value in values if value)
    return "\n".join(_plain(value) for value in values)


def _plain(value: str) -> str:
    return value.replace("\r\n", "\n").strip()


def _lines(data: QueryDict, saved: BaseFormSet[Any], label: str) -> list[Choice]:
    prefix = f"{saved.prefix}-"
    names = tuple(name for name in data if name.startswith(prefix))
    fields = [bound for form in (saved.management_form, *saved.forms) for bound in form]
    pairs = tuple(pair for bound in fields for pair in _sent(bound))
    theirs = [[_shown(bound, [value for _name, value in _sent(bound)]) for bound in row] for row in saved.forms]
    mine = []
    total = data.get(f"{prefix}TOTAL_FORMS", "")
    for number in range(min(int(total), saved.absolute_max) if total.isdecimal() and len(total) < 6 else 0):
        row = list(saved.empty_form)
        mine.append([_shown(one, data.getlist(one.html_name.replace("__prefix__", str(number)))) for one in row])
    if _table(mine) == _table(theirs):
        return []
    return [Choice(0, label, _table(mine), _table(theirs), names, pairs)]


def _table(rows: list[list[str]]) -> str:
    """The lines under each other, their parts beside each other; a line of nothing is left out."""
    return "\n".join(" · ".join(part for part in row if part) for row in rows if any(row))
