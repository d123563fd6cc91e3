"""Forums, seats and appointments (FOR-2026-01-12-23 § 8, FOR-2021-01-26-230 pkt 3.2)."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.models import ActorColumns, Anchor, Office, SubjectColumns, Versioned
from forums.enums import AppointmentKind, RecusalKind
from networks.enums import Sector
from networks.models import Network, Organisation


class Forum(Versioned):
    """A collaboration forum; an office has one or several. ``takes_part_under`` names the rule sets it has a part in

    (the upper-secondary forum of Møre og Romsdal has none under REG2026: § 2 covers no upper secondary).
    """

    anchor = models.OneToOneField(Anchor, on_delete=models.PROTECT, related_name="of_forum")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="forums")
    code = models.CharField(max_length=20)
    sectors = models.CharField(max_length=20, choices=Sector)
    upper_secondary = models.BooleanField(default=False)
    sort_key = models.CharField(max_length=250)
    certainty = models.CharField(max_length=60, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["sort_key"]
        constraints = [
            models.UniqueConstraint(fields=["office", "code"], name="forums_forum_code"),
            models.CheckConstraint(name="forums_forum_sectors", condition=Q(sectors__in=Sector.values)),
        ]

    def __str__(self) -> str:
        return self.anchor.name


class ForumNetwork(models.Model):
    """A network a forum covers; none means all of the office's."""

    forum = models.ForeignKey(Forum, on_delete=models.CASCADE, related_name="covered_networks")
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["forum", "network"], name="forums_forumnetwork_once")]

    def __str__(self) -> str:
        return f"{self.forum_id} {self.network_id}"


class SeatGroup(Versioned):
    """A group of seats with its size, which is that of each region where there are seats per region.

    ``code`` is the rule set's for those who must or may sit («ks»; a second group of the same is «ks-2»). The office's
    own people have no vote (Udir's mandate; seed 003 ch. 5.5).
    """

    forum = models.ForeignKey(Forum, on_delete=models.PROTECT, related_name="seat_groups")
    code = models.CharField(max_length=40)
    name_nb = models.CharField(max_length=120)
    name_nn = models.CharField(max_length=120)
    min_seats = models.PositiveSmallIntegerField(default=0)
    max_seats = models.PositiveSmallIntegerField(default=1)
    per_region = models.BooleanField(default=False)
    is_office = models.BooleanField(default=False)
    votes = models.BooleanField(default=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["forum", "order", "code"]
        constraints = [
            models.UniqueConstraint(fields=["forum", "code"], name="forums_seatgroup_code"),
            models.CheckConstraint(
                name="forums_office_has_no_vote",
                condition=Q(is_office=False) | Q(votes=False),
                violation_error_message="The Statsforvalter's people have no vote in the forum.",
            ),
            models.CheckConstraint(name="forums_seatgroup_size", condition=Q(max_seats__gte=F("min_seats"))),
        ]

    def __str__(self) -> str:
        return self.code

    def name_in(self, form: str) -> str:
        return self.name_nn if form == "nn" else self.name_nb

    @property
    def speaks_for(self) -> str:
        """The rule set's code of those who sit here."""
        return self.code.partition("-")[0]


class Seat(models.Model):
    """One chair at the table; in a per-region group it belongs to a network's region."""

    group = models.ForeignKey(SeatGroup, on_delete=models.PROTECT, related_name="seats")
    number = models.PositiveSmallIntegerField()
    region = models.ForeignKey(Network, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    label = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["group", "number"]
        constraints = [models.UniqueConstraint(fields=["group", "number"], name="forums_seat_number")]

    def __str__(self) -> str:
        return f"{self.group_id}:{self.number}"


NO_OVERLAPPING_TERMS = """
    PERFORM pg_advisory_xact_lock(727001, NEW.seat_id::integer);
    IF EXISTS (
        SELECT 1 FROM forums_appointment a
        WHERE a.seat_id = NEW.seat_id AND a.kind = NEW.kind AND a.id IS DISTINCT FROM NEW.id
        AND daterange(a.valid_from, a.valid_to, '[]') && daterange(NEW.valid_from, NEW.valid_to, '[]')
    ) THEN
        RAISE EXCEPTION 'somebody holds this seat already in that time';
    END IF;
    RETURN NEW;
"""
"""One member and one deputy per seat on any day; the lock lets two transactions at once see each other."""


class Appointment(Versioned, ActorColumns):
    """A person holds a seat for an organisation, from a day to a day; member or deputy; may chair the forum.

    That no two members hold one seat on the same day is guarded by the service on both engines and by a trigger on
    PostgreSQL.
    """

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="appointments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="appointments")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=10, choices=AppointmentKind, default=AppointmentKind.MEMBER)
    chairs = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta(ActorColumns.Meta):
        triggers = [
            pgtrigger.Trigger(
                name="appointment_no_overlap",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=NO_OVERLAPPING_TERMS,
            )
        ]
        constraints = [
            *ActorColumns.Meta.constraints,
            models.CheckConstraint(name="forums_appointment_kind", condition=Q(kind__in=AppointmentKind.values)),
            models.CheckConstraint(
                name="forums_appointment_dates", condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))
            ),
            models.UniqueConstraint(
                fields=["seat", "kind"], name="forums_appointment_open", condition=Q(valid_to__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seat_id} {self.user_id}"


class Recusal(SubjectColumns, ActorColumns):
    """A member steps back on one object (fvl. §§ 6, 8)."""

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="recusals")
    kind = models.CharField(max_length=10, choices=RecusalKind)
    reason = models.CharField(max_length=250, blank=True)
    at = models.DateTimeField()

    class Meta(ActorColumns.Meta):
        constraints = [
            *ActorColumns.Meta.constraints,
            models.UniqueConstraint(fields=["appointment", "subject_type", "subject_id"], name="forums_recusal_once"),
            models.CheckConstraint(name="forums_recusal_kind", condition=Q(kind__in=RecusalKind.values)),
        ]

    def __str__(self) -> str:
        return f"{self.appointment_id} {self.kind}"
