"""The import engine: what is judged, mended, applied and undone, with an importer of the tests' own."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation
from openpyxl import Workbook, load_workbook

from core import clock
from core.authz import NotAllowed
from core.imports import Applied
from core.models import Event, ImportEffect, ImportHeading, ImportRow, ImportRun, Section, Upload
from core.requirements import AlreadyDone, StaleVersion, StepRefused
from core.schedule import SCHEDULE
from core.selectors.imports import RunView, untaken_heads, untaken_rows
from core.services.imports import applying, cleaning, matching, mending
from core.services.imports.drafting import drafts
from core.services.imports.opening import Source, heads_at, open_source, source_of
from core.services.imports.starting import start
from core.spreadsheets import workbook
from core.unreadable import Unreadable
from tests.importing import HEADS, PLACES, book, saved
from tests.world import World

Row = tuple[int, str, list[Any]]


def begin(world: World, *rows: Any, data: bytes = b"", pasted: str = "", who: str = "officer") -> ImportRun:
    """An import as step 1 leaves it."""
    by = world.actor(who)
    source = Source(pasted=pasted) if pasted else Source("steder.xlsx", data or book(*rows))
    office = world.b if who.startswith("b_") else world.a
    opened = open_source(source, office=office, importer=PLACES)
    return start(office=office, importer=PLACES, opened=opened, by=by)


def verdicts(run: ImportRun) -> list[Row]:
    """Each row's number, what it does, and why not."""
    rows = ImportRow.objects.filter(run=run).order_by("number")
    return [
        (row.number, "left_out" if row.left_out else row.change, [fault[:2] for fault in row.faults]) for row in rows
    ]


def places(world: World) -> dict[str, dict[str, str]]:
    """The register."""
    return {one.name: one.data for one in Section.objects.filter(subject_id=world.a.pk) if one.name.isdecimal()}


def use(world: World, run: ImportRun, who: str = "officer") -> bool:
    return applying.apply(run=run, by=world.actor(who), seen_version=run.version)


def events(run: ImportRun) -> list[tuple[str, dict[str, Any]]]:
    return list(
        Event.objects.filter(code__startswith="import.", subject_id=run.pk).order_by("pk").values_list("code", "data")
    )


OSLO, BERGEN = ["0301", "Oslo kommune", "UiB"], [4601.0, "Bergen kommune", "HVL"]


# --- begun ------------------------------------------------------------------------------------------------------------


def test_a_file_with_known_headings_is_judged_at_once(world: World) -> None:
    run = begin(world, OSLO, ["301", "Oslo", "HVLL"], ["x", "", "HVL", "snart"])
    assert run.columns == ["number", "name", "provider", "day"]
    assert verdicts(run) == [
        (2, "faulty", [["", "Rad 3 gjelder det samme: Oslo kommune. Rett én av dem, eller hopp over én."]]),
        (
            3,
            "faulty",
            [
                ["provider", "Vi kjenner ikke lærestedet «HVLL»."],
                ["", "Rad 2 gjelder det samme: Oslo. Rett én av dem, eller hopp over én."],
            ],
        ),
        (
            4,
            "faulty",
            [
                ["number", "Skriv nummeret med fire siffer, for eksempel 0301."],
                ["name", "«Navn» må fylles ut."],
                ["day", "Vi kan ikke lese «snart» som en dato. Skriv dag, måned og år, for eksempel 1.2.2027."],
            ],
        ),
    ]
    assert (run.counts, places(world), run.applied_at) == ({"faulty": 3}, {}, None)
    assert events(run) == [("import.started", {"kind": "places"})]


def test_the_bytes_are_kept(world: World) -> None:
    data = book(OSLO)
    run = begin(world, data=data)
    assert run.upload is not None
    with run.upload.file.open("rb") as file:
        assert file.read() == data
    assert (run.upload.office, run.upload.by_user, run.upload.name) == (world.a, world.officer, "steder.xlsx")
    assert Path(run.upload.file.name or "").stem == run.upload.sha256


def test_a_paste_is_kept_with_its_run(world: World) -> None:
    run = begin(world, pasted="Nummer\tNavn\n0301\tOslo\n")
    assert (run.upload, source_of(run).pasted) == (None, "Nummer\tNavn\n0301\tOslo\n")
    assert verdicts(run) == [(2, "new", [])]


def test_what_is_refused_leaves_nothing(world: World) -> None:
    with pytest.raises(Unreadable) as error:
        begin(world, ["0301", "=A1"])
    assert error.value.code == "formulas"
    with pytest.raises(Unreadable):
        begin(world)
    assert (ImportRun.objects.latest("pk"), Upload.objects.count()) == (world.b_import, 0)


