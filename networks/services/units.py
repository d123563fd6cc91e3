"""Schools and kindergartens under their owners."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import authz, clock
from core.actor import Actor
from core.collation import fold, sort_key
from core.identifiers import normalise_orgnr
from core.models import Office
from core.requirements import Obstacle, StepRefused
from core.services.events import record, record_many
from core.services.performing import check_version
from networks.enums import OWN_LEGAL_PERSONS, OWNER_KINDS
from networks.models import Organisation, Unit
from networks.selectors.standing import why_not_party


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFacts:
    """What is known of a school or kindergarten. ``organisation``: itself, where it is its own legal person (§ 3)."""

    owner: Organisation
    name: str
    sector: str
    orgnr: str = ""
    municipality_number: str = ""
    organisation: Organisation | None = None
    ended_on: date | None = None

    def columns(self) -> dict[str, Any]:
        return {
            "owner": self.owner,
            "name": self.name,
            "sector": self.sector,
            "orgnr": normalise_orgnr(self.orgnr) if self.orgnr else None,
            "municipality_number": self.municipality_number,
            "organisation": self.organisation,
            "ended_on": self.ended_on,
            "sort_key": sort_key(self.name)[:250],
            "fold": fold(self.name)[:250],
        }


@transaction.atomic
def add_unit(*, office: Office, facts: UnitFacts, by: Actor) -> Unit:
    """Add a unit under its owner; the office keeps it. Raises NotAllowed, UnreadableIdentifier and StepRefused."""
    authz.require(by, "networks.keep_registers", office)
    _refuse(obstacles_to(facts))
    return register_units(rows=[facts], office=office, by=by)[0]


@transaction.atomic
def register_units(*, rows: Sequence[UnitFacts], office: Office | None, by: Actor) -> list[Unit]:
    """Make many units in a handful of statements, in the order given. The caller asks for the right."""
    made = Unit.objects.bulk_create(Unit(**row.columns(), kept_by=office) for row in rows)
    record_many(
        code="unit.registered",
        subjects=list(made),
        by=by,
        office=office,
        data=[{"name": row.name, "owner": row.owner.anchor.name} for row in rows],
    )
    return made


@transaction.atomic
def edit_unit(*, unit: Unit, facts: UnitFacts, by: Actor, seen_version: int | None = None) -> Unit:
    """Change a unit, move it to another owner, end it or take that back.

    Raises NotAllowed, StaleVersion, UnreadableIdentifier and StepRefused.
    """
    row = Unit.objects.select_for_update(of=("self",)).select_related("owner__anchor").get(pk=unit.pk)
    authz.require(by, "networks.change_unit", row)
    check_version(row, seen_version)
    _refuse(obstacles_to(facts, but=row))
    values = facts.columns()
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if not changed:
        return row
    before = row.ended_on
    for name in changed:
        setattr(row, name, values[name])
    row.version += 1
    row.save(update_fields=[*changed, "version"])
    words = {"name": facts.name, "owner": facts.owner.anchor.name}
    shown = [name for name in changed if name not in {"sort_key", "fold", "ended_on"}]
    if facts.ended_on is not None and facts.ended_on != before:
        data = words | {"day": facts.ended_on.isoformat()}
        record(code="unit.ended", subject=row, by=by, office=row.kept_by_id, data=data)
    elif before is not None and facts.ended_on is None:
        record(code="unit.reopened", subject=row, by=by, office=row.kept_by_id, data=words)
    if shown:
        data = words | {"fields": ", ".join(shown)}
        record(code="unit.changed", subject=row, by=by, office=row.kept_by_id, data=data)
    return row


def obstacles_to(facts: UnitFacts, *, but: Unit | None = None) -> Iterable[Obstacle]:
    """Why this can't be true of a unit, each with the field it is mended in."""
    if but is None or but.owner_id != facts.owner.pk:
        for one in why_not_party(facts.owner, on=clock.today()):
            yield Obstacle(one.code, one.text, "id_owner")
    if facts.owner.kind not in OWNER_KINDS:
        text = _("%(name)s doesn't own schools or kindergartens.") % {"name": facts.owner.anchor.name}
        yield Obstacle("not_an_owner", text, "id_owner")
    others = Unit.objects.exclude(pk=but.pk if but is not None else 0).select_related("owner__anchor")
    if facts.orgnr and (holder := others.filter(orgnr=normalise_orgnr(facts.orgnr)).first()) is not None:
        text = _("%(name)s under %(owner)s has this organisation number already.")
        words = text % {"name": holder.name, "owner": holder.owner.anchor.name}
        yield Obstacle("number_taken", words, "id_orgnr")
    same = {"owner": facts.owner, "sector": facts.sector, "sort_key": sort_key(facts.name)[:250]}
    if facts.ended_on is None and others.filter(ended_on__isnull=True, **same).exists():
        text = _("%(owner)s has a unit called %(name)s already.")
        words = text % {"name": facts.name, "owner": facts.owner.anchor.name}
        yield Obstacle("name_taken", words, "id_name")
    if facts.organisation is not None:
        yield from _obstacles_to_own_person(facts.organisation, others)


def _obstacles_to_own_person(organisation: Organisation, others: Any) -> Iterable[Obstacle]:
    name = organisation.anchor.name
    if organisation.kind not in OWN_LEGAL_PERSONS:
        text = _("%(name)s isn't a private kindergarten or a private school.") % {"name": name}
        yield Obstacle("not_its_own_person", text, "id_organisation")
    if (holder := others.filter(organisation=organisation).first()) is not None:
        text = _("%(name)s is already the unit %(unit)s.") % {"name": name, "unit": holder.name}
        yield Obstacle("person_taken", text, "id_organisation")


def _refuse(obstacles: Iterable[Obstacle]) -> None:
    if found := list(obstacles):
        raise StepRefused(found)
