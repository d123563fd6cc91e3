"""What every door says when it can't read what a person wrote: a code for the program, a sentence for the person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Unreadable(ValueError):
    """A value no door could read.

    ``code`` is stable and for tests and forms. ``message`` is a whole sentence (lazily translated) with named
    placeholders filled from ``params``; it says what is wrong and how to write it. ``str()`` gives it filled in.
    """

    def __init__(self, code: str, message: _StrPromise | str, params: Mapping[str, object] | None = None) -> None:
        self.code = code
        self.message = message
        self.params: dict[str, object] = dict(params or {})
        super().__init__(code)

    def __str__(self) -> str:
        return str(self.message) % self.params
