"""From words to paper: the letter as one HTML page, and that page as an archive-grade PDF."""

import re
from dataclasses import dataclass
from pathlib import Path

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

from core.pdf import render_pdf
from grants.letters.compose import Block, Letter
from grants.letters.facts import Form
from grants.letters.filters import NBSP, dato, hard_spaces, konto, kroner, orgnr, soft_spaces
from grants.letters.library import library

STYLESHEET = Path(__file__).parent / "letter.css"
_LAW_TITLE = re.compile(r"«((?:Retningslinjer|Forskrift) [^»]+)»")
_LAW_NUMBER = re.compile(r"FOR-\d{4}-\d{2}-\d{2}-\d+")
_NORDIC = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "Æ": "ae", "Ø": "o", "Å": "a", "đ": "d", "ŋ": "n", "ŧ": "t"})


@dataclass(frozen=True, slots=True)
class Node:
    """What the template lays out: one block, or the items of one list."""

    style: str
    items: tuple["Item", ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A block's ids and its paragraphs, escaped and marked up."""

    data_part: str
    paragraphs: tuple[SafeString, ...]
    label: str = ""
    """What stands before the colon in the lists of attachments and copies."""


def letter_html(letter: Letter) -> str:
    """The whole page, escaped; the same that the PDF is made of."""
    facts, form, texts = letter.facts, letter.form, library()

    def label(key: str) -> str:
        return texts.label("label", key, form)

    office, recipient = facts.office, facts.recipient
    date, reference = dato(facts.letter_date), facts.our_reference
    references = [
        (label("our_date"), date),
        (label("our_reference"), reference),
        (label("your_date"), dato(facts.your_date) if facts.your_date else ""),
        (label("your_reference"), facts.your_reference),
        (label("case_officer"), facts.case_officer.name),
        (label("phone"), hard_spaces(facts.case_officer.phone)),
    ]
    footer = (
        f"{label('postal_address')}: {office.postal_address} · {label('phone')} {office.phone} · {office.email}\n"
        f"{office.website} · {label('orgnr')} {orgnr(office.orgnr)}"
    )
    context = {
        "form": form,
        "document_title": soft_spaces(f"{letter.title} ({label('case')} {reference})"),
        "office": office,
        "description": soft_spaces(f"{label('decision_of')} {date}, {label('case')} {reference}"),
        "created": facts.letter_date.isoformat(),
        "short_title": f"{letter.name} {label('to')} {recipient.name} · {date} · {reference}",
        "footer": footer,
        "recipient": recipient,
        "references": [pair for pair in references if pair[1]],
        "sections": [(section.heading, _nodes(section.blocks, form)) for section in letter.sections],
        "facts_row": _facts_row(letter),
        "table": letter.table,
        "columns": len(letter.table.columns),
        "signatures": (facts.approver, facts.case_officer),
        "watermark": label("watermark") if office.demo else "",
        "demo_note": label("demo_note") if office.demo else "",
        "synthetic": label("synthetic") if recipient.synthetic else "",
        "page_words": (label("page"), label("of")),
    }
    return render_to_string("letters/letter.html", context)


def letter_pdf(letter: Letter, *, fonts: Path | None = None) -> bytes:
    """PDF/A-2a and PDF/UA-1. The same letter gives the same bytes, so that its SHA-256 can be kept."""
    return render_pdf(letter_html(letter), stylesheet=STYLESHEET, fonts=fonts)


def file_name(letter: Letter) -> str:
    """2026-03-24_tilskotsbrev_fjellrosa-barnehage-sa_2026-0157.pdf."""
    words = (letter.name, letter.facts.recipient.name, letter.facts.our_reference.replace("/", "-"))
    return "_".join([letter.facts.letter_date.isoformat(), *(slugify(w.translate(_NORDIC)) for w in words)]) + ".pdf"


def _facts_row(letter: Letter) -> list[tuple[str, str]]:
    """Item 1: the four heads and their values; nothing in a refusal."""
    for block in letter.blocks:
        if block.style == "facts":
            heads = block.text.split("\n")[0].split(" · ")
            recipient = letter.facts.recipient
            values = (recipient.name, orgnr(recipient.orgnr), konto(recipient.account_number))
            return list(zip(heads, (*values, kroner(letter.facts.amount_total)), strict=True))
    return []


def _nodes(blocks: tuple[Block, ...], form: Form) -> list[Node]:
    """Neighbouring items become one list."""
    nodes: list[Node] = []
    for block in blocks:
        item = _item(block, form)
        if block.style == "item" and nodes and nodes[-1].style == "item":
            nodes[-1] = Node("item", (*nodes[-1].items, item))
        else:
            nodes.append(Node(block.style, (item,)))
    return nodes


def _item(block: Block, form: Form) -> Item:
    label, text = "", block.text
    if block.style in ("attachments", "copies"):
        label, text = block.text.split(": ", 1)
    return Item(block.data_part, tuple(_markup(line, form) for line in re.split(r"\n\s*\n", text)), label)


def _markup(text: str, form: Form) -> SafeString:
    """Escapes the text, marks law titles with their own language and keeps law numbers on one line."""
    safe = str(escape(text)).replace(NBSP, "&nbsp;")
    if form == "nn":  # the titles of the two regulations are bokmål and are never translated
        safe = _LAW_TITLE.sub(r'«<span lang="nb">\1</span>»', safe)
    return mark_safe(_LAW_NUMBER.sub(r'<span class="keep">\g<0></span>', safe))  # noqa: S308 - escaped above
