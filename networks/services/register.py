"""What an office does with the register of organisations: add, change, rename, end. Facts are shared by all offices,
so each asks who may change them (docs/adr/0026)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import authz, clock
from core.actor import Actor
from core.collation import sort_key
from core.dates import format_date, interface_form
from core.identifiers import is_synthetic, normalise_orgnr
from core.models import Anchor, Office
from core.requirements import Obstacle, StepRefused
from core.services.events import record
from core.services.performing import check_version
from networks.enums import PART_OF_KINDS, PUBLIC_OWNER_KINDS, FormSource, OrganisationKind
from networks.models import OfficeOrganisation, Organisation, Successor, WrittenFormChoice
from networks.selectors.organisations import holder_of, municipality_with
from networks.selectors.standing import why_not_party
from networks.services.organisations import (
    OrganisationRow,
    folded_names,
    register_organisations,
    rename_organisation,
    set_office_details,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What all offices share about an organisation. ``name`` is the one in use."""

    name: str
    kind: str
    name_nn: str = ""
    orgnr: str = ""
    municipality_number: str = ""
    county_number: str = ""
    owner: Organisation | None = None

    def columns(self) -> dict[str, Any]:
        """The organisation's own columns. A municipality number says which county."""
        return {
            "kind": self.kind,
            "orgnr": normalise_orgnr(self.orgnr) if self.orgnr else None,
            "municipality_number": self.municipality_number,
            "county_number": self.municipality_number[:2] or self.county_number,
            "owner": self.owner if self.kind in PART_OF_KINDS else None,
        }


@transaction.atomic
def add_organisation(*, office: Office, facts: Facts, by: Actor) -> Organisation:
    """Add an organisation; the office keeps it and works with it from now on.

    Raises NotAllowed, UnreadableIdentifier, and StepRefused for a number somebody has already.
    """
    authz.require(by, "networks.keep_registers", office)
    refuse(obstacles_to(facts))
    columns = facts.columns()
    row = OrganisationRow(
        name=facts.name,
        name_nn=facts.name_nn,
        is_synthetic=bool(columns["orgnr"]) and is_synthetic(columns["orgnr"]),
        kept_by=office,
        **columns,
    )
    [organisation] = register_organisations(rows=[row], by=by)
    set_office_details(office=office, organisation=organisation, by=by)
    return organisation


@transaction.atomic
def edit_organisation(
    *, organisation: Organisation, facts: Facts, by: Actor, seen_version: int | None = None
) -> Organisation:
    """Correct what all offices share; a name is corrected where it stands (:func:`give_new_name` keeps the old one).

    Raises NotAllowed, StaleVersion, UnreadableIdentifier, and StepRefused for a number somebody has already.
    """
    row = _locked(organisation, by, seen_version)
    refuse(obstacles_to(facts, but=row))
    values = facts.columns()
    values["is_synthetic"] = bool(values["orgnr"]) and is_synthetic(values["orgnr"])
    before = {name: getattr(row, name) for name in values}
    if row.orgnr is None and values["orgnr"] is None:
        values["is_synthetic"] = row.is_synthetic
    name = row.names.filter(valid_to__isnull=True).first()
    fields = sorted(column for column, value in values.items() if before[column] != value)
    if name is not None and (name.name, name.name_nn) != (facts.name, facts.name_nn):
        name.name, name.name_nn = facts.name, facts.name_nn
        name.save(update_fields=["name", "name_nn"])
        Anchor.objects.filter(pk=row.anchor_id).update(name=facts.name)
        values |= {"sort_key": sort_key(facts.name)[:250], "fold": folded_names(row)}
        fields.append("name")
    if fields:
        _save(row, values, by, name=facts.name, fields=fields)
    return row


