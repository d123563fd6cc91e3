"""What SQL can't state portably is held by the database too, on PostgreSQL (architecture.md § 2.10)."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import InternalError, connection, transaction
from django.db.models import Model

from core.actor import Actor
from core.models import Document, DocumentFile, Event, Snapshot
from forums.models import Appointment, Seat
from grants.models import LedgerEntry, Letter, PotEntry, SeatAnswer
from networks.models import Host, Membership, Network
from networks.services.organisations import register_organisation
from tests.world import World

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="triggers live on PostgreSQL only"),
]


def refused(act: Callable[[], object]) -> str:
    """What the database says when it refuses."""
    with pytest.raises(InternalError) as caught, transaction.atomic():
        act()
    return str(caught.value).splitlines()[0]


@pytest.mark.parametrize("model", [Event, Snapshot, PotEntry, LedgerEntry, DocumentFile])
def test_what_is_written_stays_as_it_was(world: object, model: type[Model]) -> None:
    row = model._default_manager.first()
    assert row is not None
    table = model._meta.db_table
    told = f"pgtrigger: Cannot update or delete rows from {table} table"
    with connection.cursor() as cursor:
        assert refused(lambda: cursor.execute(f'DELETE FROM "{table}" WHERE id = %s', [row.pk])) == told
    assert refused(row.save) == told


@pytest.mark.parametrize("model", [Document, Letter])
def test_what_is_journaled_is_never_taken_away(world: object, model: type[Model]) -> None:
    with connection.cursor() as cursor:
        table = model._meta.db_table
        assert (
            refused(lambda: cursor.execute(f'DELETE FROM "{table}"'))
            == f"pgtrigger: Cannot delete rows from {table} table"
        )


def test_a_seat_of_the_office_has_no_vote_in_the_database(world: object) -> None:
    answer = SeatAnswer.objects.select_related("seat__group").first()
    assert answer is not None
    other = Seat.objects.filter(group__is_office=True).first()
    assert other is not None
    assert refused(lambda: SeatAnswer.objects.filter(pk=answer.pk).update(seat=other)) == "the seat has no vote"


def test_a_vote_outside_the_term_is_refused(world: object) -> None:
    answer = SeatAnswer.objects.select_related("appointment").first()
    assert answer is not None
    before = answer.at.replace(year=answer.at.year - 30)
    assert refused(lambda: SeatAnswer.objects.filter(pk=answer.pk).update(at=before)) == (
        "the appointment does not cover the day of the answer"
    )


def test_two_members_cannot_hold_one_seat_on_the_same_day(world: object) -> None:
    row = Appointment.objects.filter(valid_to__isnull=False).first() or Appointment.objects.first()
    assert row is not None
    double = Appointment(
        seat=row.seat,
        user=row.user,
        organisation=row.organisation,
        kind=row.kind,
        valid_from=row.valid_from,
        valid_to=date(row.valid_from.year + 9, 1, 1),
        by_system="test",
    )
    assert refused(double.save) == "somebody holds this seat already in that time"


def test_periods_of_a_member_or_a_host_do_not_overlap(world: World) -> None:
    member = world.north.memberships.first()
    sector = "school"  # the member is there with both
    double = Membership(
        network=world.north, organisation=member.organisation, sector=sector, valid_from=date(2030, 1, 1),
        by_system="test",
    )  # fmt: skip
    assert refused(double.save) == "the organisation belongs to the network already in that time"
    host = Host(
        network=world.north, organisation=world.norddal, valid_from=date(2030, 1, 1), valid_to=date(2030, 12, 31),
        by_system="test",
    )  # fmt: skip
    assert refused(host.save) == "the network has a host already in that time"


def test_a_body_that_owns_nothing_is_never_a_host(world: World) -> None:
    rkk = register_organisation(name="RKK Dal", kind="coordinator", by=Actor.for_system("test"))
    host = Host(
        network=world.north, organisation=rkk, valid_from=date(1990, 1, 1), valid_to=date(1990, 12, 31),
        by_system="test",
    )  # fmt: skip
    assert refused(host.save) == "the organisation can not receive grants"


def test_a_network_never_contains_itself(world: World) -> None:
    rows = Network.objects.all()
    rows.filter(pk=world.south.pk).update(parent=world.north)
    assert refused(lambda: rows.filter(pk=world.north.pk).update(parent=world.south)) == (
        "the network would contain itself"
    )
