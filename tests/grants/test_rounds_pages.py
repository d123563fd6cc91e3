"""The pages of a round in the browser's eyes: what is shown to whom, what is kept, what is refused."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core import clock
from grants.models import NeedsReport, Round
from grants.services.rounds import announce, set_deadlines
from tests.choosing import answered, asked
from tests.grants.rounds_world import TODAY, Rounds, actor, build, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(rounds: Rounds) -> Rounds:
    return rounds


def signed_in(user: User) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="nb")
    client.force_login(user)
    return client


FORM = {
    "version": "",
    "shown_rules": "REG2026",
    "year": "2027",
    "rule_set": "REG2026",
    "date_report": "14.1.2028",
    "date_needs": "1.2.27",
    "date_forum_papers": "24. februar 2027",
    "date_forum_answer": "8.3.2027",
    "date_recommendation": "15.3.2027",
    "date_decision": "1.4.2027",
    "date_payment": "15.4.2027",
    "date_use_by": "31.12.2027",
    "meeting_1": "11.3.2027",
    "frame_kollektiv": "kr 1 200 000",
    "conditions_nb": "Oppstartede tiltak først.",
    "conditions_nn": "Tiltak som er i gang, først.",
}


def test_a_round_is_opened_from_the_form(world: Rounds) -> None:
    client = signed_in(world.officer)
    assert client.get("/innlandet/runde/ny/").status_code == 200
    answer = client.post("/innlandet/runde/ny/", FORM)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/innlandet/runde/2027/")
    round = Round.objects.get()
    assert sorted((row.kind, row.date) for row in round.deadlines.all()) == [
        ("decision", date(2027, 4, 1)),
        ("forum_answer", date(2027, 3, 8)),
        ("forum_meeting", date(2027, 3, 11)),
        ("forum_papers", date(2027, 2, 24)),
        ("needs", date(2027, 2, 1)),
        ("payment", date(2027, 4, 15)),
        ("recommendation", date(2027, 3, 15)),
        ("report", date(2028, 1, 14)),
        ("use_by", date(2027, 12, 31)),
    ]
    again = client.post("/innlandet/runde/ny/", FORM)
    assert (again.status_code, Round.objects.count()) == (200, 1)


def test_errors_keep_every_keystroke(world: Rounds) -> None:
    typed = FORM | {"date_needs": "trettende mai", "frame_kollektiv": "fem hundre"}
    page = signed_in(world.officer).post("/innlandet/runde/ny/", typed).content.decode()
    assert 'value="trettende mai"' in page
    assert 'value="fem hundre"' in page
    assert 'value="24. februar 2027"' in page
    assert "Oppstartede tiltak først." in page
    assert "ds-error-summary" in page
    assert Round.objects.count() == 0


def test_rules_not_in_force_are_refused_at_their_field(world: Rounds) -> None:
    client = signed_in(world.officer)
    switched = client.post("/innlandet/runde/ny/", FORM | {"rule_set": "GUIDE2021"})
    assert 'name="frame_regional"' in switched.content.decode()
    refused = client.post("/innlandet/runde/ny/", FORM | {"rule_set": "GUIDE2021", "shown_rules": "GUIDE2021"})
    assert (refused.status_code, Round.objects.count()) == (200, 0)
    assert list(refused.context["form"].errors) == ["rule_set"]


def test_last_years_dates_are_moved_on_and_weekends_named(world: Rounds) -> None:
    round = opened(world)
    announce(round=round, by=actor(world.officer))
    form = signed_in(world.officer).get("/innlandet/runde/ny/").context["form"]
    assert (form["year"].value(), form["date_payment"].value()) == (2028, "15.04.2028")
    assert form["meeting_2"].value() == "11.03.2028"
    assert "Lørdag 15. april 2028." in form.fields["date_payment"].help_text.replace("\N{NO-BREAK SPACE}", " ")
    assert [field.name for field, warning in form.date_fields() if warning] == [
        "date_decision",
        "date_payment",
        "date_use_by",
        "date_report",
    ]


def test_after_anothers_edit_one_chooses_date_by_date(world: Rounds) -> None:
    round = opened(world)
    set_deadlines(round=round, deadlines={"needs": date(2027, 2, 2)}, by=actor(world.colleague))
    client = signed_in(world.officer)
    typed = FORM | {"version": "1", "conditions_nb": "Ny tekst"}
    page = client.post("/innlandet/runde/2027/rediger/", typed)
    needs, own = "Frist for behovsmelding", "Statsforvalterens egne vilkår, på bokmål"
    choices = asked(page)
    assert choices[needs] == (typed["date_needs"], "02.02.2027")
    assert choices[own] == ("Ny tekst", "Vi prioriterer oppstartede tiltak.")
    assert "Jon Aas" in page.content.decode()
    assert Round.objects.get().conditions_nb != "Ny tekst"
    saved = client.post("/innlandet/runde/2027/rediger/", answered(page, needs))
    row = Round.objects.get()
    assert (saved.status_code, row.conditions_nb) == (302, "Ny tekst")
    assert row.deadlines.get(kind="needs").date == date(2027, 2, 2)


def test_announcing_shows_numbers_and_acts_once(world: Rounds) -> None:
    opened(world)
    client = signed_in(world.officer)
    shown = client.get("/innlandet/runde/2027/start/").context["page"]
    assert (len(shown.reporting), shown.owners, shown.told.count, shown.total) == (2, 4, 2, 1_200_000)
    first = client.post("/innlandet/runde/2027/start/", {"version": "1"})
    second = client.post("/innlandet/runde/2027/start/", {"version": "1"})
    assert (first.status_code, second.status_code, NeedsReport.objects.count()) == (302, 302, 2)


def test_announcing_a_stale_round_is_refused(world: Rounds) -> None:
    round = opened(world)
    set_deadlines(round=round, deadlines={"needs": date(2027, 2, 2)}, by=actor(world.colleague))
    answer = signed_in(world.officer).post("/innlandet/runde/2027/start/", {"version": "1"})
    assert (answer.status_code, NeedsReport.objects.count()) == (409, 0)


def test_an_unready_round_says_why(world: Rounds) -> None:
    round = opened(world)
    round.deadlines.filter(kind="recommendation").delete()
    answer = signed_in(world.officer).post("/innlandet/runde/2027/start/", {"version": "1"})
    assert answer.status_code == 409
    assert [obstacle.code for obstacle in answer.context["obstacles"]] == ["date_missing"]


@pytest.mark.parametrize(
    ("who", "draft", "announced"),
    [
        ("officer", [200, 200, 200, 200, 200, 200, 200], [200, 200, 200, 200, 200, 200, 200]),
        ("coordinator", [404, 404, 404, 404, 404, 404, 404], [200, 404, 200, 404, 404, 200, 404]),
        ("stranger", [404, 404, 404, 404, 404, 404, 404], [404, 404, 404, 404, 404, 200, 404]),
    ],
)
def test_who_sees_which_page(world: Rounds, who: str, draft: list[int], announced: list[int]) -> None:
    pages = ["runde/", "runde/ny/", "runde/2027/", "runde/2027/rediger/", "runde/2027/start/", "runde/2027/info/"]
    pages.append("runde/2027/status/")
    round = opened(world)
    client = signed_in(getattr(world, who))
    assert [client.get(f"/innlandet/{page}").status_code for page in pages] == draft
    announce(round=round, by=actor(world.officer))
    assert [client.get(f"/innlandet/{page}").status_code for page in pages] == announced


def test_the_announcement_is_public_in_both_written_forms(world: Rounds) -> None:
    round = opened(world)
    guest = Client(HTTP_ACCEPT_LANGUAGE="nb")
    assert guest.get("/innlandet/runde/2027/info/").status_code == 404
    announce(round=round, by=actor(world.officer))
    bokmal = guest.get("/innlandet/runde/2027/info/").content.decode()
    nynorsk = guest.get("/innlandet/runde/2027/info/?form=nn").content.decode()
    assert "Vi prioriterer oppstartede tiltak." in bokmal
    assert "Fylkeskommuner kan ikke få tilskudd." in bokmal
    assert "Vi prioriterer tiltak som er i gang." in nynorsk
    assert "Fylkeskommunar kan ikkje få tilskot." in nynorsk
    assert '<html lang="nn">' in nynorsk
    assert guest.get("/innlandet/runde/2030/info/").status_code == 404
    assert guest.get("/innlandet/runde/tull/info/").status_code == 404


def test_the_matrix_puts_those_who_have_come_shortest_first(world: Rounds) -> None:
    round = opened(world)
    announce(round=round, by=actor(world.officer))
    first = NeedsReport.objects.get(network=world.networks[0])
    NeedsReport.objects.filter(pk=first.pk).update(
        state="sent", reference="2027-BM-001", sent_at=clock.now(), started_at=clock.now()
    )
    rows = signed_in(world.officer).get("/innlandet/runde/2027/status/").context["rows"]
    assert [(row.name, row.begun, row.sent) for row in rows] == [
        ("Valdres", False, None),
        ("Lågendalen", True, TODAY),
    ]


@pytest.mark.parametrize("networks", [1, 3])
@pytest.mark.parametrize(("path", "count"), [("runde/", 7), ("runde/2027/", 10), ("runde/2027/status/", 10)])
def test_a_page_costs_the_same_at_one_and_at_three_rows(path: str, count: int, networks: int) -> None:
    with clock.frozen(TODAY):
        world = build(networks=networks)
        announce(round=opened(world), by=actor(world.officer))
        client = signed_in(world.officer)
        client.get(f"/innlandet/{path}")
        with CaptureQueriesContext(connection) as caught:
            client.get(f"/innlandet/{path}")
    assert len(caught) == count


def test_a_decided_round_offers_its_next_step(world: Rounds) -> None:
    """A step such as closing is a form of its own that posts to the round's page."""
    announce(round=opened(world), by=actor(world.officer))
    Round.objects.update(state="decided")
    answer = signed_in(world.officer).get("/innlandet/runde/2027/")
    assert answer.status_code == 200
    names = [step.name for step in answer.context["page"].steps]
    assert (names, "step-off" in answer.content.decode()) == (["close"], True)
