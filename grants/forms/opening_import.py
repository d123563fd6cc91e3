"""Running measures from a spreadsheet: a row for each measure, payee and kind; the rows of one measure are one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.actor import Actor
from core.collation import fold
from core.imports import Applied, Change, Difference, Fault, Importer, Plan, Values
from core.imports import register as register_importer
from core.models import Office
from core.money import format_number
from core.requirements import Obstacle, StepRefused
from grants.enums import LineKind
from grants.forms.opening_columns import COLUMNS
from grants.models import MeasureYear, Round
from grants.selectors.names import Names
from grants.selectors.opening_values import MoneyLine, RunningMeasure, faults_of, scheme_label
from grants.selectors.openings import all_told, hosts_of, opening_round
from grants.services.openings import bring_in, change_brought_in, take_out_many
from networks.enums import PROVIDER_KINDS
from networks.models import Network, Organisation

AHEAD = ("promised_1", "promised_2", "promised_3")
WHOLE = ("scheme", "sector", "first_year", "year_no", "year_count")
"""What the rows of one measure must agree on; an empty cell agrees."""
FIELDS = {"network": "whose", "lead": "whose", "providers": "provider", "owners": "whose", "title": "measure"}
"""Where a fault of a measure's field is mended in a row."""


@dataclass(slots=True)
class _Row:
    """A row with the organisations its words mean, and what is wrong with it."""

    values: Values
    payee: Organisation | None = None
    beneficiary: Organisation | None = None
    provider: Organisation | None = None
    network: Network | None = None
    lead: Organisation | None = None
    faults: list[Fault] = field(default_factory=list)

    @property
    def kind(self) -> str:
        is_partner = self.payee is not None and self.payee.kind in PROVIDER_KINDS
        return str(self.values.get("kind") or (LineKind.PROVIDER if is_partner else LineKind.NETWORK))

    @property
    def whose(self) -> tuple[str, int | None, int | str | None]:
        """As :attr:`RunningMeasure.whose`; rows that name nobody we know go by their words."""
        title = fold(str(self.values.get("measure", "")))
        if self.network is not None:
            return (title, self.network.pk, None)
        return (title, None, self.lead.pk if self.lead else fold(str(self.values.get("whose", ""))))

    def fault(self, column: str, text: Any, meant: str = "") -> None:
        self.faults.append(Fault(column, str(text), (meant,) if meant else ()))


@dataclass(slots=True)
class _Group:
    """The rows of one measure, the measure they make together, and the one that stands there already."""

    rows: list[_Row]
    part: MeasureYear | None = None
    told: RunningMeasure | None = None
    measure: RunningMeasure | None = None


