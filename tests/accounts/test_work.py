"""What waits for whom, in words, and what the home page makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.selectors.home import greeting, next_date
from accounts.selectors.work import debtors, due_words, waiting_for, waiting_for_others
from accounts.services.roles import end_role, grant_role
from core import clock, obligations
from core.actor import Actor
from core.enums import AnchorKind, Role
from core.models import Anchor, Obligation
from core.models.subjects import subject_key
from core.obligations import Kind
from core.ui.wheel import DateKind, WheelDate, build_wheel
from tests.accounts.conftest import SYSTEM, Small, make_office, make_person

MONDAY = date(2027, 1, 25)
SEND = Kind("t_send", "Send for %(name)s", "%(name)s: send", "core:help", minutes=20)
CONFIRM = Kind("t_confirm", "Confirm %(name)s", "%(name)s: confirm", "core:help")


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(obligations._kinds, SEND.code, SEND)
    monkeypatch.setitem(obligations._kinds, CONFIRM.code, CONFIRM)
    with clock.frozen(MONDAY):
        yield


def owe(small: Small, key: str, **changes: Any) -> Obligation:
    facts: dict[str, Any] = {
        "kind": "t_send",
        "office": small.office,
        "role": Role.COORDINATOR,
        "anchor": small.network,
        "due": date(2027, 2, 1),
        "data": {"name": "Hadeland"},
        "since": clock.now() - timedelta(days=4),
        **subject_key(small.office),
    }
    return Obligation.objects.create(key=key, **{**facts, **changes})


def test_it_waits_for_whoever_holds_the_role(small: Small) -> None:
    owe(small, "a")
    (task,) = waiting_for(Actor.for_user(small.kari))
    assert (task.text, task.url, task.minutes, task.tone, task.hint) == ("Send for Hadeland", "/hjelp/", 20, "", "")
    assert waiting_for(Actor.for_user(small.anne)) == []
    assert waiting_for(Actor.for_user(small.per)) == []
    assert waiting_for_others(Actor.for_user(small.kari)) == []


def test_the_office_sees_whom_it_waits_for_and_how_long(small: Small) -> None:
    owe(small, "a")
    (task,) = waiting_for_others(Actor.for_user(small.anne), small.office)
    assert (task.text, task.who, task.days, task.nobody) == ("Hadeland: send", "Kari Moe", 4, False)
    assert waiting_for_others(Actor.for_user(small.per)) == []


def test_a_role_nobody_holds_is_said(small: Small) -> None:
    end_role(assignment=small.kari.roles.get(), by=SYSTEM)
    owe(small, "a")
    (task,) = waiting_for_others(Actor.for_user(small.anne))
    assert (task.who, task.nobody) == ("", True)


def test_a_contact_owes_only_for_their_own_institution(small: Small) -> None:
    college = Anchor.objects.create(kind=AnchorKind.ORGANISATION, name="Høgskolen Glomma")
    grant_role(user=small.per, role=Role.PROVIDER_CONTACT, anchor=small.network, held_for=college, by=SYSTEM)
    owe(small, "own", kind="t_confirm", role=Role.PROVIDER_CONTACT, for_anchor=college)
    owe(small, "foreign", kind="t_confirm", role=Role.PROVIDER_CONTACT, for_anchor=small.owner)
    assert [task.obligation.key for task in waiting_for(Actor.for_user(small.per))] == ["own"]
    others = waiting_for_others(Actor.for_user(small.kari))
    assert [(task.obligation.key, task.who, task.hint) for task in others] == [
        ("own", "Per Vik", "Høgskolen Glomma"),
        ("foreign", "", "Gran kommune"),
    ]


def test_what_waits_for_a_person_waits_for_nobody_else(small: Small) -> None:
    row = owe(small, "a", role="", anchor=None, user=small.per)
    assert [task.obligation for task in waiting_for(Actor.for_user(small.per))] == [row]
    assert debtors([row], MONDAY) == {row.pk: [small.per]}


def test_done_is_gone(small: Small) -> None:
    owe(small, "a", done_at=clock.now())
    assert waiting_for(Actor.for_user(small.kari)) == []
    assert waiting_for_others(Actor.for_user(small.anne)) == []


def test_offices_are_merged_or_told_apart(small: Small) -> None:
    other = make_office("moere", "987654333")
    network = Anchor.objects.create(kind=AnchorKind.NETWORK, name="Sunnmøre", office=other)
    grant_role(user=small.kari, role=Role.COORDINATOR, anchor=network, by=SYSTEM)
    owe(small, "a")
    owe(small, "b", office=other, anchor=network, due=date(2027, 1, 30))
    kari = Actor.for_user(small.kari)
    assert [task.obligation.key for task in waiting_for(kari)] == ["b", "a"]
    assert [task.obligation.key for task in waiting_for(kari, small.office)] == ["a"]
    assert waiting_for_others(Actor.for_user(small.anne), other) == []


@pytest.mark.parametrize(
    ("due", "nb", "nn"),
    [
        (date(2027, 2, 1), "Mandag 1.\u00a0februar", "Måndag 1.\u00a0februar"),
        (date(2028, 2, 1), "Tirsdag 1.\u00a0februar\u00a02028", "Tysdag 1.\u00a0februar\u00a02028"),
    ],
)
def test_a_day_is_said_as_a_day(due: date, nb: str, nn: str) -> None:
    with translation.override("nb"):
        assert due_words(due, MONDAY) == nb
    with translation.override("nn"):
        assert due_words(due, MONDAY) == nn


@pytest.mark.parametrize(("days", "tone"), [(-3, "late"), (-1, "late"), (0, "today"), (1, ""), (7, "")])
def test_how_pressing_it_is(small: Small, days: int, tone: str) -> None:
    owe(small, "a", due=MONDAY + timedelta(days=days))
    assert waiting_for(Actor.for_user(small.kari))[0].tone == tone


def test_the_words_for_near_days_differ() -> None:
    words = [due_words(MONDAY + timedelta(days=days), MONDAY) for days in range(-3, 4)]
    assert len(set(words)) == 7


def test_greeting_follows_the_clock(small: Small) -> None:
    with translation.override("en"):
        said = [greeting(small.anne, hour) for hour in (4, 5, 9, 10, 17, 18, 22, 23)]
    assert said == [
        "Hello, Anne",
        "Good morning, Anne",
        "Good morning, Anne",
        "Hello, Anne",
        "Hello, Anne",
        "Good evening, Anne",
        "Good evening, Anne",
        "Hello, Anne",
    ]


def test_the_next_date_in_a_sentence() -> None:
    wheel = build_wheel(
        year=2027, today=MONDAY, dates=[WheelDate(date(2027, 2, 1), DateKind.DEADLINE, "Frist")], phases=[]
    )
    with translation.override("en"):
        assert next_date(wheel) == (
            "Frist is in 7 days,",
            "mandag 1.\u00a0februar",
            "Next: Frist, mandag 1.\u00a0februar.",
        )
    assert next_date(None) == ("", "", "")


def test_home_shows_both_lists(small: Small, client: Client) -> None:
    owe(small, "a")
    owe(small, "b", role=Role.CASE_OFFICER, anchor=small.office.anchor, data={"name": "Valdres"})
    client.force_login(small.anne)
    page = client.get("/").context["page"]
    assert [task.text for task in page.tasks] == ["Send for Valdres"]
    assert [task.text for task in page.others] == ["Hadeland: send"]
    assert [office.slug for office in page.offices] == ["lia"]


def test_home_with_nothing_says_so(small: Small, client: Client) -> None:
    client.force_login(small.per)
    page = client.get("/")
    assert page.status_code == 200
    assert list(page.context["page"].tasks) == []
    assert 'class="panel empty"' in page.content.decode()


def test_home_costs_the_same_at_1_and_at_30(small: Small, client: Client) -> None:
    client.force_login(small.anne)
    costs = []
    for count in (1, 29):
        for number in range(count):
            anchor = Anchor.objects.create(kind=AnchorKind.NETWORK, name=f"N{count}.{number}", office=small.office)
            person = make_person(f"P{count}x{number} X")
            grant_role(user=person, role=Role.COORDINATOR, anchor=anchor, by=SYSTEM)
            owe(small, f"own{count}.{number}", role=Role.CASE_OFFICER, anchor=small.office.anchor)
            owe(small, f"other{count}.{number}", anchor=anchor)
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/").context["page"]
        costs.append(len(queries))
    assert (len(page.tasks), len(page.open_others) + len(page.more_others)) == (30, 30)
    assert costs[0] == costs[1] <= 12


def test_home_of_a_stranger_leads_to_sign_in(client: Client, db: None) -> None:
    assert client.get("/")["Location"] == "/logg-inn/?next=/"


def test_home_shows_fifty_and_the_way_to_the_rest(client: Client, small: Small) -> None:
    for number in range(1, 62):
        owe(small, f"many{number}", due=date(2027, 1, 1) + timedelta(days=number))
    client.force_login(small.kari)
    first = client.get("/").context["page"]
    assert (len(first.tasks), first.tasks.total) == (50, 61)
    second = client.get("/?side=2").context["page"]
    assert [task.obligation.key for task in second.tasks] == [f"many{number}" for number in range(51, 62)]
    client.force_login(small.anne)
    others = client.get("/?andre=2").context["page"]
    assert (len(others.open_others), len(others.more_others), others.others.total) == (8, 3, 61)
