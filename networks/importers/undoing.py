"""Takes an import of networks and members back, unless somebody has changed or used what it made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from core.actor import Actor
from core.imports import Applied
from core.models import Office
from core.requirements import Obstacle, StepRefused
from networks.dependents import sentences_about
from networks.models import Host, Membership, Network, Organisation
from networks.services.hosts import set_back_host, take_back_hosts
from networks.services.memberships import take_back_members
from networks.services.networks import change_network, take_back_network

M = TypeVar("M", bound=models.Model)
Row = tuple[Applied, Any]


def network_values(row: Network) -> dict[str, Any]:
    """What an import can change of a network, as primitives."""
    return {
        "code": row.code,
        "name": row.anchor.name,
        "kind": row.kind,
        "parent": row.parent_id,
        "coordinator": row.coordinator_organisation_id,
    }


def membership_values(row: Membership) -> dict[str, Any]:
    return {"sector": row.sector, "valid_from": _iso(row.valid_from), "valid_to": _iso(row.valid_to)}


def host_values(row: Host) -> dict[str, Any]:
    return {
        "organisation": row.organisation_id,
        "valid_from": _iso(row.valid_from),
        "valid_to": _iso(row.valid_to),
        "mandate": row.mandate_id,
    }


def take_back(done: Sequence[Applied], *, office: Office, by: Actor) -> None:
    """Hosts first, then members, then networks, each back to what it was.

    Raises StepRefused with everything that has been changed or is in use.
    """
    hosts = _rows(done, Host, "network__anchor", "organisation__anchor")
    members = _rows(done, Membership, "network__anchor", "organisation__anchor")
    networks = _rows(done, Network, "anchor")
    obstacles = _used(row.network for _one, row in members)
    obstacles += _changed((hosts, host_values), (members, membership_values), (networks, network_values))
    if obstacles:
        raise StepRefused(obstacles)
    take_back_hosts(hosts=[row for one, row in hosts if one.before is None], office=office, by=by)
    for one, row in hosts:
        if one.before is not None:
            set_back_host(host=row, last_day=_day(one.before["valid_to"]), by=by)
    take_back_members(memberships=[row for _one, row in members], office=office, by=by)
    for one, network in reversed(networks):
        if one.before is None:
            take_back_network(network=network, by=by)
        else:
            _set_back(network, one.before, by)


def _set_back(row: Network, before: Mapping[str, Any], by: Actor) -> None:
    change_network(
        network=row,
        by=by,
        code=before["code"],
        name=before["name"],
        kind=before["kind"],
        parent=Network.objects.filter(pk=before["parent"]).first(),
        coordinator_organisation=Organisation.objects.filter(pk=before["coordinator"]).first(),
    )


def _rows(done: Iterable[Applied], model: type[M], *related: str) -> list[tuple[Applied, M]]:
    """The rows as they are now, in the order they were made; what is gone already needs no taking back."""
    wanted = [one for one in done if isinstance(one.subject, model)]
    now = model._default_manager.select_related(*related).in_bulk([one.subject.pk for one in wanted])
    return [(one, now[one.subject.pk]) for one in wanted if one.subject.pk in now]


def _changed(*groups: tuple[Sequence[Row], Callable[[Any], dict[str, Any]]]) -> list[Obstacle]:
    text = _("%(what)s has been changed since the import, so it can't be undone. Change it on the network's page.")
    return [
        Obstacle("changed_since", text % {"what": _title(row)})
        for rows, values in groups
        for one, row in rows
        if values(row) != dict(one.after)
    ]


def _used(networks: Iterable[Network]) -> list[Obstacle]:
    """A needs report or a seat that rests on the membership."""
    found = {one.pk: one for one in networks}
    return [Obstacle("in_use", text) for one in found.values() for text in sentences_about(one)]


def _title(row: Any) -> str:
    if isinstance(row, Network):
        return row.anchor.name
    return _("%(organisation)s in %(network)s") % {
        "organisation": row.organisation.anchor.name,
        "network": row.network.anchor.name,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
