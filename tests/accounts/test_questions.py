"""«Spør kontoret»: asked once, seen by two sides, owed by the office, answered there."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.models import Notice
from accounts.selectors.work import waiting_for
from accounts.services import questions
from accounts.services.people import ProfileFields, change_profile
from core import audit, authz, clock
from core.models import Event, Message, Obligation, Question
from core.models.subjects import subject_key
from core.requirements import AlreadyDone, StaleVersion
from core.services import links, obligations
from tests.world import World

WORDS = "Kan vi endre tallet på deltakere?"
ANSWER = "Ja, fram til fristen."


def ask_page(world: World, side: str = "") -> str:
    return f"/fjellfylket/spor/?side={side or report_page(world)}"


def report_page(world: World) -> str:
    return reverse("grants:needs_report", args=["fjellfylket", world.north_report.pk])


def question_page(question: Question) -> str:
    return reverse("accounts:question", args=[question.office.slug, question.pk])


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


def asked(world: World, text: str = WORDS) -> Question:
    return questions.ask(
        subject=world.north_report, office=world.a, text=text, by=world.actor("north_coordinator"), url="/x/"
    )


def test_a_question_is_bound_to_what_the_page_is_about(world: World) -> None:
    client = signed_in(world.north_coordinator)
    form = client.get(ask_page(world)).content.decode()
    assert f"behovsmeldingen fra {world.north}" in form
    assert "Officer Testesen eller en kollega svarer" in form
    answer = client.post(ask_page(world), {"text": f"  {WORDS} "})
    question = Question.objects.latest("pk")
    assert answer.headers["Location"] == question_page(question)
    assert (question.subject, question.office, question.url, question.text) == (
        world.north_report, world.a, report_page(world), WORDS,
    )  # fmt: skip
    assert question.about == {
        "nb": f"behovsmeldingen fra {world.north}",
        "nn": f"behovsmeldinga frå {world.north}",
    }
    event = Event.objects.get(code="question.asked", **subject_key(question))
    assert (event.by_user, event.office) == (world.north_coordinator, world.a)
    with translation.override("nn"):
        assert audit.sentence(event.code, event.data) == f"spurde kontoret om behovsmeldinga frå {world.north}"


def test_the_office_owes_an_answer_within_three_working_days(world: World) -> None:
    question = asked(world)
    row = Obligation.objects.get(done_at=None, **subject_key(question))
    assert clock.today() == date(2027, 2, 25)  # a Thursday: Friday, Monday, Tuesday
    assert (row.role, row.anchor, row.due) == ("case_officer", world.a.anchor, date(2027, 3, 2))
    texts = {}
    for form in ("nb", "nn"):
        with translation.override(form):
            texts[form] = [task.text for task in waiting_for(world.actor("officer")) if task.obligation == row]
    name = world.north_coordinator.name
    assert texts == {
        "nb": [f"Svar {name} på spørsmål om behovsmeldingen fra {world.north}"],
        "nn": [f"Svar {name} på spørsmål om behovsmeldinga frå {world.north}"],
    }
    assert question_page(question) in signed_in(world.officer).get("/").content.decode()
    assert [task for task in waiting_for(world.actor("approver")) if task.obligation == row] == []


def test_a_double_click_asks_once(world: World) -> None:
    client = signed_in(world.north_coordinator)
    places = {client.post(ask_page(world), {"text": WORDS}).headers["Location"] for _time in range(2)}
    assert len(places) == 1
    assert Question.objects.filter(text=WORDS).count() == 1
    assert Event.objects.filter(code="question.asked", by_user=world.north_coordinator).count() == 1
    client.post(ask_page(world), {"text": "Noe annet"})
    assert Question.objects.filter(office=world.a, answered_at=None).count() == 2


def test_only_the_asker_and_the_office_see_it(world: World) -> None:
    question = asked(world)
    sees = {}
    for person in (
        "north_coordinator",
        "nordli_owner",
        "north_provider",
        "officer",
        "approver",
        "b_officer",
        "stranger",
    ):
        client = signed_in(getattr(world, person))
        page = client.get(report_page(world))
        sees[person] = (client.get(question_page(question)).status_code, WORDS in page.content.decode())
    assert sees == {
        "north_coordinator": (200, True),
        "nordli_owner": (404, False),
        "north_provider": (404, False),
        "officer": (200, True),
        "approver": (200, True),
        "b_officer": (404, False),
        "stranger": (404, False),
    }
    lists = {p: WORDS in signed_in(getattr(world, p)).get(question_page(question)).content.decode() for p in sees}
    assert lists == {person: status == 200 for person, (status, _shown) in sees.items()}
    own = signed_in(world.nordli_owner).get("/fjellfylket/sporsmal/").content.decode()
    assert question_page(question) not in own


def test_the_answer_stands_where_it_was_asked_and_is_told_in_the_askers_form(world: World) -> None:
    world.north_coordinator.form = "nn"
    world.north_coordinator.save(update_fields=["form"])
    question = asked(world)
    officer = signed_in(world.officer)
    page = officer.get(report_page(world)).content.decode()
    assert f'action="{question_page(question)}"' in page
    back = officer.post(
        question_page(question), {"answer": ANSWER}, headers={"referer": f"http://testserver{report_page(world)}"}
    )
    assert back.headers["Location"].endswith(report_page(world))
    asker = signed_in(world.north_coordinator)
    assert ANSWER in asker.get(report_page(world)).content.decode()
    assert ANSWER in asker.get(question_page(question)).content.decode()
    message = Message.objects.get(user=world.north_coordinator, key__startswith="question.answered")
    assert message.subject == f"Svar på spørsmålet ditt om behovsmeldinga frå {world.north}"
    assert f"http://127.0.0.1:8000{question_page(question)}" in message.body
    assert ANSWER not in message.body
    assert Notice.objects.get(message=message).url == question_page(question)
    assert Obligation.objects.get(**subject_key(question)).done_at is not None
    assert Event.objects.get(code="question.answered", **subject_key(question)).by_user == world.officer


def test_an_answer_is_given_once(world: World) -> None:
    question, officer, colleague = asked(world), world.actor("officer"), world.actor("officer2")
    questions.answer(question=question, text=ANSWER, by=officer)
    with pytest.raises(AlreadyDone):
        questions.answer(question=question, text=ANSWER, by=officer)
    with pytest.raises(StaleVersion) as stale:
        questions.answer(question=question, text="Nei.", by=colleague)
    assert stale.value.saved_by == world.officer.name
    assert Message.objects.filter(key__startswith=f"question.answered:{question.pk}:").count() == 1
    page = signed_in(world.officer2).post(question_page(question), {"answer": "Nei, dessverre."})
    assert page.status_code == 409
    assert ("Nei, dessverre." in page.content.decode(), ANSWER in page.content.decode()) == (True, True)
    question.refresh_from_db()
    assert question.answer == ANSWER


@pytest.mark.parametrize(("person", "status"), [("approver", 403), ("north_coordinator", 403), ("nordli_owner", 404)])
def test_only_a_case_officer_answers(person: str, status: int, world: World) -> None:
    question = asked(world)
    assert signed_in(getattr(world, person)).post(question_page(question), {"answer": ANSWER}).status_code == status
    question.refresh_from_db()
    assert question.answered_at is None


def test_one_asks_only_about_what_one_sees(world: World) -> None:
    assert signed_in(world.south_coordinator).post(ask_page(world), {"text": WORDS}).status_code == 404
    assert signed_in(world.officer).post(ask_page(world), {"text": WORDS}).status_code == 403
    with pytest.raises(authz.NotAllowed):
        questions.ask(subject=world.north_report, office=world.a, text=WORDS, by=world.actor("south_coordinator"))
    assert Question.objects.filter(text=WORDS).count() == 0


def test_through_a_personal_link_one_asks_about_its_one_object(world: World) -> None:
    link, token = links.issue(
        subject=world.north_report, purpose="needs_report", user=world.north_coordinator, url=report_page(world)
    )
    client = Client()
    client.post(f"/lenke/{token}/")
    assert "/fjellfylket/spor/?side=" in client.get(report_page(world)).content.decode()
    past = reverse("grants:needs_report", args=["fjellfylket", world.past_north_report.pk])
    for side, subject in (
        (report_page(world), world.north_report),
        ("/hjelp/", world.north_report),
        (past, world.north_report),
    ):
        client.post(ask_page(world, side), {"text": f"{WORDS} {side}"})
        assert Question.objects.latest("pk").subject == subject
    question = Question.objects.latest("pk")
    assert (question.by_link, question.by_user, question.asker) == (link, None, world.north_coordinator)
    assert client.get(question_page(question)).status_code == 200
    other = questions.ask(
        subject=world.past_north_report, office=world.a, text="Om fjoråret", by=world.actor("north_coordinator")
    )
    assert client.get(question_page(other)).status_code == 404
    questions.answer(question=question, text=ANSWER, by=world.actor("officer"))
    body = Message.objects.get(key__startswith=f"question.answered:{question.pk}:").body
    new = re.search(r"/lenke/([^/]+)/", body)
    assert new is not None
    assert (links.find(new[1]).subject, links.find(new[1]).url) == (world.north_report, question_page(question))
    again = Client()
    again.post(f"/lenke/{new[1]}/")
    assert ANSWER in again.get(question_page(question)).content.decode()


def test_what_was_typed_is_kept_and_harmless(world: World) -> None:
    client = signed_in(world.north_coordinator)
    empty = client.post(ask_page(world), {"text": " \x00 "})
    assert "Skriv hva du lurer på." in empty.content.decode()
    long = client.post(ask_page(world), {"text": "å" * 100_000})
    assert (long.status_code, "å" * 100_000 in long.content.decode()) == (200, True)
    text = "<script>alert(1)</script> č đ ŋ š ŧ ž 🌲"
    page = client.post(ask_page(world), {"text": text}, follow=True).content.decode()
    assert Question.objects.latest("pk").text == text
    assert "<script>alert(1)" not in page
    assert "č đ ŋ š ŧ ž 🌲" in page


def test_a_new_name_is_what_the_office_reads(world: World) -> None:
    question = asked(world)
    change_profile(
        user=world.north_coordinator,
        fields=ProfileFields(name="Ny Testesen", form="nb"),
        by=world.actor("north_coordinator"),
    )
    assert Obligation.objects.get(**subject_key(question)).data["name"] == "Ny Testesen"
    assert obligations.rebuild() == []


def test_the_list_costs_the_same_however_long(world: World) -> None:
    Question.objects.all().delete()
    costs = []
    for number in (1, 2):
        for one in range(number):
            asked(world, f"{WORDS} {number}.{one}")
        costs.append(queries(signed_in(world.officer), "/fjellfylket/sporsmal/"))
    assert costs[0] == costs[1] <= 12


def test_fifty_on_a_page_the_open_ones_first(world: World) -> None:
    Question.objects.all().delete()
    first = asked(world, "0")
    for number in range(1, 52):
        asked(world, str(number))
    questions.answer(question=Question.objects.get(text="51"), text=ANSWER, by=world.actor("officer"))
    client = signed_in(world.officer)
    page, rest = client.get("/fjellfylket/sporsmal/"), client.get("/fjellfylket/sporsmal/?s=2")
    assert [row.question.text for row in page.context["rows"]] == [str(number) for number in range(50, 0, -1)]
    assert [row.question.text for row in rest.context["rows"]] == [first.text, "51"]


def test_whoever_has_to_do_with_several_offices_chooses(world: World) -> None:
    page = signed_in(world.university_contact).get("/spor/?side=/varsel/").content.decode()
    assert ("/fjellfylket/spor/?side=%2Fvarsel%2F" in page, "/kystfylket/spor/?side=%2Fvarsel%2F" in page) == (
        True,
        True,
    )
    assert signed_in(world.north_coordinator).get("/spor/").headers["Location"] == "/fjellfylket/spor/?side="
    assert signed_in(world.stranger).get("/spor/").headers["Location"] == "/hjelp/"
