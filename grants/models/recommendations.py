"""What the forum is asked, what its seats answer, and how it concludes."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from core.models import ActorColumns, Document, Snapshot, Versioned
from forums.enums import Answer, ForumOutcome
from forums.models import Appointment, Forum, Seat
from grants.models.money import MoneyKey, money_constraints
from grants.models.proposals import ProposalLine, ProposalVersion
from grants.models.rounds import Round
from grants.workflow import RECOMMENDATION
from networks.models import Organisation


class Recommendation(Versioned):
    """One handling by one forum, or by several together, of the lines put before them.

    In GUIDE2021 it becomes the forum's innstilling (pkt 7.3); in REG2026 the forum's input to the office's proposal
    (§ 12).
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="recommendations")
    proposal = models.ForeignKey(ProposalVersion, on_delete=models.PROTECT, related_name="recommendations")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=20, choices=RECOMMENDATION.choices(), default=RECOMMENDATION.initial)
    put_forward_at = models.DateTimeField()
    concluded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["round", "number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="grants_recommendation_number"),
            models.CheckConstraint(
                name="grants_recommendation_state",
                condition=Q(state__in=[state.code for state in RECOMMENDATION.states]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} r{self.number}"


class RecommendationLine(MoneyKey):
    """A sum put before the forum. ``line_hash`` covers the key and the amount: a seat's answer belongs to it.

    Under GUIDE2021 the office may refuse a concluded line (pkt 7.4): ``refused_reason`` and ``refused_criterion`` then
    say why, and the forum changes the line or upholds it.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="+")
    recommendation = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="lines")
    proposal_line = models.ForeignKey(ProposalLine, on_delete=models.PROTECT, related_name="+")
    measure_year = models.ForeignKey(
        "grants.MeasureYear", on_delete=models.PROTECT, related_name="recommendation_lines"
    )
    live = models.BooleanField(default=True)
    line_hash = models.CharField(max_length=64)
    refused_criterion = models.CharField(max_length=40, blank=True)
    refused_reason = models.TextField(blank=True)
    upheld = models.BooleanField(default=False)

    class Meta:
        ordering = ["recommendation", "measure_year", "id"]
        constraints = [
            *money_constraints("grants_recline", "round", live=True),
            models.CheckConstraint(
                name="grants_recline_upheld_was_refused", condition=Q(upheld=False) | ~Q(refused_reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recommendation_id} {self.amount}"


class RecommendationForum(ActorColumns):
    """One forum's part: its outcome, who concluded and the content concluded on. Actor columns say who put it there."""

    recommendation = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="forums")
    forum = models.ForeignKey(Forum, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=20, choices=ForumOutcome, blank=True)
    remark = models.TextField(blank=True)
    concluded_at = models.DateTimeField(null=True, blank=True)
    concluded_by = models.ForeignKey(Appointment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    minutes = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(ActorColumns.Meta):
        constraints = [
            *ActorColumns.Meta.constraints,
            models.UniqueConstraint(fields=["recommendation", "forum"], name="grants_recforum_once"),
            models.CheckConstraint(
                name="grants_recforum_concluded",
                condition=Q(outcome="", concluded_at__isnull=True, concluded_by__isnull=True)
                | (~Q(outcome="") & Q(concluded_at__isnull=False, concluded_by__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recommendation_id} {self.forum_id}"


ONLY_SEATS_WITH_A_VOTE = """
    IF NOT EXISTS (
        SELECT 1 FROM forums_seat s JOIN forums_seatgroup g ON g.id = s.group_id
        WHERE s.id = NEW.seat_id AND g.votes AND NOT g.is_office
    ) THEN
        RAISE EXCEPTION 'the seat has no vote';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM forums_appointment a
        WHERE a.id = NEW.appointment_id AND a.seat_id = NEW.seat_id
        AND a.valid_from <= (NEW.at AT TIME ZONE 'Europe/Oslo')::date
        AND (a.valid_to IS NULL OR a.valid_to >= (NEW.at AT TIME ZONE 'Europe/Oslo')::date)
    ) THEN
        RAISE EXCEPTION 'the appointment does not cover the day of the answer';
    END IF;
    IF EXISTS (
        SELECT 1 FROM forums_recusal r
        JOIN django_content_type t ON t.id = r.subject_type_id AND t.app_label = 'grants' AND t.model = 'measureyear'
        JOIN grants_recommendationline l ON l.id = NEW.line_id AND l.measure_year_id = r.subject_id
        WHERE r.appointment_id = NEW.appointment_id
    ) THEN
        RAISE EXCEPTION 'the member has stepped back on this measure';
    END IF;
    RETURN NEW;
"""
"""Held by the service on both engines and, on PostgreSQL, by the database: no vote for the office's people, for an
ended term or for a member who has stepped back (Udir's mandate; fvl. §§ 6, 8)."""


class SeatAnswer(ActorColumns):
    """A seat's answer to a line as it stood (``line_hash``). ``seat_votes`` is the seat's own flag and must be true:
    the office's people have no vote, in the database too (Udir's mandate: «statsforvalteren ikke stemme»)."""

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="answers")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="answers")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    line = models.ForeignKey(RecommendationLine, on_delete=models.PROTECT, related_name="answers")
    line_hash = models.CharField(max_length=64)
    seat_votes = models.BooleanField(default=True)
    answer = models.CharField(max_length=20, choices=Answer)
    reason = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta(ActorColumns.Meta):
        triggers = [
            pgtrigger.Trigger(
                name="seatanswer_only_with_a_vote",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=ONLY_SEATS_WITH_A_VOTE,
            )
        ]
        constraints = [
            *ActorColumns.Meta.constraints,
            models.UniqueConstraint(fields=["seat", "line", "line_hash"], name="grants_seatanswer_once"),
            models.CheckConstraint(
                name="grants_seatanswer_votes",
                condition=Q(seat_votes=True),
                violation_error_message="The Statsforvalter's people have no vote in the forum.",
            ),
            models.CheckConstraint(
                name="grants_seatanswer_reason",
                condition=Q(answer=Answer.AGREE) | ~Q(reason=""),
                violation_error_message="A remark or a dissent needs a reason.",
            ),
            models.CheckConstraint(name="grants_seatanswer_answer", condition=Q(answer__in=Answer.values)),
        ]

    def __str__(self) -> str:
        return f"{self.seat_id} {self.answer}"
