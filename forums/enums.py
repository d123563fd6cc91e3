"""Words of the collaboration forum."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AppointmentKind(models.TextChoices):
    """A seat has a member and may have a deputy, who acts when the member can't (fvl. § 8)."""

    MEMBER = "member", _("member")
    DEPUTY = "deputy", _("deputy")


class Answer(models.TextChoices):
    """What a seat can answer to a line of the recommendation."""

    AGREE = "agree", _("agree")
    AGREE_WITH_REMARK = "agree_with_remark", _("agree with a remark")
    DISAGREE = "disagree", _("disagree")


class RecusalKind(models.TextChoices):
    """Declared by the member, or found by the forum (fvl. § 8)."""

    DECLARED = "declared", _("declared")
    FOUND = "found", _("found")


class PlanItemKind(models.TextChoices):
    """What a plan holds (FOR-2026-01-12-23 § 9)."""

    THEME = "theme", _("theme")
    GOAL = "goal", _("goal")
    FIGURE = "figure", _("figure")


class ForumOutcome(models.TextChoices):
    """How a forum's handling ended."""

    AGREED = "agreed", _("agreed")
    AGREED_WITH_DISSENT = "agreed_with_dissent", _("agreed with dissent")
    NOT_AGREED = "not_agreed", _("not agreed")
