"""What is owed can be told from the rows alone: rebuilding changes nothing, whatever has happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core import clock
from core.models import Obligation
from core.services import obligations
from grants.services import assessment, needs, proposals, recommendations, rounds
from tests.world import World


def _send_north(w: World) -> None:
    needs.send(report=w.north_report, by=w.actor("north_coordinator"))


def _return_south(w: World) -> None:
    assessment.return_report(report=w.south_report, by=w.actor("officer"), comment="Skriv mer om behovet.")


def _move_dates(w: World) -> None:
    rounds.set_deadlines(round=w.a_round, deadlines={"needs": date(2027, 3, 5)}, by=w.actor("officer"))


def _propose_again(w: World) -> None:
    proposals.make_first_proposal(round=w.b_round, by=w.actor("b_officer"))


def _answer(w: World) -> None:
    lines = w.b_recommendation.lines.filter(live=True)
    recommendations.answer(
        recommendation=w.b_recommendation,
        seat=w.coast_member_seat,
        answers={line.pk: ("agree", "") for line in lines},
        by=w.actor("coast_member"),
    )


def _conclude(w: World) -> None:
    recommendations.conclude_forum(
        recommendation=w.b_recommendation, forum=w.coast, by=w.actor("coast_chair"), outcome="agreed"
    )


def _days_pass(_w: World) -> None:
    """Nothing happens but that time goes: what is owed hangs on rows, not on when one looks."""


ACTS: list[Callable[[World], None]] = [
    _send_north, _return_south, _move_dates, _propose_again, _answer, _conclude, _days_pass,
]  # fmt: skip


def test_the_world_owes_what_its_rows_say(world: World) -> None:
    assert Obligation.objects.filter(done_at__isnull=True).count() >= 5
    assert obligations.rebuild() == []


@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(acts=st.permutations(ACTS), later=st.integers(0, 90))
def test_rebuilding_changes_nothing_after_any_acts(
    world: World, acts: list[Callable[[World], None]], later: int
) -> None:
    with transaction.atomic():
        for act in acts:
            world._read.clear()
            try:
                with transaction.atomic():
                    act(world)
            except Exception as error:  # an act that isn't open in this order is refused, and leaves nothing behind
                assert type(error).__name__ in {"StepRefused", "NotAllowed"}, error
        with clock.frozen(date.fromordinal(clock.today().toordinal() + later)):
            assert obligations.rebuild() == []
        transaction.set_rollback(True)
    world._read.clear()
