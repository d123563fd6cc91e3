"""Makes and keeps organisations, and what one office has written about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from core import authz
from core.actor import Actor
from core.collation import fold, sort_key
from core.enums import AnchorKind
from core.identifiers import normalise_orgnr
from core.models import Anchor, Office
from core.services.events import record, record_many
from core.services.performing import check_version
from networks.enums import FormSource
from networks.models import OfficeOrganisation, Organisation, OrganisationName, WrittenFormChoice


@dataclass(frozen=True, slots=True)
class NameRow:
    """A name with the days it is in use; ``name_nn`` only where the organisation has one of its own in nynorsk."""

    name: str
    name_nn: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """One organisation to register. ``name`` is today's; ``earlier_names`` those it had before.

    ``form`` with ``form_source`` is its decided or chosen written form (networks.enums.FormDecision, FormSource).
    """

    name: str
    kind: str
    orgnr: str | None = None
    name_nn: str = ""
    municipality_number: str = ""
    county_number: str = ""
    is_synthetic: bool = False
    certainty: str = ""
    owner: Organisation | None = None
    form: str | None = None
    form_source: str | None = None
    form_source_text: str = ""
    exists_from: date | None = None
    ended_on: date | None = None
    name_from: date | None = None
    earlier_names: Sequence[NameRow] = field(default=())
    kept_by: Office | None = None


@transaction.atomic
def register_organisations(*, rows: Sequence[OrganisationRow], by: Actor) -> list[Organisation]:
    """Make many organisations in a handful of statements, in the order given.

    Each gets its anchor, its names, its sort key and its event. Raises core.identifiers.UnreadableIdentifier for a
    wrong organisation number. Organisations are shared by the offices: the caller asks for the right.
    """
    anchors = Anchor.objects.bulk_create(Anchor(kind=AnchorKind.ORGANISATION, name=row.name) for row in rows)
    made = Organisation.objects.bulk_create(
        Organisation(
            anchor=anchor,
            orgnr=normalise_orgnr(row.orgnr) if row.orgnr else None,
            kind=row.kind,
            owner=row.owner,
            municipality_number=row.municipality_number,
            county_number=row.county_number,
            sort_key=sort_key(row.name)[:250],
            fold=_folded(row),
            is_synthetic=row.is_synthetic,
            certainty=row.certainty,
            exists_from=row.exists_from,
            ended_on=row.ended_on,
            kept_by=row.kept_by,
        )
        for row, anchor in zip(rows, anchors, strict=True)
    )
    OrganisationName.objects.bulk_create(
        OrganisationName(
            organisation=organisation,
            name=name.name,
            name_nn=name.name_nn,
            valid_from=name.valid_from,
            valid_to=name.valid_to,
        )
        for row, organisation in zip(rows, made, strict=True)
        for name in (*row.earlier_names, NameRow(row.name, row.name_nn, row.name_from))
    )
    WrittenFormChoice.objects.bulk_create(
        WrittenFormChoice(
            organisation=organisation,
            form=row.form,
            source=row.form_source or FormSource.REGISTER,
            source_text=row.form_source_text,
        )
        for row, organisation in zip(rows, made, strict=True)
        if row.form
    )
    record_many(
        code="organisation.registered",
        subjects=list(made),
        by=by,
        office=None,
        data=[{"name": row.name} for row in rows],
    )
    return made


def _folded(row: OrganisationRow) -> str:
    return fold(" ".join(filter(None, (row.name, row.name_nn, *(n.name for n in row.earlier_names)))))[:250]


def register_organisation(
    *,
    name: str,
    kind: str,
    by: Actor,
    orgnr: str | None = None,
    name_nn: str = "",
    municipality_number: str = "",
    county_number: str = "",
    is_synthetic: bool = False,
    certainty: str = "",
    owner: Organisation | None = None,
    form: str | None = None,
    form_source: str | None = None,
    exists_from: date | None = None,
    ended_on: date | None = None,
    earlier_names: Sequence[NameRow] = (),
    name_from: date | None = None,
    kept_by: Office | None = None,
) -> Organisation:
    """Make one organisation; see :func:`register_organisations`."""
    row = OrganisationRow(
        name=name,
        kind=kind,
        orgnr=orgnr,
        name_nn=name_nn,
        municipality_number=municipality_number,
        county_number=county_number,
        is_synthetic=is_synthetic,
        certainty=certainty,
        owner=owner,
        form=form,
        form_source=form_source,
        exists_from=exists_from,
        ended_on=ended_on,
        earlier_names=earlier_names,
        name_from=name_from,
        kept_by=kept_by,
    )
    return register_organisations(rows=[row], by=by)[0]


def folded_names(organisation: Organisation) -> str:
    """Every name it has or had, folded: one finds it by the name it no longer uses."""
    names = organisation.names.values_list("name", "name_nn")
    return fold(" ".join(dict.fromkeys(text for pair in names for text in pair if text)))[:250]


CHANGEABLE = frozenset(
    {"orgnr", "kind", "owner", "municipality_number", "county_number", "certainty", "exists_from", "ended_on"}
)


@transaction.atomic
def change_organisation(*, organisation: Organisation, by: Actor, **values: Any) -> bool:
    """Bring columns of an organisation up to date; True if anything changed.

    Raises ValueError for a column that isn't to be changed this way. The caller asks for the right.
    """
    if unknown := values.keys() - CHANGEABLE:
        raise ValueError(f"not to be changed: {sorted(unknown)}")
    row = Organisation.objects.select_for_update(of=("self",)).select_related("anchor").get(pk=organisation.pk)
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    if not changed:
        return False
    for name in changed:
        setattr(row, name, values[name])
        setattr(organisation, name, values[name])
    row.version = organisation.version = row.version + 1
    row.save(update_fields=[*changed, "version"])
    data = {"name": row.anchor.name, "fields": ", ".join(changed)}
    record(code="organisation.changed", subject=row, by=by, data=data)
    return True


@transaction.atomic
def rename_organisation(
    *, organisation: Organisation, name: str, by: Actor, name_nn: str = "", valid_from: date | None = None
) -> None:
    """Give the organisation a new name: corrected where it stands, or from a day with the old one kept until then."""
    row = Organisation.objects.select_for_update(of=("self",)).select_related("anchor").get(pk=organisation.pk)
    last = row.names.filter(valid_to__isnull=True).first()
    if last is not None and valid_from is None:
        last.name, last.name_nn = name, name_nn
        last.save(update_fields=["name", "name_nn"])
    else:
        if last is not None and valid_from is not None:
            last.valid_to = date.fromordinal(valid_from.toordinal() - 1)
            last.save(update_fields=["valid_to"])
        OrganisationName.objects.create(organisation=row, name=name, name_nn=name_nn, valid_from=valid_from)
    Anchor.objects.filter(pk=row.anchor_id).update(name=name)
    row.sort_key = sort_key(name)[:250]
    row.fold = folded_names(row)
    row.version += 1
    row.save(update_fields=["sort_key", "fold", "version"])
    organisation.refresh_from_db()
    record(code="organisation.changed", subject=row, by=by, data={"name": name, "fields": "name"})


@transaction.atomic
def set_office_details(
    *,
    office: Office,
    organisation: Organisation,
    by: Actor,
    notice_email: str = "",
    postal_address: str = "",
    contact_name: str = "",
    seen_version: int | None = None,
) -> OfficeOrganisation:
    """Write what this office knows about the organisation: where mail and letters go, and whom to ask.

    Also makes the organisation one the office works with. Raises NotAllowed and StaleVersion.
    """
    authz.require(by, "networks.keep_registers", office)
    row, made = OfficeOrganisation.objects.select_for_update(of=("self",)).get_or_create(
        office=office, organisation=organisation, defaults=by.columns()
    )
    check_version(row, None if made else seen_version)
    values = {"notice_email": notice_email, "postal_address": postal_address, "contact_name": contact_name}
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if changed or made:
        for name, value in {**values, **by.columns()}.items():
            setattr(row, name, value)
        row.version += 0 if made else 1
        row.save()
        data = {"name": organisation.anchor.name, "fields": ", ".join(changed)}
        record(code="contact.changed", subject=row, by=by, office=office, data=data)
    return row
