"""What the tests with real services share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from tests.services import plant as plants
from tests.services.plant import Plant

_numbers = count(1)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[plants.Template]:
    """Two hundred letters dispatched, none made; built once a run."""
    with plants.built(tmp_path_factory.mktemp("template")) as made:
        yield made


@pytest.fixture
def start_plant(template: plants.Template, tmp_path: Path) -> Iterator[Callable[..., Plant]]:
    """Starts a plant of this test's own, on a copy of the template."""
    with ExitStack() as stack:

        def start(**choices: bool) -> Plant:
            return stack.enter_context(plants.plant(f"run{next(_numbers)}", template, tmp_path, **choices))

        yield start


@pytest.fixture
def plant(start_plant: Callable[..., Plant]) -> Plant:
    """A plant with nothing running but its database, its broker and its mail server."""
    return start_plant()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without `make test` there is neither broker nor the servers' programs, as a rule."""
    if os.environ.get("BROKER_URL"):
        return
    missing = pytest.mark.skip(reason="needs what `make test` brings")
    for item in items:
        if item.path.name.startswith("test_jobs_"):
            item.add_marker(missing)
