"""The recommendations of an office, for those who may see them."""

from __future__ import annotations

from dataclasses import dataclass

from core import authz
from core.actor import Actor
from forums.rules import READS
from grants.models import Recommendation
from grants.selectors.recommendations import forums_of
from grants.workflow import RECOMMENDATION


@dataclass(frozen=True, slots=True)
class Listed:
    """A recommendation in the list."""

    recommendation: Recommendation
    forum_names: str
    shape: str


def listed(office_id: int, actor: Actor) -> list[Listed]:
    """The office's recommendations the actor may see, newest round first. Two queries."""
    rows = (
        Recommendation.objects.filter(round__office_id=office_id)
        .select_related("round__office", "round__rule_set")
        .prefetch_related("forums__forum__anchor")
        .order_by("-round__year", "round_id", "number")
    )
    mine = actor.anchors(*READS)
    office = any(grant.office_id == office_id and grant.anchor_kind == "office" for grant in actor.grants)
    seen = [row for row in rows if office or any(part.forum.anchor_id in mine for part in row.forums.all())]
    return [
        Listed(
            row,
            ", ".join(part.forum.anchor.name for part in forums_of(row)),
            RECOMMENDATION.state(row.state).shape,
        )
        for row in seen
        if actor.link is None or authz.within(row, actor.link)
    ]
