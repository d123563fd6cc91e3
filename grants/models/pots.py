"""The money a round has: a pot per scheme, with every change as an entry."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.models import ActorColumns
from core.models.triggers import append_only
from forums.models import Forum
from grants.models.rounds import Round


class Pot(models.Model):
    """The frame of one scheme (and forum, where an office with several splits itself). ``source_letter`` names
    Udir's letter; ``is_demo`` marks an invented sum."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="pots")
    scheme = models.CharField(max_length=40)
    forum = models.ForeignKey(Forum, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    chapter = models.CharField(max_length=10, blank=True)
    post = models.CharField(max_length=10, blank=True)
    source_letter = models.CharField(max_length=200, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["round", "scheme"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "scheme", "forum"], name="grants_pot_forum", condition=Q(forum__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["round", "scheme"], name="grants_pot_scheme", condition=Q(forum__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.scheme}"


class PotEntry(ActorColumns):
    """A signed change of a pot in whole kroner; the sum of the entries is the frame. Append-only."""

    pot = models.ForeignKey(Pot, on_delete=models.PROTECT, related_name="entries")
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=250)
    at = models.DateTimeField()

    class Meta(ActorColumns.Meta):
        triggers = [append_only("potentry_append_only")]
        constraints = [
            *ActorColumns.Meta.constraints,
            models.CheckConstraint(name="grants_potentry_not_zero", condition=~Q(amount=0)),
        ]

    def __str__(self) -> str:
        return f"{self.pot_id} {self.amount}"
