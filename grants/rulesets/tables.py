"""One TOML table read strictly: every key must be known, and every fault is told with the path of its field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from string import Formatter
from typing import Any, TypedDict, TypeVar

from grants.rulesets.model import Level, Text

E = TypeVar("E", bound=Enum)
T = TypeVar("T")


class RuleSetError(ValueError):
    """A rule set that can't be right. ``faults`` has a line for each fault, with the path of its field."""

    def __init__(self, file: str, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"{file}: " + "; ".join(self.faults))


class RuleFields(TypedDict):
    """The fields every rule has."""

    code: str
    paragraph: str
    level: Level
    text: Text
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reading shares: the faults found, and the days a rule is in force when it names none."""

    faults: list[str]
    valid_from: date
    valid_to: date | None


class Table:
    """One TOML table. Every key must be asked for, and every one that is there must be known."""

    def __init__(self, reading: Reading, path: str, values: dict[str, Any]) -> None:
        self.reading = reading
        self.path = path
        self.values = values
        self.asked: set[str] = set()

    def fault(self, key: str, problem: str) -> None:
        self.reading.faults.append(f"{self.path}.{key}: {problem}".removeprefix("."))

    def _value(self, key: str, kind: type[T], default: T | None = None) -> T | None:
        self.asked.add(key)
        value = self.values.get(key, default)
        if value is None:
            self.fault(key, "is missing")
        # A truth value counts as a number in Python, and isn't one here.
        elif type(value) is kind:
            return value
        else:
            self.fault(key, f"is {type(value).__name__}, not {kind.__name__}")
        return None

    def string(self, key: str, default: str | None = None) -> str:
        value = self._value(key, str, default)
        if value is not None and not value.strip():
            self.fault(key, "is empty")
        return value or ""

    def number(self, key: str, low: int, high: int) -> int:
        value = self._value(key, int)
        if value is not None and not low <= value <= high:
            self.fault(key, f"is {value}, not from {low} to {high}")
        return value or 0

    def truth(self, key: str, *, default: bool | None = None) -> bool:
        return bool(self._value(key, bool, default))

    def day(self, key: str, default: date | None = None) -> date:
        return self._value(key, date, default) or date.min

    def open_day(self, key: str, default: date | None) -> date | None:
        """A day that may be left out."""
        if key in self.values:
            return self.day(key)
        self.asked.add(key)
        return default

    def word(self, key: str, words: type[E], default: str | None = None) -> E:
        value = self.string(key, default)
        known = {member.value: member for member in words}
        if value and value not in known:
            self.fault(key, f"«{value}» is none of {', '.join(known)}")
        return known.get(value, next(iter(known.values())))

    def words(self, key: str, words: type[E]) -> tuple[E, ...]:
        known = {member.value: member for member in words}
        found = self.strings(key)
        for value in found:
            if value not in known:
                self.fault(key, f"«{value}» is none of {', '.join(known)}")
        return tuple(known[value] for value in found if value in known)

    def strings(self, key: str) -> tuple[str, ...]:
        values = self._value(key, list) or []
        if key in self.values and not values:
            self.fault(key, "is empty")
        if any(not isinstance(value, str) for value in values):
            self.fault(key, "holds something that isn't a text")
        if len(set(map(str, values))) < len(values):
            self.fault(key, "says the same twice")
        return tuple(str(value) for value in values)

    def table(self, key: str) -> Table:
        return Table(self.reading, f"{self.path}.{key}".removeprefix("."), self._value(key, dict) or {})

    def tables(self, key: str, *, may_be_none: bool = False) -> list[Table]:
        default: list[Any] | None = [] if may_be_none else None
        values = self._value(key, list, default) or []
        path = f"{self.path}.{key}".removeprefix(".")
        return [Table(self.reading, f"{path}[{number}]", value) for number, value in enumerate(values)]

    def text(self, key: str) -> Text:
        table = self.table(key)
        text = Text(table.string("nb"), table.string("nn"))
        table.done()
        if _placeholders(text.nb) != _placeholders(text.nn):
            self.fault(key, "the placeholders differ between nb and nn")
        return text

    def rule(self, *, code: str | None = None, level: Level | None = None) -> RuleFields:
        """The fields every rule has; ``code`` and ``level`` are what they are when the file doesn't say."""
        valid_from = self.day("valid_from", self.reading.valid_from)
        valid_to = self.open_day("valid_to", self.reading.valid_to)
        if valid_to is not None and valid_to < valid_from:
            self.fault("valid_to", "is before valid_from")
        return RuleFields(
            code=self.string("code", code),
            paragraph=self.string("paragraph"),
            level=self.word("level", Level, level.value if level else None),
            text=self.text("text"),
            valid_from=valid_from,
            valid_to=valid_to,
        )

    def done(self) -> None:
        """Nothing may be left that nobody asked for: a misspelt key would be a rule nobody keeps."""
        for key in sorted(self.values.keys() - self.asked):
            self.fault(key, "is not known")


def _placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)
