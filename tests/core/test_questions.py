"""Which page is about what: every registered page finds its thing, and every page offers a way to ask that works."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.services import questions as questions_service
from core import questions
from core.models import Office, Question
from core.rules import office_of
from core.selectors.questions import subject_at
from tests.architecture.access_matrix import MATRIX
from tests.architecture.addresses import ADDRESSES
from tests.world import World

PAGES = sorted(questions.pages())


@pytest.mark.parametrize("name", PAGES)
def test_every_registered_page_finds_its_thing_in_its_own_office(name: str, world: World) -> None:
    page, row = questions.pages()[name], MATRIX[name]
    assert name in ADDRESSES
    assert row.other is not None
    for finder in (page.asks, *page.shows):
        kind = questions.askable(finder(row.own(world)).model)
        assert kind is not None
        assert [office_of(one) for one in finder(row.own(world) | {"office": "kystfylket"})] in ([], [world.b.pk])
        assert {office_of(one) for one in finder(row.own(world))} <= {world.a.pk}
    assert page.asks(row.own(world)).exists()


def test_everything_one_may_ask_about_has_a_name_in_both_forms_and_a_page(world: World) -> None:
    for model, kind in questions.askables().items():
        one = model._default_manager.select_related(*kind.related).latest("pk")
        about = {}
        for form in ("nb", "nn"):
            with translation.override(form):
                about[form] = str(kind.about(one))
        assert all(about.values()), model
        assert kind.url(one).startswith(f"/{Office.objects.get(pk=office_of(one)).slug}/")


def test_the_office_is_offered_its_list_instead(world: World, client: Client) -> None:
    client.force_login(world.officer)
    page = client.get(reverse("grants:needs_report", args=["fjellfylket", world.south_report.pk])).content.decode()
    assert "/spor/?side=" not in page
    assert page.count('href="/fjellfylket/sporsmal/"') >= 1


def test_somebody_not_signed_in_is_offered_nothing(world: World, client: Client) -> None:
    page = client.get(reverse("grants:announcement", args=["fjellfylket", "2027"])).content.decode()
    assert "/spor/" not in page


@pytest.mark.parametrize(
    ("person", "path", "about"),
    [
        ("north_coordinator", "/fjellfylket/behov/{north_report}/", "north_report"),
        ("north_coordinator", "/fjellfylket/behov/{north_report}/kontroll/", "north_report"),
        ("north_coordinator", "/fjellfylket/behov/{north_report}/tiltak/{draft_measure}/part/", "draft_measure"),
        ("north_coordinator", "/fjellfylket/runde/2027/", "a_round"),
        ("nordli_owner", "/fjellfylket/brev/{nordli_letter}/", "nordli_letter"),
        ("nordli_owner", "/fjellfylket/rapport/{reading_report}/signer/", "reading_report"),
        ("kindergarten_chair", "/fjellfylket/innstilling/{past_recommendation}/", "past_recommendation"),
        ("north_coordinator", "/fjellfylket/nettverk/{north}/", "north"),
        ("kindergarten_chair", "/fjellfylket/forum/{kindergarten}/", "kindergarten"),
        ("north_coordinator", "/varsel/", "a"),
        ("north_coordinator", "/fjellfylket/nettverk/", "a"),
        ("north_coordinator", "", "a"),
        ("north_coordinator", "https://example.org/", "a"),
        ("north_coordinator", "/no/such/page/", "a"),
        # What one may not see, or what isn't there:
        ("south_coordinator", "/fjellfylket/behov/{north_report}/", None),
        ("north_coordinator", "/fjellfylket/behov/999999999999999999999999/", None),
        ("north_coordinator", "/kystfylket/behov/{havnes_report}/", None),
        ("north_coordinator", "/kystfylket/behov/{north_report}/", None),
        ("nordli_owner", "/fjellfylket/brev/{refusal_letter}/", None),
        ("b_officer", "", None),
        ("stranger", "", None),
    ],
)
def test_what_a_page_is_about(person: str, path: str, about: str | None, world: World) -> None:
    class Ids(dict[str, int]):
        def __missing__(self, name: str) -> int:
            return int(getattr(world, name).pk)

    found: Any = subject_at(path.format_map(Ids()), world.a, world.actor(person))
    assert found == (getattr(world, about) if about else None)


def test_a_page_nobody_asked_on_asks_for_no_questions(world: World, client: Client) -> None:
    """The office is read with the answer to whether there are any; one query more where there are. Measure: ≤ 15."""
    measure = world.reading
    questions_service.ask(subject=measure, office=world.a, text="Hvor er planen?", by=world.actor("north_coordinator"))
    url = reverse("grants:measure", args=["fjellfylket", measure.measure_id])
    client.force_login(world.officer)
    client.get(url)
    costs = []
    for _turn in range(2):
        with CaptureQueriesContext(connection) as found:
            assert client.get(url).status_code == 200
        costs.append(len(found))
        Question.objects.all().delete()
    assert costs[0] == costs[1] + 1
    assert costs[0] <= 15
