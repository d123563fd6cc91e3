"""The library of texts: read once, checked strictly, so that a mistake in a text stops the program and not a letter."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from grants.letters.errors import LetterIncomplete, LetterInconsistent, LetterTextError
from grants.letters.facts import Form

TEXTS = Path(__file__).parent / "texts"
FORMS: tuple[Form, ...] = ("nb", "nn")
_NOT_PARTS = {"labels.toml", "schemes.toml"}
_RULE_SETS = {"both", "GUIDE2021", "REG2026"}
_REQUIREMENTS = {"law", "optional"} | {f"item {number}" for number in range(1, 7)}
_PLACEHOLDER = re.compile(r"\{\{ ([a-z_]+) \}\}")

VARIABLES = frozenset(
    re.findall(
        r"[a-z_]+",
        """
    account_check_date account_number amount_applied amount_refused amount_total amount_total_number appeal_address
    appeal_last_day approver_name approver_title assessment_text attachment_list available_date blocking_condition
    budget_chapter budget_list budget_post case_officer_email case_officer_name case_officer_phone
    case_officer_title contact_first_name coordinator_cap coordinator_pct copy_list covered_list facts_text
    forum_input_date granted_numbers granted_of_applied guidance_text last_year letter_url measure_count member_list
    network_name next_need_deadline office_name our_reference own_amount own_base_amount own_effort_text own_pct
    own_scheme partner_amount partner_name payment_date period_start planned_amount portal_name recipient_name
    recommendation_date reduced_numbers refusal_applied refusal_numbers refused_numbers repay_by_date
    replaced_date report_deadline rule_text scheme_phrase second_notice_date use_by_date year year_count year_no
    your_date
    """,
    )
)
"""Every name a text may hold between double braces."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both written forms."""

    nb: str
    nn: str

    def __getitem__(self, form: Form) -> str:
        """The text in one form."""
        return self.nn if form == "nn" else self.nb


