"""Roles are given, moved, confirmed and taken; an office always keeps an administrator."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts.models import RoleAssignment, User
from accounts.selectors.visible import visible_anchor_ids
from accounts.services import handovers
from accounts.services.roles import change_dates, confirm_role, end_role, grant_role
from core import clock
from core.actor import Actor
from core.authz import NotAllowed
from core.enums import Role
from core.models import Event, Message, Obligation
from core.requirements import StaleVersion, StepRefused
from tests.accounts.conftest import Small, make_person

TODAY = date(2027, 3, 1)


def role_of(user: User) -> RoleAssignment:
    return RoleAssignment.objects.get(user=user, ended_at__isnull=True)


def codes(refused: pytest.ExceptionInfo[StepRefused]) -> list[str]:
    return [obstacle.code for obstacle in refused.value.obstacles]


def test_a_role_moves_its_days_and_what_lists_show_follows(small: Small) -> None:
    by, row = Actor.for_user(small.anne), role_of(small.kari)
    with clock.frozen(TODAY):
        change_dates(assignment=row, starts=TODAY, ends=TODAY + timedelta(days=9), by=by, seen_version=1)
        seen = [bool(visible_anchor_ids(small.kari, TODAY + timedelta(days=n))) for n in (-1, 0, 9, 10)]
        assert seen == [False, True, True, False]
        with pytest.raises(StaleVersion):
            change_dates(assignment=row, starts=TODAY, ends=None, by=by, seen_version=1)
        with pytest.raises(StepRefused) as refused:
            change_dates(assignment=row, starts=TODAY, ends=TODAY - timedelta(days=1), by=by)
    assert codes(refused) == ["ends_before_start"]
    assert Event.objects.filter(code="role.changed").count() == 1


def test_ending_on_a_day_lets_it_be_the_last(small: Small) -> None:
    with clock.frozen(TODAY):
        end_role(assignment=role_of(small.kari), by=Actor.for_user(small.anne), last_day=TODAY)
        assert Actor.for_user(small.kari).holds(small.network.pk, Role.COORDINATOR)
    with clock.frozen(TODAY + timedelta(days=1)):
        assert Actor.for_user(small.kari).grants == frozenset()


def test_a_role_that_ran_out_can_be_given_again(small: Small) -> None:
    by = Actor.for_user(small.anne)
    with clock.frozen(TODAY):
        change_dates(assignment=role_of(small.kari), starts=TODAY, ends=TODAY, by=by)
    with clock.frozen(TODAY + timedelta(days=30)):
        grant_role(user=small.kari, role=Role.COORDINATOR, anchor=small.network, by=by)
        assert Actor.for_user(small.kari).holds(small.network.pk, Role.COORDINATOR)
    assert RoleAssignment.objects.filter(user=small.kari).count() == 2


def test_a_case_officer_takes_no_role_in_the_office(small: Small) -> None:
    with pytest.raises(NotAllowed):
        end_role(assignment=role_of(small.berit), by=Actor.for_user(small.anne))


@pytest.mark.parametrize("how", ["end", "last_day", "begin_later", "hand_over", "today"])
def test_the_last_administrator_stays(small: Small, how: str) -> None:
    by, row, today = Actor.for_user(small.berit), role_of(small.berit), clock.today()
    with pytest.raises(StepRefused) as refused:
        if how == "end":
            end_role(assignment=row, by=by)
        elif how == "last_day":
            end_role(assignment=row, by=by, last_day=today + timedelta(days=40))
        elif how == "begin_later":
            change_dates(assignment=row, starts=today + timedelta(days=1), ends=None, by=by)
        elif how == "hand_over":
            choices = {f"role:{row.pk}": None}
            handovers.hand_over(person=small.berit, office=small.office, choices=choices, on=today, by=by)
        else:
            change_dates(assignment=row, starts=row.starts, ends=today, by=by)
    assert codes(refused) == ["last_administrator"]
    row.refresh_from_db()
    assert (row.ended_at, row.ends) == (None, None)


def test_one_with_a_last_day_is_not_enough(small: Small) -> None:
    by = Actor.for_user(small.berit)
    ends = clock.today() + timedelta(days=10)
    grant_role(user=small.per, role=Role.OFFICE_ADMINISTRATOR, anchor=small.office.anchor, by=by, ends=ends)
    with pytest.raises(StepRefused):
        end_role(assignment=role_of(small.berit), by=by)
    closed = make_person("Lukket Lars")
    grant_role(user=closed, role=Role.OFFICE_ADMINISTRATOR, anchor=small.office.anchor, by=by)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    with pytest.raises(StepRefused):
        end_role(assignment=role_of(small.berit), by=by)
    grant_role(user=small.anne, role=Role.OFFICE_ADMINISTRATOR, anchor=small.office.anchor, by=by)
    end_role(assignment=role_of(small.berit), by=by)
    assert Actor.for_user(small.berit).grants == frozenset()


def test_merging_the_last_administrator_keeps_the_role(small: Small) -> None:
    by = Actor.for_user(small.berit)
    handovers.merge(gone=small.berit, kept=small.anne, office=small.office, by=by)
    assert Actor.for_user(small.anne).holds(small.office.anchor_id, Role.OFFICE_ADMINISTRATOR)


def test_a_role_that_waits_is_found_by_the_case_officers_and_confirmed_once(small: Small) -> None:
    row = grant_role(
        user=small.per, role=Role.NETWORK_READER, anchor=small.network, by=Actor.for_user(small.kari), confirmed=False
    )
    [grant] = Actor.for_user(small.per).grants
    assert (grant.confirmed, row.confirmed_at, row.office) == (False, None, small.office)
    owed = Obligation.objects.get(kind="role_confirm")
    assert (owed.role, owed.anchor, owed.done_at) == (Role.CASE_OFFICER, small.office.anchor, None)
    with pytest.raises(NotAllowed):
        confirm_role(assignment=row, by=Actor.for_user(small.kari))
    with pytest.raises(NotAllowed):
        confirm_role(assignment=row, by=Actor.for_user(small.berit))
    for _twice in range(2):
        confirm_role(assignment=row, by=Actor.for_user(small.anne))
    row.refresh_from_db()
    owed.refresh_from_db()
    assert (row.confirmed_by, owed.done_at is None) == (small.anne, False)
    assert [grant.confirmed for grant in Actor.for_user(small.per).grants] == [True]
    assert Event.objects.filter(code="role.confirmed").count() == 1
    assert Message.objects.get(key__startswith="role.confirmed").subject == "Rollen din er bekreftet: Hadeland"


def test_a_role_the_office_gives_confirms_the_one_that_waits(small: Small) -> None:
    kari, anne = Actor.for_user(small.kari), Actor.for_user(small.anne)
    waits = grant_role(user=small.per, role=Role.NETWORK_READER, anchor=small.network, by=kari, confirmed=False)
    same = grant_role(user=small.per, role=Role.NETWORK_READER, anchor=small.network, by=anne)
    assert (same.pk, same.confirmed_by) == (waits.pk, small.anne)
    assert list(Obligation.objects.filter(done_at__isnull=True)) == []
