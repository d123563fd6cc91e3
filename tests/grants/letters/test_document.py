"""The letter on paper: markup, tags, pages, file name. Few PDFs, they take time."""

import io
import re
from dataclasses import replace

import pikepdf
import pytest
from pdfminer.high_level import extract_text

from grants.letters.compose import compose
from grants.letters.document import STYLESHEET, file_name, letter_html, letter_pdf
from grants.letters.facts import RefusalGround, RuleSet
from tests.grants.letters import samples


@pytest.fixture(scope="module")
def award() -> bytes:
    return letter_pdf(compose(samples.vaga(), "nn"))


@pytest.fixture(scope="module")
def demo() -> bytes:
    facts = samples.network_refusal(RuleSet.REG2026, RefusalGround.PRIORITY, "nb")
    office = samples.office("nb", demo=True)
    recipient = replace(facts.recipient, name="Čáhcesuolu gielda", synthetic=True)
    return letter_pdf(compose(replace(facts, office=office, recipient=recipient), "nb"))


def test_the_html_carries_the_parts_in_order_and_nothing_unescaped() -> None:
    facts = samples.vaga()
    evil = replace(facts, recipient=replace(facts.recipient, name="<b>Vågå</b> & co"))
    letter = compose(evil, "nn")
    html = letter_html(letter)
    assert re.findall(r'data-part="([^"]+)"', html) == [block.data_part for block in letter.blocks]
    assert ("<b>Vågå" in html, "&lt;b&gt;Vågå&lt;/b&gt; &amp; co" in html) == (False, True)
    assert html.count('«<span lang="nb">Retningslinjer for tilskuddsordning') == 1
    assert html.count('<span class="keep">FOR-2021-01-26-230</span>') == 1
    assert (html.count("<h1"), html.count("<ul>"), html.count("style=")) == (1, 2, 0)


def test_a_reader_hears_the_language_the_title_and_the_structure(award: bytes) -> None:
    with pikepdf.open(io.BytesIO(award)) as pdf:
        assert str(pdf.Root.Lang) == "nn"
        assert str(pdf.docinfo["/Title"]) == (
            "Tilsegnsbrev: Vågå kommune får 440 000 kroner til kompetanseutvikling i 2022 (sak 2022/0042)"
        )
        tags = _tags(pdf.Root.StructTreeRoot)
        assert (tags.count("/H1"), tags.count("/H2"), tags.count("/Table"), tags.count("/Caption")) == (1, 9, 3, 1)
        assert (tags.count("/LI"), tags.count("/Lbl")) == (8, 8)
        assert len(pdf.pages) == 3


def test_every_font_is_embedded(award: bytes, demo: bytes) -> None:
    for content in (award, demo):
        with pikepdf.open(io.BytesIO(content)) as pdf:
            fonts = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary)]
            descriptors = [item for item in fonts if item.get("/Type") == "/FontDescriptor"]
            assert [set(item.keys()) & {"/FontFile2", "/FontFile3"} != set() for item in descriptors] == [
                True for _ in descriptors
            ]
            assert descriptors != []


def test_the_same_letter_gives_the_same_bytes(award: bytes) -> None:
    assert letter_pdf(compose(samples.vaga(), "nn")) == award


def test_the_sheet_asks_for_no_font_features() -> None:
    """Of a page that does, WeasyPrint keeps every line of text for good (ADR 31)."""
    sheet = STYLESHEET.read_text(encoding="utf-8")
    assert re.findall(r"font-(?:variant|feature|kerning)[\w-]*", sheet) == []


def test_a_demo_letter_says_so_on_every_page_and_to_a_screen_reader(demo: bytes) -> None:
    with pikepdf.open(io.BytesIO(demo)) as pdf:
        assert len(pdf.pages) == 2
    text = extract_text(io.BytesIO(demo))
    assert text.count("Demo: vedtaket, beløpene og personene i brevet er oppdiktet.") == 1
    assert text.count("Čáhcesuolu gielda") >= 3
    assert "(oppdiktet)" in text


def test_a_real_office_has_no_watermark() -> None:
    html = letter_html(compose(samples.kindergarten("nb"), "nb"))
    assert (html.count('data-watermark=""'), html.count("oppdikt")) == (1, 0)


def test_the_file_is_named_for_its_date_kind_recipient_and_case() -> None:
    letter = compose(samples.kindergarten("nn"), "nn")
    assert file_name(letter) == "2026-03-24_tilskotsbrev-og-delvis-avslag_fjellrosa-barnehage-sa_2026-0157.pdf"
    assert file_name(compose(samples.vaga(), "nn")) == "2022-03-31_tilsegnsbrev_vaga-kommune_2022-0042.pdf"


def _tags(node: pikepdf.Object) -> list[str]:
    """The structure types below a node, depth first."""
    tags = [str(node.S)] if "/S" in node else []
    children = node.get("/K")
    for child in list(children) if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary):
            tags += _tags(child)
    return tags
