"""A small office with a network, and people who hold something there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from accounts.models import User
from accounts.services.people import register_person
from accounts.services.roles import grant_role
from core.actor import Actor
from core.enums import AnchorKind, Role
from core.models import Anchor, Office, OfficeName
from tests import stage

SYSTEM = Actor.for_system("tests")


@dataclass
class Small:
    """Anne works in the office, Berit administers it, Kari coordinates the network (in nynorsk), Per is a stranger."""

    office: Office
    network: Anchor
    owner: Anchor
    anne: User
    berit: User
    kari: User
    per: User


def make_office(slug: str, orgnr: str, form: str = "nb") -> Office:
    anchor = Anchor.objects.create(kind=AnchorKind.OFFICE, name=f"Statsforvalteren i {slug.title()}")
    office = Office.objects.create(
        anchor=anchor, slug=slug, orgnr=orgnr, default_form=form, is_demo=True, email=f"post@{slug}.example.no"
    )
    OfficeName.objects.create(office=office, form="nb", name=f"Statsforvalteren i {slug.title()}")
    OfficeName.objects.create(office=office, form="nn", name=f"Statsforvaltaren i {slug.title()}")
    return office


def make_person(name: str, form: str = "", **fields: object) -> User:
    first = name.split(" ", maxsplit=1)[0].lower()
    return register_person(email=f"{first}@example.no", name=name, by=SYSTEM, form=form, is_demo=True, **fields)  # type: ignore[arg-type]


def build() -> Small:
    """Make it all in the current transaction."""
    office = make_office("lia", "987654325")
    network = Anchor.objects.create(kind=AnchorKind.NETWORK, name="Hadeland", office=office)
    owner = Anchor.objects.create(kind=AnchorKind.ORGANISATION, name="Gran kommune")
    anne, berit = make_person("Anne Hov"), make_person("Berit Lie")
    kari, per = make_person("Kari Moe", "nn"), make_person("Per Vik")
    grant_role(user=anne, role=Role.CASE_OFFICER, anchor=office.anchor, by=SYSTEM)
    grant_role(user=berit, role=Role.OFFICE_ADMINISTRATOR, anchor=office.anchor, by=SYSTEM)
    grant_role(user=kari, role=Role.COORDINATOR, anchor=network, by=SYSTEM)
    return Small(office, network, owner, anne, berit, kari, per)


@pytest.fixture(scope="session")
def kept_small(keep: Callable[..., stage.Kept]) -> stage.Kept:
    return keep(build)


@pytest.fixture
def small(db: None, kept_small: stage.Kept, the_stage: stage.Stage) -> Iterator[Small]:
    """The small office."""
    with the_stage.present(kept_small) as made:
        yield made
