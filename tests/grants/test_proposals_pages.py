"""The workbench in the browser: sums are tried, saved and sent; what was typed is kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from core import clock
from grants.models import ProposalVersion
from grants.selectors import workbench
from grants.selectors.workbench import slot
from grants.services.proposals import make_first_proposal, set_amounts
from tests.choosing import answered, asked
from tests.grants.forum_world import DAY, World, case_officer, make_measure, make_report, make_world

pytestmark = pytest.mark.django_db
URL = "/fjelldal/runde/2027/fordeling/"


@pytest.fixture(autouse=True)
def day() -> Iterator[None]:
    with clock.allow_setting(), clock.frozen(DAY), translation.override("nb"):
        yield


@pytest.fixture
def world(forum_year: World) -> World:
    make_measure(forum_year, make_report(forum_year, "2027-BM-001"), "Leseløft", network=100_000, provider=200_000)
    return forum_year


@pytest.fixture
def officer(world: World, client: Client) -> Client:
    client.force_login(world.officer)
    return client


def typed(proposal: ProposalVersion, **amounts: str) -> dict[str, str]:
    data = {f"amount_{slot(line)}": amounts.get(line.kind, str(line.amount)) for line in proposal.lines.all()}
    return data | {"number": str(proposal.number), "version": str(proposal.version)}


def test_the_first_proposal_is_one_click_and_a_double_click_makes_one(world: World, officer: Client) -> None:
    page = officer.get(URL)
    assert (page.status_code, b'name="number" value="0"' in page.content) == (200, True)

    for _click in range(2):
        answer = officer.post(URL + "ny/", {"number": "0"})
        assert answer.status_code == 302

    assert ProposalVersion.objects.filter(round=world.round).count() == 1
    assert b"Lesel" in officer.get(URL).content


def test_calculate_shows_the_rest_and_saves_nothing(world: World, officer: Client) -> None:
    proposal = make_first_proposal(round=world.round, by=world.by)

    page = officer.post(URL, typed(proposal, network="500 000,-") | {"calculate": "1"})

    assert page.status_code == 200
    assert [pot.use.rest for pot in page.context["bench"].pots] == [300_000]
    assert b"500 000,-" in page.content
    assert ProposalVersion.objects.filter(round=world.round).count() == 1


def test_saving_makes_the_next_version_and_unreadable_sums_are_kept_and_named(world: World, officer: Client) -> None:
    proposal = make_first_proposal(round=world.round, by=world.by)

    bad = officer.post(URL, typed(proposal, network="fem hundre") | {"save": "1"})
    assert (bad.status_code, b"fem hundre" in bad.content, len(bad.context["form"].errors)) == (200, True, 1)

    good = officer.post(URL, typed(proposal, network="90.000") | {"save": "1"})
    assert (good.status_code, good["Location"]) == (302, URL)
    newest = ProposalVersion.objects.get(round=world.round, number=2)
    assert sorted(newest.lines.values_list("amount", flat=True)) == [90_000, 200_000]
    again = officer.post(URL, typed(proposal, network="90.000") | {"save": "1"})
    assert again.status_code == 302
    assert ProposalVersion.objects.filter(round=world.round).count() == 2


def test_a_stale_form_is_told_who_saved_and_keeps_what_was_typed(world: World, client: Client) -> None:
    colleague = case_officer(world, "Kari Moe")
    proposal = make_first_proposal(round=world.round, by=world.by)
    line = proposal.lines.first()
    assert line is not None
    set_amounts(proposal=ProposalVersion.objects.get(pk=proposal.pk), amounts={line.pk: 1}, reasons={}, by=world.by)
    client.force_login(colleague)

    page = client.post(URL, typed(proposal, network="77 000") | {"save": "1"})

    assert page.status_code == 409
    assert "Anne Hov" in page.content.decode()
    assert [mine for mine, _theirs in asked(page).values()] == ["77 000"]
    assert ("number", "2") in page.context["sent"]
    assert client.post(URL, answered(page)).status_code == 302
    newest = ProposalVersion.objects.get(round=world.round, number=3)
    assert 77_000 in newest.lines.values_list("amount", flat=True)


def test_an_overspent_proposal_is_shown_and_not_sent(world: World, officer: Client) -> None:
    proposal = make_first_proposal(round=world.round, by=world.by)
    officer.post(URL, typed(proposal, network="9 000 000") | {"save": "1"})
    newest = ProposalVersion.objects.get(round=world.round, number=2)
    page = officer.get(URL)
    assert (page.context["step"].allowed, page.context["step"].obstacles[0].code) == (False, "overspent")

    answer = officer.post(URL + "send/", {"version": str(newest.version), "number": "2"})

    assert (answer.status_code, world.round.recommendations.count()) == (409, 0)


def test_sending_leads_to_the_recommendation_and_twice_is_once(world: World, officer: Client) -> None:
    proposal = make_first_proposal(round=world.round, by=world.by)
    data = {"version": str(proposal.version), "number": "1"}

    answer = officer.post(URL + "send/", data)
    officer.post(URL + "send/", data)

    recommendation = world.round.recommendations.get()
    assert answer["Location"] == f"/fjelldal/innstilling/{recommendation.pk}/"
    assert officer.get(URL).status_code == 200


def test_only_the_office_sees_the_draft_and_only_case_officers_change_it(world: World, client: Client) -> None:
    proposal = make_first_proposal(round=world.round, by=world.by)
    other = make_world("annet")
    for user, statuses in (
        (world.members[0].user, (404, 404)),
        (other.officer, (404, 404)),
        (world.approver, (200, 403)),
    ):
        client.force_login(user)
        got = client.get(URL).status_code, client.post(URL, typed(proposal) | {"save": "1"}).status_code
        assert got == statuses


@pytest.mark.parametrize("split", [False, True])
def test_as_many_questions_to_the_database_for_300_rows_as_for_3(world: World, officer: Client, split: bool) -> None:
    """While the proposal is a draft, and where each forum has a pot of its own."""
    world.round.pots.update(forum=world.forum if split else None)
    counts = []
    for rows in (2, 40):
        report = make_report(world)
        for number in range(rows):
            make_measure(world, report, f"Tiltak {number}", priority=number + 2, network=10, provider=20)
        make_first_proposal(round=world.round, by=world.by)
        officer.get(URL)
        with CaptureQueriesContext(connection) as queries:
            assert officer.get(URL).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 12


def test_a_page_of_the_workbench_is_saved_by_itself(
    world: World, officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sums on the other pages are carried over; what was typed counts even if its row has moved to another page."""
    make_measure(world, make_report(world), "Skriving", priority=2, network=10, provider=20)
    proposal = make_first_proposal(round=world.round, by=world.by)
    monkeypatch.setattr(workbench, "ROWS", 1)
    first, second = (officer.get(f"{URL}?side={number}").context["bench"] for number in (1, 2))
    assert (first.leaf.pages, [row.number for row in first.leaf], [row.number for row in second.leaf]) == (2, [1], [2])
    line = second.leaf.rows[0].lines[0]
    data = {f"amount_{slot(line)}": "1", "number": str(proposal.number), "version": str(proposal.version)}
    assert officer.post(URL, data | {"save": "1"}).status_code == 302
    fresh = ProposalVersion.objects.get(round=world.round, number=2)
    changed = {slot(one): one.amount for one in fresh.lines.all()}
    assert changed == {slot(one): 1 if slot(one) == slot(line) else one.amount for one in proposal.lines.all()}