def test_hidden_and_repeated_rows_are_left_out_and_told_of(world: World) -> None:
    made = Workbook()
    sheet = made.worksheets[0]
    for row in (HEADS, OSLO, OSLO, ["1103", "Stavanger"]):
        sheet.append(list(row))
    sheet.row_dimensions[4].hidden = True
    made.create_sheet("Skjult").sheet_state = "hidden"
    run = begin(world, data=saved(made))
    assert verdicts(run) == [(2, "new", []), (3, "left_out", []), (4, "left_out", [])]
    assert RunView(run, PLACES).notes == [
        "Arket «Skjult» er skjult i filen og blir ikke lest.",
        "Rad 4 er skjult i filen og er hoppet over.",
        "Rad 3 er lik en tidligere rad og er hoppet over.",
    ]


def test_a_later_sheet_is_read_when_it_fits_best(world: World) -> None:
    made = Workbook()
    made.worksheets[0].append(["Les dette først"])
    other = made.create_sheet("Data")
    for row in (HEADS, OSLO):
        other.append(list(row))
    run = begin(world, data=saved(made))
    assert (run.sheet, verdicts(run)) == ("Data", [(2, "new", [])])
    assert RunView(run, PLACES).notes == ["Vi har lest arket «Data», for der passer overskriftene best."]


def test_an_error_of_the_spreadsheet_is_a_fault_of_its_cell(world: World) -> None:
    run = begin(world, ["0301", "#N/A"], ["0302", "x" * 4001])
    assert verdicts(run) == [
        (2, "faulty", [["name", "Regnearket fikk ikke regnet ut denne cellen. Skriv det som skal stå der."]]),
        (3, "faulty", [["name", "Teksten er for lang. Skriv høyst 4 000 tegn."]]),
    ]


def test_only_those_who_may_begin(world: World) -> None:
    with pytest.raises(NotAllowed):
        begin(world, OSLO, who="approver")


# --- matched ----------------------------------------------------------------------------------------------------------


def match(world: World, run: ImportRun, columns: list[str]) -> None:
    sheet = source_of(run).book().sheet(run.sheet)
    made = drafts(sheet, head_line=run.head_line, columns=columns)
    matching.match_columns(run=run, columns=columns, drafts=made, by=world.actor("officer"), seen_version=run.version)


def test_columns_are_matched_and_remembered_for_the_office(world: World) -> None:
    data = book(["0301", "Oslo", "x"], heads=["Kode", "Stedet", "Annet"])
    run = begin(world, data=data)
    assert (run.matched_at, run.columns, verdicts(run)) == (None, ["", "", ""], [])
    match(world, run, ["number", "name", ""])
    assert verdicts(run) == [(2, "new", [])]
    assert sorted(ImportHeading.objects.values_list("office__slug", "kind", "heading", "column")) == [
        ("fjellfylket", "places", "annet", ""),
        ("fjellfylket", "places", "kode", "number"),
        ("fjellfylket", "places", "stedet", "name"),
    ]
    assert begin(world, data=data).columns == ["number", "name", ""]
    assert begin(world, data=data, who="b_officer").columns == ["", "", ""]
    match(world, begin(world, data=data), ["name", "number", ""])
    assert begin(world, data=data).columns == ["name", "number", ""]


def test_another_sheet_and_line_can_be_taken(world: World) -> None:
    made = Workbook()
    first = made.worksheets[0]
    for row in (HEADS, OSLO):
        first.append(list(row))
    other = made.create_sheet("Mer")
    for row in (["Tittel"], [], ["Nr", "Namn", "Fylke"], BERGEN):
        other.append(list(row))
    run = begin(world, data=saved(made))
    title, found = heads_at(run, PLACES, sheet="Mer", line=run.head_line)
    matching.choose_sheet(run=run, sheet=title, match=found, by=world.actor("officer"), seen_version=run.version)
    assert (run.sheet, run.head_line, run.columns, run.matched_at, verdicts(run)) == (
        "Mer", 3, ["number", "name", ""], None, [],
    )  # fmt: skip
    match(world, run, ["number", "name", ""])
    assert verdicts(run) == [(4, "new", [])]
    assert heads_at(run, PLACES, sheet="Mer", line=4)[1].heads[1] == "Bergen kommune"
    assert heads_at(run, PLACES, sheet="Finnes ikke", line=99)[1].line == 3


# --- mended -----------------------------------------------------------------------------------------------------------


