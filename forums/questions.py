"""What of the forums one may ask the office about."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse

from core.questions import Askable, Page, Words, register_page
from core.questions import register as register_askable
from forums.models import Forum


def _forum(words: Words) -> QuerySet[Forum]:
    return Forum.objects.filter(office__slug=words["office"], pk=words["pk"])


def register() -> None:
    """Fill core's registry."""
    register_askable(
        Askable(
            model=Forum,
            perm="forums.see_forum",
            about=str,
            url=lambda row: reverse("forums:forum", kwargs={"office": row.office.slug, "pk": row.pk}),
            related=("anchor", "office"),
        )
    )
    register_page(Page(_forum, (_forum,)), "forums:forum")
