"""Collaboration forums, who sits in them, and their long-term plan."""

from forums.models.forums import Appointment, Forum, ForumNetwork, Recusal, Seat, SeatGroup
from forums.models.plans import PlanItem, PlanVersion

__all__ = ["Appointment", "Forum", "ForumNetwork", "PlanItem", "PlanVersion", "Recusal", "Seat", "SeatGroup"]
