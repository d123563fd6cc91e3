"""The import's place among the registers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from core.selectors.imports import kinds_for
from core.ui import registers


def register() -> None:
    """Whoever may import something gets the link."""
    registers.register(registers.Register(gettext_lazy("Import"), "core:imports", 70, may_import))


def may_import(actor: Any, office: Any) -> bool:
    return bool(kinds_for(actor, office))
