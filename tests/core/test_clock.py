"""The clock: Norwegian time, and set only where nothing real depends on it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from time import time

import pytest
from django.test import override_settings

from core import clock


@pytest.fixture(autouse=True)
def _real_installation() -> Iterator[None]:
    with override_settings(ARSHJUL_CLOCK_MAY_BE_SET=False):
        yield


def test_now_is_aware_and_norwegian() -> None:
    before = time()
    moment = clock.now()
    after = time()
    assert moment.tzinfo is clock.OSLO
    assert before <= moment.timestamp() <= after


def test_a_real_installation_refuses_to_be_set() -> None:
    assert clock.may_be_set() is False
    with pytest.raises(clock.ClockMayNotBeSet), clock.frozen(date(2027, 2, 1)):
        pass
    assert clock.frozen_at() is None


def test_the_setting_is_read_at_call_time() -> None:
    with override_settings(ARSHJUL_CLOCK_MAY_BE_SET=True), clock.frozen(date(2027, 2, 1)):
        assert clock.today() == date(2027, 2, 1)


def test_a_rehearsal_may_set_it_inside_its_block() -> None:
    with clock.allow_setting():
        assert clock.may_be_set() is True
        with clock.frozen(date(2027, 2, 1)) as moment:
            assert moment == datetime(2027, 2, 1, 9, 0, tzinfo=clock.OSLO)
            assert clock.now() == moment
            assert clock.frozen_at() == moment
    assert clock.may_be_set() is False


def test_frozen_blocks_nest_and_give_back_what_was() -> None:
    with clock.allow_setting(), clock.frozen(date(2027, 2, 1)):
        with clock.frozen(date(2027, 4, 15)):
            assert clock.today() == date(2027, 4, 15)
        assert clock.today() == date(2027, 2, 1)
    assert clock.frozen_at() is None


def test_a_moment_just_before_midnight_in_utc_is_the_next_day_in_norway() -> None:
    with clock.allow_setting(), clock.frozen(datetime(2027, 1, 31, 23, 30, tzinfo=UTC)):
        assert clock.today() == date(2027, 2, 1)


def test_a_naive_moment_is_refused() -> None:
    with clock.allow_setting(), pytest.raises(ValueError, match="time zone"), clock.frozen(datetime(2027, 2, 1, 9)):
        pass


def test_a_job_carries_its_moment() -> None:
    with clock.allow_setting(), clock.carried(datetime(2027, 2, 1, 8, tzinfo=UTC)):
        assert clock.today() == date(2027, 2, 1)


def test_a_job_without_a_moment_leaves_the_clock_running() -> None:
    with clock.carried(None):
        assert clock.frozen_at() is None
