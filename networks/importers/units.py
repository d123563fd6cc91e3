"""Takes in units: the schools and kindergartens of owners that are in the register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.actor import Actor
from core.collation import sort_key
from core.identifiers import normalise_orgnr
from core.imports import Applied, Change, Column, Difference, Fault, Importer, Plan, Values
from core.models import Office
from networks.enums import OWN_LEGAL_PERSONS, OWNER_KINDS, Sector
from networks.importers.known import Register
from networks.importers.words import read_sector
from networks.models import Organisation, Unit
from networks.numbers import normalise_municipality_number
from networks.rules import Keeping, keeping
from networks.services.batches import OF_UNIT, edit_units, refuse_changed, remove_units
from networks.services.units import UnitFacts, register_units


@dataclass(slots=True)
class Row:
    """A row with what it means."""

    values: Values
    owner: Organisation | None = None
    own: Organisation | None = None
    found: Unit | None = None
    faults: list[Fault] = field(default_factory=list)


@dataclass(slots=True)
class Context:
    """The register, its units, and what the office may change."""

    register: Register
    keeping: Keeping
    by_number: dict[str, Unit]
    by_name: dict[tuple[int, str, str], Unit]
    by_person: dict[int, Unit]


class UnitImporter(Importer):
    """One row, one unit: known by its number, else by owner, sector and name."""

    code: ClassVar[str] = "units"
    label: ClassVar[Any] = gettext_lazy("Units")
    lead: ClassVar[Any] = gettext_lazy(
        "Each row is a school or a kindergarten under its owner. The owners must be in the register first."
    )
    perm: ClassVar[str] = "networks.keep_registers"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "name", gettext_lazy("Name"),
            ("Navn", "Namn", "Enhet", "Eining", "Skole", "Skule", "Barnehage", "Enhetsnavn", "Einingsnamn"),
            required=True, example="Ås skole",
        ),
        Column(
            "owner", gettext_lazy("Owner"),
            ("Eier", "Eigar", "Skoleeier", "Skuleeigar", "Barnehageeier", "Barnehageeigar", "Kommune"),
            required=True, example="Ås kommune", hint=gettext_lazy("Name or organisation number."),
        ),
        Column(
            "sector", gettext_lazy("Sector"),
            ("Sektor", "Type", "Slag", "Barnehage eller skole", "Barnehage eller skule"),
            required=True, read=read_sector, example="skole",
        ),
        Column(
            "orgnr", gettext_lazy("Organisation number"),
            ("Organisasjonsnummer", "Organisasjonsnr", "Orgnr", "Org.nr.", "Underenhet", "Undereining"),
            read=normalise_orgnr,
        ),
        Column(
            "municipality_number", gettext_lazy("Municipality number"),
            ("Kommunenummer", "Kommunenr", "Kommune nr", "Knr"),
            read=normalise_municipality_number, example="0301",
        ),
        Column(
            "organisation", gettext_lazy("Is an organisation itself"),
            ("Eget rettssubjekt", "Eige rettssubjekt", "Er selv en organisasjon", "Er sjølv ein organisasjon"),
            hint=gettext_lazy("Name or organisation number."),
        ),
    )  # fmt: skip

    def plan(self, rows: Sequence[Values], *, office: Office, by: Actor) -> list[Plan]:
        context = _context(by)
        return [_plan(_read(values, context), context) for values in rows]

    def apply(self, rows: Sequence[Values], *, office: Office, by: Actor) -> list[Applied]:
        context = _context(by)
        read = [_read(values, context) for values in rows]
        new = [_facts(row) for row in read if row.found is None]
        made = register_units(rows=new, office=office, by=by)
        edits = [(row.found, _values(row, row.found)) for row in read if row.found is not None]
        before = [_snapshot(unit) for unit, _changed in edits]
        edit_units(rows=edits, by=by)
        return [
            *(Applied(unit, None, _snapshot(unit)) for unit in made),
            *(Applied(unit, was, _snapshot(unit)) for (unit, _changed), was in zip(edits, before, strict=True)),
        ]

    def undo(self, done: Sequence[Applied], *, office: Office, by: Actor) -> None:
        rows = Unit.objects.filter(pk__in=[one.subject.pk for one in done]).select_related("owner__anchor")
        by_pk = {row.pk: row for row in rows}
        refuse_changed([str(one.subject) for one in done if _snapshot(by_pk[one.subject.pk]) != dict(one.after)])
        back = [(by_pk[one.subject.pk], _columns(one.before)) for one in done if one.before is not None]
        edit_units(rows=back, by=by)
        remove_units(rows=[by_pk[one.subject.pk] for one in done if one.before is None], by=by)


def _context(by: Actor) -> Context:
    """The register and its units in five queries."""
    units = list(Unit.objects.select_related("owner__anchor", "organisation__anchor"))
    return Context(
        register=Register(),
        keeping=keeping(by),
        by_number={unit.orgnr: unit for unit in units if unit.orgnr},
        by_name={(unit.owner_id, unit.sector, unit.sort_key): unit for unit in units if unit.ended_on is None},
        by_person={unit.organisation_id: unit for unit in units if unit.organisation_id},
    )


def _read(values: Values, context: Context) -> Row:
    row = Row(values)
    meant = context.register.meant(values["owner"])
    row.owner = meant.organisation
    if meant.fault:
        row.faults.append(Fault("owner", meant.fault, meant.near))
    elif row.owner is not None and row.owner.kind not in OWNER_KINDS:
        text = _("%(name)s doesn't own schools or kindergartens.") % {"name": row.owner.anchor.name}
        row.faults.append(Fault("owner", text))
    if row.owner is not None:
        name = (row.owner.pk, values["sector"], sort_key(values["name"])[:250])
        row.found = context.by_number.get(values.get("orgnr", "")) or context.by_name.get(name)
    if typed := values.get("organisation"):
        _read_own(row, typed, context)
    return row


def _read_own(row: Row, typed: str, context: Context) -> None:
    """The organisation the unit is itself (§ 3 pays it)."""
    meant = context.register.meant(typed)
    row.own = meant.organisation
    if meant.fault or row.own is None:
        row.faults.append(Fault("organisation", meant.fault, meant.near))
        return
    if row.own.kind not in OWN_LEGAL_PERSONS:
        text = _("%(name)s isn't a private kindergarten or a private school.") % {"name": row.own.anchor.name}
        row.faults.append(Fault("organisation", text))
    taken = context.by_person.get(row.own.pk)
    if taken is not None and taken != row.found:
        text = _("%(name)s is already the unit %(unit)s.") % {"name": row.own.anchor.name, "unit": taken.name}
        row.faults.append(Fault("organisation", text))


def _plan(row: Row, context: Context) -> Plan:
    values, faults = row.values, list(row.faults)
    if row.found is None:
        key = str(values.get("orgnr") or f"{values['owner']} {values['sector']} {sort_key(values['name'])}")
        return Plan(Change.NEW, values["name"], key, faults=tuple(faults))
    differences = _differences(row, row.found)
    if differences and not context.keeping.may_change_unit(row.found):
        text = _("%(name)s is kept by another office, and can't be changed here. Leave the row out.")
        faults.append(Fault("", text % {"name": row.found.name}))
    if row.owner is not None and row.found.owner_id != row.owner.pk:
        text = _("%(name)s stands under %(owner)s. Move it on its own page.")
        faults.append(Fault("owner", text % {"name": row.found.name, "owner": row.found.owner.anchor.name}))
    change = Change.CHANGED if differences else Change.SAME
    return Plan(change, row.found.name, f"unit {row.found.pk}", differences, tuple(faults))


def _differences(row: Row, unit: Unit) -> tuple[Difference, ...]:
    """What the row says otherwise; an empty cell says nothing, and capitals don't count."""
    values = row.values
    now = {"sector": (str(Sector(unit.sector).label), str(Sector(values["sector"]).label))}
    if sort_key(values["name"]) != unit.sort_key:
        now["name"] = (unit.name, values["name"])
    for column in ("orgnr", "municipality_number"):
        if values.get(column):
            now[column] = (getattr(unit, column) or "", values[column])
    if row.own is not None:
        now["organisation"] = (unit.organisation.anchor.name if unit.organisation else "", row.own.anchor.name)
    return tuple(Difference(column, *pair) for column, pair in now.items() if pair[0] != pair[1])


def _facts(row: Row) -> UnitFacts:
    values = row.values
    return UnitFacts(
        owner=cast(Organisation, row.owner),  # a row without one is faulty, and isn't applied
        name=values["name"],
        sector=values["sector"],
        orgnr=values.get("orgnr", ""),
        municipality_number=values.get("municipality_number", ""),
        organisation=row.own,
    )


def _values(row: Row, unit: Unit) -> dict[str, Any]:
    """The columns that change."""
    changed = {one.column for one in _differences(row, unit)}
    plain = {name: row.values[name] for name in ("name", "sector", "orgnr", "municipality_number") if name in changed}
    return plain | ({"organisation_id": row.own.pk} if "organisation" in changed and row.own is not None else {})


def _snapshot(unit: Unit) -> dict[str, Any]:
    """What an import can write of a unit, as primitives."""
    return {column: getattr(unit, column) for column in OF_UNIT} | {"ended": unit.ended_on is not None}


def _columns(before: Mapping[str, Any] | None) -> dict[str, Any]:
    return {column: (before or {})[column] for column in OF_UNIT}
