"""Which forums somebody may open."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.openings import Named, Opening, register
from core.actor import Actor
from core.models import Office
from forums.selectors import registers


def _forums(actor: Actor, office: Office) -> Iterable[Named]:
    for row in registers.rows(actor, office):
        yield row.forum.anchor.name, reverse("forums:forum", args=[office.slug, row.forum.pk])


def register_own() -> None:
    register(Opening("forums", _("Forums"), 40, _forums))
