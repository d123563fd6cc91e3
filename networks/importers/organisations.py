"""Takes in organisations: owners, partners and coordinating bodies, with what the office writes about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.actor import Actor
from core.collation import sort_key
from core.dates import format_date, interface_form
from core.forms import EmailField
from core.identifiers import is_synthetic, normalise_orgnr
from core.imports import Applied, Change, Column, Difference, Fault, Importer, Plan, Values
from core.models import Office
from core.unreadable import Unreadable
from networks.enums import PART_OF_KINDS, PUBLIC_OWNER_KINDS, FormDecision, FormSource, OrganisationKind
from networks.importers.known import Register
from networks.importers.restoring import put_back, snapshots
from networks.importers.words import read_form, read_kind
from networks.models import OfficeOrganisation, Organisation, OrganisationName, WrittenFormChoice
from networks.numbers import normalise_municipality_number
from networks.rules import Keeping, keeping
from networks.services.batches import (
    OWN,
    Edit,
    edit_organisations,
    refuse_changed,
    remove_organisations,
    write_details,
)
from networks.services.organisations import OrganisationRow, register_organisations


def read_email(text: str) -> str:
    """An address. Raises Unreadable with how one is written."""
    try:
        return str(EmailField(required=False).clean(text))
    except ValidationError as error:
        raise Unreadable("email", error.messages[0]) from error


@dataclass(slots=True)
class Row:
    """A row with what it means. ``owner``: the one in the register; ``above``: the place of the row it belongs
    under."""

    values: Values
    found: Organisation | None = None
    kind: str = ""
    owner: Organisation | None = None
    above: int | None = None
    faults: list[Fault] = field(default_factory=list)


@dataclass(slots=True)
class Context:
    """The register, and what the office may change and has written."""

    register: Register
    keeping: Keeping
    details: dict[int, OfficeOrganisation]
    names_nn: dict[int, str]
    forms: dict[tuple[int, str], str]


class OrganisationImporter(Importer):
    """One row, one organisation: known by its number, else by municipality number, else by its name."""

    code: ClassVar[str] = "organisations"
    label: ClassVar[Any] = gettext_lazy("Organisations")
    lead: ClassVar[Any] = gettext_lazy(
        "Each row is an organisation. One that is in the register already is found by its number or its name, and "
        "taken into use."
    )
    perm: ClassVar[str] = "networks.keep_registers"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "name", gettext_lazy("Name"),
            ("Navn", "Namn", "Organisasjon", "Organisasjonsnavn", "Organisasjonsnamn", "Fullt navn", "Fullt namn"),
            required=True, example="Bakkekroken barnehage AS",
        ),
        Column(
            "orgnr", gettext_lazy("Organisation number"),
            ("Organisasjonsnummer", "Organisasjonsnr", "Orgnr", "Org.nr.", "Org nr"),
            read=normalise_orgnr, example="310 000 000",
        ),
        Column(
            "kind", gettext_lazy("Kind"),
            ("Type", "Slag", "Organisasjonstype", "Eierform", "Eigarform"),
            read=read_kind, example="privat barnehage",
        ),
        Column(
            "municipality_number", gettext_lazy("Municipality number"),
            ("Kommunenummer", "Kommunenr", "Kommune nr", "Knr"),
            read=normalise_municipality_number, example="0301",
        ),
        Column(
            "owner", gettext_lazy("Belongs under"),
            ("Hører under", "Høyrer under", "Eier", "Eigar", "Overordnet enhet", "Overordna eining"),
            example="Bergen kommune", hint=gettext_lazy("Name or organisation number."),
        ),
        Column("name_nn", gettext_lazy("Name in nynorsk"), ("Navn på nynorsk", "Namn på nynorsk", "Nynorsk navn")),
        Column("form", gettext_lazy("Written form"), ("Målform", "Skriftform"), read=read_form, example="nynorsk"),
        Column(
            "notice_email", gettext_lazy("E-mail for notices"),
            ("E-post", "Epost", "E-postadresse", "E-post for varsler", "E-post for varsel"),
            read=read_email, example="post@bakkekroken.example",
        ),
        Column("postal_address", gettext_lazy("Postal address"), ("Postadresse", "Adresse")),
        Column("contact_name", gettext_lazy("Contact"), ("Kontaktperson", "Kontakt")),
    )  # fmt: skip

    def plan(self, rows: Sequence[Values], *, office: Office, by: Actor) -> list[Plan]:
        context = _context(office, by)
        return [_plan(row, context) for row in _read(rows, context)]

    def apply(self, rows: Sequence[Values], *, office: Office, by: Actor) -> list[Applied]:
        context = _context(office, by)
        read = _read(rows, context)
        made = _make([row for row in read if row.found is None], read, office=office, by=by)
        edits = [_edit(row, row.found, context) for row in read if row.found is not None]
        ids = [edit.organisation.pk for edit in edits]
        before = snapshots(ids, office)
        edit_organisations(edits=edits, office=office, by=by)
        after = snapshots([*ids, *(one.pk for one in made)], office)
        return [
            *(Applied(one, None, after[one.pk]) for one in made),
            *(Applied(edit.organisation, before[edit.organisation.pk], after[edit.organisation.pk]) for edit in edits),
        ]

    def undo(self, done: Sequence[Applied], *, office: Office, by: Actor) -> None:
        rows = list(Organisation.objects.filter(pk__in=[one.subject.pk for one in done]).select_related("anchor"))
        by_pk = {row.pk: row for row in rows}
        now = snapshots(list(by_pk), office)
        refuse_changed([str(one.subject) for one in done if now.get(one.subject.pk) != dict(one.after)])
        made = [by_pk[one.subject.pk] for one in done if one.before is None]
        put_back([(by_pk[one.subject.pk], one.before) for one in done if one.before is not None], office, by)
        remove_organisations(rows=made, office=office, by=by)


# --- What the rows mean ----------------------------------------------------------------------------------------------


def _context(office: Office, by: Actor) -> Context:
    """The register in six queries."""
    return Context(
        register=Register(),
        keeping=keeping(by),
        details={row.organisation_id: row for row in OfficeOrganisation.objects.filter(office=office)},
        names_nn=dict(
            OrganisationName.objects.filter(valid_to__isnull=True)
            .exclude(name_nn="")
            .values_list("organisation_id", "name_nn")
        ),
        forms={
            (pk, source): form
            for pk, source, form in WrittenFormChoice.objects.filter(valid_to__isnull=True).values_list(
                "organisation_id", "source", "form"
            )
        },
    )


def _read(rows: Sequence[Values], context: Context) -> list[Row]:
    """The rows with the organisations they mean; an owner may stand in the same table."""
    read = [_find(values, context) for values in rows]
    places: dict[str, int] = {}
    for place, row in enumerate(read):
        if row.found is None:
            places.setdefault(sort_key(row.values["name"]), place)
            if row.values.get("orgnr"):
                places.setdefault(row.values["orgnr"], place)
    for place, row in enumerate(read):
        if typed := row.values.get("owner"):
            _find_owner(row, typed, place, places, context)
    return read


def _find(values: Values, context: Context) -> Row:
    register, number = context.register, values.get("orgnr")
    kind = values.get("kind", "") or _guessed_kind(values)
    if number and number in register.by_number:
        return Row(values, register.by_number[number], kind)
    if kind == OrganisationKind.MUNICIPALITY and values.get("municipality_number") in register.by_municipality:
        return _without_number(Row(values, register.by_municipality[values["municipality_number"]], kind), number)
    same = [one for one in register.named(values["name"]) if not number or not one.orgnr]
    same = [one for one in same if not kind or one.kind == kind]
    if len(same) > 1:
        text = _("More than one is called “%(typed)s”. Write the organisation number.") % {"typed": values["name"]}
        return Row(values, None, kind, faults=[Fault("name", text)])
    return Row(values, same[0] if same else None, kind)


def _without_number(row: Row, number: str | None) -> Row:
    """A municipality found by its municipality number has no other organisation number than the row's."""
    if row.found is not None and number and row.found.orgnr and row.found.orgnr != number:
        text = _("%(name)s has the organisation number %(number)s. Check which one is right.")
        words = text % {"name": row.found.anchor.name, "number": row.found.orgnr}
        row.faults.append(Fault("orgnr", words))
    return row


