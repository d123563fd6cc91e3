"""«Spør kontoret»: a question bound to what is on the page, and the office's answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models.actors import ActorColumns
from core.models.offices import Office
from core.models.subjects import SubjectColumns

if TYPE_CHECKING:
    from accounts.models import User


class Question(ActorColumns, SubjectColumns):
    """Asked of the office by someone who sees the subject; read by the asker and the office, nobody else.

    ``url``: the path of the page it was asked on. ``about``: how the subject was called then, by written form; the
    name an answer speaks of stays the one that was asked about. A further question is a new row.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="questions")
    url = models.CharField(max_length=250, blank=True)
    about = models.JSONField(default=dict)
    text = models.TextField()
    at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta(ActorColumns.Meta):
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="core_question_subject"),
            models.Index(fields=["office", "answered_at"], name="core_question_open"),
        ]
        constraints = [
            *ActorColumns.Meta.constraints,
            models.CheckConstraint(name="core_question_text", condition=~Q(text="")),
            models.CheckConstraint(
                name="core_question_answered",
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def asker(self) -> User | None:
        """The person who asked, also through a personal link."""
        return self.by_user or (self.by_link.user if self.by_link else None)

    def about_in(self, form: str) -> str:
        """What it is about, inside a sentence of a written form."""
        return str(self.about.get(form, ""))
