"""The sentences of the log: each event code has one, registered by the app that writes the event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.imports import importer

Word = Callable[[Any], object]
"""How a stored value reads in a sentence, in the active language. Raises ValueError for a value it doesn't know."""

_sentences: dict[str, str | Promise] = {}
_words: dict[str, Mapping[str, Word]] = {}


class UnknownEventCode(LookupError):
    """An event is written whose sentence nobody has registered: the log would be unreadable."""


def register(sentences: Mapping[str, str | Promise], *, words: Mapping[str, Word] | None = None) -> None:
    """Add event codes with their (lazily translated) sentences; placeholders are keys of the event's ``data``.

    ``words`` says how these sentences read a key's value: the log keeps sums and codes, a person reads «500 000».
    """
    _sentences.update(sentences)
    _words.update(dict.fromkeys(sentences, words or {}))


def known(code: str) -> bool:
    return code in _sentences


def codes() -> frozenset[str]:
    """All registered codes."""
    return frozenset(_sentences)


def sentence(code: str, data: Mapping[str, Any]) -> str:
    """The event in words, in the active language. Raises UnknownEventCode."""
    if code not in _sentences:
        raise UnknownEventCode(code)
    words = _words.get(code, {})
    return str(_sentences[code]) % _Gaps({key: _read(words.get(key), value) for key, value in data.items()})


def _read(word: Word | None, value: Any) -> object:
    """The value in words, or as it stands when the word for it has gone since it was written."""
    if word is None:
        return value
    try:
        return word(value)
    except ValueError:
        return value


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


def _imported(kind: Any) -> object:
    """What an importer calls its rows. Raises ValueError for one nobody registers any more."""
    found = importer(str(kind))
    if found is None:
        raise ValueError(kind)
    return found.label


register(
    {
        "import.started": _("began an import: %(kind)s"),
        "import.applied": _("imported %(kind)s: %(new)s new, %(changed)s changed"),
        "import.undone": _("undid an import: %(kind)s"),
        "import.emptied": _("removed an import nobody used: %(kind)s"),
    },
    words={"kind": _imported},
)
