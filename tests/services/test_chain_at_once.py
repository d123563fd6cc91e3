"""Two acts in one round at the same moment: the second waits and follows the first, on a real PostgreSQL."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection, transaction

from core import clock
from core.models import Chain, Office, Snapshot
from core.services.chain import audit_faults
from core.services.signing import take_snapshot
from tests.accounts.conftest import make_office

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite writes one at a time anyway"),
]
SECONDS = 20


@pytest.fixture
def office(db: None) -> Office:
    """Stands for a round: a chain hangs on any row."""
    return make_office("lia", "987654325")


def bind(office: Office, number: int) -> Snapshot:
    with clock.frozen(date(2027, 3, 1)):
        return take_snapshot(subject=office, chain=office, purpose="test", schema_version=1, data={"number": number})


def in_thread(act: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def waiting() -> int:
    """How many sessions wait for another's lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        [count] = cursor.fetchone()
    return int(count)


@pytest.mark.parametrize("links", [0, 3])
def test_two_transactions_at_once_follow_each_other(office: Office, links: int) -> None:
    """With no chain yet both want to make it; with one both want its next place."""
    for number in range(links):
        bind(office, number)
    with transaction.atomic():
        first = bind(office, 100)
        other = in_thread(lambda: bind(office, 200))
        deadline = time.monotonic() + SECONDS
        while not waiting():
            assert time.monotonic() < deadline, "the second didn't wait for the first"
            time.sleep(0.02)
    other.join(SECONDS)
    second = Snapshot.objects.latest("pk")
    assert (first.place, second.place, second.body) == (links + 1, links + 2, '{"number":200}')
    chain = Chain.objects.get()
    assert (chain.length, chain.head) == (links + 2, second.link)
    assert audit_faults() == []


def test_what_is_taken_back_leaves_its_place_to_the_next(office: Office) -> None:
    bind(office, 1)
    with transaction.atomic():
        bind(office, 2)
        other = in_thread(lambda: bind(office, 3))
        while not waiting():
            time.sleep(0.02)
        transaction.set_rollback(True)
    other.join(SECONDS)
    assert list(Snapshot.objects.order_by("place").values_list("place", "body")) == [
        (1, '{"number":1}'),
        (2, '{"number":3}'),
    ]
    assert audit_faults() == []


def test_twenty_at_once_get_twenty_places(office: Office) -> None:
    threads = [in_thread(lambda number=number: bind(office, number)) for number in range(20)]  # type: ignore[misc]
    for thread in threads:
        thread.join(SECONDS)
    assert list(Snapshot.objects.order_by("place").values_list("place", flat=True)) == list(range(1, 21))
    assert audit_faults() == []
