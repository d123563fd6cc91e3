"""The world is what the other tests take it for."""

import pytest

from core.services import obligations
from grants.models import Letter, MeasureYear, NeedsReport
from tests.stage import Kept, keep, put_back
from tests.world import World


def test_reports_stand_at_every_state_but_returned(world: World) -> None:
    assert sorted(NeedsReport.objects.values_list("round__office__slug", "round__year", "state")) == [
        ("fjellfylket", 2024, "assessed"),
        ("fjellfylket", 2024, "assessed"),
        ("fjellfylket", 2027, "draft"),
        ("fjellfylket", 2027, "sent"),
        ("kystfylket", 2027, "assessed"),
        ("kystfylket", 2027, "assessed"),
    ]


def test_the_past_year_went_all_the_way(world: World) -> None:
    assert sorted(MeasureYear.objects.filter(round=world.past_round).values_list("title", "state")) == [
        ("Lek og språk", "granted"),
        ("Leseløft", "granted"),
        ("Regnehjelp", "refused"),
    ]
    assert sorted(Letter.objects.values_list("kind", "recipient__anchor__name", "total", "state")) == [
        ("award", "Nordli kommune", 160_000, "opened"),
        ("award", "Universitetet i Midten", 240_000, "noticed"),
        ("refusal", "Sørli kommune", 0, "noticed"),
    ]


def test_the_last_word_of_b_is_its_forums(world: World) -> None:
    assert (world.b_recommendation.state, world.b_proposal.state) == ("with_forum", "put_forward")


@pytest.mark.django_db(transaction=True)
def test_rows_come_back_as_they_were(kept_world: Kept) -> None:
    put_back(kept_world)
    assert keep(lambda: kept_world.made).tables == kept_world.tables


def test_rows_stand_as_they_were_whatever_tests_did_before(world: World, kept_world: Kept) -> None:
    assert keep(lambda: kept_world.made).tables == kept_world.tables


def test_what_is_owed_is_what_the_rows_say(world: World) -> None:
    assert obligations.rebuild() == []
