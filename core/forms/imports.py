"""The forms of an import: what is sent, what its columns are, and the cells that are mended in the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.actor import Actor
from core.forms.fields import LineField
from core.imports import Importer
from core.models import ImportRun, Office
from core.requests import number_in
from core.selectors.imports import RowView, heading_of
from core.services.imports import matching
from core.services.imports.drafting import Drafts, drafts
from core.services.imports.opening import Opened, Source, heads_at, missing, open_source, source_of
from core.services.imports.starting import start
from core.tables import LARGEST, Book, Sheet
from core.unreadable import Unreadable
from core.validators import strip_control

SAMPLES = 2
"""Values shown under a heading, so that one sees what the column holds."""


class PastedField(forms.CharField):
    """A pasted table: its tabs are kept, also at the start."""

    widget = forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        text = strip_control(super().to_python(value) or "", keep_lines=True)
        return text if text.strip() else ""


class StartForm(forms.Form):
    """A file, or a table pasted from a spreadsheet."""

    file = forms.FileField(
        label=gettext_lazy("Excel file (.xlsx) or text file (.csv)"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=gettext_lazy("At most 10 MB and 20 000 rows."),
    )
    pasted = PastedField(
        label=gettext_lazy("Or paste the table here"),
        required=False,
        help_text=gettext_lazy("Mark the cells in the spreadsheet, with the headings, copy, and paste."),
    )

    def __init__(self, *args: Any, office: Office, importer: Importer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.office, self.importer = office, importer

    def clean(self) -> dict[str, Any]:
        file, pasted = self.cleaned_data.get("file"), self.cleaned_data.get("pasted")
        if not self.errors and not file and not pasted:
            self.add_error("file", _("Choose a file, or paste the table below."))
        elif file and pasted:
            self.add_error("pasted", _("You have both chosen a file and pasted a table. Choose one of them."))
        elif not self.errors:
            try:
                self.cleaned_data["opened"] = self._opened(file, pasted or "")
            except Unreadable as error:
                self.add_error("file" if file else "pasted", str(error))
        return self.cleaned_data

    def _opened(self, file: Any, pasted: str) -> Opened:
        source = Source(pasted=pasted) if not file else Source(name=file.name, data=file.read(LARGEST + 1))
        return open_source(source, office=self.office, importer=self.importer)

    def save(self, *, by: Actor) -> ImportRun:
        return start(office=self.office, importer=self.importer, opened=self.cleaned_data["opened"], by=by)


class MatchForm(forms.Form):
    """Which sheet, which row of headings, and what each column is."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    head_line = LineField(
        label=gettext_lazy("Row with the headings"),
        max_length=10,
        help_text=gettext_lazy("Change the number if we have found the wrong row."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Write the number of the row the headings stand in.")},
    )

    def __init__(self, data: QueryDict | None = None, *, run: ImportRun, importer: Importer) -> None:
        super().__init__(data, initial={"version": run.version, "head_line": run.head_line, "sheet": run.sheet})
        self.run, self.importer = run, importer
        self.book: Book = source_of(run).book()
        self.drafts: Drafts | None = None
        if len(self.book.titles) > 1:
            field = forms.ChoiceField(label=_("Sheet"), choices=[(one, one) for one in self.book.titles])
            self.fields = {"version": self.fields["version"], "sheet": field, "head_line": self.fields["head_line"]}
        head = self.book.sheet(run.sheet, head=True)
        for place in self.places:
            self.fields[f"col-{place}"] = self._column(place, head)

    @property
    def places(self) -> list[int]:
        """The columns with something in them."""
        return [place for place, head in enumerate(self.run.heads) if head]

    def _column(self, place: int, head: Sheet) -> forms.ChoiceField:
        below = [line.cell(place) for line in head.lines if line.number > self.run.head_line]
        samples = [text for text in below if text][:SAMPLES]
        return forms.ChoiceField(
            label=heading_of(self.run, place),
            required=False,
            initial=self.run.columns[place],
            choices=[("", _("Isn’t used")), *((one.name, str(one.label)) for one in self.importer.columns)],
            help_text=_("For example: %(values)s") % {"values": " · ".join(samples)} if samples else "",
        )

    def columns(self) -> list[Any]:
        """The fields of the columns, as the page shows them."""
        return [self[f"col-{place}"] for place in self.places]

    def clean_head_line(self) -> int:
        number = number_in(self.cleaned_data["head_line"])
        if not number:
            raise ValidationError(_("Write the number of the row the headings stand in, for example 1."))
        return number

    @property
    def moved(self) -> bool:
        """Another sheet or line was chosen: then what the columns are is to be asked anew."""
        sheet = self.cleaned_data.get("sheet", self.run.sheet)
        return bool(sheet != self.run.sheet or self.cleaned_data["head_line"] != self.run.head_line)

    def clean(self) -> dict[str, Any]:
        if not self.errors and not self.moved:
            self._check_columns()
        return self.cleaned_data

    def _check_columns(self) -> None:
        chosen = self._chosen()
        labels = {column.name: str(column.label) for column in self.importer.columns}
        for place in self.places:
            name = chosen[place]
            if name and chosen.index(name) != place:
                text = _("“%(column)s” is chosen for two columns. Choose it for one of them.")
                self.add_error(f"col-{place}", text % {"column": labels[name]})
        lacking = missing(self.importer, chosen)
        if lacking:
            text = _("These columns must be there: %(columns)s. Choose which they are, or add them to the table.")
            self.add_error(None, text % {"columns": ", ".join(lacking)})
        if not self.errors:
            try:
                sheet = self.book.sheet(self.run.sheet)
                self.drafts = drafts(sheet, head_line=self.run.head_line, columns=chosen)
            except Unreadable as error:
                self.add_error(None, str(error))

    def _chosen(self) -> list[str]:
        return [self.cleaned_data.get(f"col-{place}", "") for place in range(len(self.run.heads))]

    def save(self, *, by: Actor) -> bool:
        """Whether the rows are judged; else another sheet or line was taken, and its columns are to be looked at."""
        seen = self.cleaned_data["version"]
        if self.drafts is not None:
            matching.match_columns(run=self.run, columns=self._chosen(), drafts=self.drafts, by=by, seen_version=seen)
            return True
        sheet, line = self.cleaned_data.get("sheet", self.run.sheet), self.cleaned_data["head_line"]
        title, match = heads_at(self.run, self.importer, sheet=sheet, line=line)
        matching.choose_sheet(run=self.run, sheet=title, match=match, by=by, seen_version=seen)
        return False