def test_cells_are_mended_and_every_row_judged_anew(world: World) -> None:
    run = begin(world, OSLO, ["301", "Osen", "HVLL"])
    mending.mend(
        run=run,
        texts={3: {"number": "5020", "provider": " HVL ", "nonsense": "x"}, 99: {"number": "1"}},
        left_out={},
        by=world.actor("officer"),
        seen_version=run.version,
    )
    assert verdicts(run) == [(2, "new", []), (3, "new", [])]
    assert ImportRow.objects.get(run=run, number=3).texts == {"number": "5020", "name": "Osen", "provider": "HVL"}
    assert (run.version, run.counts) == (2, {"new": 2})


def test_a_row_is_left_out_and_taken_along_again(world: World) -> None:
    run, by = begin(world, OSLO, ["301", "Oslo"]), world.actor("officer")
    mending.mend(run=run, texts={}, left_out={3: True}, by=by, seen_version=run.version)
    assert verdicts(run) == [(2, "new", []), (3, "left_out", [])]
    mending.mend(run=run, texts={}, left_out={3: False}, by=by, seen_version=run.version)
    assert [change for _number, change, _faults in verdicts(run)] == ["faulty", "faulty"]


def test_two_who_mend_at_once_do_not_overwrite_each_other(world: World) -> None:
    run, by = begin(world, OSLO), world.actor("officer")
    mending.mend(run=run, texts={2: {"name": "Oslo by"}}, left_out={}, by=by, seen_version=1)
    with pytest.raises(StaleVersion):
        mending.mend(run=run, texts={2: {"name": "Byen"}}, left_out={}, by=world.actor("administrator"), seen_version=1)
    assert ImportRow.objects.get(run=run).texts["name"] == "Oslo by"


def test_the_rows_that_are_not_used_are_a_workbook_with_why(world: World) -> None:
    run = begin(world, OSLO, OSLO, ["x", "Osen"])
    view = RunView(run, PLACES)
    made = load_workbook(BytesIO(workbook([("Ark", untaken_heads(view), untaken_rows(view))])))
    assert [[cell or "" for cell in row] for row in made["Ark"].iter_rows(values_only=True)] == [
        [*HEADS, "Hva som må rettes"],
        ["0301", "Oslo kommune", "UiB", "", "Hoppet over"],
        ["x", "Osen", "", "", "A4 Nummer: Skriv nummeret med fire siffer, for eksempel 0301."],
    ]


# --- applied ----------------------------------------------------------------------------------------------------------


def test_what_is_new_and_changed_is_saved_and_nothing_else(world: World) -> None:
    assert use(world, begin(world, OSLO, BERGEN))
    run = begin(world, OSLO, ["4601", "Bergen", "HVL"], ["1103", "Stavanger"], ["x", "Feil"], ["1103", "Stavanger"])
    assert verdicts(run) == [
        (2, "same", []),
        (3, "changed", []),
        (4, "new", []),
        (5, "faulty", [["number", "Skriv nummeret med fire siffer, for eksempel 0301."]]),
        (6, "left_out", []),
    ]
    assert ImportRow.objects.get(run=run, number=3).differences == [["name", "Bergen kommune", "Bergen"]]
    assert use(world, run)
    assert {number: one["name"] for number, one in places(world).items()} == {
        "0301": "Oslo kommune", "4601": "Bergen", "1103": "Stavanger",
    }  # fmt: skip
    assert (run.applied_by, run.version) == (world.officer, 2)
    assert events(run) == [
        ("import.started", {"kind": "places"}),
        ("import.applied", {"kind": "places", "new": 1, "changed": 1}),
    ]
    assert Event.objects.filter(code="tests.place_saved").count() == 4


def test_a_double_click_acts_once(world: World) -> None:
    run = begin(world, OSLO)
    assert use(world, run)
    with pytest.raises(AlreadyDone):
        applying.apply(run=run, by=world.actor("officer"), seen_version=1)
    with pytest.raises(StaleVersion):
        applying.apply(run=run, by=world.actor("administrator"), seen_version=1)
    assert ImportEffect.objects.filter(run=run).count() == 1


def test_a_register_that_has_changed_since_shows_the_preview_again(world: World) -> None:
    run = begin(world, OSLO)
    assert use(world, begin(world, ["0301", "Kristiania"]))
    assert use(world, run) is False
    assert (verdicts(run), places(world)["0301"]["name"]) == ([(2, "changed", [])], "Kristiania")
    assert use(world, run)
    assert places(world)["0301"]["name"] == "Oslo kommune"


def test_the_plan_is_the_same_in_the_other_written_form(world: World) -> None:
    run = begin(world, OSLO, ["302", ""])
    with translation.override("nn"):
        assert use(world, run)
    assert verdicts(run)[1] == (3, "faulty", [["name", "«Navn» må fylles ut."]])


