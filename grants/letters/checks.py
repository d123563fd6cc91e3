"""What must be true before a letter may leave, and which law demands it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from stdnum.exceptions import ValidationError
from stdnum.no import kontonr, orgnr

from grants.letters.errors import LetterIncomplete, LetterInconsistent
from grants.letters.facts import LetterFacts, LetterKind, RecipientRole, RuleSet
from grants.letters.library import Library, Part

ITEMS = (1, 2, 3, 4, 5, 6)
"""The six items of pkt 7.3 and § 13, word for word the same in both."""


@dataclass(frozen=True, slots=True)
class Duty:
    """Something forvaltningsloven demands: met by any one of the parts whose id begins so."""

    name: str
    begins: tuple[str, ...]
    kinds: frozenset[LetterKind]
    private_only: bool = False


_ALL = frozenset(LetterKind)
_REFUSING = frozenset({LetterKind.PARTIAL, LetterKind.REFUSAL})
_FULL = frozenset({LetterKind.AWARD})

DUTIES = (
    Duty("fvl. § 25 first paragraph: the rules", ("basis_",), _ALL),
    Duty("fvl. § 24: reasons", ("reasons_full_",), _FULL),
    Duty("fvl. § 27 second paragraph: how to get the reasons", ("reasons_on_request",), _FULL),
    Duty("fvl. § 25 first paragraph: what the rules say", ("refusal_rule_",), _REFUSING),
    Duty("fvl. § 25 second paragraph: the facts", ("refusal_facts",), _REFUSING),
    Duty("fvl. § 25 second paragraph: copy of the party's own account", ("attachments",), _REFUSING),
    Duty("fvl. § 25 third paragraph: the main considerations", ("refusal_assessment",), _REFUSING),
    Duty("fvl. § 27 third paragraph: right of appeal and period", ("appeal_right",), _ALL),
    Duty("fvl. § 27 third paragraph: how to appeal", ("appeal_how",), _ALL),
    Duty("fvl. § 27 third paragraph: appeal body", ("appeal_body",), _ALL),
    Duty("fvl. § 27 third paragraph: documents of the case", ("documents",), _ALL),
    Duty("fvl. § 27 third paragraph: suspension", ("appeal_suspension",), _REFUSING),
    Duty("fvl. § 27 fourth paragraph: costs", ("appeal_costs",), _REFUSING, private_only=True),
    Duty("fvl. § 27 fourth paragraph: guidance", ("appeal_guidance",), _REFUSING, private_only=True),
)


def missing_items(parts: Iterable[Part]) -> tuple[int, ...]:
    """Which of the six items no part bears. A refusal holds none of them."""
    borne = {part.item for part in parts if part.mandatory}
    return tuple(item for item in ITEMS if item not in borne)


def missing_duties(facts: LetterFacts, parts: Iterable[Part]) -> tuple[str, ...]:
    """Which duties of forvaltningsloven §§ 24, 25 and 27 no part meets."""
    ids = [part.id for part in parts]
    return tuple(
        duty.name
        for duty in DUTIES
        if facts.kind in duty.kinds
        and (facts.recipient.private or not duty.private_only)
        and not any(part_id.startswith(duty.begins) for part_id in ids)
    )


def check_parts(facts: LetterFacts, parts: tuple[Part, ...]) -> None:
    """Raises LetterIncomplete for the first item or duty that is not there, LetterInconsistent for foreign parts."""
    if facts.kind is not LetterKind.REFUSAL:
        for item in missing_items(parts):
            raise LetterIncomplete("letter", f"item {item}")
    for duty in missing_duties(facts, parts):
        raise LetterIncomplete("letter", duty)
    for part in parts:
        if part.rule_set not in ("both", facts.rule_set.value):
            raise LetterInconsistent(f"{part.id} belongs to {part.rule_set}, the letter to {facts.rule_set}")
        if part.valid_from > facts.letter_date:
            raise LetterInconsistent(f"{part.id} is not in force on {facts.letter_date}")


def check_facts(facts: LetterFacts, library: Library) -> None:
    """Raises LetterInconsistent at the first contradiction."""
    _check_recipient(facts)
    if not facts.measures:
        raise LetterIncomplete("measure_table", "measures")
    for row in facts.measures:
        scheme = library.schemes.get(row.scheme)
        if scheme is None or scheme.rule_set != facts.rule_set.value:
            raise LetterInconsistent(f"measure {row.number}: no scheme {row.scheme} under {facts.rule_set}")
        if not row.title.strip():
            raise LetterIncomplete("measure_table", f"title of measure {row.number}")
        if row.amount < 0 or (row.applied or 0) < 0:
            raise LetterInconsistent(f"measure {row.number}: negative sum")
    if len({row.number for row in facts.measures}) != len(facts.measures):
        raise LetterInconsistent("two measures have the same number")
    total = sum(row.amount for row in facts.measures)
    if total != facts.amount_total:
        raise LetterInconsistent(f"the decision says {facts.amount_total}, the rows sum to {total}")
    if facts.appeal_last_day <= facts.letter_date:
        raise LetterInconsistent("the last day of appeal must come after the letter")
    if facts.time_frame and not facts.time_frame.start < facts.time_frame.use_by < facts.time_frame.report_by:
        raise LetterInconsistent("start, last day of use and report deadline must follow one another")
    _check_kind(facts)


def _check_recipient(facts: LetterFacts) -> None:
    recipient = facts.recipient
    try:
        orgnr.validate(recipient.orgnr)
    except ValidationError as error:
        raise LetterInconsistent(f"organisation number {recipient.orgnr!r}: {error}") from error
    if recipient.account_number:
        try:
            kontonr.validate(re.sub(r"[\s.]", "", recipient.account_number))
        except ValidationError as error:
            raise LetterInconsistent(f"account number {recipient.account_number!r}: {error}") from error
    if facts.on_paper and not recipient.address_lines:
        raise LetterIncomplete("head", "recipient_address")


def _check_kind(facts: LetterFacts) -> None:
    rows = facts.measures
    if facts.kind is LetterKind.AWARD:
        provider = facts.recipient.role is RecipientRole.PROVIDER
        if facts.refusals or any(row.refused or (row.reduced and not provider) for row in rows):
            raise LetterInconsistent("an award refuses nothing")
        return
    if facts.recipient.role is RecipientRole.PROVIDER:
        raise LetterInconsistent("a provider sent no needs report that could be refused")
    if facts.kind is LetterKind.REFUSAL and facts.amount_total:
        raise LetterInconsistent("a refusal grants nothing")
    if facts.kind is LetterKind.PARTIAL and not facts.amount_total:
        raise LetterInconsistent("a letter that grants nothing is a refusal")
    if any(row.applied is None for row in rows):
        raise LetterIncomplete("measure_table", "applied")
    cut = sorted(row.number for row in rows if row.refused or row.reduced)
    if not cut:
        raise LetterInconsistent("nothing is refused: the letter is an award")
    explained = sorted(number for refusal in facts.refusals for number in refusal.measures)
    if explained != cut:
        raise LetterInconsistent(f"reasons are given for measures {explained}, but {cut} were cut")


_FOREIGN = {
    RuleSet.REG2026: re.compile(r"innstilling|\bordning(?:ene|ane)\b|egenandel|eigendel|\b30 prosent", re.IGNORECASE),
    RuleSet.GUIDE2021: re.compile(r"(?<!forvaltningsloven )(?<!forvaltningslova )(?<!språklova )(?<!§)§+ ?\d+"),
}
"""Words that belong to the other rule set. The guidelines have points, the regulation has paragraphs."""


def check_words(facts: LetterFacts, text: str) -> None:
    """Raises LetterInconsistent when a letter speaks of the other rule set's things; ``text`` has ordinary spaces."""
    if found := _FOREIGN[facts.rule_set].search(text):
        raise LetterInconsistent(f"«{found[0]}» does not belong in a letter under {facts.rule_set}")
