"""Lists read guardian's projection: one query, held against ``allowed`` by a parity test on every date."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from accounts.models import AnchorPermission, User


def visible_anchor_ids(user: User, on: date) -> QuerySet[AnchorPermission, int]:
    """Ids of the anchors the person may see on a day, as a subquery."""
    return (
        AnchorPermission.objects.filter(Q(ends__isnull=True) | Q(ends__gte=on), user=user, starts__lte=on)
        .order_by()
        .values_list("content_object_id", flat=True)
    )
