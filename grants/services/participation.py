"""Owners that don't take part this year (seed 000): such an owner gets no line, and no report speaks for it."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core import authz, clock
from core.actor import Actor
from core.requirements import Obstacle, StepRefused
from core.services.events import record
from core.services.performing import lock
from grants.models import CoveredOwner, NeedsReport, Participation, ProposalLine, RecommendationLine, Round
from grants.workflow import PROPOSAL
from networks.enums import OWNER_KINDS
from networks.models import Network, Organisation
from networks.selectors.networks import alive, network_alive

OPEN = ("draft", "announced")
"""States of a round in which an owner may still opt out or in."""
BEING_WRITTEN = ("draft", "returned")


@transaction.atomic
def opt_out(*, round: Round, organisation: Organisation, by: Actor, note: str = "") -> Participation:
    """An owner doesn't take part in this round. Before which forum and by whom it was covered, is kept.

    Reports that aren't sent don't cover it any more; what is sent stays as it was. Raises NotAllowed, and StepRefused
    for one that isn't an owner, receives money for a network, or has money in the proposal already.
    """
    locked = lock(round)
    authz.require(by, "grants.run_round", locked)
    if obstacles := obstacles_to_opting_out(locked, organisation):
        raise StepRefused(obstacles)
    known = Participation.objects.filter(round=locked, organisation=organisation).first()
    row = known or Participation(round=locked, organisation=organisation)
    if row.opted_out and row.note == note[:250]:
        return row
    row.opted_out, row.note = True, note[:250]
    for column, value in by.columns().items():
        setattr(row, column, value)
    row.save()
    CoveredOwner.objects.filter(
        organisation=organisation, report__round=locked, report__state__in=BEING_WRITTEN
    ).delete()
    _tell(locked, organisation, "opted_out", by)
    return row


@transaction.atomic
def opt_in(*, round: Round, organisation: Organisation, by: Actor) -> None:
    """An owner takes part after all; reports of its networks that aren't sent cover it again.

    Raises NotAllowed and StepRefused.
    """
    locked = lock(round)
    authz.require(by, "grants.run_round", locked)
    if obstacles := _closed(locked):
        raise StepRefused(obstacles)
    row = Participation.objects.filter(round=locked, organisation=organisation, opted_out=True).first()
    if row is None:
        return
    if row.forum_id is None and row.lead_id is None and _has_networks(locked):
        row.delete()  # its network is its place in the round; a row would make it a reporter of its own
    else:
        row.opted_out, row.note = False, ""
        for column, value in by.columns().items():
            setattr(row, column, value)
        row.save()
    own = organisation.memberships.filter(alive(clock.today())).values("network")
    reports = NeedsReport.objects.filter(round=locked, network__in=own, state__in=BEING_WRITTEN)
    CoveredOwner.objects.bulk_create(
        CoveredOwner(report=report, organisation=organisation)
        for report in reports.exclude(covered__organisation=organisation)
    )
    _tell(locked, organisation, "takes_part", by)


def obstacles_to_opting_out(round: Round, organisation: Organisation) -> list[Obstacle]:
    """Why the owner can't be left out now."""
    name = organisation.anchor.name
    if found := _closed(round):
        return found
    if organisation.kind not in OWNER_KINDS:
        text = _("%(name)s owns no kindergartens or schools. Only owners take part or opt out.")
        return [Obstacle("not_an_owner", text % {"name": name}, "id_organisation")]
    led = NeedsReport.objects.filter(round=round, lead=organisation, network__isnull=False).select_related(
        "network__anchor"
    )
    if report := led.first():
        text = _("%(name)s receives the money for %(network)s in this round, so it can't opt out of it.")
        words = {"name": name, "network": report.network.anchor.name if report.network else ""}
        return [Obstacle("is_host", text % words, "id_organisation")]
    meant = Q(payee=organisation) | Q(beneficiary=organisation)
    worked_on = ProposalLine.objects.filter(meant, version__round=round, version__state=PROPOSAL.initial, amount__gt=0)
    if worked_on.exists() or RecommendationLine.objects.filter(meant, round=round, live=True, amount__gt=0).exists():
        text = _("%(name)s has money in the proposal. Set its amounts to 0 first.")
        return [Obstacle("has_lines", text % {"name": name}, "id_organisation")]
    return []


def _closed(round: Round) -> list[Obstacle]:
    if round.state in OPEN:
        return []
    return [Obstacle("round_decided", _("The decisions of this round are made, so this can't be changed any more."))]


def _has_networks(round: Round) -> bool:
    return Network.objects.filter(network_alive(), office=round.office_id).exists()


def _tell(round: Round, organisation: Organisation, what: str, by: Actor) -> None:
    data = {"name": organisation.anchor.name, "what": what}
    record(code="round.participation", subject=round, by=by, office=round.office_id, data=data)