class RunningMeasures(Importer):
    """One row for each measure, payee and kind."""

    code: ClassVar = "running_measures"
    label: ClassVar = gettext_lazy("Running measures")
    lead: ClassVar = gettext_lazy(
        "One row for each measure and recipient: what was granted last year, what is promised, and what is left."
    )
    perm: ClassVar = "grants.run_round"
    columns: ClassVar = COLUMNS

    def plan(self, rows: Sequence[Values], *, office: Office, by: Actor) -> list[Plan]:
        round = opening_round(office)
        if round is None:
            text = _("Choose which year the first round is for first, on the page «Before the program».")
            return [Plan(Change.FAULTY, str(row.get("measure", "")), faults=(Fault("", text),)) for row in rows]
        read = [_Row(row) for row in rows]
        plans: dict[int, Plan] = {}
        for group in _groups(read, office, round):
            for row, plan in zip(group.rows, _plans(group, round), strict=True):
                plans[id(row)] = plan
        return [plans[id(row)] for row in read]

    def apply(self, rows: Sequence[Values], *, office: Office, by: Actor) -> list[Applied]:
        round = opening_round(office)
        if round is None:
            text = _("Choose which year the first round is for first, on the page «Before the program».")
            raise StepRefused([Obstacle("not_begun", text)])
        read = [_Row(row) for row in rows]
        groups = _groups(read, office, round)
        if wrong := [fault for row in read for fault in row.faults]:
            raise StepRefused([Obstacle("rows", fault.text, fault.column) for fault in wrong])
        fresh = [group for group in groups if group.part is None]
        made = bring_in(office=office, measures=[_sound(group) for group in fresh], by=by) if fresh else []
        done = {id(group): (part, None) for group, part in zip(fresh, made, strict=True)}
        written: dict[int, Applied] = {}
        for group in groups:
            part, before = done[id(group)] if id(group) in done else _change(group, by)
            after = {"version": part.version, **_primitives(_sound(group))}
            written |= {id(row): Applied(part, before, after) for row in group.rows}
        return [written[id(row)] for row in read]

    def undo(self, done: Sequence[Applied], *, office: Office, by: Actor) -> None:
        """A measure that was new is taken out, one that was changed gets back what stood there."""
        seen: dict[int | None, Applied] = {}
        for one in reversed(done):
            seen.setdefault(one.subject.pk, one)
        rows = MeasureYear.objects.select_related("round__office", "measure").in_bulk([pk for pk in seen if pk])
        for pk, one in seen.items():
            if pk not in rows or rows[pk].version != one.after["version"]:
                text = _("«%(title)s» has been changed since, so it can’t be taken back.")
                raise StepRefused([Obstacle("changed_since", text % {"title": one.after["title"]})])
        take_out_many(
            office=office, measure_years=[rows[pk] for pk, one in seen.items() if pk and not one.before], by=by
        )
        back = _Back([one.before for one in seen.values() if one.before])
        for pk, one in seen.items():
            if pk and one.before:
                change_brought_in(measure_year=rows[pk], measure=back.measure(one.before), by=by)


# --- Rows become measures ---------------------------------------------------------------------------------------------


def _groups(read: Sequence[_Row], office: Office, round: Round) -> list[_Group]:
    """The measures the rows make, in the order they begin. As many queries for many rows as for one."""
    names = Names(office)
    words = [str(row.values[name]) for row in read for name in (*NAMED, "whose") if row.values.get(name)]
    names.read(word for word in words if names.network(word) is None)
    hosts = hosts_of(office)
    by_measure: dict[Any, list[_Row]] = defaultdict(list)
    for row in read:
        _find(row, names, hosts)
        by_measure[row.whose].append(row)
    standing = {told.whose: (part, told, continued) for part, told, continued in all_told(round)}
    found = []
    for whose, rows in by_measure.items():
        part, told, continued = standing.get(whose, (None, None, ""))
        group = _Group(rows, part, told)
        if continued:
            text = _("The measure is continued in %(year)s, so what was brought in can’t be changed.")
            rows[0].fault("", text % {"year": continued})
        _put_together(group, round)
        found.append(group)
    return found


NAMED = ("payee", "beneficiary", "provider")


def _find(row: _Row, names: Names, hosts: Mapping[int, Organisation]) -> None:
    """The organisations and the network a row names."""
    for name in NAMED:
        text = str(row.values.get(name, "") or "")
        if text:
            found = names.organisation(text)
            setattr(row, name, found.organisation)
            if found.organisation is None:
                row.fault(name, found.sentence, found.meant)
    whose = names.whose(str(row.values.get("whose", "")))
    row.network = whose.network
    row.lead = hosts.get(whose.network.pk) if whose.network else whose.organisation
    if row.lead is None:
        row.fault("whose", whose.sentence or _("The network has no host that can receive money for it."), whose.meant)


def _put_together(group: _Group, round: Round) -> None:
    """The measure of a group with what stands there already: a line the file doesn't name stays, an empty cell too.
    None where a row can't be read."""
    first, told = group.rows[0], group.told
    common = {name: _agreed(group, name) for name in WHOLE}
    if any(row.faults for row in group.rows) or first.lead is None:
        return
    lines = [_line(row, group, round) for row in group.rows]
    own = {line.key for line in lines}
    providers = {one.pk: one for one in (*(told.providers if told else ()), *_providers(group))}
    reason = next((str(row.values["reason"]) for row in group.rows if row.values.get("reason")), "")
    fresh = RunningMeasure(
        title=str(first.values["measure"]).strip(),
        network=first.network,
        lead=first.lead,
        owners=[first.lead],
        providers=list(providers.values()),
        lines=[*lines, *(line for line in (told.lines if told else ()) if line.key not in own)],
        reason=reason or (told.reason if told else ""),
        **common,
    )
    if told is not None:
        fresh = replace(fresh, lead=told.lead, owners=told.owners, **{name: getattr(told, name) for name in TEXTS})
    group.measure = fresh
    for one in faults_of(fresh, round.year):
        row, column = _place(group, one.anchor, round)
        row.fault(column, one.text)


