"""A member steps back on one object (fvl. §§ 6 and 8)."""

from __future__ import annotations

from django.db import models, transaction

from core import clock
from core.actor import Actor
from core.models.subjects import subject_key
from core.services.events import record
from forums.enums import RecusalKind
from forums.models import Appointment, Recusal


@transaction.atomic
def declare(
    *,
    appointment: Appointment,
    subject: models.Model,
    by: Actor,
    reason: str = "",
    kind: RecusalKind = RecusalKind.DECLARED,
) -> Recusal:
    """Note that the one who sits there steps back on ``subject``. Doing it twice changes nothing.

    The caller asks for the right. What the person answered before no longer counts.
    """
    recusal, made = Recusal.objects.get_or_create(
        appointment=appointment,
        defaults={"kind": kind, "reason": reason.strip(), "at": clock.now(), **by.columns()},
        **subject_key(subject),
    )
    if made:
        record(
            code="recusal.declared",
            subject=subject,
            by=by,
            office=appointment.seat.group.forum.office_id,
            data={"person": appointment.user.name, "subject": str(subject), "appointment": appointment.pk},
        )
    return recusal
