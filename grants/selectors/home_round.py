"""The round the home page shows someone."""

from __future__ import annotations

from django.db.models import Case, Q, When

from core.actor import Actor
from core.enums import OFFICE_STAFF
from grants.enums import RoundKind
from grants.models import Round


def round_for_home(actor: Actor) -> Round | None:
    """The newest announced main round among the offices one has to do with; for the office's people also a draft.

    Two queries with its dates.
    """
    staffed = {grant.office_id for grant in actor.grants if grant.office_id and grant.role in OFFICE_STAFF}
    offices = {grant.office_id for grant in actor.grants if grant.office_id}
    known = Q(office_id__in=offices)
    for grant in actor.counting():
        if grant.office_id is None:
            through = Q(office__organisations__organisation__anchor_id=grant.anchor_id)
            known |= through if grant.within_id is None else through & Q(office_id=grant.within_id)
    found = (
        Round.objects.filter(known, kind=RoundKind.MAIN)
        .exclude(~Q(office_id__in=staffed), state="draft")
        .select_related("office__anchor", "rule_set", "profile")
        .prefetch_related("deadlines")
        .annotate(turn=Case(When(state="announced", then=0), default=1))
        .order_by("turn", "-year", "pk")
        .distinct()
    )
    return next(iter(found[:1]), None)
