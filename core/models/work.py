"""Work in progress: what waits for whom, drafts, and comments."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.enums import CommentKind
from core.models.actors import ActorColumns
from core.models.offices import Anchor, Office
from core.models.subjects import SubjectColumns, Versioned


class Obligation(SubjectColumns):
    """Something someone owes. Kept by the performer; the home page, reminders and the matrix all read it.

    It waits for a person, or for whoever holds ``role`` at ``anchor`` (for ``for_anchor``, where a role is held on
    an organisation's behalf). ``data`` holds the primitives of the sentence shown (:mod:`core.obligations`).
    """

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=40)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    role = models.CharField(max_length=40, blank=True)
    anchor = models.ForeignKey(Anchor, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    for_anchor = models.ForeignKey(Anchor, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    due = models.DateField(null=True, blank=True)
    data = models.JSONField(default=dict)
    since = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    reminded_for = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="core_obligation_waits_for_someone",
                condition=Q(user__isnull=False, role="", anchor__isnull=True)
                | (Q(user__isnull=True, anchor__isnull=False) & ~Q(role="")),
            )
        ]
        indexes = [
            models.Index(fields=["anchor", "role"], name="core_obligation_open", condition=Q(done_at__isnull=True)),
            models.Index(fields=["subject_type", "subject_id"], name="core_obligation_subject"),
        ]

    def __str__(self) -> str:
        return self.key


class Section(SubjectColumns, Versioned):
    """A half-written part of a form. Only its writers see it; «Send» empties it and keeps its version."""

    name = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject_type", "subject_id", "name"], name="core_section_once")]

    def __str__(self) -> str:
        return self.name


class Comment(ActorColumns, SubjectColumns):
    """A question, support, worry, proposal or remark; an answer points at what it answers."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=CommentKind)
    text = models.TextField()
    answers = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="answered_by")
    internal = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta(ActorColumns.Meta):
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="core_comment_subject")]
        constraints = [
            *ActorColumns.Meta.constraints,
            models.CheckConstraint(name="core_comment_kind", condition=Q(kind__in=CommentKind.values)),
            models.CheckConstraint(name="core_comment_text", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return self.text[:40]
