"""Bring the shipped reference data into the database: what is new is made, what differs is changed, nothing else.

Running it twice changes nothing the second time. What the data don't say (an empty organisation number) never takes
away what somebody has entered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import models, transaction

from core import clock
from core.actor import Actor
from core.models import Office, OfficeName
from core.services.events import record_many
from core.services.offices import OfficeNameRow, register_office
from networks import reference
from networks.enums import FormSource, OrganisationKind
from networks.models import Organisation, OrganisationName, WrittenFormChoice
from networks.reference import NamePeriod
from networks.reference.wanted import Wanted, wanted_organisations
from networks.services.organisations import NameRow, OrganisationRow, register_organisations


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of one row, before and after, as text."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One row that differed."""

    group: str
    name: str
    fields: tuple[FieldChange, ...]


@dataclass(slots=True)
class Outcome:
    """What a run did, by group (offices, municipalities, …)."""

    created: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    changes: list[Change] = field(default_factory=list)

    @property
    def changed(self) -> Counter[str]:
        """How many rows differed, by group."""
        return Counter(change.group for change in self.changes)


@transaction.atomic
def load_reference(*, by: Actor) -> Outcome:
    """Make and change offices and organisations after the shipped data, and tell what was done."""
    outcome = Outcome()
    _load_offices(outcome, by)
    _load_organisations(outcome, by)
    return outcome


# --- Offices ---------------------------------------------------------------------------------------------------------


def _load_offices(outcome: Outcome, by: Actor) -> None:
    today = clock.today()
    known = {office.orgnr: office for office in Office.objects.select_related("anchor").prefetch_related("names")}
    touched: list[tuple[models.Model, Change]] = []
    for facts in reference.offices():
        county = facts.county_numbers[0] if len(facts.county_numbers) == 1 else ""
        office = known.get(facts.orgnr)
        if office is None:
            register_office(
                slug=facts.slug,
                orgnr=facts.orgnr,
                names={"nb": facts.names[-1].nb, "nn": facts.names[-1].nn},
                default_form=facts.default_form,
                county_number=county,
                earlier_names=[OfficeNameRow(**row) for row in _office_names(facts.names[:-1])],
                by=by,
            )
            outcome.created["offices"] += 1
            continue
        # What an office writes of itself where the law leaves it free is its own choice: set once, never set back.
        fields = _set(office, {"slug": facts.slug, "county_number": county})
        fields += _set(office.anchor, {"name": facts.name(office.default_form, today)})
        fields += _set_names(office.names.all(), _office_names(facts.names), OfficeName, "form", office=office)
        _settle(outcome, "offices", office, fields, touched)
    _tell("office", touched, by)


def _office_names(names: Iterable[NamePeriod]) -> list[dict[str, Any]]:
    return [
        {"form": form, "name": text, "valid_from": name.valid_from, "valid_to": name.valid_to}
        for name in names
        for form, text in (("nb", name.nb), ("nn", name.nn))
    ]


# --- Organisations ---------------------------------------------------------------------------------------------------


def _load_organisations(outcome: Outcome, by: Actor) -> None:
    today = clock.today()
    known = _known_organisations()
    made: list[Wanted] = []
    touched: list[tuple[models.Model, Change]] = []
    for wanted in wanted_organisations():
        organisation = known.get(wanted.key)
        if organisation is None:
            made.append(wanted)
            continue
        columns = wanted.columns()
        if wanted.owner_orgnr:
            columns["owner_id"] = known["orgnr", wanted.owner_orgnr].pk
        fields = _set(organisation, columns) + _set(organisation.anchor, {"name": wanted.names[-1].nb})
        fields += _set_names(
            organisation.names.all(),
            _organisation_names(wanted.names),
            OrganisationName,
            organisation=organisation,
        )
        fields += _set_form(organisation, wanted, today)
        _settle(outcome, wanted.group, organisation, fields, touched)
    _make(made, known, by)
    outcome.created.update(wanted.group for wanted in made)
    _tell("organisation", touched, by)


def _known_organisations() -> dict[tuple[str, str], Organisation]:
    """Organisations by everything the reference data could know them by; invented ones never."""
    known: dict[tuple[str, str], Organisation] = {}
    rows = Organisation.objects.filter(is_synthetic=False).select_related("anchor")
    for organisation in rows.prefetch_related("names", "written_forms"):
        for name in organisation.names.all():
            known.setdefault((organisation.kind, name.name), organisation)
        if organisation.orgnr:
            known["orgnr", organisation.orgnr] = organisation
        if organisation.municipality_number:
            known[organisation.kind, organisation.municipality_number] = organisation
        elif organisation.kind == OrganisationKind.COUNTY_COUNCIL:
            known[organisation.kind, organisation.county_number] = organisation
    return known


