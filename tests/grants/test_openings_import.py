"""Running measures from a spreadsheet: what rows mean, what they would do, applied and taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.imports import Change, Plan, importer
from core.models import Event, ImportRow
from core.requirements import StepRefused
from core.services.chain import audit_faults
from core.services.imports import applying
from core.services.imports.opening import Source, open_source
from core.services.imports.starting import start
from core.unreadable import Unreadable
from grants.forms.opening_import import RunningMeasures
from grants.models import Commitment, LedgerEntry, MeasureYear, NeedsReport
from grants.selectors.openings import all_told, opening_page, opening_round
from grants.services import announcing, continuing
from grants.services.openings import begin, change_brought_in
from networks.models import Organisation
from networks.services.organisations import OrganisationRow, register_organisation, register_organisations
from tests.grants.opening_world import brought_in, running
from tests.grants.rounds_world import SETUP, TODAY, YEAR, Rounds, actor, opened

pytestmark = pytest.mark.django_db
ENGINE = RunningMeasures()
HEADS = [
    "measure", "whose", "scheme", "sector", "first_year", "year_no", "year_count", "payee", "kind", "awarded",
    "promised_1", "promised_2", "unspent",
]  # fmt: skip


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with clock.frozen(TODAY):
        yield


@pytest.fixture
def world(rounds: Rounds) -> Rounds:
    begin(office=rounds.office, first_year=YEAR, by=actor(rounds.officer))
    return rounds


def read(*rows: str, heads: Sequence[str] = HEADS) -> list[dict[str, Any]]:
    """Rows as the engine's columns read them; an empty cell is absent."""
    columns = {one.name: one for one in ENGINE.columns}
    found = []
    for row in rows:
        cells = zip(heads, (cell.strip() for cell in row.split(";")), strict=False)
        found.append({name: columns[name].read(cell) for name, cell in cells if cell})
    return found


def planned(world: Rounds, rows: Sequence[dict[str, Any]]) -> list[Plan]:
    return ENGINE.plan(rows, office=world.office, by=actor(world.officer))


def faults(plans: Sequence[Plan]) -> list[list[tuple[str, str]]]:
    return [[(one.column, one.text.replace("\xa0", " ")) for one in plan.faults] for plan in plans]


LESING = (
    "Lesing; Lågendalen; Kollektiv; skule; 2026; 1; 3; Hamre kommune; ; 300 000; 200.000; kr 150 000,-; 40000",
    "lesing; N1; ; ; ; ; ; Høgskolen Glomma; partnar; 500 000; 500 000; ;",
)


def lesing() -> list[dict[str, Any]]:
    """Two rows of one measure: the second names the network alike and leaves empty what the first says."""
    return read(*LESING)


def test_the_engine_knows_it() -> None:
    found = importer("running_measures")
    assert isinstance(found, RunningMeasures)
    assert found.perm == "grants.run_round"
    heads = [head for one in found.columns for head in one.headings]
    assert len(heads) == len(set(heads))


def test_the_rows_of_one_measure_are_one_measure(world: Rounds) -> None:
    rows = lesing()
    plans = planned(world, rows)
    assert [(one.change, one.title) for one in plans] == [
        (Change.NEW, "Lesing: Hamre kommune"),
        (Change.NEW, "lesing: Høgskolen Glomma"),
    ]
    assert len({one.key for one in plans}) == 2
    done = ENGINE.apply(rows, office=world.office, by=actor(world.officer))
    assert [one.subject for one in done] == [MeasureYear.objects.get()] * 2
    [(part, told, _continued)] = all_told(opening_round(world.office))  # type: ignore[arg-type]
    assert (told.title, told.network, told.lead, told.scheme, told.sector) == (
        "Lesing", world.networks[0], world.hosts[0], "kollektiv", "school",
    )  # fmt: skip
    assert [(one.kind, one.payee, one.awarded, one.unspent, dict(one.promised)) for one in told.lines] == [
        ("network", world.hosts[0], 300_000, 40_000, {2027: 200_000, 2028: 150_000}),
        ("provider", world.university, 500_000, 0, {2027: 500_000}),
    ]
    assert list(told.providers) == [world.university]
    assert Event.objects.filter(code="measure.bring_in", subject_id=part.pk, by_user=world.officer).count() == 1
    assert [one.change for one in planned(world, rows)] == [Change.SAME, Change.SAME]


