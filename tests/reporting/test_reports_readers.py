"""Who reads and writes an annual report that isn't sent, and whose right ends with their role."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import RoleAssignment, User
from accounts.services.roles import end_role, grant_role
from core.actor import Actor
from core.authz import NotAllowed
from core.enums import Role
from reporting.models import AnnualReport
from reporting.selectors.people import writers
from reporting.selectors.reports import fresh
from reporting.services import reports
from tests.builder import SYSTEM
from tests.reporting.acts import filled_in
from tests.world import World

UNSENT = "Det bare de som skriver, skal lese"


def read(who: User, page: str, report: AnnualReport) -> tuple[int, bool]:
    """How the page answers in the end, and whether it shows what isn't sent."""
    client = Client()
    client.force_login(who, backend="accounts.adapter.PersonBackend")
    url = reverse(f"reporting:{page}", kwargs={"office": report.round.office.slug, "pk": report.pk})
    answer = client.get(url, follow=True)
    return answer.status_code, UNSENT in answer.content.decode()


def end_roles(user: User) -> None:
    for row in RoleAssignment.objects.filter(user=user, ended_at=None):
        end_role(assignment=row, by=Actor.for_system("test"))


@pytest.mark.parametrize(
    ("who", "page"),
    [
        ("officer", "report"),
        ("officer", "approve"),
        ("north_provider", "report"),
        ("north_provider", "confirm"),
        ("university_contact", "confirm"),
    ],
)
def test_what_was_never_sent_is_read_by_its_writers_only(old: AnnualReport, world: World, who: str, page: str) -> None:
    fields = filled_in(fresh(old), activities=UNSENT)
    reports.save_report(report=old, fields=fields, by=world.actor("north_coordinator"))
    assert read(getattr(world, who), page, old) == (200, False)
    assert read(world.north_coordinator, "report", old) == (200, True)


def test_the_name_on_a_report_opens_nothing_by_itself(old: AnnualReport, world: World) -> None:
    assert fresh(old).contact == world.north_coordinator
    end_roles(world.north_coordinator)
    grant_role(user=world.north_coordinator, role=Role.LETTER_READER, anchor=world.havnes.anchor, by=SYSTEM)
    by = Actor.for_user(world.north_coordinator)
    assert read(world.north_coordinator, "report", old)[0] == 404
    with pytest.raises(NotAllowed):
        reports.save_report(report=old, fields=filled_in(fresh(old)), by=by)
    assert world.north_coordinator not in writers(fresh(old))
