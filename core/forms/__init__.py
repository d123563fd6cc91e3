"""Form fields built on the doors."""

from core.forms.fields import (
    AccountField,
    CardChoice,
    CardText,
    CellInput,
    CountField,
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
    "CardChoice",
    "CardText",
    "CellInput",
    "CountField",
    "EmailField",
    "KronerField",
    "LineField",
    "NorwegianDateField",
    "OrgnrField",
    "PercentField",
    "ProseField",
]
