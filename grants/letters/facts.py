"""What a letter is made of. Frozen values that the services fill from rows; every text is in the letter's own form.

Sums are whole kroner, dates are ``date``, names are the display names valid on the letter's date.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

Form = Literal["nb", "nn"]
"""The two written forms of Norwegian (språklova § 4)."""


class RuleSet(StrEnum):
    """The law a letter is written under."""

    GUIDE2021 = "GUIDE2021"
    REG2026 = "REG2026"


class LetterKind(StrEnum):
    """What was decided for this recipient."""

    AWARD = "award"
    PARTIAL = "partial"
    REFUSAL = "refusal"


class RecipientRole(StrEnum):
    """In what capacity the recipient gets the letter."""

    HOST = "host"
    """Municipality or owner that receives the money, or sent the needs report, for a network."""
    OWNER = "owner"
    PROVIDER = "provider"
    """University, fagskole or another environment of competence; never owes an own contribution."""


class OwnBase(StrEnum):
    """What an own contribution in percent is counted from (pkt 7.2; question L2)."""

    GRANT = "grant"
    OWNER_PART = "owner_part"
    COORDINATOR_PART = "coordinator_part"


class RefusalGround(StrEnum):
    """Why a measure gets nothing, or less than was sought."""

    CRITERIA = "criteria"
    """It does not meet the award criteria (pkt 3.3 and 7.4; § 4 and § 15)."""
    PRIORITY = "priority"
    """Other measures come first under the forum's plan (pkt 7.2 and 7.3; § 9 and § 15)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The Statsforvalter's office, named in the letter's form."""

    name: str
    unit: str
    postal_address: str
    """One line: «Postboks 000, 2604 Lillehammer»."""
    phone: str
    email: str
    website: str
    orgnr: str
    appeal_address: str
    """Where a complaint can be sent (eForvaltningsforskriften § 11 first paragraph)."""
    portal_name: str
    """As it stands after «i»: «portalen»."""
    demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A named official with the title in the letter's form."""

    name: str
    title: str
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who gets the letter and, when something is granted, the money."""

    name: str
    orgnr: str
    role: RecipientRole
    address_lines: tuple[str, ...] = ()
    """Without the name; must be filled in when the letter goes on paper."""
    account_number: str = ""
    private: bool = False
    """A private party: told of costs and guidance when refused (fvl. § 27 fourth paragraph)."""
    synthetic: bool = False
    """An organisation made up for a demo; marked in the letter."""
    university: bool = False
    """A university or university college: answers for teacher education too (pkt 3.3; § 4 fourth paragraph)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One row of the table: what was sought for a measure and what this recipient gets."""

    number: int
    title: str
    amount: int
    applied: int | None = None
    """What was sought; must be known in a partial letter and a refusal."""
    scheme: str = "kollektiv"
    """Code in texts/schemes.toml; 2021 letters group by it."""
    year_no: int | None = None
    year_count: int | None = None
    network: str = ""
    directed_at: str = ""

    @property
    def refused(self) -> bool:
        """Nothing was granted."""
        return self.amount == 0

    @property
    def reduced(self) -> bool:
        """Something was granted, but less than was sought."""
        return self.applied is not None and 0 < self.amount < self.applied


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """For whom a lead or host acts."""

    name: str
    """As it stands in a sentence: «nettverket i Nord-Gudbrandsdal»."""
    municipalities: tuple[str, ...] = ()
    """Short names, the recipient's own included: «Dovre», «Lesja»."""
    owners: tuple[str, ...] = ()
    """Private owners and others, by full name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """Who plans and carries out the measures with the recipient."""

    name: str
    amount: int | None = None
    """The partner's own part, paid by a letter of its own; None when it gets none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnContribution:
    """The school owners' own share in kroner (pkt 7.2). ``amount`` is computed once by the caller and stored."""

    base: OwnBase
    pct: int
    scheme: str
    base_amount: int
    amount: int
    in_kind: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordinator:
    """How much of the money may go to the coordinator (pkt 7.2; § 11)."""

    cap: int
    pct: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A promise over several years, with its proviso (2021 only; question L5).

    Leave the four optional values out when the measures are in different years: the table then says which.
    """

    next_need_deadline: date
    year_no: int | None = None
    year_count: int | None = None
    planned_amount: int | None = None
    last_year: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """When the money comes. The law's last day is 15 April (pkt 3.4; § 14)."""

    pay_by: date
    check_account_by: date
    blocking_condition: str = ""
    """What must happen first, as it stands after «Vi betaler først når»."""
    budget_posts: tuple[tuple[str, str], ...] = ()
    """Chapter and post of the state budget; nothing is printed when empty (question L6)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeFrame:
    """From when the grant applies, by when it is used and reported."""

    start: date
    use_by: date
    report_by: date
    repay_by: date | None = None
    """Set when unspent money is to be paid back without more ado; otherwise the office decides (question L3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The reasons for refusing, or cutting, one or more measures (fvl. §§ 24 and 25).

    ``assessment`` is the case officer's own sentence. ``rule`` and ``facts`` may be left empty: the library's
    wording for the ground is then printed. All in the letter's form; nothing is translated.
    """

    measures: tuple[int, ...]
    ground: RefusalGround
    assessment: str
    rule: str = ""
    facts: str = ""
    guidance: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """Everything one letter says."""

    rule_set: RuleSet
    kind: LetterKind
    year: int
    letter_date: date
    """The day the letter is made available and notified: the period for appeal runs from it."""
    appeal_last_day: date
    """Computed by core.clock and printed as given (fvl. §§ 29, 30; domstolloven §§ 148, 149)."""
    our_reference: str
    office: Office
    recipient: Recipient
    measures: tuple[Measure, ...]
    case_officer: Person
    approver: Person
    forum_date: date
    """2021: the day of the forum's recommendation; 2026: the day the forum assessed the proposal."""
    amount_total: int = 0
    """As it stands in the decision; must equal the sum of the rows."""
    your_date: date | None = None
    """The date of the recipient's needs report."""
    your_reference: str = ""
    time_frame: TimeFrame | None = None
    payment: Payment | None = None
    network: Network | None = None
    partners: tuple[Partner, ...] = ()
    own_contribution: OwnContribution | None = None
    own_effort: str = ""
    """2026: how the owner described its own effort, as it stands after a colon (§ 11)."""
    coordinator: Coordinator | None = None
    plan: Plan | None = None
    measures_continue: bool = False
    """2026: some measure lasts longer than this year (§ 11)."""
    refusals: tuple[Refusal, ...] = ()
    attachments: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    copy_text: str = ""
    """A whole phrase in place of ``copies``: «Høgskulen i Innlandet og kommunane Dovre og Lesja»."""
    inclusive_only: bool = False
    """2021: money in kompetanseløftet may go to no other theme (office profile)."""
    sami: bool = False
    """2026: print the Sami condition of § 4."""
    report_per_measure: bool = False
    """2026: one report per measure (the office's choice)."""
    unspent_discussed_in_network: bool = False
    """2021: the network and its partner discuss unspent money (office profile)."""
    external_control: bool = False
    """Print that Riksrevisjonen may control (LOV-2024-12-13-77 § 6-1)."""
    language_choice: bool = False
    """Offer a private recipient the other written form (språklova § 15)."""
    electronic_appeal: bool = True
    on_paper: bool = False
    replaced_date: date | None = None
    """The date of the letter that this one replaces."""


def kind_of(measures: Iterable[Measure], role: RecipientRole) -> LetterKind:
    """Which letter the rows call for.

    A provider sent no needs report, so there is nothing of its own to refuse: leave rows of nothing out and it
    gets an award.
    """
    rows = tuple(measures)
    if role is RecipientRole.PROVIDER:
        return LetterKind.AWARD
    if all(row.refused for row in rows):
        return LetterKind.REFUSAL
    return LetterKind.PARTIAL if any(row.refused or row.reduced for row in rows) else LetterKind.AWARD