@transaction.atomic
def give_new_name(
    *,
    organisation: Organisation,
    name: str,
    valid_from: date,
    by: Actor,
    name_nn: str = "",
    seen_version: int | None = None,
) -> Organisation:
    """From a day the organisation has another name; what was written before keeps the old one (HINN until 2024).

    Raises NotAllowed, StaleVersion, and StepRefused for a day that hasn't come, or one before the present name began.
    """
    row = _locked(organisation, by, seen_version)
    if valid_from > clock.today():
        text = _("Write the new name on the day it comes into use, or later. Until then letters carry the present one.")
        raise StepRefused([Obstacle("not_yet", text, "id_valid_from")])
    last = row.names.filter(valid_to__isnull=True).first()
    if last is not None and last.valid_from is not None and valid_from <= last.valid_from:
        text = _("The present name has been in use since %(day)s. Choose a later day, or correct the name.")
        words = text % {"day": format_date(last.valid_from, interface_form())}
        raise StepRefused([Obstacle("name_overlaps", words, "id_valid_from")])
    rename_organisation(organisation=row, name=name, name_nn=name_nn, valid_from=valid_from, by=by)
    return row


@transaction.atomic
def choose_written_form(
    *, office: Office, organisation: Organisation, form: str, source_text: str, by: Actor, valid_from: date
) -> WrittenFormChoice:
    """Write down which form the organisation gets, and where that was learnt (språklova § 15).

    A municipality's or county council's own decision is shared, and asks who may change it. What a private one, or a
    provider, has written or asked for, any office that hears it writes down: § 15 binds them all. Raises NotAllowed.
    """
    public = organisation.kind in PUBLIC_OWNER_KINDS
    authz.require(by, "networks.keep_registers", office)
    if public:
        authz.require(by, "networks.change_organisation", organisation)
    source = FormSource.REGULATION if public else FormSource.OWN_CHOICE
    row = Organisation.objects.select_for_update(of=("self",)).select_related("anchor").get(pk=organisation.pk)
    now = row.written_forms.filter(source=source, valid_to__isnull=True).first()
    if now is not None and (now.form, now.source_text) == (form, source_text):
        return now
    if now is not None and now.form != form and (now.valid_from is None or now.valid_from < valid_from):
        now.valid_to = valid_from - timedelta(days=1)
        now.save(update_fields=["valid_to"])
        now = None
    if now is None:
        now = WrittenFormChoice(organisation=row, source=source, valid_from=valid_from)
    now.form, now.source_text = form, source_text[:120]
    now.save()
    data = {"name": row.anchor.name, "form": form}
    record(code="organisation.form_chosen", subject=row, by=by, office=office, data=data)
    return now


@transaction.atomic
def end_organisation(
    *,
    organisation: Organisation,
    ended_on: date,
    by: Actor,
    kind: str = "",
    successors: Sequence[Organisation] = (),
    seen_version: int | None = None,
) -> Organisation:
    """The organisation's last day, and what came after it: from then on it is no payee, host or new member.

    What was written to it stays. Raises NotAllowed, StaleVersion and StepRefused.
    """
    row = _locked(organisation, by, seen_version)
    refuse(_obstacles_to_ending(row, ended_on, kind, successors))
    row.successors.all().delete()
    Successor.objects.bulk_create(
        Successor(ended=row, successor=one, kind=kind, valid_from=ended_on + timedelta(days=1)) for one in successors
    )
    row.ended_on = ended_on
    row.version += 1
    row.save(update_fields=["ended_on", "version"])
    names = ", ".join(one.anchor.name for one in successors)
    data = {"name": row.anchor.name, "day": ended_on.isoformat(), "successors": names}
    code = "organisation.ended_into" if names else "organisation.ended"
    record(code=code, subject=row, by=by, data=data)
    return row


@transaction.atomic
def reopen_organisation(*, organisation: Organisation, by: Actor, seen_version: int | None = None) -> Organisation:
    """Take back that it ended. Raises NotAllowed and StaleVersion."""
    row = _locked(organisation, by, seen_version)
    if row.ended_on is not None:
        row.successors.all().delete()
        row.ended_on = None
        row.version += 1
        row.save(update_fields=["ended_on", "version"])
        record(code="organisation.reopened", subject=row, by=by, data={"name": row.anchor.name})
    return row


