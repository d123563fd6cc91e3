"""The pages of an import, from the list to the receipt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from core import imports
from core.models import ImportRow, ImportRun
from tests.core.test_imports import BERGEN, OSLO, begin, places, use, verdicts
from tests.importing import HEADS, book
from tests.world import World

LIST, NEW = "/fjellfylket/import/", "/fjellfylket/import/places/"
MOST = 12


@pytest.fixture
def officer(world: World) -> Iterator[Client]:
    client = Client()
    client.force_login(world.officer)
    yield client


def send(client: Client, data: bytes, name: str = "steder.xlsx", **more: Any) -> Any:
    return client.post(NEW, {"file": SimpleUploadedFile(name, data), **more})


def page(run: ImportRun) -> str:
    return f"{LIST}{run.pk}/"


def said(answer: Any) -> list[str]:
    """The messages of the page one is led to."""
    return [str(one) for one in answer.context["messages"]]


# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_shows_what_may_be_imported_and_what_has_been(officer: Client, world: World) -> None:
    run = begin(world, OSLO, BERGEN)
    use(world, run)
    begin(world, OSLO, who="b_officer")
    answer = officer.get(LIST)
    assert [kind.code for kind in answer.context["kinds"]].count("places") == 1
    assert [(view.run.pk, view.counts["new"], view.state[1]) for view in answer.context["leaf"]] == [
        (run.pk, 2, "Tatt i bruk"), (world.a_import.pk, 1, "Må ses gjennom"),
    ]  # fmt: skip


def test_whoever_may_import_nothing_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    client.force_login(world.approver)
    assert "Det er ingenting du kan importere her." in client.get(LIST).content.decode()
    client.force_login(world.officer)
    monkeypatch.setattr(imports, "_importers", {})
    answer = client.get(LIST)
    assert "Det er ingenting du kan importere her." in answer.content.decode()
    assert client.get(NEW).status_code == 404


def test_a_kind_nobody_registers_any_more_hides_its_runs(
    officer: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begin(world, OSLO)
    monkeypatch.setattr(imports, "_importers", {})
    assert officer.get(page(run)).status_code == 404
    assert list(officer.get(LIST).context["leaf"]) == []


@pytest.mark.parametrize("path", ["", "kolonner/", "feil/"])
def test_only_the_offices_own_people_who_may_see_a_run(world: World, path: str) -> None:
    run = begin(world, OSLO)
    found = {}
    for person in ("officer", "administrator", "approver", "b_officer", "north_coordinator"):
        client = Client()
        client.force_login(getattr(world, person))
        found[person] = client.get(page(run) + path).status_code
    assert found == {
        "officer": 200, "administrator": 200, "approver": 404, "b_officer": 404, "north_coordinator": 404,
    }  # fmt: skip
    client = Client()
    client.force_login(world.b_officer)
    assert client.get(f"/kystfylket/import/{run.pk}/{path}").status_code == 404
    assert client.post(f"/kystfylket/import/{run.pk}/{path}", {"action": "apply", "version": "1"}).status_code in {
        404,
        405,
    }


# --- step 1 -----------------------------------------------------------------------------------------------------------


def test_a_file_leads_straight_to_its_rows(officer: Client, world: World) -> None:
    answer = send(officer, book(OSLO))
    assert answer["Location"] == page(ImportRun.objects.latest("pk"))


def test_a_paste_leads_there_too(officer: Client, world: World) -> None:
    answer = officer.post(NEW, {"pasted": "\tNavn\tNummer\n\tOslo\t301\n"})
    run = ImportRun.objects.latest("pk")
    assert (answer["Location"], verdicts(run)) == (page(run), [(2, "new", [])])


@pytest.mark.parametrize(
    ("sent", "field", "words"),
    [
        ({}, "file", "Velg en fil, eller lim inn tabellen under."),
        ({"pasted": " \n\t\n "}, "file", "Velg en fil, eller lim inn tabellen under."),
        (
            {"pasted": "Nummer\tNavn"},
            "pasted",
            "Det er ingen rader under overskriftene. Velg en tabell med minst én rad.",
        ),
        ({"file": b""}, "file", "Filen er tom. Velg en annen."),
        (
            {"file": b"%PDF-1.7"},
            "file",
            "«steder.xlsx» er ikke et regneark. Åpne filen, lagre den som .xlsx, og velg den nye filen.",
        ),
        (
            {"file": book(["0301", "=A1"])},
            "file",
            "Celle B2 inneholder en formel. Lim inn arket som verdier, lagre, og velg filen på nytt.",
        ),
        (
            {"file": book(OSLO), "pasted": "Nummer\tNavn\n1\tOslo"},
            "pasted",
            "Du har både valgt en fil og limt inn en tabell. Velg én av dem.",
        ),
    ],
    ids=["nothing", "blank", "only headings", "empty", "pdf", "formula", "both"],
)
def test_what_can_not_be_taken_is_said_at_its_field(
    officer: Client, world: World, sent: dict[str, Any], field: str, words: str
) -> None:
    if "file" in sent:
        sent = sent | {"file": SimpleUploadedFile("steder.xlsx", sent["file"])}
    answer = officer.post(NEW, sent)
    assert answer.context["form"].errors == {field: [words]}
    assert ImportRun.objects.latest("pk") == world.b_import


def test_the_template_is_read_as_it_stands(officer: Client, world: World) -> None:
    answer = officer.get(f"{NEW}mal/")
    made = load_workbook(BytesIO(answer.content)).worksheets[0]
    assert [list(row) for row in made.iter_rows(values_only=True)] == [
        list(HEADS), ["0301", "Oslo kommune", "HVL", "2027-01-01"],
    ]  # fmt: skip
    send(officer, answer.content)
    assert verdicts(ImportRun.objects.latest("pk")) == [(2, "new", [])]


# --- step 2 -----------------------------------------------------------------------------------------------------------


def test_headings_nobody_knows_are_asked_about_once(officer: Client, world: World) -> None:
    data = book(["0301", "Oslo", "x"], heads=["Kode", "Sted", "Fylke"])
    columns = send(officer, data)["Location"]
    run = ImportRun.objects.latest("pk")
    assert columns == f"{page(run)}kolonner/"
    assert officer.get(page(run))["Location"] == columns
    answer = officer.get(columns)
    assert [(field.label, field.help_text) for field in answer.context["form"].columns()] == [
        ("A Kode", "For eksempel: 0301"), ("B Sted", "For eksempel: Oslo"), ("C Fylke", "For eksempel: x"),
    ]  # fmt: skip
    sent = {"version": "1", "head_line": "1", "col-0": "number", "col-1": "", "col-2": "number"}
    assert officer.post(columns, sent).context["form"].errors == {
        "col-2": ["«Nummer» er valgt for to kolonner. Velg det for én av dem."],
        "__all__": ["Disse kolonnene må være med: Navn. Velg hvilke det er, eller legg dem til i tabellen."],
    }
    answer = officer.post(columns, sent | {"col-1": "name", "col-2": ""})
    assert (answer["Location"], verdicts(run)) == (page(run), [(2, "new", [])])
    assert send(officer, data)["Location"] == page(ImportRun.objects.latest("pk"))


def test_another_line_can_hold_the_headings(officer: Client, world: World) -> None:
    columns = send(officer, book(["Nummer", "Navn"], ["0301", "Oslo"], heads=["Namn", "Fylke"]))["Location"]
    run = ImportRun.objects.latest("pk")
    assert run.head_line == 2
    officer.post(f"{page(run)}kolonner/", {"version": "1", "head_line": "1", "col-0": "number", "col-1": "name"})
    run.refresh_from_db()
    assert (run.head_line, run.columns, run.matched_at) == (1, ["name", ""], None)
    answer = officer.post(columns + "kolonner/", {"version": "2", "head_line": "ni"})
    assert answer.context["form"].errors == {
        "head_line": ["Skriv nummeret på raden overskriftene står i, for eksempel 1."]
    }


def test_a_formula_in_a_column_one_chooses_is_told_of_there(officer: Client, world: World) -> None:
    columns = send(officer, book(["0301", "=A2", "Oslo"], heads=["Nummer", "Regnet", "Navn"]))["Location"]
    sent = {"version": "1", "head_line": "1", "col-0": "number", "col-1": "day", "col-2": "name"}
    assert officer.post(columns, sent).context["form"].errors == {
        "__all__": ["Celle B2 inneholder en formel. Lim inn arket som verdier, lagre, og velg filen på nytt."]
    }
    officer.post(columns, sent | {"col-1": ""})
    assert verdicts(ImportRun.objects.latest("pk")) == [(2, "new", [])]


# --- step 3 -----------------------------------------------------------------------------------------------------------


def test_forty_rows_with_three_faults_are_mended_in_the_page(officer: Client, world: World) -> None:
    """ux.md D 10: no file is sent again, and there are five clicks at most: «Look through», «Check again», «Use»."""
    rows: list[list[Any]] = [[str(number), f"Sted {number}", "HVL"] for number in range(1, 41)]
    rows[4][2], rows[9][1], rows[19][0] = "HVLL", "", "x"
    url = send(officer, book(*rows))["Location"]
    answer = officer.get(url)
    assert answer.context["shown"] == "feil"
    assert [[str(place) for place in seen.places] for seen, _box, _cells in answer.context["form_of_rows"].shown()] == [
        ["C6 Lærested"], ["B11 Navn"], ["A21 Nummer"],
    ]  # fmt: skip
    html = answer.content.decode()
    assert "3 av 40 rader kan ikke brukes ennå. Rett dem her, eller hopp over dem." in html
    assert "Bruk 37 rader" in html
    cells = {"c-6-provider": "HVL", "c-11-name": "Sted 10", "c-21-number": "20", "rad": ["6", "11", "21"]}
    answer = officer.post(url, {"version": "1", "action": "check", **cells}, follow=True)
    assert said(answer) == ["Alle radene er kontrollert. Ingen av dem har feil."]
    assert answer.context["shown"] == "alle"
    answer = officer.post(url, {"version": "2", "action": "apply"}, follow=True)
    assert said(answer) == ["Radene er lagret."]
    assert len(places(world)) == 40


def test_a_suggestion_is_taken_at_a_press(officer: Client, world: World) -> None:
    url = send(officer, book(["0301", "Oslo", "HVLL"]))["Location"]
    html = officer.get(url).content.decode()
    assert 'value="2:provider:HVL"' in html
    officer.post(url, {"version": "1", "c-2-provider": "HVLL", "rad": "2", "forslag": "2:provider:HVL"})
    assert verdicts(ImportRun.objects.latest("pk")) == [(2, "new", [])]


def test_what_was_typed_before_use_is_checked_first(officer: Client, world: World) -> None:
    url = send(officer, book(OSLO, ["x", "Osen"]))["Location"]
    answer = officer.post(url, {"version": "1", "action": "apply", "c-3-number": "5020", "rad": "3"}, follow=True)
    assert said(answer) == ["Det du endret, er tatt vare på og kontrollert. Se gjennom det, og trykk på knappen igjen."]
    assert (places(world), [change for _n, change, _f in verdicts(ImportRun.objects.latest("pk"))]) == (
        {},
        ["new", "new"],
    )


def test_a_box_leaves_a_row_out(officer: Client, world: World) -> None:
    url = send(officer, book(OSLO, BERGEN))["Location"]
    officer.post(url, {"version": "1", "action": "check", "rad": ["2", "3"], "ut-3": "on"})
    officer.post(url, {"version": "2", "action": "apply"})
    assert list(places(world)) == ["0301"]


def test_the_old_page_saves_nothing(officer: Client, world: World) -> None:
    url = send(officer, book(OSLO))["Location"]
    officer.post(url, {"version": "1", "action": "check", "rad": "2", "ut-2": "on"})
    assert officer.post(url, {"version": "1", "action": "apply"}).status_code == 409
    assert officer.post(url, {"action": "apply"}).status_code == 409
    assert places(world) == {}


def test_a_double_click_says_so(officer: Client, world: World) -> None:
    url = send(officer, book(OSLO))["Location"]
    officer.post(url, {"version": "1", "action": "apply"}, follow=True)
    answer = officer.post(url, {"version": "1", "action": "apply"}, HTTP_REFERER=f"http://testserver{url}", follow=True)
    assert said(answer) == ["Dette var allerede gjort. Ingenting ble gjort to ganger."]


def test_the_receipt_says_what_happened_and_undoes(officer: Client, world: World) -> None:
    url = send(officer, book(OSLO, ["x", "Osen"]))["Location"]
    officer.post(url, {"version": "1", "action": "apply"})
    answer = officer.get(url)
    assert (answer.context["changing"], answer.context["view"].taken, answer.context["view"].untaken) == (False, 1, 1)
    assert "Angre importen" in answer.content.decode()
    fetched = load_workbook(BytesIO(officer.get(f"{url}feil/").content)).worksheets[0]
    assert fetched["B2"].value == "Osen"
    answer = officer.post(url, {"version": "2", "action": "undo"}, follow=True)
    assert said(answer) == ["Importen er angret. Alt er som før den."]
    assert places(world) == {}
    assert "Angre importen" not in officer.get(url).content.decode()


def test_filters_lead_to_the_rows_of_a_kind(officer: Client, world: World) -> None:
    use(world, begin(world, OSLO, BERGEN))
    run = begin(world, OSLO, ["4601", "Bergen", "HVL"], ["1103", "Stavanger"], ["x", "Feil"], ["1103", "Stavanger"])
    found = {}
    for word in ("alle", "feil", "ny", "endret", "lik", "utelatt", "tull"):
        answer = officer.get(page(run), {"vis": word})
        found[word] = [row.number for row in answer.context["leaf"]]
    assert found == {
        "alle": [2, 3, 4, 5, 6], "feil": [5], "ny": [4], "endret": [3], "lik": [2], "utelatt": [6], "tull": [5],
    }  # fmt: skip
    assert answer.context["filters"] == [
        ("alle", 5), ("feil", 1), ("ny", 1), ("endret", 1), ("lik", 1), ("utelatt", 1),
    ]  # fmt: skip


def test_faults_are_told_in_the_readers_written_form(officer: Client, world: World) -> None:
    run = begin(world, ["301", ""])
    world.officer.form = "nn"
    world.officer.save()
    [seen, _box, _cells] = officer.get(page(run)).context["form_of_rows"].shown()[0]
    assert [fault.text for fault in seen.faults] == ["«Navn» må fyllast ut."]
    assert verdicts(run) == [(2, "faulty", [["name", "«Navn» må fylles ut."]])]
    officer.post(page(run), {"version": "1", "action": "check"})
    assert verdicts(run) == [(2, "faulty", [["name", "«Navn» må fyllast ut."]])]


def test_a_long_table_comes_fifty_rows_at_a_time(officer: Client, world: World) -> None:
    run = begin(world, *[[str(number), f"Sted {number}"] for number in range(1, 121)])
    answer = officer.get(page(run), {"side": "3"})
    assert [row.number for row in answer.context["leaf"]] == list(range(102, 122))


def test_a_run_that_was_emptied_says_so(officer: Client, world: World) -> None:
    run = begin(world, OSLO)
    ImportRow.objects.filter(run=run).delete()
    ImportRun.objects.filter(pk=run.pk).update(emptied_at=run.started_at, counts={})
    assert "ble radene fjernet etter 30 dager" in officer.get(page(run)).content.decode()
    assert officer.get(f"{page(run)}kolonner/")["Location"] == page(run)


# --- queries ----------------------------------------------------------------------------------------------------------


def asked(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_the_list_asks_as_much_for_three_as_for_one(officer: Client, world: World) -> None:
    """The world has one already."""
    one = asked(officer, LIST)
    for row in (BERGEN, ["1103", "Stavanger"]):
        use(world, begin(world, row))
    three = asked(officer, LIST)
    assert (one, three) == (three, one)
    assert three <= MOST


def test_the_rows_ask_as_much_for_three_as_for_one(officer: Client, world: World) -> None:
    one = asked(officer, page(begin(world, ["x", "Oslo"])))
    three = asked(officer, page(begin(world, ["x", "Oslo"], ["y", "Bergen"], ["1103", "Stavanger", "HVLL"])))
    assert (one, three) == (three, one)
    assert three <= MOST


def test_plans_and_saving_ask_as_much_for_three_as_for_one(officer: Client, world: World) -> None:
    def spent(*rows: list[Any]) -> int:
        run = begin(world, *rows)
        with CaptureQueriesContext(connection) as queries:
            use(world, run)
        return len(queries)

    spent(["9", "Ni"])  # reads what is read once a process
    assert spent(["1", "Én"]) == spent(["2", "To"], ["3", "Tre"], ["4", "Fire"])


def test_a_pasted_list_may_be_as_large_as_a_file(officer: Client, world: World) -> None:
    row = f"Oslo kommune {'med et langt navn ' * 8}\t0301\n"
    pasted = "Navn\tNummer\n" + row * 18_000
    answer = officer.post(NEW, {"pasted": pasted})
    assert (len(pasted) > 2_621_440, answer.status_code) == (True, 302)


def mended(officer: Client, run: ImportRun, name: str, action: str = "check", **more: str) -> Any:
    """What a page of the run answers when the first cell it shows is mended."""
    html = officer.get(f"{page(run)}?vis=alle").content.decode()
    cell = re.findall(r'name="(c-\d+-\w+)"', html)[0]
    version = re.findall(r'name="version" value="(\d+)"', html)[0]
    return lambda: officer.post(f"{page(run)}?vis=alle", {"version": version, "action": action, cell: name, **more})


def test_cells_mended_after_one_applied_it_in_another_tab_are_given_back(officer: Client, world: World) -> None:
    run = begin(world, OSLO, ("", "99x"))
    send_it = mended(officer, run, "Drammen kommune")
    use(world, run)
    answer = send_it()
    assert (answer.status_code, answer.context["texts"]) == (409, ["Drammen kommune"])


def test_applying_twice_is_a_double_click(officer: Client, world: World) -> None:
    run = begin(world, OSLO, ("Moss", "tull"))
    send_it = mended(officer, run, "Moss", action="apply")
    assert [send_it().status_code for _time in range(2)] == [302, 302]
    assert ImportRun.objects.get(pk=run.pk).applied_by == world.officer
