"""Comments on anything. The caller asks for the right to see the object."""

from __future__ import annotations

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from core import audit, clock
from core.actor import Actor
from core.enums import CommentKind
from core.models import Comment, Office
from core.models.subjects import subject_key
from core.services.events import record

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
    """Add a comment; the text must say something."""
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