def _guessed_kind(values: Values) -> str:
    """«Bergen kommune» with a municipality number is a municipality, also where no column says so."""
    named = str(values["name"]).casefold().endswith(" kommune")
    return OrganisationKind.MUNICIPALITY.value if named and values.get("municipality_number") else ""


def _find_owner(row: Row, typed: str, place: int, places: Mapping[str, int], context: Context) -> None:
    meant = context.register.meant(typed)
    if meant.organisation is not None and not meant.fault:
        row.owner = meant.organisation
        return
    above = places.get(sort_key(typed), places.get("".join(typed.split())))
    if above is not None and above != place:
        row.above = above
        return
    row.faults.append(Fault("owner", meant.fault, meant.near))


# --- What they would do ----------------------------------------------------------------------------------------------


def _plan(row: Row, context: Context) -> Plan:
    key = _key(row)
    if row.found is None:
        refused = row.faults or _faults_of_new(row, context)
        return Plan(Change.NEW, str(row.values["name"]), key, faults=tuple(refused))
    faults = list(row.faults)
    if ended := context.register.ended(row.found):
        faults.append(Fault("name", ended))
    differences = _differences(row, row.found, context)
    if any(one.column in SHARED_COLUMNS for one in differences) and not context.keeping.may_change(row.found):
        faults.append(Fault("", _refusal(row.found, differences)))
    change = Change.CHANGED if differences else Change.SAME
    return Plan(change, row.found.anchor.name, key, differences, tuple(faults))


