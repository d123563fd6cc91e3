"""The factories make rows the database takes, also several of a kind."""

import pytest
from factory.django import DjangoModelFactory

from tests import factories


@pytest.mark.django_db
@pytest.mark.parametrize("name", factories.__all__)
def test_a_factory_makes_rows_the_database_takes(name: str) -> None:
    made: type[DjangoModelFactory] = getattr(factories, name)  # type: ignore[type-arg]
    rows = made.create_batch(3)
    assert made._meta.model.objects.count() == len({row.pk for row in rows}) == 3
