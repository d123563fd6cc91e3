"""Makes and keeps an office: its anchor, its names in both written forms, its details."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from core import authz
from core.actor import Actor
from core.enums import AnchorKind, WrittenForm
from core.identifiers import normalise_orgnr
from core.models import Anchor, Office, OfficeName
from core.requirements import Obstacle, StepRefused
from core.services.events import record
from core.services.performing import check_version, lock


@dataclass(frozen=True, slots=True)
class OfficeNameRow:
    """A name in one written form with its days («Fylkesmannen» until 2020)."""

    form: str
    name: str
    valid_from: date | None = None
    valid_to: date | None = None


@transaction.atomic
def register_office(
    *,
    slug: str,
    orgnr: str,
    names: Mapping[str, str],
    default_form: str,
    by: Actor,
    county_number: str = "",
    is_demo: bool = False,
    unit_nb: str = "",
    unit_nn: str = "",
    postal_address: str = "",
    phone: str = "",
    email: str = "",
    website: str = "",
    earlier_names: Sequence[OfficeNameRow] = (),
) -> Office:
    """Make an office, or bring the one with this ``slug`` up to date. ``names`` maps «nb» and «nn» to today's name.

    Doing it twice with the same values changes nothing. Raises core.identifiers.UnreadableIdentifier for a wrong
    number. Only commands call it; the caller asks for the right.
    """
    values = {
        "orgnr": normalise_orgnr(orgnr),
        "default_form": default_form,
        "county_number": county_number,
        "is_demo": is_demo,
        "unit_nb": unit_nb,
        "unit_nn": unit_nn,
        "postal_address": postal_address,
        "phone": phone,
        "email": email,
        "website": website,
    }
    office = Office.objects.select_for_update(of=("self",)).filter(slug=slug).first()
    if office is None:
        anchor = Anchor.objects.create(kind=AnchorKind.OFFICE, name=names[default_form])
        office = Office.objects.create(anchor=anchor, slug=slug, **values)
        _store_names(office, names, earlier_names)
        record(code="office.registered", subject=office, by=by, office=office, data={"name": anchor.name})
        return office
    changed = sorted(name for name, value in values.items() if getattr(office, name) != value)
    if _names_of(office) != _wanted(names, earlier_names):
        office.names.all().delete()
        _store_names(office, names, earlier_names)
        Anchor.objects.filter(pk=office.anchor_id).update(name=names[default_form])
        changed.append("names")
    if changed:
        for name, value in values.items():
            setattr(office, name, value)
        office.version += 1
        office.save(update_fields=[*values, "version"])
        data = {"name": names[default_form], "fields": ", ".join(changed)}
        record(code="office.changed", subject=office, by=by, office=office, data=data)
    return office


CONTACT_FIELDS = ("unit_nb", "unit_nn", "postal_address", "phone", "email", "website")


@transaction.atomic
def describe_office(*, office: Office, by: Actor, is_demo: bool, **contact: str) -> None:
    """Bring what an office says of itself up to date; ``is_demo`` makes screens and letters say that data are invented.

    Raises ValueError for anything that isn't a contact detail. Only commands call it.
    """
    if unknown := contact.keys() - set(CONTACT_FIELDS):
        raise ValueError(f"not a contact detail: {sorted(unknown)}")
    row = Office.objects.select_for_update(of=("self",)).select_related("anchor").get(pk=office.pk)
    values: dict[str, object] = {"is_demo": is_demo, **contact}
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    if not changed:
        return
    for name in changed:
        setattr(row, name, values[name])
        setattr(office, name, values[name])
    row.version = office.version = row.version + 1
    row.save(update_fields=[*changed, "version"])
    data = {"name": row.anchor.name, "fields": ", ".join(changed)}
    record(code="office.changed", subject=row, by=by, office=row, data=data)


@transaction.atomic
def found_office(*, slug: str, orgnr: str, names: Mapping[str, str], default_form: str, by: Actor) -> Office:
    """Make an office that isn't shipped. Raises NotAllowed, core.identifiers.UnreadableIdentifier, and StepRefused
    when another office has the short name or the number."""
    authz.require(by, "core.run_installation")
    digits = normalise_orgnr(orgnr)
    taken = []
    if Office.objects.filter(slug=slug).exists():
        text = _("Another office has the short name «%(slug)s». Choose another.") % {"slug": slug}
        taken.append(Obstacle("slug_taken", text, "id_slug"))
    if holder := Office.objects.select_related("anchor").filter(orgnr=digits).first():
        text = _("%(name)s is here already with this organisation number.") % {"name": holder.anchor.name}
        taken.append(Obstacle("orgnr_taken", text, "id_orgnr"))
    if taken:
        raise StepRefused(taken)
    return register_office(slug=slug, orgnr=digits, names=names, default_form=default_form, by=by)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeDetails:
    """What an office says of itself. ``default_form`` is the written form where neither law nor recipient decides."""

    default_form: str
    unit_nb: str = ""
    unit_nn: str = ""
    postal_address: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""


@transaction.atomic
def change_office(*, office: Office, details: OfficeDetails, by: Actor, seen_version: int | None = None) -> Office:
    """Keep what the office says of itself. Raises NotAllowed, and StaleVersion if it was changed meanwhile."""
    row = lock(office)
    authz.require(by, "core.administer_office", row)
    check_version(row, seen_version)
    names = [field.name for field in fields(details)]
    changed = [name for name in names if getattr(row, name) != getattr(details, name)]
    if not changed:
        return row
    for name in changed:
        setattr(row, name, getattr(details, name))
    row.version += 1
    row.save(update_fields=[*changed, "version"])
    data = {"name": row.anchor.name, "fields": ", ".join(sorted(changed))}
    record(code="office.changed", subject=row, by=by, office=row, data=data)
    return row


def _wanted(
    names: Mapping[str, str], earlier: Sequence[OfficeNameRow]
) -> set[tuple[str, str, date | None, date | None]]:
    """The rows: earlier ones as given, today's from the day after the last earlier one in its form."""
    rows = {(row.form, row.name, row.valid_from, row.valid_to) for row in earlier}
    for form in WrittenForm.values:
        ends = [row.valid_to for row in earlier if row.form == form and row.valid_to is not None]
        starts = date.fromordinal(max(ends).toordinal() + 1) if ends else None
        rows.add((form, names.get(form) or next(iter(names.values())), starts, None))
    return rows


def _names_of(office: Office) -> set[tuple[str, str, date | None, date | None]]:
    return {(row.form, row.name, row.valid_from, row.valid_to) for row in office.names.all()}


def _store_names(office: Office, names: Mapping[str, str], earlier: Sequence[OfficeNameRow]) -> None:
    OfficeName.objects.bulk_create(
        OfficeName(office=office, form=form, name=name, valid_from=valid_from, valid_to=valid_to)
        for form, name, valid_from, valid_to in sorted(_wanted(names, earlier), key=lambda row: (row[0], str(row[2])))
    )
