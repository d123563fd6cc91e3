"""What an import of organisations can write, before and after, and the way back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.actor import Actor
from core.models import Office
from networks.enums import FormSource
from networks.models import OfficeOrganisation, Organisation, OrganisationName, WrittenFormChoice
from networks.services.batches import OWN, Edit, edit_organisations, write_over

FACTS = ("orgnr", "kind", "municipality_number", "county_number", "owner_id", "sort_key", "fold")


def snapshots(ids: Sequence[int], office: Office) -> dict[int, dict[str, Any]]:
    """What an import can write of organisations, as primitives, by id. Four queries."""
    details = {
        row.organisation_id: {column: getattr(row, column) for column in OWN}
        for row in OfficeOrganisation.objects.filter(office=office, organisation_id__in=ids)
    }
    forms: dict[int, list[list[str]]] = {}
    choices = WrittenFormChoice.objects.filter(organisation_id__in=ids, valid_to__isnull=True).order_by("source")
    for pk, source, form in choices.values_list("organisation_id", "source", "form"):
        forms.setdefault(pk, []).append([source, form])
    names_nn = dict(
        OrganisationName.objects.filter(organisation_id__in=ids, valid_to__isnull=True).values_list(
            "organisation_id", "name_nn"
        )
    )
    rows = Organisation.objects.filter(pk__in=ids).select_related("anchor")
    return {
        row.pk: {column: getattr(row, column) for column in FACTS}
        | {
            "name": row.anchor.name,
            "name_nn": names_nn.get(row.pk, ""),
            "ended": row.ended_on is not None,
            "own": details.get(row.pk),
            "forms": forms.get(row.pk, []),
        }
        for row in rows
    }


def put_back(rows: Sequence[tuple[Organisation, Mapping[str, Any]]], office: Office, by: Actor) -> None:
    """The organisations as they were before; what was only taken into use is put out of it again."""
    edits = []
    for row, before in rows:
        names = {name: before[name] for name in ("name", "name_nn")}
        shared = {column: before[column] for column in ("orgnr", "kind", "municipality_number", "county_number")}
        edits.append(Edit(row, shared | {"owner_id": before["owner_id"]}, names, before["own"] or {}))
    edit_organisations(edits=edits, office=office, by=by)
    for row, before in rows:
        row.fold = before["fold"]
    write_over([row for row, _before in rows], ["fold"])
    unused = [row.pk for row, before in rows if before["own"] is None]
    OfficeOrganisation.objects.filter(office=office, organisation_id__in=unused).delete()
    for source in FormSource.values:
        new = [row.pk for row, before in rows if source not in [known for known, _form in before["forms"]]]
        WrittenFormChoice.objects.filter(organisation_id__in=new, source=source, valid_to__isnull=True).delete()
