"""Form fields built on the doors."""

from core.forms.fields import (
    AccountField,
    EmailField,
    KronerField,
    LineField,
    NorwegianDateField,
    OrgnrField,
    PercentField,
    ProseField,
)

__all__ = [
    "AccountField",
    "EmailField",
    "KronerField",
    "LineField",
    "NorwegianDateField",
    "OrgnrField",
    "PercentField",
    "ProseField",
]
