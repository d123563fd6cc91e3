"""An office is registered once, keeps its names with their days, and is brought up to date by the same call."""

from __future__ import annotations

from datetime import date

import pytest

from core.actor import Actor
from core.identifiers import UnreadableIdentifier, synthetic_orgnr
from core.models import Event, Office
from core.services.offices import OfficeNameRow, register_office

pytestmark = pytest.mark.django_db

BY = Actor.for_system("tests")
NAMES = {"nb": "Statsforvalteren i Innlandet", "nn": "Statsforvaltaren i Innlandet"}
EARLIER = (OfficeNameRow("nb", "Fylkesmannen i Innlandet", None, date(2020, 12, 31)),)


def register(phone: str = "") -> Office:
    return register_office(
        slug="innlandet",
        orgnr=synthetic_orgnr(1),
        names=NAMES,
        default_form="nb",
        phone=phone,
        earlier_names=EARLIER,
        by=BY,
    )


def codes() -> list[str]:
    return list(Event.objects.order_by("id").values_list("code", flat=True))


def test_a_name_has_its_form_and_its_days() -> None:
    office = Office.objects.prefetch_related("names").get(pk=register().pk)
    assert office.name_in("nb", date(2020, 12, 31)) == "Fylkesmannen i Innlandet"
    assert office.name_in("nb", date(2021, 1, 1)) == "Statsforvalteren i Innlandet"
    assert office.name_in("nn", date(2021, 1, 1)) == "Statsforvaltaren i Innlandet"
    assert office.anchor.name == "Statsforvalteren i Innlandet"


def test_the_same_call_twice_changes_nothing() -> None:
    first, again = register(), register()
    assert (first.pk, again.version, codes()) == (again.pk, 1, ["office.registered"])


def test_what_differs_is_changed_and_logged() -> None:
    register()
    office = register(phone="00 00 00 00")
    assert (office.version, office.phone, codes()) == (2, "00 00 00 00", ["office.registered", "office.changed"])


def test_a_wrong_number_is_refused() -> None:
    with pytest.raises(UnreadableIdentifier):
        register_office(slug="x", orgnr="123456789", names=NAMES, default_form="nb", by=BY)
