"""What a rule set says, as frozen values. Texts stand in bokmål and nynorsk side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from grants.enums import DeadlineKind, MeasureForm, OwnContributionBase, PartyKind
from networks.enums import OrganisationKind, Sector


class Level(StrEnum):
    """How hard a rule is: hard law, departed from with a written reason, or worth knowing."""

    STOP = "stop"
    REASON = "reason"
    TIP = "tip"


class Body(StrEnum):
    """Who acts in the procedure."""

    OFFICE = "office"
    FORUM = "forum"


class ForumRole(StrEnum):
    """What the forum's word is: a recommendation the office follows, or input to the office's own proposal."""

    CONCLUDES = "concludes"
    GIVES_INPUT = "gives_input"


class OwnContributionKind(StrEnum):
    """Whether the owner's own part is counted in per cent or told in words."""

    PERCENTAGE = "percentage"
    DESCRIPTION = "description"


class Complainant(StrEnum):
    """Who may complain of a decision."""

    FORUM = "forum"
    RECIPIENT = "recipient"
    LEAD = "lead"


@dataclass(frozen=True, slots=True)
class Text:
    """A text in both written forms."""

    nb: str
    nn: str

    def in_form(self, form: str) -> str:
        """The text in the written form «nb» or «nn»."""
        return {"nb": self.nb, "nn": self.nn}[form]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: where it stands in the law, how hard it is, when it is in force, and what it says."""

    code: str
    paragraph: str
    level: Level
    text: Text
    valid_from: date
    valid_to: date | None

    def in_force(self, on: date) -> bool:
        """Whether the rule is in force that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """A grant scheme of the law."""

    code: str
    paragraph: str
    sectors: tuple[Sector, ...]
    forms: tuple[MeasureForm, ...]
    name: Text
    goal: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipients(Rule):
    """Who can receive a grant: hard law."""

    kinds: frozenset[OrganisationKind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties(Rule):
    """Who must be in a measure, and what counts as a provider."""

    provider_kinds: frozenset[OrganisationKind]
    owner_required: bool
    provider_required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeRule(Rule):
    """A rule of some of the schemes: a target group, for one."""

    schemes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion(SchemeRule):
    """An award criterion. One with the level tip is a «may», not a «shall»."""

    title: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign(SchemeRule):
    """A sign of goal attainment; the annual report asks about it. ``provider_answers``: the university does."""

    provider_answers: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota(Rule):
    """The most that may go to some forms of measure in a scheme, in per cent of the scheme's frame."""

    scheme: str
    forms: frozenset[MeasureForm]
    max_pct: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsRules(Rule):
    """What a needs report must hold. ``describe_every_year``: a measure of several years is described each year."""

    describe_every_year: bool
    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnContribution(SchemeRule):
    """The owner's own part: ``pct`` of ``base``, or a description (``pct`` None, ``base`` none)."""

    kind: OwnContributionKind
    pct: int | None
    base: OwnContributionBase
    in_kind: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure(Rule):
    """Who proposes, what the forum's part is, who decides. ``outcome_name``: what the forum delivers."""

    proposes: Body
    forum_role: ForumRole
    decides: Body
    part_refusal_returns_to_forum: bool
    forum_may_uphold: bool
    joint_conclusion: bool
    outcome_name: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatGroupRule:
    """A group the forum must (``required``) or may have."""

    code: str
    paragraph: str
    required: bool
    office: bool
    votes: bool
    name: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class DateRule(Rule):
    """A date the law itself sets: the last day of the budget year on which something must be done."""

    kind: DeadlineKind
    month: int
    day: int
    earlier_by_agreement: bool

    def on(self, year: int) -> date:
        """The day in a budget year."""
        return date(year, self.month, self.day)


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRules(Rule):
    """What the letters are called and the items an award letter must hold."""

    award_name: Text
    refusal_name: Text
    items: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRules(Rule):
    """The annual report: who must confirm it, and where the office's control stands in the law."""

    confirms: frozenset[PartyKind]
    control_paragraph: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal(Rule):
    """Who may complain, to whom, within how many weeks (forvaltningsloven § 29)."""

    who: frozenset[Complainant]
    weeks: int
    body: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """One law, true to its text. ``flow`` names the machine tables it runs on; ``sha256`` the exact file."""

    code: str
    version: int
    flow: str
    sha256: str
    valid_from: date
    valid_to: date | None
    name: Text
    law_reference: str
    law_title: str
    law_language: str
    cite: Text
    schemes: tuple[Scheme, ...]
    recipients: Recipients
    parties: Parties
    target_groups: tuple[SchemeRule, ...]
    criteria: tuple[Criterion, ...]
    quotas: tuple[Quota, ...]
    signs: tuple[Sign, ...]
    needs_report: NeedsRules
    own_contribution: tuple[OwnContribution, ...]
    procedure: Procedure
    seat_groups: tuple[SeatGroupRule, ...]
    deadlines: tuple[DateRule, ...]
    letter: LetterRules
    report: ReportRules
    appeal: Appeal
    rules: tuple[Rule, ...]

    def in_force(self, on: date) -> bool:
        """Whether the law is in force that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def scheme(self, code: str) -> Scheme:
        """A scheme by its code. KeyError for one the law doesn't have."""
        return {scheme.code: scheme for scheme in self.schemes}[code]

    def criteria_for(self, scheme: str) -> tuple[Criterion, ...]:
        """The award criteria of a scheme, in the law's order."""
        return tuple(criterion for criterion in self.criteria if scheme in criterion.schemes)

    def signs_for(self, scheme: str) -> tuple[Sign, ...]:
        """The signs of goal attainment of a scheme, in the law's order."""
        return tuple(sign for sign in self.signs if scheme in sign.schemes)

    def target_groups_for(self, scheme: str) -> tuple[SchemeRule, ...]:
        """The target groups of a scheme."""
        return tuple(group for group in self.target_groups if scheme in group.schemes)

    def own_contribution_for(self, scheme: str) -> OwnContribution | None:
        """The rule on the owner's own part in a scheme, or None where the law demands none."""
        return next((rule for rule in self.own_contribution if scheme in rule.schemes), None)

    def deadline(self, kind: str) -> DateRule | None:
        """The date the law sets for something, or None where the office sets it."""
        return next((rule for rule in self.deadlines if rule.kind == kind), None)

    def rule(self, code: str) -> Rule | None:
        """One of the other rules by its code, or None where this law doesn't have it."""
        return next((rule for rule in self.rules if rule.code == code), None)

    def can_receive(self, kind: str) -> bool:
        """Whether an organisation of a kind can receive a grant."""
        return kind in self.recipients.kinds

    def citation(self, paragraph: str, form: str) -> str:
        """«§ 13» or «punkt 7.3» with a no-break space, as a text points at the law."""
        return self.cite.in_form(form).format(paragraph=paragraph).replace(" ", "\N{NO-BREAK SPACE}")
