"""Which forums have a part in a round, and which of them a needs report lies before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Protocol

from django.db.models import Exists, F, OuterRef

from core import clock
from forums.models import Forum
from forums.selectors.seats import voting_seats
from grants.models import Round
from grants.rulesets import RuleSet
from grants.selectors.rounds import rule_set_of
from networks.enums import OrganisationKind


def forums_taking_part(round_: Round) -> list[Forum]:
    """The office's forums with a part under the round's rules, by name.

    An upper-secondary forum takes part where county councils can receive money (FOR-2021-01-26-230 pkt 3.1); under
    FOR-2026-01-12-23 upper secondary has a regulation of its own (§§ 2–3).
    Each has ``covers``, the ids of its networks, and ``can_vote``: somebody sits there today who votes. One query.
    """
    return forums_under(rule_set_of(round_), round_.office_id)


def forums_under(rules: RuleSet, office_id: int) -> list[Forum]:
    """:func:`forums_taking_part` before there is a round."""
    upper_secondary = rules.can_receive(OrganisationKind.COUNTY_COUNCIL)
    today = clock.today()
    rows = Forum.objects.filter(office_id=office_id)
    voting = voting_seats(rows, today).filter(group__forum=OuterRef("pk"))
    found: dict[int, Forum] = {}
    covers: dict[int, set[int]] = defaultdict(set)
    named = rows.select_related("anchor").order_by("sort_key", "pk")
    for row in named.annotate(can_vote=Exists(voting), network=F("covered_networks__network_id")):
        covers[found.setdefault(row.pk, row).pk].add(row.network)
    for forum in found.values():
        forum.covers = covers[forum.pk] - {None}  # type: ignore[attr-defined]
    return [
        forum
        for forum in found.values()
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
        covering = [forum for forum in forums if report.network_id in forum.covers]  # type: ignore[attr-defined]
        if len(covering) == 1:
            return covering[0]
    return forums[0] if len(forums) == 1 else None


def forums_without_vote(forums: Iterable[Forum]) -> list[Forum]:
    """Those of :func:`forums_taking_part` in which nobody sits today who can vote."""
    return [forum for forum in forums if not forum.can_vote]  # type: ignore[attr-defined]