def test_what_is_changed_is_shown_written_and_taken_back(world: Rounds) -> None:
    by = actor(world.officer)
    ENGINE.apply(lesing(), office=world.office, by=by)
    [row] = read("Lesing; N1; ; ; ; ; 4; Hamre kommune; ; 310 000; ; 0; ")
    [plan] = planned(world, [row])
    assert (plan.change, [(one.column, one.before, one.after.replace("\xa0", " ")) for one in plan.differences]) == (
        Change.CHANGED,
        [("year_count", "3", "4"), ("awarded", "300\xa0000", "310 000"), ("promised_2", "150\xa0000", "0")],
    )
    done = ENGINE.apply([row], office=world.office, by=by)
    [one] = opening_page(opening_round(world.office)).leaf  # type: ignore[arg-type]
    assert (one.part.year_count, one.awarded, one.promised) == (4, 810_000, [700_000, 0, 0])
    ENGINE.undo(done, office=world.office, by=by)
    [one] = opening_page(opening_round(world.office)).leaf  # type: ignore[arg-type]
    assert (one.part.year_count, one.awarded, one.promised) == (3, 800_000, [700_000, 150_000, 0])
    assert audit_faults() == []


def test_what_is_new_is_taken_back_whole(world: Rounds) -> None:
    by = actor(world.officer)
    done = ENGINE.apply(lesing(), office=world.office, by=by)
    ENGINE.undo(done, office=world.office, by=by)
    assert MeasureYear.objects.count() == 0
    assert Commitment.objects.filter(withdrawn_at__isnull=True).count() == 0
    assert sum(LedgerEntry.objects.values_list("amount", flat=True)) == 0


def test_nothing_is_taken_back_when_somebody_has_changed_it_or_a_round_continues_it(world: Rounds) -> None:
    by = actor(world.officer)
    done = ENGINE.apply(lesing(), office=world.office, by=by)
    part = MeasureYear.objects.get()
    round = opened(world)
    announcing.announce(round=round, by=by)
    report = NeedsReport.objects.get(round=round, network=world.networks[0])
    row = continuing.continue_measure(report=report, measure=part.measure, by=actor(world.coordinator))
    with pytest.raises(StepRefused) as refused:
        ENGINE.undo(done, office=world.office, by=by)
    assert [one.code for one in refused.value.obstacles] == ["moved_on"]
    [plan, _other] = planned(world, lesing())
    assert (
        faults([plan]) == [[("", "The measure is continued in 2027, so what was brought in can’t be changed.")]]
        or plan.change == Change.FAULTY
    )
    row.delete()
    change_brought_in(measure_year=part, measure=running(world, title="Lesing"), by=by)
    with pytest.raises(StepRefused) as refused:
        ENGINE.undo(done, office=world.office, by=by)
    assert [one.code for one in refused.value.obstacles] == ["changed_since"]
    assert MeasureYear.objects.count() == 1


def test_each_bad_row_says_what_is_wrong_and_where(world: Rounds) -> None:
    register_organisation(name="RKK Ytre", kind="coordinator", by=SETUP)
    good = "Kollektiv; skole; 2026; 1; 3"
    cases = [
        (f"A; Lågendalen; {good}; Hamre komune; ; 1", "payee"),
        (f"B; Lågendalen; {good}; Lågendalen; ; 1", "payee"),
        (f"C; Lågendalen; {good}; RKK Ytre; ; 1", "payee"),
        (f"D; Lågendalen; {good}; Innlandet fylkeskommune; ; 1", "payee"),
        (f"E; Ukjent; {good}; Hamre kommune; ; 1", "whose"),
        ("F; Lågendalen; Kollektiv; skole; 2024; 4; 3; Hamre kommune; ; 1", "year_no"),
        (f"G; Lågendalen; {good}; Hamre kommune; ; 1; ; ; 5", "unspent"),
        ("H; Lågendalen; Kollektiv; skole; 2026; 1; 1; Hamre kommune; ; 1; 5", "promised_1"),
        (f"I; Lågendalen; {good}; 987654325; ; 1", "payee"),
    ]
    plans = planned(world, read(*(row for row, _column in cases)))
    assert [one.change for one in plans] == [Change.FAULTY] * len(cases)
    assert [[column for column, _text in found] for found in faults(plans)] == [[column] for _row, column in cases]
    assert plans[0].faults[0].suggestions == ("Hamre kommune",)
    texts = [found[0][1] for found in faults(plans)]
    assert "Hamre kommune" in texts[0]
    assert "Lågendalen" in texts[1]
    assert "RKK Ytre" in texts[2]
    with pytest.raises(StepRefused):
        ENGINE.apply(read(cases[0][0]), office=world.office, by=actor(world.officer))
    assert MeasureYear.objects.count() == 0


