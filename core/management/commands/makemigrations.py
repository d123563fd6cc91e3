"""Django's own, but a new table gets its constraints when it is made.

Django writes each constraint as a step of its own, and each step draws up all models anew: with our number of
constraints an empty database took 27 seconds, and each test run makes two.
"""

from __future__ import annotations

from typing import Any

from django.core.management.commands import makemigrations
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation


class Command(makemigrations.Command):
    """`makemigrations` with constraints and indexes folded into the tables they belong to."""

    def write_migration_files(self, changes: dict[str, list[Any]], *args: Any, **kwargs: Any) -> None:
        """Fold before writing."""
        for migrations in changes.values():
            for migration in migrations:
                migration.operations = folded(migration.operations)
        super().write_migration_files(changes, *args, **kwargs)


def folded(operations: list[Operation]) -> list[Operation]:
    """The same steps with fewer of them: what a later step added to a table made here is part of its making.

    A constraint over a column that is itself added later (a circle of foreign keys) stays where it is.
    """
    made = {operation.name_lower: operation for operation in operations if isinstance(operation, CreateModel)}
    late: dict[str, set[str]] = {}
    kept: list[Operation] = []
    for operation in operations:
        if isinstance(operation, AddField):
            late.setdefault(operation.model_name_lower, set()).add(operation.name)
        if isinstance(operation, AddConstraint | AddIndex) and operation.model_name_lower in made:
            part = operation.constraint if isinstance(operation, AddConstraint) else operation.index
            words = repr(part.deconstruct())
            if not any(name in words for name in late.get(operation.model_name_lower, ())):
                option = "constraints" if isinstance(operation, AddConstraint) else "indexes"
                table = made[operation.model_name_lower]
                table.options = table.options | {option: [*table.options.get(option, []), part]}
                continue
        kept.append(operation)
    return kept
