"""Finds offices with their names, one query whatever the number."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from core.models import Office, OfficeName, Question


def office_at(slug: str, *, asked: QuerySet[Question] | None = None) -> Office | None:
    """The office an address names, or None: every page of an office asks for it.

    ``asked``: the questions that may stand on the page. Whether the office has any of them is read along with it, so
    that a page nobody has asked on asks no further (``Office.asked_here``).
    """
    names = OfficeName.objects.filter(office__slug=slug).select_related("office__anchor").order_by()
    if asked is not None:
        names = names.annotate(asked_here=Exists(asked.filter(office=OuterRef("office"))))
    found = next(iter(_with_names(names)), None)
    return found or Office.objects.select_related("anchor").filter(slug=slug).first()


def offices_at(ids: Iterable[int]) -> list[Office]:
    """The offices with these ids that have a name, in the order they were made."""
    return _with_names(OfficeName.objects.filter(office__in=list(ids)).select_related("office__anchor"))


def _with_names(names: Iterable[OfficeName]) -> list[Office]:
    found: dict[int, list[OfficeName]] = {}
    for name in sorted(names, key=lambda row: row.valid_from or date.min, reverse=True):
        found.setdefault(name.office_id, []).append(name)
    offices = []
    for _pk, rows in sorted(found.items()):
        office = rows[0].office
        office.dated_names = rows
        office.asked_here = getattr(rows[0], "asked_here", False)
        offices.append(office)
    return offices
