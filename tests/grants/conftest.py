"""Small years that have come some way, each built once a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from core import clock
from tests import stage
from tests.grants import decision_world, forum_world
from tests.grants.decision_world import Year


@pytest.fixture(scope="session")
def kept_forum(keep: Callable[..., stage.Kept]) -> stage.Kept:
    with clock.frozen(forum_world.DAY):
        return keep(forum_world.make_world)


@pytest.fixture(scope="session")
def kept_prepared(keep: Callable[..., stage.Kept]) -> stage.Kept:
    return keep(decision_world.prepared_year)


@pytest.fixture(scope="session")
def kept_approved(keep: Callable[..., stage.Kept]) -> stage.Kept:
    return keep(decision_world.approved_year)


@pytest.fixture(scope="session")
def kept_sent(keep: Callable[..., stage.Kept]) -> stage.Kept:
    return keep(decision_world.sent_year)


@pytest.fixture(scope="session")
def kept_delivered(keep: Callable[..., stage.Kept]) -> stage.Kept:
    return keep(partial(decision_world.sent_year, carried=True))


@pytest.fixture
def forum_year(db: None, kept_forum: stage.Kept, the_stage: stage.Stage) -> Iterator[forum_world.World]:
    """An announced round and a forum, and no needs report yet."""
    with the_stage.present(kept_forum) as made:
        yield made


@pytest.fixture
def prepared_year(db: None, kept_prepared: stage.Kept, the_stage: stage.Stage) -> Iterator[Year]:
    """The decision is a draft."""
    with the_stage.present(kept_prepared) as made:
        yield made


@pytest.fixture
def approved_year(db: None, kept_approved: stage.Kept, the_stage: stage.Stage) -> Iterator[Year]:
    """The decision is approved, and nothing sent."""
    with the_stage.present(kept_approved) as made:
        yield made


@pytest.fixture
def sent_year(db: None, kept_sent: stage.Kept, the_stage: stage.Stage) -> Iterator[Year]:
    """The letters are sent, and their jobs wait."""
    with the_stage.present(kept_sent) as made:
        yield made


@pytest.fixture
def delivered_year(db: None, kept_delivered: stage.Kept, the_stage: stage.Stage) -> Iterator[Year]:
    """The letters are made, and everybody is told."""
    with the_stage.present(kept_delivered) as made:
        yield made
