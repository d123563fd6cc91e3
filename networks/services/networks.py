"""Makes, changes and ends networks; the ties of theirs stand in memberships, hosts and provider_contacts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import ProtectedError, Q
from django.utils.translation import gettext as _

from accounts.models import RoleAssignment
from core import authz, clock
from core.actor import Actor
from core.collation import fold, sort_key
from core.enums import AnchorKind
from core.models import Anchor, Office
from core.requirements import Obstacle, StepRefused
from core.services.events import record, record_many
from core.services.performing import check_version
from networks.dependents import sentences_about
from networks.models import Host, Membership, Network, NetworkScheme, Organisation, ProviderContact
from networks.requirements import day_words, still_there
from networks.selectors.networks import network_alive
from networks.services.hosts import choose_host
from networks.services.memberships import add_member
from networks.services.provider_contacts import add_provider_contact, role_until

__all__ = [
    "add_member",
    "add_provider_contact",
    "change_network",
    "choose_host",
    "end_network",
    "register_network",
    "take_back_network",
]

LONGEST_CODE = 20


@transaction.atomic
def register_network(
    *,
    office: Office,
    code: str,
    name: str,
    kind: str,
    by: Actor,
    certainty: str = "",
    source_note: str = "",
    schemes: Sequence[str] = (),
    parent: Network | None = None,
    coordinator_organisation: Organisation | None = None,
) -> Network:
    """Make a network with its anchor. ``schemes`` are codes of a rule set; none means all.

    Raises NotAllowed, and StepRefused for a code or a name that is taken, or a parent that isn't the office's.
    """
    authz.require(by, "networks.keep_registers", office)
    _refuse(
        _taken(office, None, code, name) + _of_parent(office, None, parent) + _coordinator(coordinator_organisation)
    )
    anchor = Anchor.objects.create(kind=AnchorKind.NETWORK, name=name, office=office)
    network = Network.objects.create(
        anchor=anchor,
        office=office,
        code=code,
        kind=kind,
        parent=parent,
        coordinator_organisation=coordinator_organisation,
        sort_key=sort_key(name)[:250],
        certainty=certainty,
        source_note=source_note[:250],
    )
    NetworkScheme.objects.bulk_create(NetworkScheme(network=network, scheme=scheme) for scheme in schemes)
    record(code="network.registered", subject=network, by=by, office=office, data={"name": name})
    return network


@transaction.atomic
def change_network(
    *,
    network: Network,
    by: Actor,
    code: str,
    name: str,
    kind: str,
    parent: Network | None,
    coordinator_organisation: Organisation | None,
    schemes: Collection[str] | None = None,
    seen_version: int | None = None,
) -> bool:
    """Change what a network is; True if anything differed. ``schemes`` None leaves them as they are.

    What is confirmed on screen is no guess any more. Raises NotAllowed, StaleVersion, and StepRefused for a code or a
    name that is taken and for a network that would contain itself, directly or through others.
    """
    row = _locked(network)
    check_version(row, seen_version)
    authz.require(by, "networks.keep_registers", row)
    _refuse(
        _taken(row.office, row, code, name)
        + _of_parent(row.office, row, parent)
        + (_coordinator(coordinator_organisation) if coordinator_organisation != row.coordinator_organisation else [])
    )
    values: dict[str, Any] = {
        "code": code,
        "kind": kind,
        "parent_id": parent.pk if parent else None,
        "coordinator_organisation_id": coordinator_organisation.pk if coordinator_organisation else None,
    }
    changed = [column for column, value in values.items() if getattr(row, column) != value]
    if row.anchor.name != name:
        changed.append("name")
        Anchor.objects.filter(pk=row.anchor_id).update(name=name)
        values |= {"sort_key": sort_key(name)[:250]}
    if schemes is not None and _set_schemes(row, schemes):
        changed.append("schemes")
    if not changed:
        return False
    for column, value in values.items():
        setattr(row, column, value)
    row.version += 1
    row.save(update_fields=["code", "kind", "parent", "coordinator_organisation", "sort_key", "version"])
    data = {"name": name, "fields": sorted(column.removesuffix("_id") for column in changed)}
    record(code="network.changed", subject=row, by=by, office=row.office_id, data=data)
    return True


@transaction.atomic
def end_network(*, network: Network, last_day: date, by: Actor, seen_version: int | None = None) -> Network:
    """Let a network be no more after a day: members, host, contacts and roles end with it.

    Raises NotAllowed, StaleVersion, and StepRefused with the reason while something depends on it.
    """
    row = _locked(network)
    check_version(row, seen_version)
    authz.require(by, "networks.keep_registers", row)
    if row.last_day == last_day:
        return row
    _refuse(obstacles_to_ending(row, last_day))
    row.ended_on, row.version = last_day + timedelta(days=1), row.version + 1
    row.save(update_fields=["ended_on", "version"])
    name, day = row.anchor.name, last_day.isoformat()
    record(code="network.ended", subject=row, by=by, office=row.office_id, data={"name": name, "day": day})
    _end_ties(row, last_day, by)
    return row


def obstacles_to_ending(network: Network, last_day: date | None = None) -> list[Obstacle]:
    """Why the network can't end (that day): what depends on it, in words."""
    found = [Obstacle("in_use", text) for text in sentences_about(network)]
    after = last_day + timedelta(days=1) if last_day else clock.today()
    parts = Network.objects.filter(network_alive(after), parent=network).select_related("anchor").order_by("sort_key")
    if names := ", ".join(part.anchor.name for part in parts):
        text = _("%(parts)s is part of the network. End that first, or move it to another network.")
        found.append(Obstacle("has_parts", text % {"parts": names}))
    if last_day is None:
        return found
    begins = [row.valid_from for ties in _ties(network) for row in ties.filter(valid_from__gt=last_day)]
    if begins:
        text = _("The network has members, a host or a contact from %(day)s. Choose a later last day.")
        found.append(Obstacle("ties_begin_later", text % {"day": day_words(max(begins))}, "id_last_day"))
    return found


