"""Whatever is edited: only the changed parts' confirmations are voided, and those parties are asked again."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.models import Confirmation
from core.models.subjects import subject_key
from reporting.selectors.reports import fresh
from reporting.services import reports
from tests.reporting.acts import confirm_both, filled_in, write_and_send
from tests.world import World

PART_OF = {
    "progress": "activities",
    "activities": "activities",
    "units": "activities",
    "participants": "activities",
    "used": "money",
    "unspent_why": "money",
    "ratings": "goals",
    "learnt": "goals",
}
"""Each answer a writer gives, and the part it is confirmed with."""


def changed(report: Any, name: str) -> Any:
    """Another value of one answer that leaves the report complete."""
    before = getattr(filled_in(report), name)
    return {
        "progress": "under_way",
        "activities": "Ti fagdager er holdt.",
        "units": 7,
        "participants": 80,
        "used": {pk: used - 1_000 for pk, used in before.items()} if name == "used" else None,
        "unspent_why": "Én dag ble flyttet.",
        "ratings": {sign: (3, text) for sign, (_rating, text) in before.items()} if name == "ratings" else None,
        "learnt": "Begynn før jul.",
    }[name]


@pytest.mark.django_db
@settings(max_examples=16, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.sets(st.sampled_from(sorted(PART_OF))), all_confirmed=st.booleans())
def test_an_edit_voids_the_changed_parts_and_no_other(world: World, names: set[str], all_confirmed: bool) -> None:
    if "used" in names:
        names.add("unspent_why")  # unspent money needs its reason
    with transaction.atomic():
        writer = world.actor("north_coordinator")
        report = write_and_send(fresh(world.play_report), writer)
        if all_confirmed:
            report = confirm_both(report, world)
        before = {row.pk: (row.party_id, row.part, row.answer) for row in live(report)}

        fields = filled_in(report, **{name: changed(report, name) for name in names})
        after = reports.save_report(report=report, fields=fields, by=writer)

        parts = {PART_OF[name] for name in names}
        now = {row.pk: (row.party_id, row.part, row.answer) for row in live(after)}
        kept = {pk: row for pk, row in before.items() if row[1] not in parts}
        assert {pk: row for pk, row in now.items() if pk in before} == kept
        asked_again = {row for pk, row in now.items() if pk not in before}
        assert asked_again == {(party, part, "") for party, part, _answer in before.values() if part in parts}
        assert after.state == ("confirmed" if all_confirmed and not parts else "to_confirm")
        transaction.set_rollback(True)


def live(report: Any) -> list[Confirmation]:
    return list(Confirmation.objects.filter(voided_at__isnull=True, **subject_key(report)))
