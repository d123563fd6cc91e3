"""What each row would do: its cells are read, the importer is asked, and two rows about the same thing are refused."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from django.utils.translation import gettext as _

from core.actor import Actor
from core.imports import Change, Column, Fault, Importer, Plan
from core.models import ImportRow, ImportRun, Office
from core.selectors.imports import LEFT_OUT
from core.tables.cells import ERROR
from core.unreadable import Unreadable

LONGEST_CELL = 4_000


class Rowlike(Protocol):
    number: int
    texts: dict[str, str]
    left_out: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a row would do, as it is kept."""

    change: str
    title: str
    differences: list[list[str]]
    faults: list[list[Any]]

    @classmethod
    def of(cls, plan: Plan) -> Verdict:
        change = Change.FAULTY if plan.faults else plan.change
        return cls(
            change=change.value,
            title=str(plan.title)[:200],
            differences=[[one.column, str(one.before), str(one.after)] for one in plan.differences],
            faults=[[one.column, str(one.text), list(one.suggestions)] for one in plan.faults],
        )

    @classmethod
    def kept(cls, row: ImportRow) -> Verdict:
        """The one that was told last."""
        return cls(row.change, row.title, row.differences, row.faults)


def judge(importer: Importer, rows: Sequence[Rowlike], *, office: Office, by: Actor) -> list[Verdict]:
    """A verdict a row, in their order. Rows that are left out ask nobody anything."""
    plans: list[Plan | None] = [None] * len(rows)
    readable: list[tuple[int, dict[str, Any]]] = []
    for place, row in enumerate(rows):
        if row.left_out:
            continue
        values, faults = values_of(importer.columns, row.texts)
        if faults:
            plans[place] = Plan(Change.FAULTY, _title(importer, row.texts), faults=tuple(faults))
        else:
            readable.append((place, values))
    answers = importer.plan([values for _place, values in readable], office=office, by=by) if readable else []
    for (place, _values), plan in zip(readable, answers, strict=True):
        plans[place] = plan
    _refuse_doubles(plans, rows)
    return [
        Verdict("", _title(importer, row.texts), [], []) if plan is None else Verdict.of(plan)
        for row, plan in zip(rows, plans, strict=True)
    ]


def values_of(columns: Iterable[Column], texts: dict[str, str]) -> tuple[dict[str, Any], list[Fault]]:
    """A row's values as its columns read them, and why some can't be read."""
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for column in columns:
        text = texts.get(column.name, "")
        if not text:
            if column.required:
                faults.append(Fault(column.name, _("“%(column)s” must be filled in.") % {"column": column.label}))
        elif ERROR.fullmatch(text):
            faults.append(
                Fault(column.name, _("The spreadsheet could not work out this cell. Write what it should be."))
            )
        elif len(text) > LONGEST_CELL:
            faults.append(Fault(column.name, _("The text is too long. Write at most 4 000 characters.")))
        else:
            try:
                values[column.name] = column.read(text)
            except Unreadable as error:
                faults.append(Fault(column.name, str(error)))
    return values, faults


def _refuse_doubles(plans: list[Plan | None], rows: Sequence[Rowlike]) -> None:
    """Two rows about the same thing can't both be right, and we don't know which is."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, plan in enumerate(plans):
        if plan is not None and plan.key:
            places[plan.key].append(place)
    for several in places.values():
        if len(several) < 2:
            continue
        for place in several:
            plan = plans[place]
            others = ", ".join(str(rows[other].number) for other in several if other != place)
            text = _("Row %(others)s is about the same: %(title)s. Mend one, or leave one out.")
            fault = Fault("", text % {"others": others, "title": plan.title if plan else ""})
            plans[place] = replace(plan, faults=(*plan.faults, fault)) if plan else None


def _title(importer: Importer, texts: dict[str, str]) -> str:
    """What a row seems to be about when the importer can't be asked: its first text with letters in it, if any."""
    found = [texts[column.name] for column in importer.columns if texts.get(column.name)]
    worded = next((text for text in found if sum(map(str.isalpha, text)) > 1), "")
    return " ".join((worded or "".join(found[:1])).split())[:200]


def reworded(importer: Importer, run: ImportRun, shown: Sequence[ImportRow], *, by: Actor) -> None:
    """Put the verdicts of these rows in the reader's written form, where they were told in the other. Writes nothing.

    All rows are judged: what one says may depend on another.
    """
    rows = list(ImportRow.objects.filter(run=run).order_by("number"))
    verdicts = judge(importer, rows, office=run.office, by=by)
    told = {row.number: verdict for row, verdict in zip(rows, verdicts, strict=True)}
    for row in shown:
        row.title, row.differences, row.faults = (
            told[row.number].title,
            told[row.number].differences,
            told[row.number].faults,
        )


def write(run: ImportRun, rows: Sequence[ImportRow], verdicts: Sequence[Verdict]) -> int:
    """Keep new verdicts of rows that lie in the database already; returns how many are new."""
    changed = [(row, new) for row, new in zip(rows, verdicts, strict=True) if Verdict.kept(row) != new]
    if changed:
        # To put them in anew costs a tenth of updating thousands of rows one CASE each.
        ImportRow.objects.filter(run=run, number__in=[row.number for row, _new in changed]).delete()
        ImportRow.objects.bulk_create(fresh(run, row, new) for row, new in changed)
    run.counts = counted(rows, verdicts)
    return len(changed)


def fresh(run: ImportRun, row: Rowlike, verdict: Verdict) -> ImportRow:
    return ImportRow(
        run=run,
        number=row.number,
        texts=row.texts,
        left_out=row.left_out,
        change=verdict.change,
        title=verdict.title,
        differences=verdict.differences,
        faults=verdict.faults,
    )


def counted(rows: Sequence[Rowlike], verdicts: Sequence[Verdict]) -> dict[str, int]:
    """How many rows do what."""
    return dict(Counter(LEFT_OUT if row.left_out else new.change for row, new in zip(rows, verdicts, strict=True)))
