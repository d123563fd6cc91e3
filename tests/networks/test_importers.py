"""Lists of organisations and units: what each row would do, doing it, and taking it back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock, imports
from core.identifiers import synthetic_orgnr
from core.imports import Applied, Change, Importer, Plan
from core.models import Event, ImportRow, Office
from core.requirements import StepRefused
from core.services.imports import applying
from core.services.imports.opening import Source, open_source
from core.services.imports.starting import start
from core.unreadable import Unreadable
from networks.importers.words import read_form, read_kind, read_sector
from networks.models import OfficeOrganisation, Organisation, Unit
from networks.services import register
from networks.services.networks import add_member
from networks.services.organisations import OrganisationRow, register_organisations
from networks.services.register import Facts
from networks.services.units import UnitFacts, add_unit
from tests.grants.rounds_world import SETUP, TODAY, Rounds, actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(rounds: Rounds) -> Rounds:
    return rounds


def importer(code: str) -> Importer:
    found = imports.importer(code)
    assert found is not None
    return found


def read(code: str, row: dict[str, str]) -> dict[str, Any]:
    """A row as its columns read it."""
    columns = {column.name: column for column in importer(code).columns}
    return {name: columns[name].read(text) for name, text in row.items()}


def plan(world: Rounds, *rows: dict[str, str], code: str = "organisations", office: Office | None = None) -> list[Plan]:
    by = actor(world.officer if office in {None, world.office} else world.stranger)
    return importer(code).plan([read(code, row) for row in rows], office=office or world.office, by=by)


def apply(world: Rounds, *rows: dict[str, str], code: str = "organisations") -> list[Applied]:
    plans = plan(world, *rows, code=code)
    assert [one.faults for one in plans] == [()] * len(rows)
    values = [read(code, row) for row in rows]
    return importer(code).apply(values, office=world.office, by=actor(world.officer))


def undo(world: Rounds, done: list[Applied], code: str = "organisations") -> None:
    """As the engine does it: subjects as they are now, values through JSON."""
    kept = [
        Applied(
            type(one.subject)._base_manager.get(pk=one.subject.pk),
            json.loads(json.dumps(one.before)),
            json.loads(json.dumps(one.after)),
        )
        for one in done
    ]
    importer(code).undo(kept, office=world.office, by=actor(world.officer))


def faults(plans: list[Plan]) -> list[list[tuple[str, str]]]:
    return [[(one.column, str(one.text)) for one in found.faults] for found in plans]


NEW = {"name": "Bakkekroken barnehage AS", "orgnr": synthetic_orgnr(800), "kind": "Privat barnehage"}


# --- organisations ---------------------------------------------------------------------------------------------------


def test_new_rows_are_made_with_what_the_office_writes_and_taken_back(world: Rounds) -> None:
    before = Organisation.objects.count()
    rows = (
        NEW | {"owner": "Trollstua Eigedom", "form": "nynorsk", "notice_email": "post@bakke.example"},
        {"name": "Trollstua Eigedom", "kind": "privat eigar"},
        {"name": "RKK Prøve", "kind": "RKK"},
    )
    plans = plan(world, *rows)
    assert [(one.change, one.title) for one in plans] == [
        (Change.NEW, "Bakkekroken barnehage AS"), (Change.NEW, "Trollstua Eigedom"), (Change.NEW, "RKK Prøve"),
    ]  # fmt: skip
    assert len({one.key for one in plans}) == 3
    done = apply(world, *rows)
    first = Organisation.objects.get(orgnr=NEW["orgnr"])
    assert (first.kind, first.is_synthetic, first.kept_by) == ("private_kindergarten", True, world.office)
    assert (first.owner and first.owner.anchor.name, first.written_forms.get().form) == ("Trollstua Eigedom", "nn")
    own = OfficeOrganisation.objects.get(organisation=first)
    assert (own.office, own.notice_email, own.by_user) == (world.office, "post@bakke.example", world.officer)
    assert [one.before for one in done] == [None, None, None]
    assert Event.objects.filter(code="organisation.registered", by_user=world.officer).count() == 3
    assert [one.change for one in plan(world, *rows)] == [Change.SAME] * 3
    undo(world, done)
    assert Organisation.objects.count() == before
    assert Event.objects.filter(code="organisation.removed").count() == 3


def test_what_is_there_is_changed_and_put_back(world: Rounds) -> None:
    made = register.add_organisation(
        office=world.office, facts=Facts(name="Bakkekroken barnehage", kind="private_kindergarten"),
        by=actor(world.officer),
    )  # fmt: skip
    row = NEW | {"name": "BAKKEKROKEN BARNEHAGE", "postal_address": "Bakken 1", "form": "bokmål"}
    [found] = plan(world, row)
    assert (found.change, found.title) == (Change.CHANGED, "Bakkekroken barnehage")
    assert [(one.column, one.before, one.after) for one in found.differences] == [
        ("orgnr", "", NEW["orgnr"]), ("form", "", "bokmål"), ("postal_address", "", "Bakken 1"),
    ]  # fmt: skip
    done = apply(world, row)
    made.refresh_from_db()
    assert (made.orgnr, made.anchor.name, made.version) == (NEW["orgnr"], "Bakkekroken barnehage", 2)
    undo(world, done)
    made = Organisation.objects.get(pk=made.pk)
    details = OfficeOrganisation.objects.get(organisation=made)
    assert (made.orgnr, details.postal_address, made.written_forms.count()) == (None, "", 0)


def test_what_another_has_registered_is_taken_into_use_and_out_again(world: Rounds) -> None:
    [row] = register_organisations(rows=[OrganisationRow(name="Fjern skole AS", kind="private_school")], by=SETUP)
    done = apply(world, {"name": "Fjern skole AS"})
    assert OfficeOrganisation.objects.filter(office=world.office, organisation=row).exists()
    undo(world, done)
    assert not OfficeOrganisation.objects.filter(organisation=row).exists()


def test_what_all_share_is_not_changed_by_another_office(world: Rounds) -> None:
    [row] = register_organisations(rows=[OrganisationRow(name="Fjern skole AS", kind="private_school")], by=SETUP)
    [found] = plan(world, {"name": "Fjern skole AS", "orgnr": NEW["orgnr"]})
    assert [one.column for one in found.faults] == [""]
    assert "Fjern skole AS" in str(found.faults[0].text)
    row.refresh_from_db()
    assert row.orgnr is None


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"name": "Ny", "orgnr": synthetic_orgnr(801)}, "kind"),
        ({"name": "Ny kommune", "kind": "kommune"}, "municipality_number"),
        ({"name": "Ny", "kind": "friskole", "owner": "Hamra kommune"}, "owner"),
        ({"name": "Ny", "kind": "friskole", "owner": synthetic_orgnr(802)}, "owner"),
    ],
)
def test_a_row_that_cant_be_used_says_which_cell(world: Rounds, row: dict[str, str], column: str) -> None:
    [found] = plan(world, row)
    assert [one.column for one in found.faults] == [column]
    near = ("Hamre kommune",) if row.get("owner") == "Hamra kommune" else ()
    assert found.faults[0].suggestions == near


def test_an_ended_one_names_its_successor(world: Rounds) -> None:
    by = actor(world.officer)
    gone = register.add_organisation(office=world.office, facts=Facts(name="Gamle AS", kind="private_owner"), by=by)
    register.end_organisation(
        organisation=gone, ended_on=clock.today().replace(year=2025), kind="taken_over",
        successors=[world.owners[1]], by=by,
    )  # fmt: skip
    as_owner = {"name": "Ny", "kind": "privat barnehage", "owner": "Gamle AS"}
    [[(where, text)], [(owner, why)]] = faults(plan(world, {"name": "Gamle AS"}, as_owner))
    assert (where, owner) == ("name", "owner")
    assert ("Solvik barnehage 1" in text, "Solvik barnehage 1" in why) == (True, True)


def test_two_of_one_name_ask_for_the_number(world: Rounds) -> None:
    rows = [OrganisationRow(name="Tvilling AS", kind="private_owner") for _ in range(2)]
    register_organisations(rows=rows, by=SETUP)
    [[(where, _text)]] = faults(plan(world, {"name": "Tvilling AS"}))
    assert where == "name"


def test_undoing_is_refused_when_something_depends_on_it(world: Rounds) -> None:
    done = apply(world, NEW)
    made = Organisation.objects.get(orgnr=NEW["orgnr"])
    add_member(
        network=world.networks[0], organisation=made, sector="kindergarten", by=actor(world.officer), valid_from=TODAY
    )
    with pytest.raises(StepRefused) as refused:
        undo(world, done)
    assert [one.code for one in refused.value.obstacles] == ["depended_on"]
    assert "Bakkekroken barnehage AS" in str(refused.value)
    assert Organisation.objects.filter(pk=made.pk).exists()


def test_undoing_is_refused_when_somebody_has_changed_it(world: Rounds) -> None:
    done = apply(world, NEW)
    made = Organisation.objects.get(orgnr=NEW["orgnr"])
    facts = Facts(name="Nytt navn AS", kind="private_kindergarten", orgnr=NEW["orgnr"])
    register.edit_organisation(organisation=made, facts=facts, by=actor(world.colleague))
    with pytest.raises(StepRefused) as refused:
        undo(world, done)
    assert [one.code for one in refused.value.obstacles] == ["changed_since"]


def test_undoing_is_refused_when_another_office_works_with_it(world: Rounds) -> None:
    done = apply(world, NEW)
    made = Organisation.objects.get(orgnr=NEW["orgnr"])
    register.take_into_use(office=world.other, organisation=made, by=actor(world.stranger))
    with pytest.raises(StepRefused) as refused:
        undo(world, done)
    assert [one.code for one in refused.value.obstacles] == ["depended_on"]


def test_two_that_belong_under_each_other_belong_under_nobody(world: Rounds) -> None:
    apply(
        world,
        {"name": "Høne barnehage", "kind": "privat barnehage", "owner": "Egg barnehage"},
        {"name": "Egg barnehage", "kind": "privat barnehage", "owner": "Høne barnehage"},
    )
    assert list(Organisation.objects.filter(sort_key__in=["hzdne0barnehage"]).values_list("owner", flat=True)) == [None]


# --- units -----------------------------------------------------------------------------------------------------------

SCHOOL = {"name": "Åsen skole", "owner": "Hamre", "sector": "grunnskule", "orgnr": synthetic_orgnr(810)}


def test_units_are_made_changed_and_taken_back(world: Rounds) -> None:
    own = {"name": "Solvik", "owner": "Solvik barnehage 1", "sector": "barnehage", "organisation": "Solvik barnehage 1"}
    done = apply(world, SCHOOL | {"municipality_number": "301"}, own, code="units")
    school = Unit.objects.get(name="Åsen skole")
    assert (school.owner, school.municipality_number, school.kept_by) == (world.hosts[0], "0301", world.office)
    assert Unit.objects.get(name="Solvik").organisation == world.owners[1]
    renamed = SCHOOL | {"name": "Åsen oppvekstsenter", "sector": "oppvekstsenter"}
    [found] = plan(world, renamed, code="units")
    assert [(one.column, one.before, one.after) for one in found.differences] == [
        ("sector", "skole", "barnehage og skole"), ("name", "Åsen skole", "Åsen oppvekstsenter"),
    ]  # fmt: skip
    again = apply(world, renamed, code="units")
    school.refresh_from_db()
    assert (school.name, school.sector, school.version) == ("Åsen oppvekstsenter", "both", 2)
    with pytest.raises(StepRefused):
        undo(world, done, code="units")
    undo(world, again, code="units")
    undo(world, done, code="units")
    assert Unit.objects.count() == 0


def test_the_same_row_again_changes_nothing(world: Rounds) -> None:
    apply(world, SCHOOL, code="units")
    assert [one.change for one in plan(world, SCHOOL, code="units")] == [Change.SAME]
    nameless = {name: text for name, text in SCHOOL.items() if name != "orgnr"} | {"name": "ÅSEN SKOLE"}
    assert [one.change for one in plan(world, nameless, code="units")] == [Change.SAME]


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"owner": "Hamar kommune"}, "owner"),
        ({"owner": "Høgskolen Glomma"}, "owner"),
        ({"organisation": "Hamre kommune"}, "organisation"),
        ({"organisation": "Ukjend"}, "organisation"),
    ],
)
def test_a_unit_that_cant_be_says_which_cell(world: Rounds, change: dict[str, str], column: str) -> None:
    [[(where, _text)]] = faults(plan(world, SCHOOL | change, code="units"))
    assert where == column


def test_a_unit_of_another_office_or_owner_is_left_alone(world: Rounds) -> None:
    facts = UnitFacts(owner=world.hosts[0], name="Åsen skole", sector="school", orgnr=SCHOOL["orgnr"])
    add_unit(office=world.other, facts=facts, by=actor(world.stranger))
    [[(where, _text)]] = faults(plan(world, SCHOOL | {"name": "Annet navn"}, code="units"))
    assert where == ""
    [found] = faults(plan(world, SCHOOL | {"owner": "Fagerlund"}, code="units"))
    assert [column for column, _text in found] == ["owner"]


# --- both ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["organisations", "units"])
def test_a_plan_costs_the_same_for_one_row_and_for_many(world: Rounds, code: str) -> None:
    counts = set()
    for number in (1, 300):
        rows = [
            {"name": f"Ny {place}", "owner": "Hamre"}
            | ({"kind": "friskole"} if code == "organisations" else {"sector": "skole"})
            for place in range(number)
        ]
        values = [read(code, row) for row in rows]
        with CaptureQueriesContext(connection) as caught:
            importer(code).plan(values, office=world.office, by=actor(world.officer))
        counts.add(len(caught))
        with CaptureQueriesContext(connection) as applied:
            importer(code).apply(values, office=world.office, by=actor(world.officer))
        assert len(applied) <= 40
    assert len(counts) == 1
    assert counts.pop() <= 12


def test_the_importers_ask_for_the_right_to_keep_registers() -> None:
    assert {code: importer(code).perm for code in ("organisations", "units")} == {
        "organisations": "networks.keep_registers",
        "units": "networks.keep_registers",
    }


@pytest.mark.parametrize(
    ("reader", "typed", "value"),
    [
        (read_kind, "PRIVAT BARNEHAGE", "private_kindergarten"),
        (read_kind, "friskule", "private_school"),
        (read_kind, "Arbeidstakerorganisasjon", "interest"),
        (read_sector, "Begge deler", "both"),
        (read_sector, "skule", "school"),
        (read_form, "NN", "nn"),
        (read_form, "nøytral", "neutral"),
    ],
)
def test_words_are_read_in_both_written_forms(reader: Any, typed: str, value: str) -> None:
    assert reader(typed) == value
    with pytest.raises(Unreadable):
        reader("tull")


def test_bad_cells_say_how_to_write_them() -> None:
    columns = {column.name: column for column in importer("organisations").columns}
    for name, typed in (("notice_email", "post(at)x"), ("orgnr", "123456789"), ("municipality_number", "1201")):
        with pytest.raises(Unreadable):
            columns[name].read(typed)


# --- through the engine ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "pasted", "table"),
    [
        (
            "organisations",
            "Namn\tOrgnr\tType\tKommunenr\nDalen barnehage\t{number}\tprivat barnehage\t301",
            Organisation,
        ),
        ("units", "Eining\tSkuleeigar\tSektor\nDalen skule\tHamre\tskule", Unit),
    ],
)
def test_a_pasted_list_with_nynorsk_headings_is_used_and_undone(
    world: Rounds, code: str, pasted: str, table: type[Organisation | Unit]
) -> None:
    before, by = table._base_manager.count(), actor(world.officer)
    source = Source(pasted=pasted.replace("{number}", synthetic_orgnr(830)))
    opened = open_source(source, office=world.office, importer=importer(code))
    run = start(office=world.office, importer=importer(code), opened=opened, by=by)
    assert [(row.change, row.faults) for row in ImportRow.objects.filter(run=run)] == [("new", [])]
    assert applying.apply(run=run, by=by, seen_version=run.version) is True
    assert table._base_manager.count() == before + 1
    applying.undo(run=run, by=by, seen_version=run.version)
    assert table._base_manager.count() == before
