"""Words of the annual report."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Progress(models.TextChoices):
    """How far a measure came in its year."""

    NOT_STARTED = "not_started", _("not started")
    UNDER_WAY = "under_way", _("under way")
    FINISHED = "finished", _("finished")
    STOPPED = "stopped", _("stopped")


class ReportPart(models.TextChoices):
    """What a party confirms; an edit voids the confirmations of the part it changed, and no other."""

    ACTIVITIES = "activities", _("what was done")
    MONEY = "money", _("use of the money")
    GOALS = "goals", _("goal attainment")
