"""The table of measures: rows by scheme under the 2021 guidelines, one list under the 2026 regulation."""

from dataclasses import dataclass

from grants.letters.facts import Form, LetterFacts, LetterKind, Measure, RuleSet
from grants.letters.filters import NBSP, number
from grants.letters.library import Library, fill


@dataclass(frozen=True, slots=True)
class Column:
    """A head; ``style`` is the class of its cells: num, nowrap or none."""

    head: str
    style: str = ""


Columns = list[tuple[str, Column]]
"""Key and column, in order."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell and its class."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row head and its cells; ``span`` is how many columns the head covers."""

    head: str
    cells: tuple[Cell, ...]
    span: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one scheme, or all rows when ``title`` is empty."""

    title: str
    rows: tuple[Row, ...]
    subtotal: Row | None = None


@dataclass(frozen=True, slots=True)
class MeasureTable:
    """Caption, heads, groups and the total that stands last in the body (a foot would repeat on every page)."""

    caption: str
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    total: Row

    @property
    def short(self) -> bool:
        """Few enough rows to be kept on one page; a longer table kept whole leaves page 1 half empty."""
        return sum(len(group.rows) + 2 for group in self.groups) <= 14

    @property
    def text(self) -> str:
        """Every cell in reading order, for comparing and searching."""
        lines = [self.caption]
        for group in self.groups:
            lines += [group.title] if group.title else []
            lines += [_line(row) for row in group.rows]
            lines += [_line(group.subtotal)] if group.subtotal else []
        return "\n".join([*lines, _line(self.total)])


def _line(row: Row) -> str:
    return " | ".join([row.head, *(cell.text for cell in row.cells)])


def measure_table(facts: LetterFacts, form: Form, library: Library) -> MeasureTable:
    """The table in the letter's form. A letter that refuses something shows what was sought beside the decision."""
    decided = facts.kind is not LetterKind.AWARD
    caption = library.label("table", "caption_decision", form) if decided else library.parts["measure_table"].text[form]
    columns = _columns(facts, form, library)
    codes = list(dict.fromkeys(row.scheme for row in facts.measures))
    groups = []
    for code in codes:
        rows = tuple(row for row in facts.measures if row.scheme == code)
        scheme = library.schemes[code]
        by_scheme = facts.rule_set is RuleSet.GUIDE2021
        subtotal = f"{library.label('table', 'sum', form)} {scheme.subtotal[form]}"
        groups.append(
            Group(
                title=scheme.group[form] if by_scheme else "",
                rows=tuple(_row(row, columns, form, library) for row in rows),
                subtotal=_sum(subtotal, rows, columns) if by_scheme else None,
            )
        )
    total = library.label("table", "sum" if decided else "total", form)
    return MeasureTable(
        caption=fill(caption, {"year": str(facts.year)}, part="measure_table"),
        columns=tuple(column for _, column in columns),
        groups=tuple(groups),
        total=_sum(total, facts.measures, columns),
    )


def _columns(facts: LetterFacts, form: Form, library: Library) -> Columns:
    """The columns that say something in this letter, the measure first and the amount last."""
    rows = facts.measures
    decided = facts.kind is not LetterKind.AWARD
    wanted = [
        ("measure", "", True),
        ("year", "nowrap", facts.rule_set is RuleSet.GUIDE2021 and any(row.year_no for row in rows)),
        ("network", "", not decided and facts.rule_set is RuleSet.REG2026 and any(row.network for row in rows)),
        ("directed_at", "", not decided and facts.rule_set is RuleSet.REG2026 and any(r.directed_at for r in rows)),
        ("applied", "num", decided),
        ("decision", "", decided),
        ("amount", "num", True),
    ]
    return [(key, Column(library.label("table", key, form), style)) for key, style, shown in wanted if shown]


def _row(measure: Measure, columns: Columns, form: Form, library: Library) -> Row:
    outcome = "refused" if measure.refused else "reduced" if measure.reduced else "granted"
    years = f"{measure.year_no}{NBSP}av{NBSP}{measure.year_count}" if measure.year_no and measure.year_count else ""
    texts = {
        "year": years,
        "network": measure.network,
        "directed_at": measure.directed_at,
        "applied": number(measure.applied or 0),
        "decision": library.label("table", outcome, form),
        "amount": number(measure.amount),
    }
    return Row(
        head=f"{measure.number}. {measure.title}",
        cells=tuple(Cell(texts[key], column.style) for key, column in columns[1:]),
    )


def _sum(head: str, rows: tuple[Measure, ...], columns: Columns) -> Row:
    """A line with sums. The head covers the columns that come before the first sum."""
    keys = [key for key, _ in columns]
    first = min(keys.index(key) for key in ("applied", "amount") if key in keys)
    sums = {
        "applied": number(sum(row.applied or 0 for row in rows)),
        "amount": number(sum(row.amount for row in rows)),
    }
    return Row(
        head=head,
        cells=tuple(Cell(sums.get(key, ""), column.style) for key, column in columns[first:]),
        span=first,
    )
