"""Who is told when a round is announced: so that the whole group is reached (bestemmelser om økonomistyring 6.3.1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import RoleAssignment, User
from accounts.selectors.holders import counting_at, in_force
from core.enums import Role
from grants.selectors.reporters import Reporter


@dataclass(frozen=True, slots=True)
class Told:
    """``writers`` by needs report, in the order given; ``owners`` are the contacts of all the owners covered."""

    writers: list[list[User]]
    owners: list[User]
    without_contact: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many people get at least one mail."""
        return len({user.pk for group in self.writers for user in group} | {user.pk for user in self.owners})


def told_about(reporting: Sequence[Reporter], *, office_id: int, on: date) -> Told:
    """Coordinators of the networks and contacts of the leads (they write), contacts of the owners. One query.

    ``without_contact``: reporters nobody writes for yet.
    """
    coordinated = {one.network.anchor_id for one in reporting if one.network is not None}
    owned = {owner.anchor_id for one in reporting for owner in (*one.covered, *([one.lead] if one.lead else []))}
    people: dict[tuple[str, int], list[User]] = defaultdict(list)
    rows = (
        RoleAssignment.objects.filter(
            in_force(on),
            counting_at(office_id),
            anchor_id__in=coordinated | owned,
            role__in=[Role.COORDINATOR, Role.OWNER_CONTACT],
            user__is_active=True,
        )
        .select_related("user")
        .order_by("user__name", "pk")
    )
    for row in rows:
        people[row.role, row.anchor_id].append(row.user)
    writers, owners, empty = [], {}, []
    for one in reporting:
        found = list(people[Role.COORDINATOR, one.network.anchor_id]) if one.network is not None else []
        found += people[Role.OWNER_CONTACT, one.lead.anchor_id] if one.lead is not None else []
        writers.append(found)
        if not found:
            empty.append(one.name)
        for owner in one.covered:
            owners.update({user.pk: user for user in people[Role.OWNER_CONTACT, owner.anchor_id]})
    return Told(writers, list(owners.values()), tuple(empty))