def take_into_use(*, office: Office, organisation: Organisation, by: Actor) -> OfficeOrganisation:
    """The office works with an organisation somebody else registered. Raises NotAllowed, StepRefused for one that has
    ended."""
    refuse(why_not_party(organisation, on=clock.today()))
    known = OfficeOrganisation.objects.filter(office=office, organisation=organisation).first()
    return known or set_office_details(office=office, organisation=organisation, by=by)


# --- What stands in the way ------------------------------------------------------------------------------------------


def obstacles_to(facts: Facts, *, but: Organisation | None = None) -> list[Obstacle]:
    """Why these facts can't be true of an organisation, each with the field it is mended in."""
    found = []
    own = but.pk if but is not None else None
    if facts.orgnr and (holder := holder_of(normalise_orgnr(facts.orgnr), but=own)) is not None:
        text = _("%(name)s has this organisation number already.") % {"name": holder.anchor.name}
        found.append(Obstacle("number_taken", text, "id_orgnr"))
    if facts.kind == OrganisationKind.MUNICIPALITY and facts.municipality_number:
        taken = municipality_with(facts.municipality_number, but=own)
        if taken is not None:
            text = _("%(name)s has this municipality number already.") % {"name": taken.anchor.name}
            found.append(Obstacle("municipality_taken", text, "id_municipality_number"))
    if facts.owner is not None:
        found += _obstacles_to_owner(facts.owner, but)
    return found


def _obstacles_to_owner(owner: Organisation, organisation: Organisation | None) -> Iterable[Obstacle]:
    for one in why_not_party(owner, on=clock.today()):
        yield Obstacle(one.code, one.text, "id_owner")
    above: Organisation | None = owner
    for _step in range(20):
        if above is None or organisation is None:
            return
        if above.pk == organisation.pk:
            text = _("%(name)s can't belong under itself.") % {"name": organisation.anchor.name}
            yield Obstacle("owner_loop", text, "id_owner")
            return
        above = above.owner


def _obstacles_to_ending(
    row: Organisation, ended_on: date, kind: str, successors: Sequence[Organisation]
) -> Iterable[Obstacle]:
    if row.exists_from is not None and ended_on < row.exists_from:
        text = _("%(name)s began %(day)s. The last day must be later.")
        words = text % {"name": row.anchor.name, "day": format_date(row.exists_from, interface_form())}
        yield Obstacle("ends_before_it_began", words, "id_ended_on")
    if successors and not kind:
        yield Obstacle("kind_missing", _("Choose what happened: merged, split or taken over."), "id_kind")
    for one in successors:
        if one.pk == row.pk:
            text = _("%(name)s can't come after itself.") % {"name": row.anchor.name}
            yield Obstacle("its_own_successor", text, "id_successors")
        for obstacle in why_not_party(one, on=ended_on + timedelta(days=1)):
            yield Obstacle(obstacle.code, obstacle.text, "id_successors")


def refuse(obstacles: Iterable[Obstacle]) -> None:
    """Raise StepRefused if there are any."""
    if found := list(obstacles):
        raise StepRefused(found)


def _locked(organisation: Organisation, by: Actor, seen_version: int | None) -> Organisation:
    row = (
        Organisation.objects.select_for_update(of=("self",))
        .select_related("anchor", "owner__anchor")
        .get(pk=organisation.pk)
    )
    authz.require(by, "networks.change_organisation", row)
    check_version(row, seen_version)
    return row


def _save(row: Organisation, values: dict[str, Any], by: Actor, *, name: str, fields: Sequence[str]) -> None:
    for column, value in values.items():
        setattr(row, column, value)
    row.version += 1
    row.save(update_fields=[*values, "version"])
    row.anchor.name = name
    record(code="organisation.changed", subject=row, by=by, data={"name": name, "fields": ", ".join(fields)})
