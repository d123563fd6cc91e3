"""The forum's pages: one POST answers every card, the office has no ballot, the chair concludes with the numbers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from unittest import mock

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from core import clock
from core.models import Comment
from core.services import links
from forums.models import Recusal
from grants.models import MeasureYear, Recommendation, Round, SeatAnswer
from grants.selectors import review
from grants.services.proposals import make_first_proposal, put_forward
from grants.services.recommendations import conclude_forum, refuse_parts
from grants.services.rounds import open_round
from tests.grants.forum_world import DAY, World, make_measure, make_report, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def day() -> Iterator[None]:
    with clock.allow_setting(), clock.frozen(DAY), translation.override("nb"):
        yield


@pytest.fixture
def world(forum_year: World) -> World:
    return forum_year


@pytest.fixture
def recommendation(world: World) -> Recommendation:
    return before_forum(world)


def before_forum(world: World, scheme: str = "kollektiv", measures: int = 2) -> Recommendation:
    report = make_report(world, f"{world.round.year}-BM-001")
    for number in range(measures):
        make_measure(world, report, f"Tiltak {number}", priority=number + 1, network=100, provider=200, scheme=scheme)
    (made,) = put_forward(proposal=make_first_proposal(round=world.round, by=world.by), by=world.by)
    return made


def url(recommendation: Recommendation, page: str = "") -> str:
    return f"/{recommendation.round.office.slug}/innstilling/{recommendation.pk}/{page}"


def measures(recommendation: Recommendation) -> list[int]:
    rows = recommendation.lines.filter(live=True).order_by("measure_year__priority")
    return list(dict.fromkeys(rows.values_list("measure_year_id", flat=True)))


def test_one_post_answers_every_card(world: World, recommendation: Recommendation, client: Client) -> None:
    member = world.members[1]
    client.force_login(member.user)
    first, second = measures(recommendation)
    data = {
        "version": "1", "plass": str(member.seat_id), "vis": "alle",
        f"answer_{first}": "agree", f"answer_{second}": "disagree", f"reason_{second}": "For lite",
    }  # fmt: skip

    client.post(url(recommendation, "svar/"), data)
    answer = client.post(url(recommendation, "svar/"), data)

    assert (answer.status_code, answer["Location"]) == (302, url(recommendation, f"svar/?plass={member.seat_id}"))
    assert sorted(SeatAnswer.objects.values_list("answer", "reason")) == [
        ("agree", ""), ("agree", ""), ("disagree", "For lite"), ("disagree", "For lite"),
    ]  # fmt: skip
    receipt = client.get(answer["Location"])
    assert (receipt.status_code, "For lite" in receipt.content.decode()) == (200, True)


def test_a_dissent_without_a_reason_keeps_the_rest(
    world: World, recommendation: Recommendation, client: Client
) -> None:
    client.force_login(world.members[1].user)
    first, second = measures(recommendation)
    data = {
        "vis": "alle", f"answer_{first}": "agree_with_remark", f"reason_{first}": "Bra, men sent",
        f"answer_{second}": "disagree",
    }  # fmt: skip

    page = client.post(url(recommendation, "svar/"), data)

    assert page.status_code == 200
    assert list(page.context["form"].errors) == [f"reason_{second}"]
    assert "Bra, men sent" in page.content.decode()
    assert SeatAnswer.objects.count() == 0


def test_agree_to_the_rest(world: World, recommendation: Recommendation, client: Client) -> None:
    client.force_login(world.members[1].user)
    first, _second = measures(recommendation)

    client.post(
        url(recommendation, "svar/"),
        {"vis": "alle", "rest": "1", f"answer_{first}": "disagree", f"reason_{first}": "Nei"},
    )

    assert sorted(SeatAnswer.objects.values_list("answer", flat=True)) == ["agree", "agree", "disagree", "disagree"]


def test_stepping_back_keeps_what_was_typed(world: World, recommendation: Recommendation, client: Client) -> None:
    client.force_login(world.members[1].user)
    first, second = measures(recommendation)

    page = client.post(
        url(recommendation, "svar/"),
        {"vis": "alle", "recuse": str(first), f"answer_{second}": "disagree", f"reason_{second}": "Uferdig tekst"},
    )

    assert (page.status_code, Recusal.objects.get().subject_id, SeatAnswer.objects.count()) == (200, first, 0)
    assert "Uferdig tekst" in page.content.decode()
    assert f"answer_{first}" not in page.content.decode()


def test_the_office_reads_and_has_no_ballot(world: World, recommendation: Recommendation, client: Client) -> None:
    client.force_login(world.officer)
    first, _second = measures(recommendation)
    page = client.get(url(recommendation))
    assert (page.status_code, 'type="radio"' in page.content.decode()) == (200, False)

    answer = client.post(url(recommendation, "svar/"), {"vis": "alle", f"answer_{first}": "agree"})

    assert (answer.status_code, SeatAnswer.objects.count()) == (403, 0)


def test_others_find_nothing(world: World, recommendation: Recommendation, client: Client) -> None:
    other = make_world("annet")
    for user in (other.officer, other.members[0].user):
        client.force_login(user)
        for page in ("", "svar/", "konkluder/", f"tiltak/{measures(recommendation)[0]}/", "avslag/", "avslag/svar/"):
            assert client.get(url(recommendation, page)).status_code == 404


def test_a_question_and_its_answer(world: World, recommendation: Recommendation, client: Client) -> None:
    first, _second = measures(recommendation)
    page = url(recommendation, f"tiltak/{first}/")
    client.force_login(world.members[1].user)
    empty = client.post(page, {"kind": "question", "text": " "})
    assert (empty.status_code, Comment.objects.count()) == (200, 0)
    client.post(page, {"kind": "question", "text": "Hvor mange skoler?"})
    asked = Comment.objects.get()
    refused = client.post(page, {"reply_to": str(asked.pk), "text": "Sju"})
    client.force_login(world.officer)

    client.post(page, {"reply_to": str(asked.pk), "text": "Sju"})

    assert (refused.status_code, Comment.objects.get(answers=asked).text) == (403, "Sju")
    assert "Sju" in client.get(page).content.decode()


def test_the_chair_concludes_and_a_double_click_concludes_once(
    world: World, recommendation: Recommendation, client: Client
) -> None:
    client.force_login(world.members[1].user)
    assert client.get(url(recommendation, "konkluder/")).status_code == 403
    client.force_login(world.members[0].user)
    assert client.get(url(recommendation, "konkluder/")).status_code == 200
    data = {"version": "1", "forum": str(world.forum.pk), "outcome": "agreed", "remark": ""}

    first = client.post(url(recommendation, "konkluder/"), data)
    second = client.post(url(recommendation, "konkluder/"), data)

    recommendation.refresh_from_db()
    assert (first.status_code, second.status_code, recommendation.state) == (302, 302, "concluded")
    assert client.get(url(recommendation, f"referat/{world.forum.pk}/")).content.decode().strip() != ""
    page = client.get(url(recommendation))
    assert (page.status_code, 'type="radio"' in page.content.decode()) == (200, False)


def test_a_stale_conclusion_is_told(world: World, recommendation: Recommendation, client: Client) -> None:
    client.force_login(world.members[0].user)
    data = {"version": "9", "forum": str(world.forum.pk), "outcome": "agreed"}
    assert client.post(url(recommendation, "konkluder/"), data).status_code == 409


def test_the_office_refuses_and_the_chair_changes(client: Client) -> None:
    with clock.frozen(date(2022, 2, 24)):
        older = make_world("eldre", rule_set="GUIDE2021", year=2022, frames={"desentralisert": 300_000})
        recommendation = before_forum(older, "desentralisert")
        conclude_forum(recommendation=recommendation, forum=older.forum, by=older.chair, outcome="agreed")
        first, _second = measures(recommendation)
        client.force_login(older.officer)
        assert client.get(url(recommendation, "avslag/")).status_code == 200
        empty = client.post(url(recommendation, "avslag/"), {f"refuse_{first}": "on"})
        assert (empty.status_code, sorted(empty.context["form"].errors)) == (
            200, [f"criterion_{first}", f"reason_{first}"],
        )  # fmt: skip
        client.post(
            url(recommendation, "avslag/"),
            {f"refuse_{first}": "on", f"criterion_{first}": "local_need", f"reason_{first}": "Mangler"},
        )
        recommendation.refresh_from_db()
        assert recommendation.state == "part_refused"
        client.force_login(older.members[0].user)
        page = client.get(url(recommendation, "avslag/svar/"))
        assert "Mangler" in page.content.decode()
        refused = recommendation.lines.exclude(refused_reason="")

        client.post(url(recommendation, "avslag/svar/"), {f"amount_{line.pk}": "50" for line in refused})

    recommendation.refresh_from_db()
    assert recommendation.state == "changed"


def test_under_reg2026_there_is_no_refusal_of_parts(
    world: World, recommendation: Recommendation, client: Client
) -> None:
    client.force_login(world.officer)
    assert client.get(url(recommendation, "avslag/")).status_code == 404


def test_the_chair_may_uphold(client: Client) -> None:
    with clock.frozen(date(2022, 2, 24)):
        older = make_world("eldre", rule_set="GUIDE2021", year=2022, frames={"desentralisert": 300_000})
        recommendation = before_forum(older, "desentralisert")
        conclude_forum(recommendation=recommendation, forum=older.forum, by=older.chair, outcome="agreed")
        recommendation.refresh_from_db()
        line = recommendation.lines.filter(live=True).first()
        assert line is not None
        refuse_parts(recommendation=recommendation, refusals={line.pk: ("local_need", "Nei")}, by=older.by)
        client.force_login(older.members[0].user)
        answer = client.post(
            url(recommendation, "avslag/svar/"), {"uphold": "1", "version": str(recommendation.version)}
        )
    recommendation.refresh_from_db()
    assert (answer.status_code, recommendation.state) == (302, "upheld")


def test_a_personal_link_opens_this_and_nothing_else(
    world: World, recommendation: Recommendation, client: Client
) -> None:
    member = world.members[1]
    link, _token = links.issue(
        subject=recommendation, purpose="recommendation", user=member.user, url=url(recommendation)
    )
    session = client.session
    session["access_link"] = link.pk
    session.save()
    first, _second = measures(recommendation)

    answer = client.post(url(recommendation, "svar/"), {"vis": "alle", f"answer_{first}": "agree"})

    assert answer.status_code == 302
    assert SeatAnswer.objects.filter(by_link=link, appointment=member).count() == 2
    assert client.get("/fjelldal/runde/2027/fordeling/")["Location"].startswith("/logg-inn/")


def test_as_many_questions_to_the_database_for_one_measure_as_for_many(client: Client) -> None:
    counts = []
    for slug, number in (("liten", 1), ("stor", 12)):
        world = make_world(slug)
        recommendation = before_forum(world, measures=number)
        client.force_login(world.members[1].user)
        client.get(url(recommendation))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(recommendation)).status_code == 200
        counts.append(len(queries))
        page = url(recommendation, f"tiltak/{measures(recommendation)[0]}/")
        with CaptureQueriesContext(connection) as of_measure:
            assert client.get(page).status_code == 200
        counts.append(len(of_measure))
    assert counts[:2] == counts[2:]
    assert counts[:2] == [11, 12]


@pytest.mark.parametrize("earlier", [False, True])
def test_an_earlier_year_and_evidence_cost_a_question_each(client: Client, earlier: bool) -> None:
    world = make_world()
    recommendation = before_forum(world)
    if earlier:
        later = open_round(
            office=world.office, year=2028, rule_set="REG2026", profile=world.round.profile, deadlines={}, by=world.by
        )
        Round.objects.filter(pk=later.pk).update(state="announced", announced_at=clock.now())
    else:
        measure_year = MeasureYear.objects.get(pk=measures(recommendation)[0])
        measure_year.evidence.create(date=clock.today(), who="Lærerne", what_changed="Flere leser")
    client.force_login(world.members[1].user)
    client.get(url(recommendation))
    with CaptureQueriesContext(connection) as queries:
        page = client.get(url(recommendation))
    assert (page.status_code, "Lærerne" in page.content.decode()) == (200, not earlier)
    assert len(queries) == 12


def test_some_measures_at_a_time(world: World, recommendation: Recommendation, client: Client) -> None:
    """Answers to measures that have left the page since it was opened are saved all the same."""
    first, second = measures(recommendation)
    client.force_login(world.members[1].user)
    with mock.patch.object(review, "CARDS", 1):
        page = client.get(url(recommendation) + "?side=2").context["page"]
        assert ([card.measure.pk for card in page.leaf], page.leaf.pages, page.unanswered) == ([second], 2, 2)
        client.post(url(recommendation, "svar/"), {"vis": "ikkje", "side": "2", f"answer_{first}": "agree"})
    assert set(SeatAnswer.objects.values_list("line__measure_year", flat=True)) == {first}


def test_a_measure_page_knows_its_neighbours(world: World, recommendation: Recommendation, client: Client) -> None:
    first, second = measures(recommendation)
    client.force_login(world.members[1].user)
    shown = client.get(url(recommendation, f"tiltak/{second}/")).context
    assert (shown["card"].number, shown["before"].pk, shown["after"]) == (2, first, None)
