"""Owners that don't take part this year: no line, no report that speaks for them, and the way back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from core import clock
from core.authz import NotAllowed
from core.requirements import StepRefused
from grants.models import CoveredOwner, Participation, Round
from grants.services.announcing import announce
from grants.services.participation import opt_in, opt_out
from networks.models import Organisation
from tests import stage
from tests.grants.rounds_world import Rounds, actor, opened, owner
from tests.world import TODAY as WORLD_TODAY
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(rounds: Rounds) -> Rounds:
    return rounds


@pytest.fixture
def whole_world(kept_world: stage.Kept, the_stage: stage.Stage) -> Iterator[World]:
    """The world in which a recommendation lies before a forum."""
    with the_stage.present(kept_world) as made, clock.frozen(WORLD_TODAY):
        yield World(made)


@pytest.fixture
def round(world: Rounds) -> Round:
    return announce(round=opened(world), by=actor(world.officer))


def covered(round: Round) -> set[int]:
    rows = CoveredOwner.objects.filter(report__round=round)
    return set(rows.values_list("organisation", flat=True))


def refusal(round: Round, organisation: Organisation, world: Rounds) -> list[str]:
    with pytest.raises(StepRefused) as refused:
        opt_out(round=round, organisation=organisation, by=actor(world.officer))
    return [str(one.text) for one in refused.value.obstacles]


def browser(world: Rounds) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="nb")
    client.force_login(world.officer)
    return client


def test_no_report_that_is_being_written_speaks_for_it(world: Rounds, round: Round) -> None:
    nursery, by = world.owners[1], actor(world.officer)
    before = covered(round)
    opt_out(round=round, organisation=nursery, by=by, note="E-post 12. november")
    assert covered(round) == before - {nursery.pk}
    opt_in(round=round, organisation=nursery, by=by)
    opt_in(round=round, organisation=nursery, by=by)
    assert (covered(round), Participation.objects.count()) == (before, 0)


def test_where_there_are_no_networks_its_place_is_kept(world: Rounds, round: Round) -> None:
    nursery, by = world.owners[1], actor(world.officer)
    Participation.objects.create(round=round, organisation=nursery, lead=world.hosts[0], **by.columns())
    opt_out(round=round, organisation=nursery, by=by)
    opt_in(round=round, organisation=nursery, by=by)
    row = Participation.objects.get()
    assert (row.opted_out, row.lead) == (False, world.hosts[0])


def test_who_can_not_opt_out(world: Rounds, round: Round) -> None:
    assert refusal(round, world.hosts[0], world) == [
        "Hamre kommune tar imot pengene for Lågendalen i denne runden og kan derfor ikke reservere seg."
    ]
    assert refusal(round, world.university, world) == [
        "Høgskolen Glomma eier ingen barnehager eller skoler. Bare eiere deltar eller reserverer seg."
    ]
    with pytest.raises(NotAllowed):
        opt_out(round=round, organisation=world.owners[1], by=actor(world.coordinator))
    Round.objects.filter(pk=round.pk).update(state="decided")
    decided = "Vedtakene i denne runden er fattet, så dette kan ikke endres lenger."
    assert refusal(round, world.owners[1], world) == [decided]
    with pytest.raises(StepRefused, match=decided):
        opt_in(round=round, organisation=world.owners[1], by=actor(world.officer))


def test_an_owner_with_money_before_the_forum_does_not_opt_out(whole_world: World) -> None:
    w = whole_world
    with pytest.raises(StepRefused) as refused, translation.override("nb"):
        opt_out(round=w.b_round, organisation=w.havnes, by=w.actor("b_officer"))
    assert [str(one.text) for one in refused.value.obstacles] == [
        "Havnes kommune har penger i forslaget. Sett beløpene til 0 først."
    ]


def test_the_page_leaves_an_owner_out_and_takes_it_in_again(world: Rounds, round: Round) -> None:
    client, address = browser(world), "/innlandet/runde/2027/reservert/"
    assert "Alle eierne deltar." in client.get(address).content.decode()
    page = client.post(address, {"organisation": "Solvik barnhage 1", "note": "E-post"}).content.decode()
    assert 'value="Solvik barnhage 1"' in page and 'value="E-post"' in page
    answer = client.post(address, {"organisation": "Solvik barnehage 1", "note": "E-post"})
    assert (answer.status_code, answer.headers["Location"]) == (302, address)
    page = client.get(f"/innlandet/nettverk/{world.networks[0].pk}/").content.decode()
    assert "Eiere som ikke deltar i 2027" in page and address in page
    row = Participation.objects.get()
    for nonsense in ("x", "0", str(row.pk + 1)):
        assert client.post(address, {"takes_part": nonsense}).status_code == 404
    assert client.post(address, {"takes_part": row.pk}).status_code == 302
    assert Participation.objects.count() == 0


def test_its_own_people_read_on_the_network_who_has_opted_out(world: Rounds, round: Round) -> None:
    opt_out(round=round, organisation=world.owners[1], by=actor(world.officer))
    client = Client(HTTP_ACCEPT_LANGUAGE="nb")
    client.force_login(world.coordinator)
    page = client.get(f"/innlandet/nettverk/{world.networks[0].pk}/").content.decode()
    assert "Eigarar som ikkje deltek i 2027" in page and "/reservert/" not in page


def queries(client: Client) -> int:
    client.get("/innlandet/runde/2027/reservert/")
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/innlandet/runde/2027/reservert/").status_code == 200
    return len(asked)


def test_many_who_opted_out_ask_no_more_than_one(world: Rounds, round: Round) -> None:
    client, by = browser(world), actor(world.officer)
    opt_out(round=round, organisation=world.owners[1], by=by)
    one = queries(client)
    for number in range(2):
        more = owner(world.office, f"Barnehage {number}", "private_kindergarten", 500 + number)
        opt_out(round=round, organisation=more, by=by)
    assert (one, queries(client)) == (one, one)
    assert one <= 12