def test_nothing_to_save_is_said(world: World) -> None:
    use(world, begin(world, OSLO))
    run = begin(world, OSLO)
    with pytest.raises(StepRefused) as refused:
        use(world, run)
    assert [one.code for one in refused.value.obstacles] == ["nothing_to_apply"]


def test_an_importer_that_fails_leaves_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    run, apply = begin(world, OSLO), PLACES.apply

    def half(*args: Any, **kwargs: Any) -> list[Applied]:
        apply(*args, **kwargs)
        raise StepRefused([])

    monkeypatch.setattr(PLACES, "apply", half)
    with pytest.raises(StepRefused):
        use(world, run)
    assert (places(world), ImportRun.objects.get(pk=run.pk).applied_at) == ({}, None)


def test_a_right_that_was_lost_meanwhile_is_asked_for_again(world: World) -> None:
    run = begin(world, OSLO)
    with pytest.raises(NotAllowed):
        use(world, run, who="approver")
    with pytest.raises(NotAllowed):
        use(world, run, who="b_officer")


# --- undone -----------------------------------------------------------------------------------------------------------


def undo(world: World, run: ImportRun, who: str = "officer") -> None:
    applying.undo(run=run, by=world.actor(who), seen_version=run.version)


def test_an_import_is_undone(world: World) -> None:
    use(world, begin(world, OSLO))
    before = places(world)
    run = begin(world, ["0301", "Kristiania"], BERGEN)
    use(world, run)
    undo(world, run, who="administrator")
    assert (places(world), run.undone_by) == (before, world.administrator)
    assert events(run)[-1] == ("import.undone", {"kind": "places"})
    with pytest.raises(AlreadyDone):
        undo(world, run, who="administrator")
    with pytest.raises(StaleVersion):
        undo(world, run)


def test_what_was_changed_since_is_not_undone(world: World) -> None:
    first = begin(world, OSLO, BERGEN)
    use(world, first)
    use(world, begin(world, ["0301", "Kristiania"]))
    with pytest.raises(StepRefused) as refused:
        undo(world, first)
    assert str(refused.value) == "Noen har endret 0301 etter importen."
    assert (len(places(world)), ImportRun.objects.get(pk=first.pk).undone_at) == (2, None)


def test_what_is_gone_since_is_said(world: World) -> None:
    run = begin(world, OSLO, BERGEN)
    use(world, run)
    Section.objects.get(name="0301").delete()
    with pytest.raises(StepRefused) as refused:
        undo(world, run)
    assert [one.code for one in refused.value.obstacles] == ["undo_gone"]


@pytest.mark.parametrize(("later", "may"), [(timedelta(hours=24), True), (timedelta(hours=24, seconds=1), False)])
def test_after_a_day_it_stands(world: World, later: timedelta, may: bool) -> None:
    run = begin(world, OSLO)
    use(world, run)
    assert run.applied_at is not None
    with clock.frozen(run.applied_at + later):
        assert (RunView(run, PLACES).undo_until is not None) is may
        if may:
            undo(world, run)
        else:
            with pytest.raises(StepRefused) as refused:
                undo(world, run)
            assert [one.code for one in refused.value.obstacles] == ["undo_too_late"]


def test_what_was_never_applied_is_not_undone(world: World) -> None:
    with pytest.raises(StaleVersion):
        undo(world, begin(world, OSLO))


# --- forgotten --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_what_nobody_used_is_forgotten_after_thirty_days(world: World) -> None:
    ImportRun.objects.all().delete()
    run, used, pasted = begin(world, OSLO), begin(world, BERGEN), begin(world, pasted="Nummer\tNavn\n1\tVardø\n")
    use(world, used)
    assert run.upload is not None
    stored = Path(settings.MEDIA_ROOT) / (run.upload.file.name or "")
    with clock.frozen(run.started_at + timedelta(days=30)):
        assert cleaning.empty_unused() == 0
    with clock.frozen(run.started_at + timedelta(days=30, seconds=1)):
        assert (cleaning.empty_unused(), cleaning.empty_unused()) == (2, 0)
    run, pasted = ImportRun.objects.get(pk=run.pk), ImportRun.objects.get(pk=pasted.pk)
    assert (run.upload, pasted.pasted, stored.exists(), verdicts(run), verdicts(pasted)) == (None, "", False, [], [])
    assert (len(verdicts(used)), used.upload is not None) == (1, True)
    assert events(run)[-1] == ("import.emptied", {"kind": "places"})
    with pytest.raises(StaleVersion):
        mending.mend(run=run, texts={}, left_out={}, by=world.actor("officer"), seen_version=run.version)


def test_the_clock_asks_for_it() -> None:
    assert [tick.hour for tick in SCHEDULE if tick.task == "core.empty_unused_imports"] == [4]
