"""Who receives a network's money for its members, by mandate: the host municipality, or another that can be paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from core import authz, clock
from core.actor import Actor
from core.enums import DocumentKind, PartyRole
from core.models import Document, DocumentFile, Office
from core.requirements import Obstacle, StaleVersion, StepRefused
from core.services import archive, uploads
from core.services.events import record, record_many
from core.services.performing import check_version
from networks.enums import PAYABLE_KINDS
from networks.models import Host, Network, Organisation
from networks.requirements import dates_in_order, period_words, shares_a_day, still_there
from networks.selectors.standing import successor_names
from networks.services.memberships import forget, know

CASE_TITLE = {
    "nb": "Fullmakter til å ta imot tilskudd for kompetansenettverk",
    "nn": "Fullmakter til å ta imot tilskot for kompetansenettverk",
}
DOCUMENT_TITLE = {
    "nb": "Fullmakt: {organisation} tar imot tilskudd for {network}",
    "nn": "Fullmakt: {organisation} tek imot tilskot for {network}",
}


@dataclass(frozen=True, slots=True)
class SentUp:
    """A document as somebody sent it up."""

    name: str
    content: BinaryIO


@transaction.atomic
def choose_host(
    *,
    network: Network,
    organisation: Organisation,
    by: Actor,
    valid_from: date,
    valid_to: date | None = None,
    mandate_note: str = "",
    mandate: Document | None = None,
    sent_up: SentUp | None = None,
    seen_host: int | None = None,
) -> Host:
    """Let an organisation receive the network's money from a day; the host before it ends the day before.

    ``sent_up``: the mandate itself, journaled as an incoming document. ``seen_host``: the one whose place the person
    meant to give away (0: nobody). Raises NotAllowed, StaleVersion when it is another by now, and StepRefused for one
    that can't be paid, an ended one, or days that overlap.
    """
    authz.require(by, "networks.keep_registers", network)
    locked = Network.objects.select_for_update(of=("self",)).select_related("anchor", "office").get(pk=network.pk)
    found = Host.objects.filter(network=locked).select_related("organisation__anchor", "by_user")
    hosts = list(found.order_by("valid_from"))
    last = next((row for row in hosts if row.valid_to is None), None)
    if seen_host is not None and seen_host != (last.pk if last else 0):
        saved_by = last.by_user.name if last and last.by_user else ""
        raise StaleVersion(seen=seen_host, current=last.pk if last else 0, saved_by=saved_by)
    if last is not None and last.organisation_id == organisation.pk and sent_up is None and valid_to is None:
        return last
    if obstacles := obstacles_to_hosting(locked, organisation, hosts, valid_from, valid_to):
        raise StepRefused(obstacles)
    if last is not None and last.valid_from < valid_from:
        last.valid_to, last.version = valid_from - timedelta(days=1), last.version + 1
        last.save(update_fields=["valid_to", "version"])
    document = _journaled(locked, organisation, sent_up, by) if sent_up else mandate
    row = Host.objects.create(
        network=locked,
        organisation=organisation,
        mandate=document,
        mandate_note=mandate_note[:250],
        valid_from=valid_from,
        valid_to=valid_to,
        **by.columns(),
    )
    know(office=locked.office, organisations={organisation.pk}, by=by)
    record(code="host.chosen", subject=row, by=by, office=locked.office, data=_words(row))
    return row


def obstacles_to_hosting(
    network: Network, organisation: Organisation, hosts: Sequence[Host], valid_from: date, valid_to: date | None
) -> list[Obstacle]:
    """Why this one can't receive the network's money in those days. No query.

    FOR-2026-01-12-23 § 3: owners and providers receive; a body that owns nothing does not, nor does a network.
    """
    name = organisation.anchor.name
    if organisation.kind not in PAYABLE_KINDS:
        text = _(
            "%(name)s can't receive grants, since it owns no kindergartens or schools. "
            "Choose an owner, for example a municipality in the network."
        )
        return [Obstacle("not_payable", text % {"name": name}, "id_organisation")]
    found = dates_in_order(valid_from, valid_to)
    found += still_there(
        name,
        organisation.ended_on,
        valid_from,
        valid_to,
        today=clock.today(),
        successor=successor_names(organisation),
    )
    if network.ended_on is not None and (valid_to is None or valid_to >= network.ended_on):
        text = _("The network %(network)s has ended, so it gets no new host.") % {"network": network.anchor.name}
        found.append(Obstacle("network_ended", text))
    for row in hosts:
        gives_way = row.valid_to is None and row.valid_from < valid_from
        if not found and not gives_way and shares_a_day(row, valid_from, valid_to):
            text = _("%(host)s is the host %(period)s. Choose other days, or end that first.")
            words = {"host": row.organisation.anchor.name, "period": period_words(row)}
            found.append(Obstacle("host_overlaps", text % words, "id_valid_from"))
    return found


@transaction.atomic
def end_host(*, host: Host, last_day: date, by: Actor, seen_version: int | None = None) -> Host:
    """Let nobody receive the network's money after a day. Raises NotAllowed, StaleVersion and StepRefused."""
    row = (
        Host.objects.select_for_update(of=("self",))
        .select_related("network__anchor", "organisation__anchor")
        .get(pk=host.pk)
    )
    check_version(row, seen_version)
    authz.require(by, "networks.keep_registers", row.network)
    if row.valid_to == last_day:
        return row
    obstacles = dates_in_order(row.valid_from, last_day, "id_last_day")
    others = Host.objects.filter(network=row.network_id).exclude(pk=row.pk).select_related("organisation__anchor")
    for other in others:
        if not obstacles and shares_a_day(other, row.valid_from, last_day):
            text = _("%(host)s is the host %(period)s. Choose an earlier day.")
            words = {"host": other.organisation.anchor.name, "period": period_words(other)}
            obstacles.append(Obstacle("host_overlaps", text % words, "id_last_day"))
    if obstacles:
        raise StepRefused(obstacles)
    row.valid_to, row.version = last_day, row.version + 1
    row.save(update_fields=["valid_to", "version"])
    data = _words(row) | {"day": last_day.isoformat()}
    record(code="host.ended", subject=row, by=by, office=row.network.office_id, data=data)
    return row


