"""Nothing written in a needs report is lost unseen, whatever somebody else did meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from core.models import Section
from grants.models import MeasureYear
from grants.services import assessment, needs
from tests.choosing import asked
from tests.grants.needs_setup import World, actor, client_for, fill
from tests.grants.test_needs_pages import about, section

pytestmark = pytest.mark.django_db

GOAL = "Hva skal tiltaket føre til?"


@pytest.fixture
def world(needs_phase: World) -> World:
    return needs_phase


def version_on(browser: Client, url: str) -> str:
    return str(browser.get(url).context["version"])


def sent_and_returned(world: World) -> None:
    needs.send(report=world.report, by=actor(world.colleague))
    world.report.refresh_from_db()
    assessment.return_report(report=world.report, by=actor(world.officer), comment="Skriv mer om behovet.")
    world.report.refresh_from_db()


def test_a_page_opened_before_sending_is_old_when_the_report_comes_back(world: World) -> None:
    row = fill(world, world.report, world.coordinator)
    url, kari, jon = section("edit", world, row), client_for(world.coordinator), client_for(world.colleague)
    words: dict[str, Any] = {"scheme": row.scheme, "sector": row.sector, "later": "1"}
    before = version_on(kari, url)
    sent_and_returned(world)
    assert jon.post(url, about(goal="Jons nye mål", version=version_on(jon, url), **words)).status_code == 302
    page = kari.post(url, about(goal="Karis gamle mål", version=before, **words))
    assert asked(page)[GOAL] == ("Karis gamle mål", "Jons nye mål")
    assert MeasureYear.objects.get(pk=row.pk).goal == "Jons nye mål"


def test_a_page_opened_before_sending_counts_when_nobody_wrote_since(world: World) -> None:
    row = fill(world, world.report, world.coordinator)
    url, kari = section("edit", world, row), client_for(world.coordinator)
    before = version_on(kari, url)
    sent_and_returned(world)
    typed = about(goal="Karis mål", version=before, scheme=row.scheme, sector=row.sector, later="1")
    assert kari.post(url, typed).status_code == 302
    assert MeasureYear.objects.get(pk=row.pk).goal == "Karis mål"


def test_sending_forgets_what_the_drafts_hold(world: World) -> None:
    row = fill(world, world.report, world.coordinator)
    needs.set_priorities(report=world.report, order={row.pk: 1}, by=actor(world.coordinator))
    versions = dict(Section.objects.values_list("name", "version"))
    needs.send(report=world.report, by=actor(world.coordinator))
    assert [one.data for one in Section.objects.all()] == [{}] * 5
    assert dict(Section.objects.values_list("name", "version")) == versions
