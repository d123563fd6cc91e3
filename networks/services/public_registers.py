"""Brings what public registers say into ours: a second run changes nothing, and what people have written stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from core import authz, clock
from core.actor import Actor
from core.models import Office
from core.services.events import record
from networks.enums import OWNER_KINDS, PUBLIC_OWNER_KINDS, FormSource, OrganisationKind, SuccessionKind
from networks.lookups.enhetsregisteret import Entity
from networks.lookups.klass import Code, CodeChange
from networks.lookups.nsr import RegisteredUnit
from networks.models import OfficeOrganisation, Organisation, Successor, Unit, WrittenFormChoice
from networks.services.batches import edit_units
from networks.services.organisations import (
    OrganisationRow,
    change_organisation,
    register_organisations,
    set_office_details,
)
from networks.services.register import Facts, edit_organisation
from networks.services.units import UnitFacts, register_units


@dataclass(slots=True)
class Loaded:
    """What a run did: counts, and a line on each thing that was made or changed."""

    counts: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)

    def tell(self, what: str, line: str) -> None:
        self.counts[what] += 1
        self.lines.append(line)


# --- Enhetsregisteret ------------------------------------------------------------------------------------------------


@transaction.atomic
def load_entities(*, entities: Iterable[Entity], by: Actor) -> Loaded:
    """Fill in organisations that are here. Their names stay: the register writes them in capitals."""
    outcome = Loaded()
    by_number = {entity.orgnr: entity for entity in entities}
    known = Organisation.objects.filter(orgnr__in=by_number, is_synthetic=False).select_related("anchor")
    for organisation in known.prefetch_related("written_forms").order_by("pk"):
        _load_entity(organisation, by_number[organisation.orgnr or ""], outcome, by)
    outcome.counts["not here"] = len(by_number) - len(known)
    return outcome


def _load_entity(organisation: Organisation, entity: Entity, outcome: Loaded, by: Actor) -> None:
    name = organisation.anchor.name
    values: dict[str, Any] = {}
    if entity.municipality_number and not organisation.municipality_number:
        values |= {
            "municipality_number": entity.municipality_number,
            "county_number": organisation.county_number or entity.municipality_number[:2],
        }
    if entity.ended_on is not None and organisation.ended_on is None:
        values["ended_on"] = entity.ended_on
    changed = bool(values) and change_organisation(organisation=organisation, by=by, **values)
    form = note_form(organisation, entity.written_form, "Enhetsregisteret", by)
    if changed or form:
        said = [*(f"{column} {value}" for column, value in values.items()), *(["form " + form] if form else [])]
        outcome.tell("changed", f"{name}: {', '.join(said)}")
    else:
        outcome.counts["unchanged"] += 1


def note_form(organisation: Organisation, form: str, source_text: str, by: Actor) -> str:
    """The written form a register suggests, used where the organisation itself has said nothing (språklova § 15).

    A municipality's or county council's own decision is asked of them, not of a register. Returns the form where it
    is news.
    """
    if not form or organisation.kind in PUBLIC_OWNER_KINDS:
        return ""
    rows = organisation.written_forms.all()
    now = next((row for row in rows if row.source == FormSource.REGISTER and row.valid_to is None), None)
    if now is not None and now.form == form:
        return ""
    today = clock.today()
    if now is not None and (now.valid_from is None or now.valid_from < today):
        now.valid_to = today - timedelta(days=1)
        now.save(update_fields=["valid_to"])
        now = None
    if now is None:
        now = WrittenFormChoice(organisation=organisation, source=FormSource.REGISTER, valid_from=today)
    now.form, now.source_text = form, source_text
    now.save()
    data = {"name": organisation.anchor.name, "form": form}
    record(code="organisation.form_chosen", subject=organisation, by=by, data=data)
    return form


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What somebody takes over from the register into ours, after having looked at it; empty leaves what is there."""

    name: str = ""
    municipality_number: str = ""
    postal_address: str = ""
    notice_email: str = ""
    written_form: str = ""


@transaction.atomic
def take_over(
    *, office: Office, organisation: Organisation, taken: Taken, by: Actor, seen_version: int | None = None
) -> None:
    """Save what was taken over: what all share where the actor keeps it, the office's own, and the written form.

    Raises NotAllowed, StaleVersion and StepRefused.
    """
    authz.require(by, "networks.keep_registers", office)
    if taken.name or taken.municipality_number:
        now = organisation.names.filter(valid_to__isnull=True).first()
        facts = Facts(
            name=taken.name or organisation.anchor.name,
            name_nn=now.name_nn if now else "",
            kind=organisation.kind,
            orgnr=organisation.orgnr or "",
            municipality_number=taken.municipality_number or organisation.municipality_number,
            county_number=organisation.county_number,
            owner=organisation.owner,
        )
        edit_organisation(organisation=organisation, facts=facts, by=by, seen_version=seen_version)
    details = OfficeOrganisation.objects.filter(office=office, organisation=organisation).first()
    set_office_details(
        office=office,
        organisation=organisation,
        by=by,
        notice_email=taken.notice_email or (details.notice_email if details else ""),
        postal_address=taken.postal_address or (details.postal_address if details else ""),
        contact_name=details.contact_name if details else "",
    )
    note_form(organisation, taken.written_form, "Enhetsregisteret", by)


# --- NSR and NBR -----------------------------------------------------------------------------------------------------