@transaction.atomic
def take_back_hosts(*, hosts: Sequence[Host], office: Office, by: Actor) -> None:
    """Take away hosts that were entered by mistake, as an import that is undone. Raises NotAllowed.

    A host with a journaled mandate is never taken away: it can only be ended.
    """
    authz.require(by, "networks.keep_registers", office)
    rows = list(
        Host.objects.select_for_update(of=("self",))
        .filter(pk__in=[one.pk for one in hosts], network__office=office, mandate__isnull=True)
        .select_related("network__anchor", "organisation__anchor")
        .order_by("pk")
    )
    record_many(code="host.taken_back", subjects=rows, by=by, office=office, data=[_words(row) for row in rows])
    Host.objects.filter(pk__in=[row.pk for row in rows]).delete()
    forget(office=office, organisations={row.organisation_id for row in rows})


@transaction.atomic
def set_back_host(*, host: Host, last_day: date | None, by: Actor) -> None:
    """Give a host the last day it had before somebody else was chosen. Raises NotAllowed and StepRefused."""
    rows = Host.objects.select_for_update(of=("self",)).select_related("network__anchor", "organisation__anchor")
    found = rows.get(pk=host.pk)
    authz.require(by, "networks.keep_registers", found.network)
    others = Host.objects.filter(network=found.network_id).exclude(pk=found.pk)
    for other in others.select_related("organisation__anchor"):
        if shares_a_day(other, found.valid_from, last_day):
            text = _("%(host)s is the host %(period)s. End that first.")
            words = {"host": other.organisation.anchor.name, "period": period_words(other)}
            raise StepRefused([Obstacle("host_overlaps", text % words)])
    found.valid_to, found.version = last_day, found.version + 1
    found.save(update_fields=["valid_to", "version"])
    record(code="host.set_back", subject=found, by=by, office=found.network.office_id, data=_words(found))


@transaction.atomic
def read_mandate(*, host: Host, file: DocumentFile, by: Actor) -> bytes:
    """The bytes of a journaled mandate; that it was read is logged. Raises NotAllowed."""
    authz.require(by, "networks.see_network", host.network)
    content = archive.read(file)
    record(code="mandate.read", subject=host, by=by, office=host.network.office_id, data=_words(host))
    return content


def _journaled(network: Network, organisation: Organisation, sent_up: SentUp, by: Actor) -> Document:
    """The mandate as an incoming document, in the year's case of mandates (arkivforskrifta §§ 14–15).

    Raises StepRefused for a file that isn't taken.
    """
    try:
        file = uploads.examine(name=sent_up.name, content=sent_up.content)
    except StepRefused as refused:
        raise StepRefused([Obstacle(one.code, one.text, "id_document") for one in refused.obstacles]) from refused
    form, year = network.office.default_form, clock.today().year
    title = CASE_TITLE[form]
    case = network.office.cases.filter(year=year, title__in=CASE_TITLE.values()).order_by("number").first()
    words = {"organisation": organisation.anchor.name, "network": network.anchor.name}
    return archive.register(
        case=case or archive.open_case(office=network.office, year=year, title=title),
        kind=DocumentKind.INCOMING,
        title=DOCUMENT_TITLE[form].format(**words),
        document_date=clock.today(),
        parties=[
            archive.Party(
                PartyRole.SENDER, organisation.anchor.name, orgnr=organisation.orgnr or "", anchor=organisation.anchor
            )
        ],
        files=[archive.Bytes(file.name, file.data, file.media_type)],
        by=by,
    )


def _words(row: Host) -> dict[str, Any]:
    return {"organisation": row.organisation.anchor.name, "network": row.network.anchor.name}