SHARED_COLUMNS = frozenset({"name", "name_nn", "kind", "orgnr", "municipality_number", "owner"})


def _key(row: Row) -> str:
    if row.found is not None:
        return f"organisation {row.found.pk}"
    return str(row.values.get("orgnr") or f"{row.kind} {sort_key(row.values['name'])}")


def _faults_of_new(row: Row, context: Context) -> list[Fault]:
    values, found = row.values, []
    if not row.kind:
        found.append(Fault("kind", _("This one is new. Write what kind of organisation it is.")))
    if row.kind == OrganisationKind.MUNICIPALITY:
        number = values.get("municipality_number")
        if not number:
            found.append(Fault("municipality_number", _("Write the municipality's number, four digits.")))
        elif (taken := context.register.by_municipality.get(number)) is not None:
            text = _("%(name)s has this municipality number already.") % {"name": taken.anchor.name}
            found.append(Fault("municipality_number", text))
    return found


def _refusal(organisation: Organisation, differences: Sequence[Difference]) -> str:
    names = {column.name: str(column.label) for column in OrganisationImporter.columns}
    what = ", ".join(names[one.column] for one in differences if one.column in SHARED_COLUMNS)
    text = _(
        "You can't change this of %(name)s, which all offices share: %(what)s. Empty the cells, or leave the row out."
    )
    return text % {"name": organisation.anchor.name, "what": what}