ROW, LEAVE_OUT, CELL = "rad", "ut", "c"
_CELL_NAME = re.compile(r"c-(\d{1,9})-(\w{1,60})", re.ASCII)


class RowsForm(forms.Form):
    """The page's rows: cells to mend with why, and whether a row is left out. Bound to what stands in the rows."""

    def __init__(self, rows: Sequence[RowView], *, importer: Importer) -> None:
        self.base_rows = rows
        required = {column.name for column in importer.columns if column.required}
        super().__init__(self._as_stands(rows))
        for view in rows:
            number = view.row.number
            self.fields[f"{LEAVE_OUT}-{number}"] = forms.BooleanField(
                label=_("Leave out row %(number)s") % {"number": number}, required=False
            )
            for place in view.places:
                lines = "\n" in view.row.texts.get(place.column, "")
                self.fields[f"{CELL}-{number}-{place.column}"] = forms.CharField(
                    label=str(place),
                    required=False,
                    widget=forms.Textarea(attrs={"rows": 3})
                    if lines
                    else forms.TextInput(attrs={"autocomplete": "off"}),
                )
        self.is_valid()
        for view in rows:
            # Why a cell can't be used has been judged already, also that it is empty; here it is only shown.
            for place in view.places:
                self.fields[f"{CELL}-{view.row.number}-{place.column}"].required = place.column in required
            for fault in view.faults:
                if fault.place:
                    self.add_error(f"{CELL}-{view.row.number}-{fault.place.column}", fault.text)

    @staticmethod
    def _as_stands(rows: Sequence[RowView]) -> dict[str, str]:
        data: dict[str, str] = {}
        for view in rows:
            number = view.row.number
            if view.row.left_out:
                data[f"{LEAVE_OUT}-{number}"] = "on"
            for place in view.places:
                data[f"{CELL}-{number}-{place.column}"] = view.row.texts.get(place.column, "")
        return data

    def shown(self) -> list[tuple[RowView, Any, list[Any]]]:
        """Each row with its box and the fields of its cells."""
        return [
            (
                view,
                self[f"{LEAVE_OUT}-{view.row.number}"],
                [self[f"{CELL}-{view.row.number}-{place.column}"] for place in view.places],
            )
            for view in self.base_rows
        ]


def typed_cells(data: QueryDict) -> dict[int, dict[str, str]]:
    """Row → column → text, as sent; a suggestion that was pressed stands in the place of what was typed."""
    found: dict[int, dict[str, str]] = {}
    for name in data:
        if matched := _CELL_NAME.fullmatch(name):
            found.setdefault(int(matched[1]), {})[matched[2]] = strip_control(str(data[name]), keep_lines=True)
    number, _sep, rest = data.get("forslag", "").partition(":")
    column, _sep, text = rest.partition(":")
    if number_in(number) and column:
        found.setdefault(int(number), {})[column] = strip_control(text)
    return found


def left_out(data: QueryDict) -> dict[int, bool]:
    """Row → whether it is left out, for the rows that stood on the page."""
    numbers = [number for one in data.getlist(ROW) if (number := number_in(one))]
    return {number: f"{LEAVE_OUT}-{number}" in data for number in numbers}
