"""Which forums have a part in a round, and which of them a needs report lies before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from core import clock
from forums.models import Forum
from forums.selectors.seats import voting_seats
from grants.models import Round
from grants.rulesets import RuleSet
from grants.selectors.rounds import rule_set_of
from networks.enums import OrganisationKind


def forums_taking_part(round_: Round, *, covering: bool = True) -> list[Forum]:
    """The office's forums with a part under the round's rules, by name.

    An upper-secondary forum takes part where county councils can receive money (FOR-2021-01-26-230 pkt 3.1); under
    FOR-2026-01-12-23 upper secondary has a regulation of its own (§§ 2–3).
    Two queries; one without the networks they cover (``covering``).
    """
    return forums_under(rule_set_of(round_), round_.office_id, covering=covering)


def forums_under(rules: RuleSet, office_id: int, *, covering: bool = True) -> list[Forum]:
    """:func:`forums_taking_part` before there is a round."""
    upper_secondary = rules.can_receive(OrganisationKind.COUNTY_COUNCIL)
    today = clock.today()
    forums = Forum.objects.filter(office_id=office_id).select_related("anchor")
    return [
        forum
        for forum in (forums.prefetch_related("covered_networks") if covering else forums)
        if (forum.ended_on is None or forum.ended_on >= today) and (upper_secondary or not forum.upper_secondary)
    ]


class Reported(Protocol):
    """What of a needs report decides where it lies: the report itself, or its two columns."""

    @property
    def forum_id(self) -> int | None: ...

    @property
    def network_id(self) -> int | None: ...


def forum_of_report(report: Reported | None, forums: Sequence[Forum]) -> Forum | None:
    """The forum a report lies before: its own, else the one that covers its network, else the only one there is.

    ``forums`` come from :func:`forums_taking_part`. None when several could be meant, or none.
    """
    if report is not None and report.forum_id is not None:
        return next((forum for forum in forums if forum.pk == report.forum_id), None)
    if report is not None and report.network_id is not None:
        covering = [
            forum
            for forum in forums
            if any(row.network_id == report.network_id for row in forum.covered_networks.all())
        ]
        if len(covering) == 1:
            return covering[0]
    return forums[0] if len(forums) == 1 else None


def forums_without_vote(forums: Iterable[Forum]) -> list[Forum]:
    """The forums in which nobody sits today who can vote. One query."""
    forums = list(forums)
    seated = {seat.group.forum_id for seat in voting_seats(forums, clock.today())}
    return [forum for forum in forums if forum.pk not in seated]
