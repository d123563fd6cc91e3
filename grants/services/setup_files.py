"""Brings another office's set-up in, through the services a person would use, each part by itself or all at once."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from core import authz, clock
from core.actor import Actor
from core.models import Office
from core.requirements import Obstacle, StepRefused
from core.services.events import record
from forums.services.forums import add_seat_group, cover_network, register_forum
from grants.selectors.profiles import to_begin_with
from grants.selectors.setup_file import Arrival, Part, arrival
from grants.services.profiles import save_profile
from grants.services.rounds import open_round
from grants.setup_file import SetupFile
from networks.models import Network
from networks.services.networks import add_member, choose_host, register_network


@transaction.atomic
def bring_in(*, office: Office, setup: SetupFile, parts: Collection[str], by: Actor) -> Arrival:
    """Make what the file has and the office lacks. What is here already stays as it is. All or nothing.

    Raises NotAllowed, and StepRefused when nothing was chosen or a part is refused by its own service.
    """
    authz.require(by, "grants.run_round", office)
    Office.objects.select_for_update(of=("self",)).get(pk=office.pk)
    coming = arrival(office, setup)
    wanted = [part for part, _words, something in coming.lines() if something and part in parts]
    if not wanted:
        text = _("Choose at least one part to bring in.")
        raise StepRefused([Obstacle("nothing_chosen", text, "id_parts")])
    if Part.CHOICES in wanted:
        save_profile(office=office, year=coming.year.year, choices=setup.choices, by=by)
    if Part.NETWORKS in wanted:
        _networks(office, coming, by)
    if Part.FORUMS in wanted:
        _forums(office, coming, by)
    if Part.DATES in wanted:
        _round(office, coming, by)
    data = {"name": setup.office, "parts": [str(part) for part in wanted]}
    record(code="setup_file.brought_in", subject=office, by=by, office=office, data=data)
    return coming


def _networks(office: Office, coming: Arrival, by: Actor) -> None:
    """Parents before parts; the parts of a network that is here already hang on it."""
    known = {one.code: one for one in Network.objects.filter(office=office).select_related("anchor")}
    waiting = list(coming.networks)
    today = clock.today()
    while waiting:
        ready = [row for row in waiting if not row.parent or row.parent in known] or waiting[:1]
        for row in ready:
            waiting.remove(row)
            network = known[row.code] = register_network(
                office=office,
                code=row.code,
                name=row.name,
                kind=row.kind,
                by=by,
                schemes=row.schemes,
                parent=known.get(row.parent),
                coordinator_organisation=coming.organisations.get(row.coordinator) if row.coordinator else None,
            )
            for member, organisation in coming.members_of(row):
                add_member(network=network, organisation=organisation, sector=member.sector, by=by, valid_from=today)
            hosts = [organisation for member, organisation in coming.members_of(row) if member.host]
            if hosts:
                choose_host(network=network, organisation=hosts[0], by=by, valid_from=today)


def _forums(office: Office, coming: Arrival, by: Actor) -> None:
    networks = {one.code: one for one in Network.objects.filter(office=office).select_related("anchor")}
    for row in coming.forums:
        forum = register_forum(
            office=office,
            code=row.code,
            name=row.name,
            sectors=row.sectors,
            upper_secondary=row.upper_secondary,
            by=by,
        )
        for number, group in enumerate(row.groups):
            add_seat_group(
                forum=forum,
                code=group.code,
                name_nb=group.name_nb,
                name_nn=group.name_nn,
                min_seats=group.min_seats,
                max_seats=group.max_seats,
                per_region=group.per_region,
                is_office=group.is_office,
                votes=group.votes and not group.is_office,
                order=number,
                by=by,
            )
        for code in row.covers:
            if code in networks:
                cover_network(forum=forum, network=networks[code], by=by)


def _round(office: Office, coming: Arrival, by: Actor) -> None:
    """A draft nobody outside the office sees, so that the dates can be looked at one by one."""
    year = coming.year.year
    open_round(
        office=office,
        year=year,
        rule_set=coming.setup.rule_set,
        profile=to_begin_with(office, year),
        deadlines={},
        meetings=coming.deadlines,
        by=by,
    )
