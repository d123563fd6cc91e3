"""An office is never left without an administrator: nobody could let anybody in again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import RoleAssignment
from core.enums import AnchorKind, Role
from core.models import Anchor
from core.requirements import Obstacle, StepRefused


def keep_one(*, anchor: Anchor, without: Collection[int], on: date) -> None:
    """Refuse when these assignments (ids) were the office's last administrators from a day on.

    Another active person must hold the role that day, with no last day of their own. The office's anchor is locked, so
    that two who go at the same time see each other. Places that aren't an office need none.
    """
    if anchor.kind != AnchorKind.OFFICE:
        return
    Anchor.objects.select_for_update(of=("self",)).get(pk=anchor.pk)
    others = RoleAssignment.objects.filter(
        anchor=anchor,
        role=Role.OFFICE_ADMINISTRATOR,
        ended_at__isnull=True,
        ends__isnull=True,
        starts__lte=on,
        user__is_active=True,
    ).exclude(pk__in=without)
    if not others.exists():
        text = _(
            "The office must always have an administrator. Make somebody else administrator first, without a last day."
        )
        raise StepRefused([Obstacle("last_administrator", text)])