@dataclass(frozen=True, slots=True)
class Part:
    """One paragraph or list item, with what it rests on."""

    id: str
    text: Text
    basis: str
    requirement: str
    rule_set: str
    valid_from: date
    mandatory: bool = False
    """Bears one of the six items of pkt 7.3 and § 13 (the item is in ``requirement``)."""
    when: str = ""
    questions: tuple[str, ...] = ()
    status: str = "library"
    """``proposal``: written for this program after the library, not yet read by an office."""

    @property
    def item(self) -> int | None:
        """Which of the six items the part belongs to."""
        return int(self.requirement[5:]) if self.requirement.startswith("item ") else None


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a scheme is named."""

    code: str
    rule_set: str
    sentence: Text
    group: Text
    subtotal: Text


@dataclass(frozen=True, slots=True)
class Library:
    """All texts."""

    parts: Mapping[str, Part]
    labels: Mapping[str, Mapping[str, Text]]
    schemes: Mapping[str, Scheme]

    def label(self, table: str, key: str, form: Form) -> str:
        """A label, head or heading; an unknown key is an error of the program."""
        return self.labels[table][key][form]


def placeholders(text: str) -> frozenset[str]:
    """The names between double braces."""
    return frozenset(_PLACEHOLDER.findall(text))


def fill(text: str, variables: Mapping[str, str], *, part: str) -> str:
    """Puts the variables into a text.

    Raises LetterIncomplete naming the part and the variable when one is missing or empty, LetterInconsistent when
    a value holds double braces itself.
    """

    def value(match: re.Match[str]) -> str:
        name = match[1]
        found = variables.get(name, "").strip()
        if not found:
            raise LetterIncomplete(part, name)
        if "{{" in found or "}}" in found:
            raise LetterInconsistent(f"{part}: {name} holds double braces")
        return found

    return _PLACEHOLDER.sub(value, text)


@cache
def library() -> Library:
    """The library that ships with the program, read once per process."""
    return load_library(TEXTS)


def load_library(folder: Path) -> Library:
    """Reads every file of a folder. Raises LetterTextError naming file and id at the first mistake."""
    parts: dict[str, Part] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.name in _NOT_PARTS:
            continue
        content = _read(path)
        _only(path, "the file", content, {"part"})
        for place, raw in enumerate(content.get("part", []), start=1):
            part = _part(path, place, raw)
            if part.id in parts:
                raise LetterTextError(path.name, part.id, "the id is used twice")
            parts[part.id] = part
    labels = {
        table: {key: _text(folder / "labels.toml", f"{table}.{key}", raw) for key, raw in rows.items()}
        for table, rows in _read(folder / "labels.toml").items()
    }
    return Library(parts=parts, labels=labels, schemes=_schemes(folder / "schemes.toml"))


def _schemes(path: Path) -> dict[str, Scheme]:
    schemes = {}
    for code, raw in _read(path).get("scheme", {}).items():
        _only(path, code, raw, {"rule_set", "sentence", "group", "subtotal"})
        schemes[code] = Scheme(
            code=code,
            rule_set=_choice(path, code, raw, "rule_set", _RULE_SETS),
            sentence=_text(path, code, raw.get("sentence", {})),
            group=_text(path, code, raw.get("group", {})),
            subtotal=_text(path, code, raw.get("subtotal", {})),
        )
    return schemes


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise LetterTextError(path.name, "the file", str(error)) from error


def _part(path: Path, place: int, raw: dict[str, Any]) -> Part:
    name = raw.get("id") or f"part no. {place}"
    known = {"id", "nb", "nn", "basis", "requirement", "mandatory", "rule_set", "valid_from", "when", "questions"}
    _only(path, name, raw, known | {"status"})
    for key in ("id", "basis"):
        if not isinstance(raw.get(key), str) or not raw[key].strip():
            raise LetterTextError(path.name, name, f"{key} is missing")
    if type(raw.get("valid_from")) is not date:
        raise LetterTextError(path.name, name, "valid_from must be a date")
    requirement = _choice(path, name, raw, "requirement", _REQUIREMENTS)
    mandatory = raw.get("mandatory", False)
    if mandatory and not requirement.startswith("item "):
        raise LetterTextError(path.name, name, "only a part with an item can be mandatory")
    return Part(
        id=raw["id"],
        text=_text(path, name, {form: raw.get(form) for form in FORMS}),
        basis=raw["basis"],
        requirement=requirement,
        rule_set=_choice(path, name, raw, "rule_set", _RULE_SETS),
        valid_from=raw["valid_from"],
        mandatory=mandatory,
        when=raw.get("when", ""),
        questions=tuple(raw.get("questions", ())),
        status=_choice(path, name, {"status": raw.get("status", "library")}, "status", {"library", "proposal"}),
    )


def _only(path: Path, name: str, raw: Mapping[str, Any], known: set[str]) -> None:
    if unknown := sorted(set(raw) - known):
        raise LetterTextError(path.name, name, f"unknown key {unknown[0]}")


def _choice(path: Path, name: str, raw: Mapping[str, Any], key: str, known: set[str]) -> str:
    value = raw.get(key)
    if not isinstance(value, str) or value not in known:
        raise LetterTextError(path.name, name, f"{key} must be one of {', '.join(sorted(known))}")
    return value


def _text(path: Path, name: str, raw: Mapping[str, Any]) -> Text:
    for form in FORMS:
        text = raw.get(form)
        if not isinstance(text, str) or not text.strip():
            raise LetterTextError(path.name, name, f"{form} is missing")
        if unknown := sorted(placeholders(text) - VARIABLES):
            raise LetterTextError(path.name, name, f"unknown placeholder {unknown[0]} in {form}")
        if "\u00a0" in text:
            raise LetterTextError(path.name, name, f"a no-break space is typed in {form}; the filters set them")
        if re.search(r"[{}]", _PLACEHOLDER.sub("", text)):
            raise LetterTextError(path.name, name, f"a brace stands alone in {form}")
    if placeholders(raw["nb"]) != placeholders(raw["nn"]):
        raise LetterTextError(path.name, name, "nb and nn hold different placeholders")
    return Text(nb=raw["nb"], nn=raw["nn"])