def _make(wanted: Sequence[Wanted], known: dict[tuple[str, str], Organisation], by: Actor) -> None:
    """New organisations in a few statements, however many; those that own others first."""
    for owned in (False, True):
        batch = [one for one in wanted if bool(one.owner_orgnr) is owned]
        made = register_organisations(rows=[_row(one, known) for one in batch], by=by)
        known.update(zip((one.key for one in batch), made, strict=True))
        for ended_on in {one.ended_on for one in batch} - {None}:
            gone = [row.pk for row in made if row.ended_on == ended_on]
            WrittenFormChoice.objects.filter(organisation__in=gone).update(valid_to=ended_on)


def _row(wanted: Wanted, known: dict[tuple[str, str], Organisation]) -> OrganisationRow:
    *earlier, now = [NameRow(**name) for name in _organisation_names(wanted.names)]
    form, source_text = wanted.form or (None, "")
    return OrganisationRow(
        name=now.name,
        name_nn=now.name_nn,
        name_from=now.valid_from,
        earlier_names=earlier,
        kind=wanted.kind,
        orgnr=wanted.orgnr,
        municipality_number=wanted.municipality_number,
        county_number=wanted.county_number,
        certainty=wanted.certainty,
        owner=known["orgnr", wanted.owner_orgnr] if wanted.owner_orgnr else None,
        form=form,
        form_source=FormSource.REGULATION if form else None,
        form_source_text=source_text,
        exists_from=wanted.exists_from,
        ended_on=wanted.ended_on,
    )


def _organisation_names(names: Iterable[NamePeriod]) -> list[dict[str, Any]]:
    return [
        {
            "name": name.nb,
            "name_nn": name.nn if name.nn != name.nb else "",
            "valid_from": name.valid_from,
            "valid_to": name.valid_to,
        }
        for name in names
    ]


def _set_form(organisation: Organisation, wanted: Wanted, today: date) -> list[FieldChange]:
    """A new decision on written form ends the one before: last year's letters keep their reason (språklova § 11)."""
    if wanted.form is None:
        return []
    form, source_text = wanted.form
    decided = [choice for choice in organisation.written_forms.all() if choice.source == FormSource.REGULATION]
    now = next((choice for choice in decided if choice.valid_to == wanted.ended_on), None)
    if now is not None and now.form == form:
        return _set(now, {"source_text": source_text})
    if now is not None and now.valid_from == today:
        return _set(now, {"form": form, "source_text": source_text})
    if now is not None:
        now.valid_to = today - timedelta(days=1)
        now.save(update_fields=["valid_to"])
    WrittenFormChoice.objects.create(
        organisation=organisation,
        form=form,
        source=FormSource.REGULATION,
        source_text=source_text,
        valid_from=today if now is not None else None,
        valid_to=wanted.ended_on,
    )
    return [FieldChange("written form", now.form if now is not None else "", form)]


# --- One row ---------------------------------------------------------------------------------------------------------


def _set(row: models.Model, columns: dict[str, Any]) -> list[FieldChange]:
    """Set what differs, and say it."""
    changes = []
    for name, after in columns.items():
        before = getattr(row, name)
        if before != after:
            setattr(row, name, after)
            changes.append(FieldChange(name, _shown(before), _shown(after)))
    if changes:
        row.save(update_fields=[change.field for change in changes])
    return changes


def _set_names(
    rows: Iterable[Any],
    wanted: Iterable[dict[str, Any]],
    model: type[models.Model],
    *also_known_by: str,
    **parent: models.Model,
) -> list[FieldChange]:
    """The names with their days, each known by the day it began; other names somebody entered stay."""
    keys = ("valid_from", *also_known_by)
    known = {tuple(getattr(row, key) for key in keys): row for row in rows}
    changes = []
    for columns in wanted:
        row = known.get(tuple(columns[key] for key in keys))
        if row is None:
            model._default_manager.create(**parent, **columns)
            changes.append(FieldChange("name", "", columns["name"]))
        else:
            changes += _set(row, columns)
    return changes


def _shown(value: object) -> str:
    return "" if value is None else str(value)


def _settle(
    outcome: Outcome,
    group: str,
    row: Office | Organisation,
    fields: list[FieldChange],
    touched: list[tuple[models.Model, Change]],
) -> None:
    """Count the row as changed or unchanged; one that changed gets its next version."""
    if not fields:
        outcome.unchanged[group] += 1
        return
    row.version += 1
    row.save(update_fields=["version"])
    change = Change(group, row.anchor.name, tuple(fields))
    outcome.changes.append(change)
    touched.append((row, change))


def _tell(what: str, touched: Sequence[tuple[models.Model, Change]], by: Actor) -> None:
    """One event for each row that was changed."""
    record_many(
        code=f"{what}.changed",
        subjects=[row for row, _ in touched],
        by=by,
        office=None,
        data=[
            {"name": change.name, "fields": ", ".join(sorted({one.field for one in change.fields}))}
            for _, change in touched
        ],
    )
