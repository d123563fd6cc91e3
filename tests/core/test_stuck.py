"""What the program hasn't got done shows on the home of the office's own people, who can have it tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from core import clock
from core.enums import JobState
from core.models import Job
from core.services.outbox import run_due
from tests import world as worlds
from tests.world import World

pytestmark = pytest.mark.django_db


def stand_still(
    world: World, key: str, *, error: str, state: str = JobState.WAITING, name: str = "core.send_mail"
) -> Job:
    long_ago = clock.now() - timedelta(hours=2)
    return Job.objects.create(
        name=name, key=key, args={"message": 0}, office=world.a, state=state, attempts=3, last_error=error,
        created_at=long_ago, not_before=clock.now() + timedelta(minutes=5),
    )  # fmt: skip


def panel_for(client: Client, world: World, person: str) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """The panel as home shows it: offices, and for each (what, why, given up)."""
    client.force_login(getattr(world, person))
    context = client.get("/").context
    return [
        (office.slug, [(row.text, row.why, row.given_up) for row in rows])
        for panel in context["panels"]
        if panel.template == "core/stuck.html"
        for office, rows in panel.context["offices"]
    ]


@pytest.fixture(autouse=True)
def standing(world: World) -> None:
    Job.objects.all().delete()
    stand_still(world, "a", error="MailServerAway: ConnectionRefusedError")
    stand_still(world, "b", error="MailServerAway: ConnectionRefusedError")
    stand_still(world, "c", error="MailRefused: 550 <…> is nobody", state=JobState.FAILED)
    stand_still(world, "d", error="OSError: [Errno 28] No space left", name="grants.make_letter")


@pytest.mark.parametrize("person", ["officer", "approver", "administrator"])
def test_the_offices_people_are_told_what_and_why(client: Client, world: World, person: str) -> None:
    assert panel_for(client, world, person) == [
        (
            "fjellfylket",
            [
                ("1 brev er ikke laget.", "Det er ikke plass på disken.", False),
                ("1 e-post er ikke sendt.", "E-posttjeneren svarer: 550 <…> is nobody", True),
                ("2 e-poster er ikke sendt.", "E-posttjeneren svarer ikke.", False),
            ],
        )
    ]


@pytest.mark.parametrize("person", ["b_officer", "nordli_owner", "kindergarten_chair"])
def test_nobody_else_is(client: Client, world: World, person: str) -> None:
    assert panel_for(client, world, person) == []


def test_a_job_that_has_just_failed_for_the_first_time_worries_nobody(client: Client, world: World) -> None:
    Job.objects.exclude(state=JobState.FAILED).update(created_at=clock.now() - timedelta(minutes=5))
    Job.objects.filter(state=JobState.FAILED).delete()
    assert panel_for(client, world, "officer") == []


def test_trying_again_gives_back_what_was_given_up(client: Client, world: World) -> None:
    client.force_login(world.officer)
    answer = client.post("/fjellfylket/ikke-gjort/", follow=True)
    assert [str(message) for message in answer.context["messages"]] == ["4 oppgaver prøves på nytt nå."]
    assert set(Job.objects.values_list("state", "attempts")) == {(JobState.WAITING, 0)}
    with clock.frozen(worlds.TODAY):
        run_due(limit=4)
    assert set(Job.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.parametrize(("person", "status"), [("b_officer", 403), ("nordli_owner", 403)])
def test_only_the_offices_people_have_it_tried(client: Client, world: World, person: str, status: int) -> None:
    client.force_login(getattr(world, person))
    assert client.post("/fjellfylket/ikke-gjort/").status_code == status
    assert Job.objects.filter(state=JobState.FAILED).count() == 1
