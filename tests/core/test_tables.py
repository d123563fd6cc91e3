"""Tables people send: what is read as what, and what is refused with which sentence."""

from __future__ import annotations

import re
import zipfile
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook

from core.files import LARGEST
from core.services.imports.drafting import drafts
from core.tables import Sheet, address, read_file, read_pasted
from core.tables.cells import clean, text_of
from core.tables.headings import best, best_sheet, key, known
from core.tables.sheets import letter
from core.unreadable import Unreadable
from tests.importing import PLACES, book, saved

NAMES = known(PLACES.columns)


def only(data: bytes, name: str = "steder.xlsx") -> Sheet:
    """The one sheet of a file."""
    found = read_file(name, data)
    return found.sheet(found.titles[0])


def cells(sheet: Sheet) -> list[list[str]]:
    return [list(line.cells) for line in sheet.lines]


def refused(data: bytes, name: str = "steder.xlsx") -> str:
    """The code of the refusal when all of the file's first sheet is read."""
    with pytest.raises(Unreadable) as error:
        only(data, name)
    assert "%(" not in str(error.value)
    return error.value.code


def rewritten(data: bytes, change: dict[str, Any], *, drop: tuple[str, ...] = ()) -> bytes:
    """A workbook with some of its parts changed (a function of the part's bytes), put in or left out."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            if one not in drop:
                new.writestr(one, change[one](old.read(one)) if one in change else old.read(one))
        for one in change.keys() - set(old.namelist()):
            new.writestr(one, change[one](b""))
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


# --- cells ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("  Os \u00a0 kommune\u200b ", "Os kommune"),
        ("to\r\nlinjer ", "to\nlinjer"),
        (301, "301"),
        (301.0, "301"),
        (12.5, "12,5"),
        (974760673, "974760673"),
        (1e15, "1000000000000000"),
        (True, "ja"),
        (False, "nei"),
        (datetime(2027, 2, 1), "2027-02-01"),
        (datetime(2027, 2, 1, 12, 30), "2027-02-01 12:30"),
        (date(2027, 2, 1), "2027-02-01"),
    ],
)
def test_a_value_reads_as_a_person_would_have_typed_it(value: object, text: str) -> None:
    assert text_of(value) == text


def test_words_keep_their_letters() -> None:
    words = "čđŋšŧž ČĐŊŠŦŽ 🏔️👩‍🏫 Ærø"
    assert clean(words) == words


def test_a_cell_has_an_address() -> None:
    assert [letter(place) for place in (0, 25, 26, 27, 701, 702)] == ["A", "Z", "AA", "AB", "ZZ", "AAA"]
    assert address(17, 2) == "C17"


# --- workbooks --------------------------------------------------------------------------------------------------------


def test_a_workbook_is_read() -> None:
    sheet = only(book(["0301", "Oslo", None, datetime(2027, 1, 1)], [], [301.0, "Oslo", "HVL"]))
    assert cells(sheet) == [
        ["Nummer", "Navn", "Lærested", "Fra dato"],
        ["0301", "Oslo", "", "2027-01-01"],
        ["301", "Oslo", "HVL"],
    ]
    assert [line.number for line in sheet.lines] == [1, 2, 4]


def test_inline_strings_and_no_dimension_are_read() -> None:
    """As other programs and streaming libraries save."""

    def inline(xml: bytes) -> bytes:
        text = re.sub(rb"<dimension[^>]*/>", b"", xml)
        return text.replace(b"<sheetData>", b'<sheetData><row><c t="inlineStr"><is><t>Nummer</t></is></c></row>', 1)

    sheet = only(rewritten(book(["0301", "Oslo"]), {SHEET: inline}))
    assert cells(sheet)[0] == ["Nummer"]


def test_hidden_rows_and_sheets_are_told_apart() -> None:
    made = Workbook()
    first = made.worksheets[0]
    for row in (("Nummer", "Navn"), ("0301", "Oslo"), ("1103", "Stavanger")):
        first.append(row)
    first.row_dimensions[3].hidden = True
    made.create_sheet("Skjult").sheet_state = "hidden"
    made.create_sheet("Gjemt").sheet_state = "veryHidden"
    found = read_file("x.xlsx", saved(made))
    assert (list(found.titles), list(found.hidden)) == (["Sheet"], ["Skjult", "Gjemt"])
    assert [line.hidden for line in found.sheet("Sheet").lines] == [False, False, True]
    with pytest.raises(KeyError):
        found.sheet("Skjult")


def test_formulas_are_named_where_they_count() -> None:
    sheet = only(book(["0301", "=A2", "HVL"], ["0302", "=A3"], heads=["Nummer", "Navn", "Lærested"]))
    assert sheet.formulas == [(2, 1), (3, 1)]
    with pytest.raises(Unreadable) as error:
        drafts(sheet, head_line=1, columns=["number", "name", ""])
    assert (error.value.code, error.value.params) == ("formulas", {"cells": "B2, B3"})
    made = drafts(sheet, head_line=1, columns=["number", "", "provider"])
    assert [row.texts for row in made.rows] == [{"number": "0301", "provider": "HVL"}, {"number": "0302"}]


def test_merged_cells_are_named_where_they_count() -> None:
    made = Workbook()
    sheet = made.worksheets[0]
    for row in (("Kommuner 2027", ""), ("Nummer", "Navn"), ("0301", "Oslo"), ("", "Stavanger")):
        sheet.append(row)
    sheet.merge_cells("A1:B1")
    title = only(saved(made))
    assert [row.number for row in drafts(title, head_line=2, columns=["number", "name"]).rows] == [3, 4]
    sheet.merge_cells("A3:A4")
    with pytest.raises(Unreadable) as error:
        drafts(only(saved(made)), head_line=2, columns=["number", "name"])
    assert (error.value.code, error.value.params) == ("merged", {"cells": "A3:A4"})


def test_a_hundred_thousand_blank_rows_are_passed_by() -> None:
    """Rows a spreadsheet has only given a style. They cost what the XML costs to walk through, and no line."""
    blank = b'<row r="%d"><c r="A%d" s="1"/><c r="B%d" s="1"/><c r="C%d" s="1"/></row>'
    rows = b"".join(blank % (n, n, n, n) for n in range(3, 100_003))
    data = rewritten(book(["0301", "Oslo"]), {SHEET: lambda xml: xml.replace(b"</sheetData>", rows + b"</sheetData>")})
    assert cells(only(data)) == [["Nummer", "Navn", "Lærested", "Fra dato"], ["0301", "Oslo"]]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("tom.xlsx", b"", "empty_file"),
        ("stor.xlsx", b"PK\x03\x04" + b"0" * LARGEST, "file_too_large"),
        ("gammel.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_workbook"),
        (
            "låst.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
            "password",
        ),
        ("brev.xlsx", b"%PDF-1.7", "not_a_table"),
        ("side.xls", b"<html><table><tr><td>Nummer</td></tr></table>", "not_a_table"),
        ("bilde.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not_text"),
        ("ødelagt.xlsx", b"PK\x03\x04 not a zip", "broken_workbook"),
        ("makro.xlsm", rewritten(book(["0301", "Oslo"]), {"xl/vbaProject.bin": lambda _x: b"x"}), "macros"),
        ("ark.ods", rewritten(book(["0301", "Oslo"]), {}, drop=("xl/workbook.xml",)), "other_program"),
        ("ødelagt.xlsx", rewritten(book(["0301", "Oslo"]), {SHEET: lambda xml: xml[:-40]}), "broken_workbook"),
        ("uten ark.xlsx", rewritten(book(["0301", "Oslo"]), {}, drop=(SHEET,)), "broken_workbook"),
        (
            "skjult.xlsx",
            rewritten(
                book(["0301", "Oslo"]),
                {"xl/workbook.xml": lambda xml: xml.replace(b'state="visible"', b'state="hidden"')},
            ),
            "all_hidden",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_table_is_refused(name: str, data: bytes, code: str) -> None:
    assert refused(data, name) == code


def test_a_bomb_is_not_unpacked() -> None:
    def swollen(xml: bytes) -> bytes:
        return xml + b" " * (101 * 1024 * 1024)

    data = rewritten(book(["0301", "Oslo"]), {"xl/styles.xml": swollen})
    assert len(data) < LARGEST
    assert refused(data) == "swells"


def test_a_bomb_of_entities_is_refused() -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY a0 "ha">{entities}]>'

    def laughing(xml: bytes) -> bytes:
        text = xml.decode()
        head, sep, rest = text.partition("?>")
        head, rest = (head + sep, rest) if sep else ("", text)
        return f"{head}{bomb}{rest}".replace(
            "<sheetData>", '<sheetData><row><c t="inlineStr"><is><t>&a11;</t></is></c></row>'
        ).encode()

    assert refused(rewritten(book(["0301", "Oslo"]), {SHEET: laughing})) == "broken_workbook"


def test_too_many_rows_and_columns_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(book(["x"] * 201, heads=["Nummer"])) == "too_many_columns"
    assert refused(("Nummer;Navn\n" + "1;a\n" * 20_001).encode(), "x.csv") == "too_many_rows"
    assert len(only(("Nummer;Navn\n" + "1;a\n" * 20_000).encode(), "x.csv").lines) == 20_001
    monkeypatch.setattr("core.tables.workbooks.MOST_LINES", 2)
    assert refused(book(["1"], ["2"], ["3"])) == "too_many_rows"


# --- text -------------------------------------------------------------------------------------------------------------

ROWS = [["Nummer", "Navn"], ["0301", "Ås; kommune"]]


@pytest.mark.parametrize(
    "data",
    [
        'Nummer;Navn\r\n0301;"Ås; kommune"\r\n'.encode("cp1252"),
        'Nummer;Navn\r\n0301;"Ås; kommune"\r\n'.encode("utf-8-sig"),
        'Nummer;Navn\n0301;"Ås; kommune"\n'.encode(),
        'Nummer,Navn\n0301,"Ås; kommune"\n'.encode(),
        "Nummer\tNavn\n0301\tÅs; kommune\n".encode(),
        "Nummer\tNavn\r\n0301\tÅs; kommune\r\n".encode("utf-16"),
        'sep=,\r\nNummer,Navn\r\n0301,"Ås; kommune"\r\n'.encode(),
    ],
    ids=["cp1252", "sig", "utf-8", "comma", "tab", "utf-16", "sep"],
)
def test_text_is_read_whoever_saved_it(data: bytes) -> None:
    assert cells(only(data, "x.csv")) == ROWS


def test_a_line_of_a_text_file_has_its_number() -> None:
    assert [line.number for line in only(b"sep=;\nNummer;Navn\n\n1;a\n", "x.csv").lines] == [2, 4]


def test_what_is_pasted_is_read() -> None:
    pasted = read_pasted('Nummer\tNavn\n0301\t"Oslo\nkommune"\n\tBergen\n')
    sheet = pasted.sheet("")
    assert cells(sheet) == [["Nummer", "Navn"], ["0301", "Oslo\nkommune"], ["", "Bergen"]]
    assert sheet.lettered is False


def test_a_quotation_mark_that_is_never_closed_is_named() -> None:
    text = 'Nummer;Navn\n1;"Oslo\n' + "2;Bergen kommune\n" * 10_000
    assert refused(text.encode(), "x.csv") == "broken_text"


# --- headings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heads", "columns", "doubts"),
    [
        (["Nummer", "Navn", "Lærested", "Fra dato"], ["number", "name", "provider", "day"], False),
        (["NR.", "Namn", "lærestad", "Frå dato"], ["number", "name", "provider", "day"], False),
        (["Kommune-nr", "", "kommune"], ["number", "", "name"], False),
        (["Navn (offisielt)", "number"], ["name", "number"], False),
        (["Nummer", "Navn", "Navn"], ["number", "name", ""], True),
        (["Nummer", "Navn", "Fylke"], ["number", "name", ""], True),
    ],
)
def test_headings_are_known_by_their_names(heads: list[str], columns: list[str], doubts: bool) -> None:
    found = best(only(book(["0301"], heads=heads)), NAMES, {})
    assert (list(found.columns), found.doubts) == (columns, doubts)


def test_what_was_chosen_last_time_goes_first() -> None:
    sheet = only(book(["0301"], heads=["Nummer", "Fylke", "Navn"]))
    found = best(sheet, NAMES, {"fylke": "name", "navn": ""})
    assert (list(found.columns), found.doubts) == (["number", "name", ""], False)


def test_a_title_may_stand_above_the_headings() -> None:
    made = Workbook()
    for row in (["Kommuner i fylket"], [], ["Nummer", "Navn"], ["0301", "Oslo"]):
        made.worksheets[0].append(row)
    found = best(only(saved(made)), NAMES, {})
    assert (found.line, found.heads) == (3, ("Nummer", "Navn"))


def test_the_sheet_whose_headings_fit_is_found() -> None:
    made = Workbook()
    made.worksheets[0].append(["Les dette først"])
    other = made.create_sheet("Data")
    other.append(["Nummer", "Navn"])
    title, found = best_sheet(read_file("x.xlsx", saved(made)), NAMES, {})
    assert (title, found.columns) == ("Data", ("number", "name"))


def test_headings_nobody_knows_are_found_all_the_same() -> None:
    found = best(only(book(["1", "2"], heads=["Kode", "Sted"])), NAMES, {})
    assert (found.line, found.columns, found.doubts) == (1, ("", ""), True)
    assert best(Sheet("tomt"), NAMES, {}).heads == ()


def test_a_heading_is_compared_without_dots_and_spaces() -> None:
    assert (key("Org.nr."), key(" ORG NR "), key("Læ-re_sted*")) == ("orgnr", "orgnr", "lærested")
