"""Lists come from a projection, rights from the truth: they agree on every date around a term's end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts.models import RoleAssignment
from accounts.selectors.visible import visible_anchor_ids
from accounts.services.roles import end_role, grant_role
from core import clock
from core.actor import Actor
from core.enums import Role
from core.models import Anchor
from forums.models import Appointment
from forums.services.forums import end_appointment
from tests.world import TODAY, World

SYSTEM = Actor.for_system("tests")
DAYS = [TODAY + timedelta(days=step) for step in (-30, -1, 0, 1, 2, 30)]


def held(actor: Actor) -> set[int]:
    """The truth: the anchors at which something is held today."""
    return {grant.anchor_id for grant in actor.grants}


def agree(world: World, on: date) -> None:
    """For everybody on a day: what lists show is what is held."""
    with clock.frozen(on):
        wrong = {
            name: (projected, truth)
            for name in world.people()
            if (projected := set(visible_anchor_ids(getattr(world, name), on))) != (truth := held(world.actor(name)))
        }
    assert wrong == {}, on


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_lists_and_rights_agree(world: World, on: date) -> None:
    """A role and a seat begin and end around the day, one role is taken away before its time."""
    with clock.frozen(TODAY):
        grant_role(
            user=world.stranger, role=Role.NETWORK_READER, anchor=world.north.anchor, by=SYSTEM,
            starts=TODAY - timedelta(days=1), ends=TODAY + timedelta(days=1),
        )  # fmt: skip
        grant_role(
            user=world.stranger, role=Role.OWNER_CONTACT, anchor=world.nordli.anchor, by=SYSTEM,
            starts=TODAY + timedelta(days=1),
        )  # fmt: skip
        end_role(assignment=RoleAssignment.objects.get(user=world.officer2), by=SYSTEM)
        seat = Appointment.objects.get(user=world.school_member)
        end_appointment(appointment=seat, by=SYSTEM, last_day=TODAY + timedelta(days=1))
    agree(world, on)


def test_somebody_who_holds_nothing_sees_nothing(world: World) -> None:
    assert list(visible_anchor_ids(world.stranger, TODAY)) == []
    assert Anchor.objects.count() > 10
