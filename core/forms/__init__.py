"""Form fields built on the doors."""

from core.forms.fields import (
    AccountField,
    CellInput,
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
    "CellInput",
    "EmailField",
    "KronerField",
    "LineField",
    "NorwegianDateField",
    "OrgnrField",
    "PercentField",
    "ProseField",
]
