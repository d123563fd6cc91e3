"""Finds the office an address names."""

from __future__ import annotations

from core.models import Office, OfficeName


def office_at(slug: str) -> Office | None:
    """The office with its names, or None. One query, as every page of an office asks it."""
    names = list(OfficeName.objects.filter(office__slug=slug).select_related("office__anchor"))
    if not names:
        return Office.objects.select_related("anchor").filter(slug=slug).first()
    office = names[0].office
    office.dated_names = names
    return office
