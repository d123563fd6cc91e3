"""Two people press at the same moment, on a real PostgreSQL: one thing happens, and whoever came second is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import RoleAssignment, User
from accounts.services import handovers, invitations
from accounts.services.invitations import InvitationProblem
from accounts.services.roles import end_role, grant_role
from core import clock
from core.enums import Role
from core.models import Confirmation, Document, Event
from forums.models import Appointment
from forums.services.forums import add_seat, end_appointment
from grants.models import Decision, Recommendation
from grants.services import decisions, recommendations
from reporting.models import AnnualReport
from tests.world import TODAY, World

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite writes one at a time anyway"),
]
SECONDS = 60


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act gave, or how it was refused, when all begin together."""
    found: list[Any] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            with clock.frozen(TODAY):
                start.wait(SECONDS)
                found[place] = act()
        except Exception as error:  # the test judges what came
            found[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    return found


def posted(user: Any, url: str, data: dict[str, Any]) -> Callable[[], int]:
    """A browser of the person's that posts."""
    client = Client()
    client.force_login(user)
    return lambda: client.post(url, data).status_code


def test_two_writers_send_the_same_report(world: World) -> None:
    report = world.north_report
    url, data = f"/fjellfylket/behov/{report.pk}/kontroll/", {"version": str(report.version), "step": "send"}
    before = Document.objects.count()
    statuses = at_once(posted(world.north_coordinator, url, data), posted(world.nordli_owner, url, data))
    report.refresh_from_db()
    assert report.state == "sent"
    assert statuses.count(302) >= 1
    assert set(statuses) <= {200, 302, 409}
    assert Event.objects.filter(code="needs_report.send", subject_id=report.pk).count() == 1
    assert Document.objects.count() == before + 1


def test_two_administrators_end_each_other(world: World) -> None:
    """One of them stays, whoever was first."""
    second = grant_role(
        user=world.approver, role=Role.OFFICE_ADMINISTRATOR, anchor=world.a.anchor, by=world.actor("administrator")
    )
    first = RoleAssignment.objects.get(user=world.administrator)
    by = [world.actor("administrator"), world.actor("approver")]
    found = at_once(
        lambda: end_role(assignment=first, by=by[1]),
        lambda: end_role(assignment=second, by=by[0]),
    )
    assert [type(one).__name__ for one in found].count("StepRefused") == 1
    left = RoleAssignment.objects.filter(anchor=world.a.anchor, role=Role.OFFICE_ADMINISTRATOR, ended_at__isnull=True)
    assert left.count() == 1


def test_two_merges_the_other_way_round(world: World) -> None:
    """The one who comes second finds the other closed."""
    one, two, by = world.north_coordinator, world.south_coordinator, world.actor("officer")
    found = at_once(
        lambda: handovers.merge(gone=one, kept=two, office=world.a, by=by),
        lambda: handovers.merge(gone=two, kept=one, office=world.a, by=by),
    )
    assert [type(each).__name__ for each in found].count("StepRefused") == 1
    assert User.objects.filter(pk__in=[one.pk, two.pk], is_active=True).count() == 1


def test_a_chair_who_presses_twice_concludes_once(world: World) -> None:
    found = world.b_recommendation
    url = f"/kystfylket/innstilling/{found.pk}/konkluder/"
    for who in ("chair", "member"):
        answer(world, who)
    found.refresh_from_db()
    data = {"forum": str(world.coast.pk), "outcome": "agreed", "remark": "", "version": str(found.version)}
    before = Document.objects.count()
    statuses = at_once(*[posted(world.coast_chair, url, data) for _turn in range(3)])
    found.refresh_from_db()
    assert found.state == "concluded"
    assert Event.objects.filter(code="recommendation.conclude", subject_id=found.pk).count() == 1
    assert set(statuses) <= {200, 302, 403, 409}
    assert Document.objects.count() == before + 1


def test_two_parties_confirm_in_the_same_moment(world: World) -> None:
    report = world.reading_report
    url = f"/fjellfylket/rapport/{report.pk}/signer/"
    acts = []
    for person, anchor in (
        (world.nordli_owner, world.nordli.anchor),
        (world.university_contact, world.university.anchor),
    ):
        client = Client()
        client.force_login(person)
        page = client.get(url).content.decode()
        seen = {name: page.split(f'name="{name}" value="')[1].split('"')[0]
                for name in ("seen_activities", "seen_money", "seen_goals")}  # fmt: skip
        data = {"party": str(anchor.pk), "answer": "confirm", **seen}
        acts += [lambda client=client, data=data: client.post(url, data).status_code] * 2  # and each presses twice
    statuses = at_once(*acts)
    assert set(statuses) <= {200, 302, 409}
    given = Confirmation.objects.filter(answer="confirmed", subject_id=report.pk)
    assert given.values("party_id").distinct().count() == 2
    report.refresh_from_db()
    assert report.state in {"confirmed", "to_confirm"}
    assert Event.objects.filter(code="report.all_confirmed", subject_id=report.pk).count() == (
        report.state == "confirmed"
    )
    assert AnnualReport.objects.count() == 2


def test_an_invitation_is_accepted_once(world: World) -> None:
    _invitation, token = invitations.invite(
        email="new@example.org", name="Ny Testesen", role=Role.COORDINATOR, anchor=world.north.anchor,
        by=world.actor("officer"),
    )  # fmt: skip
    found = at_once(*[lambda: invitations.accept(token=token, name="Ny") for _turn in range(3)])
    assert sum(isinstance(one, InvitationProblem) for one in found) == 2
    assert Event.objects.filter(code="invitation.accepted").count() == 1


def test_approving_and_sending_back_at_once_does_one_of_them(world: World) -> None:
    decision = prepared(world)
    by, seen = world.actor("b_approver"), decision.version
    found = at_once(
        lambda: decisions.approve(decision=Decision.objects.get(pk=decision.pk), by=by, seen_version=seen),
        lambda: decisions.send_back(
            decision=Decision.objects.get(pk=decision.pk), by=by, comment="Vent", seen_version=seen
        ),
    )
    assert sum(isinstance(one, Exception) for one in found) == 1
    decision.refresh_from_db()
    refused = next(place for place, one in enumerate(found) if isinstance(one, Exception))
    assert decision.state == ("draft" if refused == 0 else "approved")


def answer(world: World, who: str) -> None:
    found = world.b_recommendation
    recommendations.answer(
        recommendation=found,
        seat=getattr(world, f"coast_{who}_seat"),
        answers={line.pk: ("agree", "") for line in found.lines.filter(live=True)},
        by=world.actor(f"coast_{who}"),
    )


def prepared(world: World) -> Decision:
    """B's decision, waiting for the approver."""
    for who in ("chair", "member"):
        answer(world, who)
    recommendations.conclude_forum(
        recommendation=Recommendation.objects.get(pk=world.b_recommendation.pk), forum=world.coast,
        by=world.actor("coast_chair"), outcome="agreed",
    )  # fmt: skip
    decision = decisions.prepare(round=world.b_round, by=world.actor("b_officer"))
    return decisions.submit(decision=decision, by=world.actor("b_officer"))


def test_a_seat_is_given_once(world: World) -> None:
    group, day = world.coast_chair_seat.group, TODAY.isoformat()
    seat = add_seat(group=group, by=world.actor("b_officer"))
    url = f"/kystfylket/forum/{world.coast.pk}/plass/{seat.pk}/"
    acts = [
        posted(world.b_officer, url, {"name": f"Ny {number}", "email": f"ny{number}@example.org", "kind": "member",
                                      "valid_from": day})
        for number in range(3)
    ]  # fmt: skip
    assert sorted(at_once(*acts)) == [200, 200, 302]
    assert seat.appointments.count() == 1


def test_one_person_chairs_of_two_chosen_at_once(world: World) -> None:
    group, by = world.coast_chair_seat.group, world.actor("b_officer")
    end_appointment(appointment=world.coast_chair.appointments.get(), by=by, last_day=TODAY)
    later = TODAY + timedelta(days=1)
    acts = []
    for number in range(2):
        url = f"/kystfylket/forum/{world.coast.pk}/plass/{add_seat(group=group, by=by).pk}/"
        data = {"name": f"Ny {number}", "email": f"ny{number}@example.org", "kind": "member", "chairs": "on",
                "valid_from": later.isoformat()}  # fmt: skip
        acts.append(posted(world.b_officer, url, data))
    assert sorted(at_once(*acts)) == [200, 302]
    assert Appointment.objects.filter(seat__group__forum=world.coast, chairs=True, valid_from=later).count() == 1
