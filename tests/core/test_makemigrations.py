"""Folding: what a table's constraints become when its migration is written."""

from django.db import models
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.models import Q

from core.management.commands.makemigrations import folded


def table(name: str) -> CreateModel:
    return CreateModel(
        name=name, fields=[("id", models.BigAutoField(primary_key=True)), ("sum", models.IntegerField())]
    )


def positive(name: str = "positive") -> models.CheckConstraint:
    return models.CheckConstraint(name=name, condition=Q(sum__gte=0))


def test_constraints_and_indexes_become_part_of_the_table_made_in_the_same_migration() -> None:
    index = models.Index(fields=["sum"], name="by_sum")
    steps = folded(
        [
            table("Award"),
            AddConstraint("award", positive()),
            AddConstraint("award", positive("b")),
            AddIndex("award", index),
        ]
    )
    assert [type(step) for step in steps] == [CreateModel]
    assert steps[0].options == {"constraints": [positive(), positive("b")], "indexes": [index]}


def test_a_constraint_on_a_table_made_earlier_stays_a_step() -> None:
    step = AddConstraint("award", positive())
    assert folded([step]) == [step]


def test_a_constraint_over_a_column_added_later_stays_after_it() -> None:
    column = AddField("award", "round", models.ForeignKey("grants.Round", models.PROTECT))
    late = AddConstraint("award", models.UniqueConstraint(fields=["round"], name="one_each"))
    steps = folded([table("Award"), column, late, AddConstraint("award", positive())])
    assert steps[1:] == [column, late]
    assert steps[0].options == {"constraints": [positive()]}
