"""Reads questions to the office: what a page is about, what was asked on it, and by whom."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q, QuerySet
from django.urls import Resolver404, ResolverMatch, resolve

from core import authz, questions
from core.actor import Actor
from core.models import Office, Question
from core.questions import Askable
from core.whose import office_of

MOST_ROWS = 20
"""As many rows of one page are tried: a measure has a row for each year."""
SHOWN = 20
"""As many questions stand on the page of a thing, the open ones first."""


def asked_on(match: ResolverMatch | None) -> QuerySet[Question] | None:
    """The questions that stand on the page of an address, or None for a page that shows none. Asks nothing yet."""
    page = questions.page(match.view_name) if match else None
    if match is None or page is None or not page.shows:
        return None
    parts = []
    for finder in page.shows:
        rows = finder(match.kwargs)
        kind = ContentType.objects.get_for_model(rows.model)
        parts.append(Q(subject_type=kind, subject_id__in=rows.order_by().values("pk")))
    return Question.objects.filter(reduce(or_, parts))


def questions_here(match: ResolverMatch | None, office: Office | None, actor: Actor) -> list[Question]:
    """The questions the actor sees on a page: all for the office's own people, their own for everybody else.

    No query on a page nobody has asked on: the office was read with the answer to that
    (:func:`core.selectors.offices.office_at`).
    """
    found = asked_on(match) if office is not None and office.asked_here else None
    return list(seen_by(actor, office, found)[:SHOWN]) if found is not None and office is not None else []


def seen_by(actor: Actor, office: Office, rows: QuerySet[Question] | None = None) -> QuerySet[Question]:
    """The office's questions the actor may see, the open ones first, then the newest."""
    found = (Question.objects.all() if rows is None else rows).filter(office=office)
    if not authz.allowed(actor, "core.see_office", office):
        found = found.filter(Q(by_user=actor.person) | Q(by_link__user=actor.person))
    return found.select_related("by_user", "by_link__user", "answered_by").order_by(
        models.F("answered_at").desc(nulls_first=True), "-at", "-pk"
    )


def page_at(path: str) -> ResolverMatch | None:
    """The page an address of ours leads to, or None."""
    try:
        return resolve(path)
    except Resolver404:
        return None


def subject_at(path: str, office: Office, actor: Actor) -> models.Model | None:
    """What a question from a page is about, or None when the actor may not see it.

    The page's own thing; else the office; for the holder of a personal link, the one thing the link opens.
    """
    match = page_at(path)
    page = questions.page(match.view_name) if match else None
    seen: models.Model | None = next(
        (one for one in _candidates(page, match, office) if _may_see(actor, one, office)), None
    )
    if seen is not None:
        return seen
    rest: models.Model | None = actor.link.subject if actor.link else None if page else office
    return rest if rest is not None and _may_see(actor, rest, office) else None


def _candidates(page: questions.Page | None, match: ResolverMatch | None, office: Office) -> Iterator[Any]:
    if page is None or match is None:
        return
    rows = page.asks(match.kwargs)
    kind = questions.askable(rows.model)
    if kind is not None and match.kwargs.get("office") == office.slug:
        yield from rows.select_related(*kind.related)[:MOST_ROWS] if kind.related else rows[:MOST_ROWS]


def _may_see(actor: Actor, subject: models.Model, office: Office) -> bool:
    kind = questions.askable(type(subject))
    return kind is not None and office_of(subject) == office.pk and authz.allowed(actor, kind.perm, subject)


def page_of(subject: Any, actor: Actor) -> str:
    """The address of the thing, or nothing for one who may not see it (any longer)."""
    kind: Askable | None = questions.askable(type(subject)) if subject is not None else None
    return kind.url(subject) if kind and authz.allowed(actor, kind.perm, subject) else ""
