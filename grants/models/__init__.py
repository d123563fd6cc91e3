"""The grant year, from announcement to letter."""

from grants.models.decisions import Commitment, Decision, DecisionLine
from grants.models.ledger import LedgerEntry
from grants.models.letters import Delivery, Letter, LetterLine
from grants.models.measures import (
    Assessment,
    BudgetLine,
    CriterionAnswer,
    Evidence,
    Measure,
    MeasureParty,
    MeasureYear,
)
from grants.models.money import MoneyKey
from grants.models.needs import CoveredOwner, NeedsReport
from grants.models.pots import Pot, PotEntry
from grants.models.proposals import ProposalLine, ProposalVersion
from grants.models.recommendations import Recommendation, RecommendationForum, RecommendationLine, SeatAnswer
from grants.models.rounds import Deadline, Participation, ProfileVersion, Round, RuleSetVersion

__all__ = [
    "Assessment",
    "BudgetLine",
    "Commitment",
    "CoveredOwner",
    "CriterionAnswer",
    "Deadline",
    "Decision",
    "DecisionLine",
    "Delivery",
    "Evidence",
    "LedgerEntry",
    "Letter",
    "LetterLine",
    "Measure",
    "MeasureParty",
    "MeasureYear",
    "MoneyKey",
    "NeedsReport",
    "Participation",
    "Pot",
    "PotEntry",
    "ProfileVersion",
    "ProposalLine",
    "ProposalVersion",
    "Recommendation",
    "RecommendationForum",
    "RecommendationLine",
    "Round",
    "RuleSetVersion",
    "SeatAnswer",
]