def _differences(row: Row, one: Organisation, context: Context) -> tuple[Difference, ...]:
    """What the row says otherwise; an empty cell says nothing. Capitals don't count: registers shout."""
    values = row.values
    now: dict[str, tuple[str, str]] = {}
    if sort_key(values["name"]) != one.sort_key:
        now["name"] = (one.anchor.name, values["name"])
    if values.get("name_nn"):
        now["name_nn"] = (context.names_nn.get(one.pk, ""), values["name_nn"])
    if values.get("orgnr"):
        now["orgnr"] = (one.orgnr or "", values["orgnr"])
    if values.get("kind"):
        now["kind"] = (_label(one.kind), _label(values["kind"]))
    if values.get("municipality_number"):
        now["municipality_number"] = (one.municipality_number, values["municipality_number"])
    if row.owner is not None and one.kind in PART_OF_KINDS:
        now["owner"] = (one.owner.anchor.name if one.owner else "", row.owner.anchor.name)
    if values.get("form") and (one.pk, _source(one.kind)) not in context.forms:
        now["form"] = ("", str(FormDecision(values["form"]).label))
    details = context.details.get(one.pk)
    for column in OWN:
        if values.get(column):
            now[column] = (getattr(details, column) if details else "", str(values[column]))
    found = [Difference(column, *pair) for column, pair in now.items() if pair[0] != pair[1]]
    if details is None:
        found.append(Difference(_("Taken into use"), "", _("Yes")))
    return tuple(found)


def _label(kind: str) -> str:
    return str(OrganisationKind(kind).label)


def _source(kind: str) -> str:
    return (FormSource.REGULATION if kind in PUBLIC_OWNER_KINDS else FormSource.OWN_CHOICE).value


# --- Writing them ----------------------------------------------------------------------------------------------------


def _make(new: Sequence[Row], read: Sequence[Row], *, office: Office, by: Actor) -> list[Organisation]:
    """New organisations; those that belong under another row's come after it."""
    made: dict[int, Organisation] = {}
    places = {id(row): place for place, row in enumerate(read)}
    waiting = list(new)
    while waiting:
        ready = [row for row in waiting if row.above is None or row.above in made]
        ready = ready or [_under_nobody(row) for row in waiting]  # two that belong under each other: under none
        rows = [_new_row(row, made, office) for row in ready]
        for row, organisation in zip(ready, register_organisations(rows=rows, by=by), strict=True):
            made[places[id(row)]] = organisation
        done = {id(row) for row in ready}
        waiting = [row for row in waiting if id(row) not in done]
    details = {made[places[id(row)]].pk: _own(row.values) for row in new}
    write_details(office=office, details=details, by=by)
    return [made[places[id(row)]] for row in new]


def _under_nobody(row: Row) -> Row:
    """The row as it is, belonging under nobody."""
    row.above = None
    return row


def _new_row(row: Row, made: Mapping[int, Organisation], office: Office) -> OrganisationRow:
    values, number = row.values, row.values.get("orgnr") or ""
    owner = made[row.above] if row.above is not None else row.owner
    municipality = values.get("municipality_number", "")
    return OrganisationRow(
        name=values["name"],
        name_nn=values.get("name_nn", ""),
        kind=row.kind,
        orgnr=number or None,
        municipality_number=municipality,
        county_number=municipality[:2],
        is_synthetic=bool(number) and is_synthetic(number),
        owner=owner if row.kind in PART_OF_KINDS else None,
        form=values.get("form"),
        form_source=_source(row.kind) if values.get("form") else None,
        form_source_text=_source_text() if values.get("form") else "",
        kept_by=office,
    )


def _source_text() -> str:
    return _("from a list, %(day)s") % {"day": format_date(clock.today(), interface_form())}


def _own(values: Values) -> dict[str, str]:
    return {column: str(values[column]) for column in OWN if values.get(column)}


def _edit(row: Row, organisation: Organisation, context: Context) -> Edit:
    values, changed = row.values, {one.column for one in _differences(row, organisation, context)}
    shared: dict[str, Any] = {name: values[name] for name in ("orgnr", "kind") if name in changed}
    if "municipality_number" in changed:
        shared |= {
            "municipality_number": values["municipality_number"],
            "county_number": values["municipality_number"][:2],
        }
    if "owner" in changed and row.owner is not None:
        shared["owner_id"] = row.owner.pk
    form = (values["form"], _source(organisation.kind), _source_text()) if "form" in changed else None
    return Edit(
        organisation=organisation,
        shared=shared,
        names={name: values[name] for name in ("name", "name_nn") if name in changed},
        own={column: str(values[column]) for column in OWN if column in changed},
        form=form,
    )
