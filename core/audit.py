"""The sentences of the log: each event code has one, registered by the app that writes the event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_sentences: dict[str, str | Promise] = {}


class UnknownEventCode(LookupError):
    """An event is written whose sentence nobody has registered: the log would be unreadable."""


def register(sentences: Mapping[str, str | Promise]) -> None:
    """Add event codes with their (lazily translated) sentences; placeholders are keys of the event's ``data``."""
    _sentences.update(sentences)


def known(code: str) -> bool:
    return code in _sentences


def codes() -> frozenset[str]:
    """All registered codes."""
    return frozenset(_sentences)


def sentence(code: str, data: Mapping[str, Any]) -> str:
    """The event in words, in the active language. Raises UnknownEventCode."""
    if code not in _sentences:
        raise UnknownEventCode(code)
    return str(_sentences[code]) % _Gaps(data)


class _Gaps(dict[str, Any]):
    """A placeholder an older event doesn't have reads as a dash, so that old rows stay readable."""

    def __missing__(self, key: str) -> str:
        return "–"


register(
    {
        "office.registered": _("registered %(name)s"),
        "office.changed": _("changed %(name)s: %(fields)s"),
    }
)