@transaction.atomic
def take_back_network(*, network: Network, by: Actor) -> None:
    """Take away a network that was entered by mistake and has no ties: an import that is undone.

    Raises NotAllowed, and StepRefused when anything refers to it.
    """
    row = _locked(network)
    authz.require(by, "networks.keep_registers", row)
    name = row.anchor.name
    _refuse([Obstacle("in_use", text) for text in sentences_about(row)])
    try:
        with transaction.atomic():
            record(code="network.taken_back", subject=row, by=by, office=row.office_id, data={"name": name})
            row.delete()
            row.anchor.delete()
    except ProtectedError:
        text = _("%(name)s is in use: it has members, people with roles, a forum or a needs report.") % {"name": name}
        raise StepRefused([Obstacle("in_use", text)]) from None


def _locked(network: Network) -> Network:
    return (
        Network.objects.select_for_update(of=("self",))
        .select_related("anchor", "office", "coordinator_organisation")
        .get(pk=network.pk)
    )


def _refuse(obstacles: list[Obstacle]) -> None:
    if obstacles:
        raise StepRefused(obstacles)


def _taken(office: Office, network: Network | None, code: str, name: str) -> list[Obstacle]:
    """Two networks of an office have neither the same code nor the same name: lists and files go by both."""
    Office.objects.select_for_update(of=("self",)).get(pk=office.pk)
    found, folded = [], fold(name)
    for other in Network.objects.filter(office=office).select_related("anchor"):
        if network is not None and other.pk == network.pk:
            continue
        if fold(other.code) == fold(code):
            text = _("The code %(code)s is used by %(network)s. Choose another one.")
            found.append(Obstacle("code_taken", text % {"code": code, "network": other.anchor.name}, "id_code"))
        elif other.ended_on is None and fold(other.anchor.name) == folded:
            text = _("There is a network called %(name)s already, with the code %(code)s. Choose another name.")
            found.append(Obstacle("name_taken", text % {"name": other.anchor.name, "code": other.code}, "id_name"))
    return found


def _of_parent(office: Office, network: Network | None, parent: Network | None) -> list[Obstacle]:
    """The parent is the office's own, is still there, and isn't a part of the network itself."""
    if parent is None:
        return []
    if parent.office_id != office.pk:
        raise authz.NotAllowed(str(authz.permission("networks.keep_registers").who))
    if parent.ended_on is not None and (network is None or network.parent_id != parent.pk):
        text = _("%(parent)s has ended. Choose another network, or none.") % {"parent": parent.anchor.name}
        return [Obstacle("parent_ended", text, "id_parent")]
    if network is None:
        return []
    if parent.pk == network.pk:
        return [Obstacle("contains_itself", _("A network can't be a part of itself. Choose another one."), "id_parent")]
    above = dict(Network.objects.filter(office=office).values_list("pk", "parent_id"))
    here: int | None = parent.pk
    seen: set[int] = set()
    while here is not None and here not in seen:
        if here == network.pk:
            text = _("%(parent)s is itself a part of %(name)s, so %(name)s can't be a part of it. Choose another one.")
            words = {"parent": parent.anchor.name, "name": network.anchor.name}
            return [Obstacle("contains_itself", text % words, "id_parent")]
        seen.add(here)
        here = above.get(here)
    return []


def _coordinator(organisation: Organisation | None) -> list[Obstacle]:
    """Any organisation that is still there can coordinate (RKK, a municipality, a county council)."""
    if organisation is None:
        return []
    found = still_there(organisation.anchor.name, organisation.ended_on, clock.today(), None, today=clock.today())
    return [Obstacle(one.code, one.text, "id_coordinator") for one in found]


def _set_schemes(network: Network, schemes: Collection[str]) -> bool:
    now = set(network.schemes.values_list("scheme", flat=True))
    if now == set(schemes):
        return False
    network.schemes.exclude(scheme__in=schemes).delete()
    NetworkScheme.objects.bulk_create(
        NetworkScheme(network=network, scheme=scheme) for scheme in sorted(set(schemes) - now)
    )
    return True


def _ties(network: Network) -> list[models.QuerySet[Any]]:
    return [
        model._default_manager.filter(network=network).select_for_update(of=("self",))
        for model in (Membership, Host, ProviderContact)
    ]


def _end_ties(network: Network, last_day: date, by: Actor) -> None:
    """What still lasts ends that day, one event each; roles at the network count no longer than that."""
    codes = ("membership.ended", "host.ended", "provider_contact.ended")
    for code, ties in zip(codes, _ties(network), strict=True):
        rows = list(
            ties.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=last_day)).select_related("organisation__anchor")
        )
        words = [
            {
                "organisation": row.organisation.anchor.name,
                "network": network.anchor.name,
                "day": last_day.isoformat(),
                **({"person": row.user.name} if isinstance(row, ProviderContact) else {}),
            }
            for row in rows
        ]
        record_many(code=code, subjects=rows, by=by, office=network.office_id, data=words)
        ties.model._default_manager.filter(pk__in=[row.pk for row in rows]).update(
            valid_to=last_day, version=models.F("version") + 1
        )
    roles = RoleAssignment.objects.select_for_update(of=("self",)).select_related("user", "anchor")
    for role in roles.filter(anchor=network.anchor_id, ended_at__isnull=True).order_by("pk"):
        role_until(role, last_day, by)
