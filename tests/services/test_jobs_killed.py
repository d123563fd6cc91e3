"""Letters are on their way, and something dies in the middle: in the end each exists once and is told of once.

Workers and beat are Celery's own, with a lease of seconds instead of five minutes and a sweep each second.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.services.plant import Plant

FEW = 24
"""Enough letters for a middle to die in; the worker dies in the middle of all two hundred."""


def in_the_middle(plant: Plant) -> None:
    """Let the letters run until some are made and many are not."""
    plant.until(lambda: plant.made() >= plant.letters / 4)
    assert plant.made() < plant.letters


def test_the_worker_is_killed(plant: Plant) -> None:
    worker = plant.worker()
    plant.beat()
    in_the_middle(plant)
    worker.kill()
    assert plant.one("SELECT count(*) FROM core_job WHERE state = 'running'") <= 2
    plant.worker()
    plant.until(plant.all_is_done)
    plant.check_all_is_well()
    assert plant.letters == 200
    assert len(plant.sink.got) <= 202, "at most the mails in the hands of the two processes leave twice"


@pytest.mark.parametrize("append_only", [True, False], ids=["append-only", "forgetful"])
def test_redis_is_killed(start_plant: Callable[..., Plant], append_only: bool) -> None:
    plant = start_plant(append_only=append_only)
    plant.only(FEW)
    plant.worker()
    plant.beat()
    in_the_middle(plant)
    plant.redis.kill()
    plant.redis.start()
    plant.until(plant.all_is_done)
    plant.check_all_is_well()


def test_the_database_is_killed(plant: Plant) -> None:
    plant.only(FEW)
    plant.worker()
    plant.beat()
    in_the_middle(plant)
    plant.postgres.kill()
    plant.postgres.start()
    assert plant.made() >= FEW / 4, "what was committed is there"
    plant.until(plant.all_is_done)
    plant.check_all_is_well()


def test_the_worker_is_told_to_stop(plant: Plant) -> None:
    """A new version is put in place in the middle: the letter in hand is finished, the rest waits for the next one."""
    plant.only(FEW)
    worker = plant.worker()
    plant.beat()
    in_the_middle(plant)
    worker.stop(patience=60)
    assert plant.one("SELECT count(*) FROM core_job WHERE state = 'running'") == 0
    assert plant.one("SELECT max(attempts) FROM core_job") == 1
