"""The form of a measure that was running before the program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.forms import BoundField
from django.forms.utils import ErrorDict
from django.http import HttpRequest, QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.actor import Actor
from core.dates import interface_form
from core.forms import CountField, KronerField, LineField, ProseField
from core.money import MAX_KRONER
from core.requests import number_in
from core.requirements import Obstacle, StepRefused
from grants.enums import LineKind
from grants.forms.opening_round import show
from grants.models import MeasureYear, Round
from grants.selectors.names import Names, offered
from grants.selectors.opening_values import MoneyLine, RunningMeasure, faults_of, schemes
from grants.selectors.openings import as_told, coming_years, host_of, networks_of
from grants.services.openings import bring_in, change_brought_in
from networks.enums import Sector
from networks.models import Network, Organisation

LIST_ID = "organisations"
"""The list of names every field for an organisation offers."""
EMPTY_ROWS = 2
FEWEST_ROWS = 4
MOST_ROWS = 200
ABOVE_LINES = (
    "version", "rows", "title", "network", "lead", "scheme", "sector", "first_year", "year_no", "year_count",
)  # fmt: skip
NUMBERS = {"size": 4, "inputmode": "numeric"}


class OrganisationField(LineField):
    """An organisation by its name or number, with the names the office knows on offer."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"list": LIST_ID, "autocomplete": "off", "size": kwargs.pop("size", 30)})
        super().__init__(max_length=250, widget=widget, **kwargs)


@dataclass(frozen=True, slots=True)
class LineFields:
    """One line of the table."""

    kind: BoundField
    payee: BoundField
    beneficiary: BoundField
    awarded: BoundField
    promised: tuple[tuple[int, BoundField], ...]
    unspent: BoundField


