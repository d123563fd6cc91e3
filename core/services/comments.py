"""Comments on anything. The caller asks for the right to see the object."""

from __future__ import annotations

from datetime import timedelta

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from core import audit, clock
from core.actor import Actor
from core.enums import CommentKind
from core.models import Comment, Office
from core.models.subjects import subject_key
from core.services.events import record

AT_ONCE = timedelta(minutes=10)
"""So long the same words are the same comment."""

audit.register({"comment.written": _("wrote a comment")})


@transaction.atomic
def write(
    *,
    subject: models.Model,
    office: Office,
    kind: CommentKind,
    text: str,
    by: Actor,
    answers: Comment | None = None,
    internal: bool = False,
) -> Comment:
    """Add a comment; the text must say something. The same words by the same person in the same place a moment after
    are the same comment: a button pressed twice."""
    same = Comment.objects.filter(
        kind=kind, text=text.strip(), answers=answers, internal=internal, at__gte=clock.now() - AT_ONCE,
        by_user=by.user, by_link=by.link, **subject_key(subject),
    ).first()  # fmt: skip
    if same is not None:
        return same
    comment = Comment.objects.create(
        office=office,
        kind=kind,
        text=text.strip(),
        answers=answers,
        internal=internal,
        at=clock.now(),
        **subject_key(subject),
        **by.columns(),
    )
    record(code="comment.written", subject=subject, by=by, office=office, data={"comment": comment.pk, "kind": kind})
    return comment
