"""By the clock: two beats at once, a clock that is set back, and a day without a broker."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime

from tests.services.plant import SWEEP_SECONDS, Plant

FEW = 6


def seconds_from_now_to(moment: datetime) -> float:
    """How much a clock must go wrong to show ``moment`` now."""
    return (moment - datetime.now(UTC)).total_seconds()  # noqa: TID251 - the machine's time itself is what is tested


def test_two_beats_remind_once_and_tell_again_once(plant: Plant) -> None:
    """The letters of 24 March are unopened on 5 April, and the office owes something on the 8th."""
    plant.only(FEW)
    assert plant.act("carry")["done"] > FEW
    plant.act("owe", "2027-04-08")
    first = len(plant.sink.got)
    shift = seconds_from_now_to(datetime(2027, 4, 5, 8, tzinfo=UTC))  # ten in the morning in Norway
    for _each in range(2):
        plant.worker(shift=shift)
        plant.beat(shift=shift)

    def ticked() -> bool:
        return plant.one("SELECT count(*) FROM core_job WHERE key LIKE 'tick:%' AND state = 'done'") >= 2

    plant.until(lambda: ticked() and plant.all_is_done() and len(plant.sink.got) > first + FEW)
    before = len(plant.sink.got)
    time.sleep(4 * SWEEP_SECONDS)  # some more sweeps of each, and nothing comes of them
    assert len(plant.sink.got) == before == first + FEW + 1
    assert set(Counter(plant.sink.got).values()) == {1}
    kinds = Counter(key.split(":")[0] for (key,) in plant.rows("SELECT key FROM core_message"))
    assert (kinds["letter"], kinds["reminder"]) == (2 * FEW, 1)
    ticks = Counter(key for (key,) in plant.rows("SELECT key FROM core_job WHERE key LIKE 'tick:%'"))
    assert set(ticks.values()) == {1}
    assert {key.rpartition(":")[2] for key in ticks} == {"2027-04-05"}


def test_a_clock_that_is_set_back_neither_stalls_nor_doubles(plant: Plant) -> None:
    """The worker dies a day ahead of the others, with leases and second tries in the day after."""
    plant.only(FEW)
    plant.sink.refuses = {"RCPT": "451 not yet"}
    plant.act("decide", "3")
    ahead = 24 * 3600.0
    worker = plant.worker(shift=ahead)
    plant.beat(shift=ahead)
    plant.until(lambda: plant.one("SELECT count(*) FROM core_job WHERE last_error LIKE 'MailPutOff%'") >= 3)
    plant.end()
    plant.rows(  # what it had in hand when it died
        "UPDATE core_job SET state = 'running', attempts = 1, lease_until = now() + interval '1 day' WHERE id = "
        "(SELECT min(id) FROM core_job WHERE name = 'grants.make_letter' AND state = 'waiting')"
    )
    assert not worker.running
    plant.sink.refuses = {}
    plant.worker()
    plant.beat()
    plant.until(lambda: plant.open_jobs("AND name LIKE 'grants.%'") == 0)
    longest = plant.one(
        "SELECT max(not_before) - now() FROM core_job WHERE state = 'waiting' AND last_error LIKE 'MailPutOff%'"
    )
    assert longest.total_seconds() <= 3600, "no try waits longer than the longest wait there is"
    plant.rows(
        "UPDATE core_job SET not_before = now() WHERE name = 'core.send_mail' AND state = 'waiting'"
    )  # an hour on
    plant.until(plant.all_is_done)
    plant.check_all_is_well()
    assert set(Counter(plant.sink.got).values()) == {1}


def test_a_day_without_a_broker(plant: Plant) -> None:
    """Services and pages answer at once, and the sweep does it all when the broker is back, as of the day it was."""
    plant.only(FEW)
    plant.redis.kill()
    worked = plant.act("work_without_broker", "/fjelldal/runde/2027/brev/")
    assert (worked["tries"], worked["resting"]) == (1, True)
    assert sorted(worked["services"])[-2] < 0.5, worked
    assert max(worked["services"]) < 3, worked
    assert max(worked["pages"]) < 5, worked
    assert plant.one("SELECT count(*) FROM core_job WHERE state = 'done'") == 0
    beat, worker = plant.beat(), plant.worker()  # they were there all the while, and wait
    plant.until(lambda: b"Cannot connect" in worker_log(plant))
    assert (beat.running, worker.running) == (True, True)
    plant.redis.start()
    plant.until(plant.all_is_done)
    plant.check_all_is_well()
    assert plant.one("SELECT count(*) FROM core_message WHERE key LIKE 'day:%' AND state = 'sent'") == 20
    assert plant.rows("SELECT DISTINCT letter_date::text FROM grants_letter WHERE letter_date IS NOT NULL") == [
        ("2027-03-24",)
    ]


def worker_log(plant: Plant) -> bytes:
    return (plant.folder / "worker.log").read_bytes()
