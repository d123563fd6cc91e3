"""Whether an organisation still stands: one that has ended is no payee, host or member, and its successor is named."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from core.dates import format_date, interface_form
from core.requirements import Obstacle
from networks.enums import PAYABLE_KINDS, OrganisationKind
from networks.models import Organisation, Successor
from networks.reference.successors import successor_of


def standing(on: date) -> Q:
    """Organisations that stand on a day."""
    return Q(ended_on__isnull=True) | Q(ended_on__gte=on)


def successors_of(organisations: Iterable[int]) -> dict[int, list[Successor]]:
    """What came after each, in Norwegian order. One query."""
    found: dict[int, list[Successor]] = {}
    rows = Successor.objects.filter(ended_id__in=list(organisations)).select_related("successor__anchor")
    for row in rows.order_by("successor__sort_key", "pk"):
        found.setdefault(row.ended_id, []).append(row)
    return found


def ended_sentence(organisation: Organisation, successors: Iterable[Successor]) -> str:
    """«Odda kommune ble avsluttet 31. desember 2019. Bruk Ullensvang kommune.»"""
    day = format_date(organisation.ended_on, interface_form()) if organisation.ended_on else ""
    names = _names(organisation, successors)
    if not names:
        return _("%(name)s ended %(day)s. Choose another organisation.") % {
            "name": organisation.anchor.name,
            "day": day,
        }
    return _("%(name)s ended %(day)s. Use %(successor)s instead.") % {
        "name": organisation.anchor.name,
        "day": day,
        "successor": _(" or ").join(names),
    }


def successor_names(organisation: Organisation) -> str:
    """«Ullensvang kommune» for Odda, which ended in 2019; nothing for one that stands, or where nobody knows."""
    if organisation.ended_on is None:
        return ""
    return _(" or ").join(_names(organisation, successors_of([organisation.pk]).get(organisation.pk, ())))


def _names(organisation: Organisation, successors: Iterable[Successor]) -> list[str]:
    """What the register says, else what the shipped list of municipalities does."""
    shipped = successor_of(organisation.municipality_number, organisation.ended_on)
    return [row.successor.anchor.name for row in successors] or ([shipped] if shipped else [])


def why_not_party(organisation: Organisation, *, on: date) -> list[Obstacle]:
    """Why the organisation can't become a host, a member or another party on a day; empty when it can."""
    if not organisation.is_ended(on):
        return []
    text = ended_sentence(organisation, successors_of([organisation.pk]).get(organisation.pk, ()))
    return [Obstacle("organisation_ended", text)]


def why_not_payee(organisation: Organisation, *, on: date) -> list[Obstacle]:
    """Why money can't go to the organisation on a day: it has ended, owns and provides nothing (§ 3), or is a part of
    another that gets the money."""
    if ended := why_not_party(organisation, on=on):
        return ended
    name = organisation.anchor.name
    if organisation.kind not in PAYABLE_KINDS:
        text = _("%(name)s can't receive money. Choose an owner or a partner.") % {"name": name}
        return [Obstacle("never_paid", text)]
    if is_part(organisation) and organisation.owner is not None:
        text = _("%(name)s is a part of %(owner)s. The money goes to %(owner)s.") % {
            "name": name,
            "owner": organisation.owner.anchor.name,
        }
        return [Obstacle("part_of_another", text)]
    return []


def is_part(organisation: Organisation) -> bool:
    """A national centre: it works under its university's number and has none of its own."""
    return (
        organisation.kind == OrganisationKind.OTHER_PROVIDER
        and organisation.owner_id is not None
        and not organisation.orgnr
    )