def test_what_every_measure_needs_is_asked_for_once(world: Rounds) -> None:
    heads = ["measure", "whose", "payee", "awarded"]
    plans = planned(world, read("A; Lågendalen; Hamre kommune; 5", "A; Lågendalen; Høgskolen Glomma; 5", heads=heads))
    needed = ["scheme", "sector", "first_year", "year_no", "year_count"]
    assert [[column for column, _text in found] for found in faults(plans)] == [needed, [""]]


def test_one_cell_is_mended_without_telling_the_rest_again(world: Rounds) -> None:
    by = actor(world.officer)
    ENGINE.apply(lesing(), office=world.office, by=by)
    rows = read("Lesing; Lågendalen; Høgskolen Glomma; 30 000", heads=["measure", "whose", "payee", "unspent"])
    [plan] = planned(world, rows)
    assert [(one.column, one.before, one.after) for one in plan.differences] == [("unspent", "0", "30\xa0000")]
    ENGINE.apply(rows, office=world.office, by=by)
    [one] = opening_page(opening_round(world.office)).leaf  # type: ignore[arg-type]
    assert (one.awarded, one.unspent, one.promised) == (800_000, 70_000, [700_000, 150_000, 0])


def test_a_measure_waits_whole_for_its_bad_row(world: Rounds) -> None:
    first, second = lesing()
    plans = planned(world, [first, {**second, "scheme": "regional", "payee": "Ingen"}])
    assert [one.change for one in plans] == [Change.FAULTY, Change.FAULTY]
    assert [[column for column, _text in found] for found in faults(plans)] == [[""], ["payee", "scheme"]]


@pytest.mark.parametrize(
    ("name", "typed", "code"),
    [
        ("awarded", "fem hundre tusen", "not_a_number"),
        ("awarded", "-5", "negative"),
        ("first_year", "i fjor", "not_a_number"),
        ("scheme", "Rekomp", "scheme"),
        ("sector", "hav", "sector"),
        ("kind", "gave", "kind"),
    ],
)
def test_a_cell_that_cannot_be_read_says_what_to_write(name: str, typed: str, code: str) -> None:
    column = next(one for one in ENGINE.columns if one.name == name)
    with pytest.raises(Unreadable) as unreadable:
        column.read(typed)
    assert (unreadable.value.code, str(unreadable.value).count("%(")) == (code, 0)


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("scheme", "Kompetanseløftet", "kompetanseloftet"),
        ("scheme", "DESENTRALISERT", "desentralisert"),
        ("sector", "Barnehage og skule", "both"),
        ("kind", "Frikjøp", "staff_release"),
        ("kind", "coordinator", "coordinator"),
        ("year_no", "2.", 2),
        ("awarded", "kr 1 250 000,-", 1_250_000),
    ],
)
def test_a_cell_is_read_as_people_write_it(name: str, typed: str, value: Any) -> None:
    column = next(one for one in ENGINE.columns if one.name == name)
    assert column.read(typed) == value


def test_before_the_year_is_chosen_every_row_says_so(rounds: Rounds) -> None:
    plans = planned(rounds, lesing())
    assert [one.change for one in plans] == [Change.FAULTY] * 2
    with pytest.raises(StepRefused) as refused:
        ENGINE.apply(lesing(), office=rounds.office, by=actor(rounds.officer))
    assert [one.code for one in refused.value.obstacles] == ["not_begun"]