TEXTS = ("need", "goal", "work_plan")


def _agreed(group: _Group, name: str) -> Any:
    """What the rows of the measure say, or what stands there; a row that says something else is at fault."""
    value = next((row.values[name] for row in group.rows if row.values.get(name) is not None), None)
    for row in group.rows:
        own = row.values.get(name)
        if own is not None and own != value:
            text = _("The rows of one measure must say the same here. The first says «%(value)s».")
            row.fault(name, text % {"value": scheme_label(str(value)) if name == "scheme" else value})
    if value is None and group.told is None:
        group.rows[0].fault(name, _("This must be filled in on one of the measure’s rows."))
    return getattr(group.told, name) if value is None and group.told else value


def _providers(group: _Group) -> list[Organisation]:
    named = [row.provider for row in group.rows if row.provider]
    paid = [row.payee for row in group.rows if row.payee and row.kind == LineKind.PROVIDER]
    return list({one.pk: one for one in (named or paid)}.values())


def _line(row: _Row, group: _Group, round: Round) -> MoneyLine:
    """The row's sums; one that isn't told is as it stands."""
    if row.payee is None:
        raise ValueError("a row without a payee has no sums")
    empty = MoneyLine(kind=row.kind, payee=row.payee, beneficiary=row.beneficiary)
    stands = _standing(group, empty) or empty
    told = {round.year + number: row.values.get(name) for number, name in enumerate(AHEAD, start=1)}
    promised = {**stands.promised, **{year: amount for year, amount in told.items() if amount is not None}}
    return replace(
        empty,
        awarded=row.values.get("awarded", stands.awarded),
        unspent=row.values.get("unspent", stands.unspent),
        promised={year: amount for year, amount in promised.items() if amount},
    )


def _standing(group: _Group, line: MoneyLine) -> MoneyLine | None:
    return next((one for one in (group.told.lines if group.told else ()) if one.key == line.key), None)


def _place(group: _Group, anchor: str, round: Round) -> tuple[_Row, str]:
    """Where a fault of the measure is mended: its row and column."""
    what, _dash, rest = anchor.partition("-")
    if what != "lines":
        return group.rows[0], FIELDS.get(anchor, anchor)
    number, _dash, name = rest.partition("-")
    if int(number) >= len(group.rows):
        return group.rows[0], ""  # a line that isn't in the file
    if name.startswith("promised-"):
        ahead = int(name.removeprefix("promised-")) - round.year
        name = AHEAD[ahead - 1] if 1 <= ahead <= len(AHEAD) else ""
    return group.rows[int(number)], name


def _sound(group: _Group) -> RunningMeasure:
    if group.measure is None:
        raise ValueError("the rows don't make a measure")
    return group.measure


# --- Measures become plans --------------------------------------------------------------------------------------------


def _plans(group: _Group, round: Round) -> Iterator[Plan]:
    """One plan a row. A measure is brought in whole: where a row is at fault, the others wait for it."""
    faulty = any(row.faults for row in group.rows)
    for number, row in enumerate(group.rows):
        title = str(row.values.get("measure", "")).strip()
        payee = row.payee.pk if row.payee else row.values.get("payee", "")
        beneficiary = row.beneficiary.pk if row.beneficiary else ""
        key = "|".join(str(one) for one in (*row.whose, row.kind, payee, beneficiary))
        name = f"{title}: {row.payee or row.values.get('payee', '')}"
        if faulty:
            waits = (Fault("", _("Another row of this measure must be mended first.")),)
            yield Plan(Change.FAULTY, name, key, faults=tuple(row.faults) or waits)
        elif group.told is None:
            yield Plan(Change.NEW, name, key)
        else:
            changed = tuple(_differences(group, row, round, whole=number == 0))
            yield Plan(Change.CHANGED if changed else Change.SAME, name, key, differences=changed)


