"""The sums of the workbench: a field per line, a reason per measure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from core.forms import CellInput, KronerField, LineField
from core.money import MAX_KRONER
from grants.enums import LineKind
from grants.models import ProposalLine
from grants.selectors.proposals import SumLine
from grants.selectors.workbench import Bench, Row, slot


@dataclass(frozen=True, slots=True)
class LineInput:
    """A sum to type, with whom it is for."""

    line: ProposalLine
    field: BoundField
    labelledby: str
    editable: bool

    @property
    def words(self) -> str:
        """What the sum is for, where a measure has several on one side."""
        if self.line.kind == LineKind.PROVIDER:
            return self.line.payee.anchor.name
        return str(LineKind(self.line.kind).label).capitalize()


@dataclass(frozen=True, slots=True)
class RowInput:
    """A row of the table with its fields, and the sums as they are typed now."""

    row: Row
    owners: list[LineInput]
    providers: list[LineInput]
    reason: BoundField | None
    reason_label: str
    amount: int

    @property
    def lowered(self) -> bool:
        return self.amount < self.row.sought


class WorkbenchForm(forms.Form):
    """``number`` and ``version``: the proposal the page showed. Sums and reasons go by :func:`slot` and row key."""

    number = forms.IntegerField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, bench: Bench, editable: bool = True, **kwargs: Any) -> None:
        self.bench = bench
        self.editable = editable
        super().__init__(*args, **kwargs)
        here = {row.key for row in bench.leaf}
        self.shown = bench.read(row for row in bench.shown if row.key in here or self._sent(row))
        for row in self.shown:
            for line in row.lines:
                self.fields[f"amount_{slot(line)}"] = KronerField(
                    max_value=MAX_KRONER,
                    required=False,
                    initial=line.amount,
                    label=_("Proposal for «%(title)s»") % {"title": row.measure.title},
                    widget=CellInput(attrs={"class": "num", "size": 9}),
                )
            self.fields[f"reason_{row.key}"] = LineField(
                max_length=500,
                required=False,
                initial=row.reason,
                label=_("Reason for «%(title)s»") % {"title": row.measure.title},
                widget=forms.Textarea(attrs={"rows": 3, "cols": 26}),
            )

    def _sent(self, row: Row) -> bool:
        """Whether something was typed in the row: another may stand on its page since it was opened."""
        return self.is_bound and any(f"amount_{slot(line)}" in self.data for line in row.lines)

    def amounts(self) -> dict[str, int]:
        """Slot → kroner for the fields that were sent and could be read; an emptied field is nothing."""
        return {
            name.removeprefix("amount_"): amount or 0
            for name, amount in getattr(self, "cleaned_data", {}).items()
            if name.startswith("amount_") and name in self.data
        }

    def tried(self) -> dict[int, int]:
        """The same by the line's id, for the sums on the page."""
        amounts = self.amounts()
        return {line.pk: amounts[slot(line)] for line in self._lines() if slot(line) in amounts}

    def changed_amounts(self) -> dict[str, int]:
        """Only the sums that are another than the saved ones."""
        saved = {slot(line): line.amount for line in self._lines()}
        return {name: amount for name, amount in self.amounts().items() if saved[name] != amount}

    def changed_reasons(self) -> dict[str, str]:
        """Slot → reason, for the rows whose reason is another than the saved one."""
        found: dict[str, str] = {}
        for row in self.shown:
            name = f"reason_{row.key}"
            reason = getattr(self, "cleaned_data", {}).get(name, row.reason)
            if name in self.data and reason != row.reason:
                found |= dict.fromkeys((slot(line) for line in row.lines), reason)
        return found

    def rows(self) -> Iterator[RowInput]:
        """The table, row by row."""
        tried = self.tried()
        for row in self.shown:
            amount = row.amount(tried)
            yield RowInput(
                row,
                owners=self._inputs(row, "col-owners", provider=False),
                providers=self._inputs(row, "col-provider", provider=True),
                reason_label=f"row-{row.key} col-reason",
                reason=self[f"reason_{row.key}"] if amount < row.sought or row.reason or self._wrote(row) else None,
                amount=amount,
            )

    def _wrote(self, row: Row) -> bool:
        """A reason was sent with the row, whatever its sum is worth: it stays to be seen."""
        return self.is_bound and bool(self.data.get(f"reason_{row.key}", "").strip())

    def _inputs(self, row: Row, column: str, *, provider: bool) -> list[LineInput]:
        lines = [line for line in row.words if (line.kind == LineKind.PROVIDER) == provider]
        several = len(lines) > 1
        return [
            LineInput(
                line,
                self[f"amount_{slot(line)}"],
                f"row-{row.key} {column}" + (f" what-{line.pk}" if several else ""),
                self.editable,
            )
            for line in lines
        ]

    def _lines(self) -> Iterator[SumLine]:
        return (line for row in self.shown for line in row.lines)