def test_an_earlier_name_a_number_and_a_number_in_brackets_are_found(world: Rounds) -> None:
    number = world.hosts[0].orgnr
    rows = [
        {**read(LESING[0])[0], "measure": f"Tiltak {n}", "payee": payee}
        for n, payee in enumerate([number, f"Hamre kommune ({number})", f"{str(number)[:3]} {str(number)[3:]}"])
    ]
    assert [one.change for one in planned(world, rows)] == [Change.NEW] * 3


def test_two_of_the_same_name_need_the_number_unless_one_is_the_offices_own(world: Rounds) -> None:
    for seed in (1, 2):
        register_organisation(name="Os kommune", kind="municipality", by=SETUP, municipality_number=f"990{seed}")
    register_organisation(name="Hamre kommune", kind="municipality", by=SETUP, municipality_number="9909")
    rows = [{**read(LESING[0])[0], "measure": name, "payee": name} for name in ("Os kommune", "Hamre kommune")]
    plans = planned(world, rows)
    assert [one.change for one in plans] == [Change.FAULTY, Change.NEW]
    assert [column for column, _text in faults(plans)[0]] == ["payee"]


def test_five_thousand_rows_are_planned_in_as_many_queries_as_one(world: Rounds) -> None:
    counts = []
    [first] = read(LESING[0])
    for many in (1, 300):
        rows = [{**first, "measure": f"Tiltak {number}"} for number in range(many)]
        with CaptureQueriesContext(connection) as counted:
            plans = planned(world, rows)
        assert {one.change for one in plans} == {Change.NEW}
        counts.append(len(counted))
    assert counts == [counts[0]] * 2
    assert counts[0] <= 12


def test_measures_that_stand_there_cost_no_more_queries(world: Rounds) -> None:
    brought_in(world)
    counts = []
    for more in (0, 2):
        for number in range(more):
            brought_in(world, title=f"Tiltak {number}")
        with CaptureQueriesContext(connection) as counted:
            planned(world, read(LESING[0]))
        counts.append(len(counted))
    assert counts == [counts[0]] * 2


def test_many_organisations_are_no_more_queries(world: Rounds) -> None:
    rows = [OrganisationRow(name=f"Barnehage {number}", kind="private_kindergarten") for number in range(50)]
    register_organisations(rows=rows, by=SETUP)
    [first] = read(LESING[0])
    told = [{**first, "measure": f"T{number}", "payee": f"Barnehage {number}"} for number in range(50)]
    with CaptureQueriesContext(connection) as counted:
        plans = planned(world, told)
    assert {one.change for one in plans} == {Change.NEW}
    assert len(counted) <= 12
    assert Organisation.objects.filter(kind="private_kindergarten").count() == 52


def test_pasted_rows_go_through_the_engine_and_back(world: Rounds) -> None:
    """Headings in nynorsk, sums as people write them: pasted, looked at, used, undone."""
    heads = (
        "Tiltak\tNettverk\tOrdning\tSektor\tFørste år\tÅr\tAv\tMottakar\tTildelt i fjor\tLova neste år\tUbrukte midlar"
    )
    rows = [
        "Lesing\tLågendalen\tKollektiv\tSkule\t2026\t1\t3\tHamre kommune\t300 000\t200.000\tkr 40 000,-",
        "Lesing\tLågendalen\t\t\t\t\t\tHøgskolen Glomma\t500 000\t500 000\t",
    ]
    opened_now = open_source(Source(pasted="\n".join([heads, *rows])), office=world.office, importer=ENGINE)
    by = actor(world.officer)
    run = start(office=world.office, importer=ENGINE, opened=opened_now, by=by)
    assert list(ImportRow.objects.filter(run=run).values_list("change", flat=True)) == ["new", "new"]
    assert applying.apply(run=run, by=by, seen_version=run.version)
    [one] = opening_page(opening_round(world.office)).leaf  # type: ignore[arg-type]
    assert (one.part.title, one.awarded, one.promised, one.unspent) == ("Lesing", 800_000, [700_000, 0, 0], 40_000)
    run.refresh_from_db()
    applying.undo(run=run, by=by, seen_version=run.version)
    assert MeasureYear.objects.count() == 0