def _differences(group: _Group, row: _Row, round: Round, *, whole: bool) -> Iterator[Difference]:
    told, measure = group.told, _sound(group)
    if told is None:
        return
    if whole:
        for name in WHOLE:
            before, after = getattr(told, name), getattr(measure, name)
            if before != after:
                yield Difference(name, str(before), str(after))
        if {one.pk for one in told.providers} != {one.pk for one in measure.providers}:
            yield Difference("provider", _listed(told.providers), _listed(measure.providers))
    line = _line(row, group, round)
    stands = _standing(group, line)
    for name, year in (("awarded", 0), *((name, round.year + n) for n, name in enumerate(AHEAD, 1)), ("unspent", 0)):
        before, after = (_amount(one, name, year) for one in (stands, line))
        if before != after:
            yield Difference(name, format_number(before), format_number(after))


def _amount(line: MoneyLine | None, name: str, year: int) -> int:
    if line is None:
        return 0
    return line.promised.get(year, 0) if year else int(getattr(line, name))


def _listed(organisations: Iterable[Organisation]) -> str:
    return ", ".join(str(one) for one in organisations)


# --- What was there before, as primitives -----------------------------------------------------------------------------


def _change(group: _Group, by: Actor) -> tuple[MeasureYear, dict[str, Any] | None]:
    if group.part is None or group.told is None:
        raise ValueError("there is nothing to change")
    before = _primitives(group.told)
    return change_brought_in(measure_year=group.part, measure=_sound(group), by=by), before


PLAIN = ("title", *WHOLE, *TEXTS, "reason")


def _primitives(measure: RunningMeasure) -> dict[str, Any]:
    return {
        **{name: getattr(measure, name) for name in PLAIN},
        "network": measure.network.pk if measure.network else None,
        "lead": measure.lead.pk,
        "owners": [one.pk for one in measure.owners],
        "providers": [one.pk for one in measure.providers],
        "lines": [
            {
                "kind": str(line.kind),
                "payee": line.payee.pk,
                "beneficiary": line.beneficiary.pk if line.beneficiary else None,
                "awarded": line.awarded,
                "unspent": line.unspent,
                "promised": {str(year): amount for year, amount in line.promised.items()},
            }
            for line in measure.lines
        ],
    }


class _Back:
    """Makes measures of primitives again: two queries for all of them."""

    def __init__(self, told: Sequence[Mapping[str, Any]]) -> None:
        lines = [line for one in told for line in one["lines"]]
        wanted = {one["lead"] for one in told} | {pk for one in told for pk in (*one["owners"], *one["providers"])}
        wanted |= {line[name] for line in lines for name in ("payee", "beneficiary") if line[name]}
        self._organisations = Organisation.objects.select_related("anchor").in_bulk(wanted)
        networks = [one["network"] for one in told if one["network"]]
        self._networks = Network.objects.select_related("anchor").in_bulk(networks)

    def measure(self, told: Mapping[str, Any]) -> RunningMeasure:
        found = self._organisations
        return RunningMeasure(
            **{name: told[name] for name in PLAIN},
            network=self._networks.get(told["network"]),
            lead=found[told["lead"]],
            owners=[found[pk] for pk in told["owners"]],
            providers=[found[pk] for pk in told["providers"]],
            lines=[
                MoneyLine(
                    kind=line["kind"],
                    payee=found[line["payee"]],
                    beneficiary=found.get(line["beneficiary"]),
                    awarded=line["awarded"],
                    unspent=line["unspent"],
                    promised={int(year): amount for year, amount in line["promised"].items()},
                )
                for line in told["lines"]
            ],
        )


def register() -> None:
    """Let the import engine know of it."""
    register_importer(RunningMeasures())