class RunningMeasureForm(forms.Form):
    """A running measure with a line for each payee. What can't be read stays as it was typed."""

    def __init__(
        self, data: QueryDict | None = None, *, round: Round, part: MeasureYear | None = None, more: bool = False
    ) -> None:
        self.round, self.part = round, part
        self.told = as_told(part) if part else None
        self.measure: RunningMeasure | None = None
        if data is not None and more:
            data = data.copy()
            data["rows"] = str(self._typed_rows(data) + EMPTY_ROWS)
        super().__init__(data)
        self._networks = networks_of(round.office)
        self.offers = offered(round.office)
        self._add_life()
        self._add_people()
        self._add_lines()
        self._add_words()
        lines = [name for name in self.fields if name.startswith("lines-")]
        self.order_fields([*ABOVE_LINES, *lines, "reason", "owners", "providers"])  # as the page shows them
        if more:
            self._errors = ErrorDict()  # nothing is judged before one says that it is done

    # --- Fields -------------------------------------------------------------------------------------------------------

    def _add_life(self) -> None:
        told, last = self.told, self.round.year
        self.fields["version"] = forms.IntegerField(
            widget=forms.HiddenInput, required=False, initial=self.part.version if self.part else None
        )
        self.fields["title"] = LineField(
            label=_("What is the measure called?"), max_length=200, initial=told.title if told else ""
        )
        form = interface_form()
        by_law = groupby(schemes(), key=lambda pair: pair[0].name.in_form(form))
        choices = [(law, [(one.code, one.name.in_form(form)) for _law, one in pairs]) for law, pairs in by_law]
        self.fields["scheme"] = forms.ChoiceField(
            label=_("Which scheme was it granted under?"),
            choices=[("", _("Choose")), *choices],
            initial=told.scheme if told else "",
            error_messages={"required": _("Choose a scheme.")},
        )
        self.fields["sector"] = forms.ChoiceField(
            label=_("Who is it for?"),
            choices=[("", _("Choose")), *((code, capfirst(label)) for code, label in Sector.choices)],
            initial=told.sector if told else "",
            error_messages={"required": _("Choose a sector.")},
        )
        text = _("Which year did the measure begin?")
        self.fields["first_year"] = self._count(text, told.first_year if told else None, maximum=2100)
        text = _("Which year of the measure was %(year)d?") % {"year": last}
        self.fields["year_no"] = self._count(text, told.year_no if told else None)
        text = _("How many years will it last in all?")
        self.fields["year_count"] = self._count(text, told.year_count if told else None)

    @staticmethod
    def _count(label: str, initial: int | None, maximum: int = 20) -> CountField:
        widget = forms.TextInput(attrs=NUMBERS)
        return CountField(label=label, min_value=1, max_value=maximum, initial=initial, widget=widget)

    def _add_people(self) -> None:
        told = self.told
        self.fields["network"] = forms.TypedChoiceField(
            label=_("Network"),
            choices=[
                ("", _("No network: an owner leads")),
                *((one.pk, str(one)) for one in self._networks),
            ],
            coerce=int,
            empty_value=None,
            required=False,
            initial=told.network.pk if told and told.network else "",
        )
        self.fields["lead"] = OrganisationField(
            label=_("Who leads"),
            help_text=_("An owner. Leave it empty to use the network’s host."),
            required=False,
            initial=self._written(told.lead) if told else "",
        )
        others = [one for one in told.owners if one.pk != told.lead.pk] if told else []
        self.fields["owners"] = self._names_field(
            _("Other owners that take part"), _("One name or organisation number on each line."), others
        )
        self.fields["providers"] = self._names_field(
            _("Universities and other partners"),
            _("One on each line. Leave it empty to use those who are paid as partners below."),
            told.providers if told else [],
        )

    def _names_field(self, label: str, help_text: str, initial: Sequence[Organisation]) -> ProseField:
        return ProseField(
            label=label,
            help_text=help_text,
            required=False,
            initial="\n".join(self._written(one) for one in initial),
            widget=forms.Textarea(attrs={"rows": 3}),
        )

    def _add_lines(self) -> None:
        lines = list(self.told.lines) if self.told else []
        rows = max(FEWEST_ROWS, len(lines) + EMPTY_ROWS)
        rows = max(rows, self._typed_rows(self.data)) if self.is_bound else rows
        self.rows = min(rows, MOST_ROWS)
        self.fields["rows"] = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=self.rows)
        promised = [year for line in lines for year in line.promised]
        self.years = coming_years(self.round, promised)
        for number in range(self.rows):
            self._add_line(number, lines[number] if number < len(lines) else None)

    def _add_line(self, number: int, line: MoneyLine | None) -> None:
        def name(what: str) -> str:
            return _("Line %(number)d: %(what)s") % {"number": number + 1, "what": what}

        at = f"lines-{number}"
        self.fields[f"{at}-kind"] = forms.ChoiceField(
            label=name(_("What for")),
            choices=[(code, capfirst(label)) for code, label in LineKind.choices],
            required=False,
            initial=line.kind if line else (LineKind.NETWORK, LineKind.PROVIDER)[number % 2],
        )
        self.fields[f"{at}-payee"] = OrganisationField(
            label=name(_("Who gets the money")),
            required=False,
            initial=self._written(line.payee) if line else "",
            size=26,
        )
        self.fields[f"{at}-beneficiary"] = OrganisationField(
            label=name(_("On behalf of")),
            required=False,
            initial=self._written(line.beneficiary) if line and line.beneficiary else "",
            size=18,
        )
        sums = {"awarded": (_("Granted %(year)d"), self.round.year, line.awarded if line else 0)}
        for year in self.years:
            sums[f"promised-{year}"] = (_("Promised %(year)d"), year, line.promised.get(year, 0) if line else 0)
        sums["unspent"] = (_("Left of %(year)d"), self.round.year, line.unspent if line else 0)
        for code, (text, year, amount) in sums.items():
            self.fields[f"{at}-{code}"] = KronerField(
                label=name(text % {"year": year}),
                required=False,
                max_value=MAX_KRONER,
                initial=amount or None,
                widget=forms.TextInput(attrs={"class": "num", "size": 10}),
            )

    def _add_words(self) -> None:
        told = self.told
        self.fields["reason"] = LineField(
            label=_("Why is more left than was granted last year?"),
            help_text=_("Only where it is so, for example because money from the year before is left too."),
            max_length=250,
            required=False,
            initial=told.reason if told else "",
        )
        for code, label in (
            ("need", _("The need")),
            ("goal", _("What the measure will lead to")),
            ("work_plan", _("How you will work")),
        ):
            self.fields[code] = ProseField(
                label=label,
                max_length=4000,
                required=False,
                initial=getattr(told, code) if told else "",
                widget=forms.Textarea(attrs={"rows": 4}),
            )

    # --- Parts of the page --------------------------------------------------------------------------------------------

    def _written(self, organisation: Organisation) -> str:
        """An organisation as one writes it, so that it is found again."""
        name = str(organisation)
        return name if name in self.offers or not organisation.orgnr else f"{name} ({organisation.orgnr})"

    def lines(self) -> Iterator[LineFields]:
        for number in range(self.rows):
            at = f"lines-{number}"
            yield LineFields(
                kind=self[f"{at}-kind"],
                payee=self[f"{at}-payee"],
                beneficiary=self[f"{at}-beneficiary"],
                awarded=self[f"{at}-awarded"],
                promised=tuple((year, self[f"{at}-promised-{year}"]) for year in self.years),
                unspent=self[f"{at}-unspent"],
            )

    def beside(self, request: HttpRequest) -> HttpRequest:
        """A request with what another sent, and an empty answer for each line only this form has, so that those are
        asked about too."""
        made = request.POST.copy()
        made["rows"] = str(max(self.rows, self._typed_rows(made)))
        for name in self.fields:
            if name.startswith("lines-") and not name.endswith("-kind"):
                made.setdefault(name, "")
        request.POST = made  # type: ignore[assignment]
        return request

    # --- What was typed -----------------------------------------------------------------------------------------------

    @staticmethod
    def _typed_rows(data: Any) -> int:
        return min(number_in(str(data.get("rows", ""))) or FEWEST_ROWS, MOST_ROWS - EMPTY_ROWS)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        self._known = Names(self.round.office)
        network = next((one for one in self._networks if one.pk == values.get("network")), None)
        lead = self._lead(values, network)
        owners, providers = self._several("owners", values), self._several("providers", values)
        lines, places = self._money_lines(values)
        if self.errors or lead is None:
            return values
        paid = [line.payee for line in lines if line.kind == LineKind.PROVIDER]
        measure = RunningMeasure(
            network=network,
            lead=lead,
            owners=[lead, *owners],
            providers=providers or list({one.pk: one for one in paid}.values()),
            lines=lines,
            **{name: values[name] for name in PLAIN},
        )
        faults = faults_of(measure, self.round.year)
        show(self, [Obstacle(one.code, one.text, _placed(one.anchor, places)) for one in faults])
        self.measure = None if faults else measure
        return values

    def _lead(self, values: dict[str, Any], network: Network | None) -> Organisation | None:
        if values.get("lead"):
            return self._one("lead", values["lead"])
        host = host_of(network) if network else None
        if host is None and "lead" not in self.errors:
            text = _("The network has no host. Enter who leads.") if network else _("Enter who leads, or a network.")
            self.add_error("lead", text)
        return host

    def _one(self, field: str, text: str) -> Organisation | None:
        found = self._known.organisation(text)
        if found.organisation is None:
            self.add_error(field, found.sentence)
        return found.organisation

    def _several(self, field: str, values: dict[str, Any]) -> list[Organisation]:
        typed = [line.strip() for line in (values.get(field) or "").splitlines() if line.strip()]
        found = [self._one(field, text) for text in typed]
        return list({one.pk: one for one in found if one is not None}.values())

    def _money_lines(self, values: dict[str, Any]) -> tuple[list[MoneyLine], list[int]]:
        """The lines somebody has written something in, and where on the page each stands."""
        lines, places = [], []
        for number in range(self.rows):
            at = f"lines-{number}"
            promised = {year: values.get(f"{at}-promised-{year}") or 0 for year in self.years}
            awarded, unspent = values.get(f"{at}-awarded") or 0, values.get(f"{at}-unspent") or 0
            payee, whom = values.get(f"{at}-payee"), values.get(f"{at}-beneficiary")
            if not payee:
                if whom or awarded or unspent or any(promised.values()):
                    self.add_error(f"{at}-payee", _("Enter who gets the money."))
                continue
            found = self._one(f"{at}-payee", payee)
            beneficiary = self._one(f"{at}-beneficiary", whom) if whom else None
            if found is not None:
                kind = values.get(f"{at}-kind") or LineKind.OTHER
                promised = {year: amount for year, amount in promised.items() if amount}
                lines.append(
                    MoneyLine(
                        kind=kind,
                        payee=found,
                        beneficiary=beneficiary,
                        awarded=awarded,
                        unspent=unspent,
                        promised=promised,
                    )
                )
                places.append(number)
        return lines, places

    def save(self, *, by: Actor) -> bool:
        """Bring the measure in, or change it; False with the sentence at its field. Raises StaleVersion."""
        if self.measure is None:
            return False
        try:
            if self.part is None:
                bring_in(office=self.round.office, measures=[self.measure], by=by)
            else:
                seen = self.cleaned_data["version"]
                change_brought_in(measure_year=self.part, measure=self.measure, by=by, seen_version=seen)
        except StepRefused as refused:
            show(self, refused.obstacles)
            return False
        return True


PLAIN = (
    "title", "scheme", "sector", "first_year", "year_no", "year_count", "need", "goal", "work_plan", "reason",
)  # fmt: skip
"""What is taken as it was read."""


def _placed(anchor: str, places: Sequence[int]) -> str:
    """«lines-1-payee» of the lines that are written, as the page numbers its lines."""
    what, _dash, rest = anchor.partition("-")
    if what != "lines":
        return anchor
    number, _dash, field = rest.partition("-")
    place = places[int(number)] if int(number) < len(places) else 0
    return f"lines-{place}-{field}"