@transaction.atomic
def load_units(*, units: Iterable[RegisteredUnit], by: Actor) -> Loaded:
    """Add and change units of owners that are here; a unit that is no longer active ends today."""
    outcome = Loaded()
    owners = {
        one.orgnr: one
        for one in Organisation.objects.filter(orgnr__isnull=False, kind__in=OWNER_KINDS).select_related("anchor")
    }
    rows = Unit.objects.select_related("owner__anchor")
    known = {unit.orgnr: unit for unit in rows if unit.orgnr}
    by_name = {(unit.owner_id, unit.sector, unit.sort_key): unit for unit in rows if unit.ended_on is None}
    new: list[UnitFacts] = []
    edits: list[tuple[Unit, dict[str, Any]]] = []
    for unit in {one.orgnr: one for one in units if one.sector}.values():
        owner = owners.get(unit.owner_orgnr) or owners.get(unit.orgnr)
        if owner is None:
            outcome.counts["owner not here"] += 1
            continue
        facts = _facts_of(unit, owner)
        columns = facts.columns()
        same_name = by_name.get((owner.pk, unit.sector, columns["sort_key"]))
        there = known.get(unit.orgnr) or (same_name if same_name and not same_name.orgnr else None)
        if there is not None:
            if changed := _changes(there, unit, facts):
                edits.append((there, changed))
                outcome.tell("changed", f"{owner.anchor.name}: {there.name}: {', '.join(sorted(changed))}")
            else:
                outcome.counts["unchanged"] += 1
        elif same_name is not None:
            outcome.counts["name taken"] += 1
        elif unit.active:
            new.append(facts)
            by_name[owner.pk, unit.sector, columns["sort_key"]] = Unit(**columns)
            outcome.tell("created", f"{owner.anchor.name}: {unit.name}")
    register_units(rows=new, office=None, by=by)
    edit_units(rows=edits, by=by)
    return outcome


def _facts_of(unit: RegisteredUnit, owner: Organisation) -> UnitFacts:
    own = owner if owner.orgnr == unit.orgnr else None
    return UnitFacts(
        owner=owner,
        name=unit.name,
        sector=unit.sector,
        orgnr=unit.orgnr,
        municipality_number=unit.municipality_number,
        organisation=own,
    )


def _changes(there: Unit, unit: RegisteredUnit, facts: UnitFacts) -> dict[str, Any]:
    """What the register says otherwise; the name somebody in an office has written stays."""
    values: dict[str, Any] = {
        "sector": facts.sector,
        "orgnr": facts.orgnr,
        "municipality_number": facts.municipality_number or there.municipality_number,
        "ended_on": there.ended_on if unit.active or there.ended_on else clock.today(),
    }
    if there.kept_by_id is None:
        values["name"] = facts.name
    return {column: value for column, value in values.items() if getattr(there, column) != value}


# --- Klass -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def load_codes(*, codes: Sequence[Code], by: Actor) -> Loaded:
    """Add municipalities that are new. Those that are here keep their names."""
    outcome = Loaded()
    known = _municipalities()
    new = [code for code in codes if code.number not in known]
    register_organisations(rows=[_municipality(code) for code in new], by=by)
    for code in new:
        outcome.tell("created", f"{code.number} {code.name} kommune")
    outcome.counts["unchanged"] = len(codes) - len(new)
    return outcome


@transaction.atomic
def load_code_changes(*, changes: Sequence[CodeChange], by: Actor) -> Loaded:
    """End the municipalities whose numbers became others, and say what came after them."""
    outcome, known = Loaded(), _municipalities()
    into, out_of = Counter(one.new.number for one in changes), Counter(one.old.number for one in changes)
    for change in sorted(changes, key=lambda one: (one.day, one.old.number, one.new.number)):
        old = known.get(change.old.number)
        if old is None or old.is_synthetic:
            outcome.counts["not here"] += 1
            continue
        new = known.get(change.new.number)
        if new is None:
            [new] = register_organisations(rows=[_municipality(change.new, change.day)], by=by)
            known[change.new.number] = new
            outcome.tell("created", f"{change.new.number} {new.anchor.name}")
        kind = _kind(out_of[change.old.number], into[change.new.number])
        if _succeed(old, new, change.day, kind, by):
            outcome.tell("changed", f"{old.anchor.name} -> {new.anchor.name}, {change.day.isoformat()}")
        else:
            outcome.counts["unchanged"] += 1
    return outcome


def _kind(successors: int, predecessors: int) -> str:
    if successors > 1:
        return SuccessionKind.SPLIT.value
    return (SuccessionKind.MERGER if predecessors > 1 else SuccessionKind.TAKEN_OVER).value


def _succeed(old: Organisation, new: Organisation, day: date, kind: str, by: Actor) -> bool:
    _row, made = Successor.objects.get_or_create(ended=old, successor=new, defaults={"valid_from": day, "kind": kind})
    last = day - timedelta(days=1)
    return (old.ended_on is None and change_organisation(organisation=old, by=by, ended_on=last)) or made


def _municipalities() -> dict[str, Organisation]:
    rows = Organisation.objects.filter(kind=OrganisationKind.MUNICIPALITY).exclude(municipality_number="")
    return {row.municipality_number: row for row in rows.select_related("anchor")}


def _municipality(code: Code, day: date | None = None) -> OrganisationRow:
    return OrganisationRow(
        name=f"{code.name} kommune",
        kind=OrganisationKind.MUNICIPALITY,
        municipality_number=code.number,
        county_number=code.number[:2],
        certainty="FOUND",
        exists_from=day,
    )
