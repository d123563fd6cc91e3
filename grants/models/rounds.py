"""Rounds, the rules they run under, and their dates."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.models import ActorColumns, Case, Office, Versioned
from forums.models import Forum
from grants.enums import DeadlineKind, OwnContributionBase, RoundKind
from grants.workflow import ROUND
from networks.models import Organisation


class RuleSetVersion(models.Model):
    """A released rule set file (grants/rulesets/*.toml) as a round is bound to it: immutable, known by its hash."""

    code = models.CharField(max_length=20)
    version = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="grants_ruleset_version")]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class ProfileVersion(models.Model):
    """An office's own choices for one year. Immutable once a round uses it; a change makes the next number.

    Percentages are whole numbers 0–100; empty where the office has set none. ``joint_conclusion``: the forums conclude
    together on one recommendation (seed 003 ch. 5.6); otherwise each forum on its own lines.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="profiles")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    network_cap_pct = models.PositiveSmallIntegerField(null=True, blank=True)
    coordinator_cap_pct = models.PositiveSmallIntegerField(null=True, blank=True)
    own_contribution_pct = models.PositiveSmallIntegerField(null=True, blank=True)
    own_contribution_base = models.CharField(
        max_length=20, choices=OwnContributionBase, default=OwnContributionBase.NONE
    )
    own_contribution_scheme = models.CharField(max_length=40, blank=True)
    joint_conclusion = models.BooleanField(default=True)
    longest_measure_years = models.PositiveSmallIntegerField(default=4)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "year", "number"], name="grants_profile_number"),
            models.CheckConstraint(
                name="grants_profile_base", condition=Q(own_contribution_base__in=["", *OwnContributionBase.values])
            ),
            models.CheckConstraint(
                name="grants_profile_percentages",
                condition=(Q(network_cap_pct__isnull=True) | Q(network_cap_pct__lte=100))
                & (Q(coordinator_cap_pct__isnull=True) | Q(coordinator_cap_pct__lte=100))
                & (Q(own_contribution_pct__isnull=True) | Q(own_contribution_pct__lte=100)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.year} n{self.number}"


class Round(Versioned, ActorColumns):
    """One year's grants in one office. ``year`` is the budget year; ``number`` 1 for the main round, 2… for extras.

    ``conditions_nb``/``conditions_nn`` are the office's own words in the announcement (§ 10).
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="rounds")
    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=RoundKind, default=RoundKind.MAIN)
    number = models.PositiveSmallIntegerField(default=1)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="extras")
    rule_set = models.ForeignKey(RuleSetVersion, on_delete=models.PROTECT, related_name="+")
    profile = models.ForeignKey(ProfileVersion, on_delete=models.PROTECT, related_name="rounds")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="of_round")
    state = models.CharField(max_length=20, choices=ROUND.choices(), default=ROUND.initial)
    conditions_nb = models.TextField(blank=True)
    conditions_nn = models.TextField(blank=True)
    announced_at = models.DateTimeField(null=True, blank=True)
    is_demo_sums = models.BooleanField(default=False)

    class Meta(ActorColumns.Meta):
        ordering = ["-year", "number"]
        constraints = [
            *ActorColumns.Meta.constraints,
            models.UniqueConstraint(
                fields=["office", "year"], name="grants_round_one_main", condition=Q(kind=RoundKind.MAIN)
            ),
            models.UniqueConstraint(fields=["office", "year", "kind", "number"], name="grants_round_number"),
            models.CheckConstraint(name="grants_round_kind", condition=Q(kind__in=RoundKind.values)),
            models.CheckConstraint(
                name="grants_round_state", condition=Q(state__in=[state.code for state in ROUND.states])
            ),
            models.CheckConstraint(
                name="grants_round_announced", condition=Q(state="draft") | Q(announced_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.year}-{self.number}"

    @property
    def slug(self) -> str:
        """The round in an address: «2027», an extra round «2027-2»."""
        return str(self.year) if self.kind != RoundKind.EXTRA else f"{self.year}-{self.number}"


class Deadline(models.Model):
    """One date of the wheel. ``source_text``: what the office's plan says, where dates conflict (seed 003 ch. 5.5)."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="deadlines")
    kind = models.CharField(max_length=20, choices=DeadlineKind)
    date = models.DateField()
    label_nb = models.CharField(max_length=120, blank=True)
    label_nn = models.CharField(max_length=120, blank=True)
    source_text = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ["date", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["round", "kind", "date"], name="grants_deadline_date"),
            models.UniqueConstraint(
                fields=["round", "kind"],
                name="grants_deadline_once",
                condition=~Q(kind__in=[DeadlineKind.MEETING, DeadlineKind.FORUM_MEETING]),
            ),
            models.CheckConstraint(name="grants_deadline_kind", condition=Q(kind__in=DeadlineKind.values)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.date}"


class Participation(ActorColumns):
    """An owner's place in a round: one that has opted out gets no line (seed 000; domain 6.7 test 16).

    Where there are no networks, an owner that takes part writes a needs report of its own, to ``forum`` (empty where
    the forums conclude together), or is covered by ``lead``'s report.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="participations")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    opted_out = models.BooleanField(default=False)
    forum = models.ForeignKey(Forum, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    lead = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=250, blank=True)

    class Meta(ActorColumns.Meta):
        constraints = [
            *ActorColumns.Meta.constraints,
            models.UniqueConstraint(fields=["round", "organisation"], name="grants_participation_once"),
            models.CheckConstraint(
                name="grants_participation_lead_is_another",
                condition=Q(lead__isnull=True) | ~Q(lead=models.F("organisation")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.organisation_id}"
