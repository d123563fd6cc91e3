"""Keeps what a person sent after their session had ended: until it is sent again or thrown away, at most a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from core import clock
from core.models import Stash

LIFE = timedelta(hours=24)
LARGEST = 500_000
"""Bytes of names and values in one form. The longest form of the program with every text at its limit has half."""
MOST = 20
"""Kept forms per person; the oldest gives way."""

Field = tuple[str, str | None]
"""(name, value) as sent; the value is None where it was left out: a file, a secret."""


class TooMuch(Exception):
    """The form is larger than :data:`LARGEST`, or its address longer than the column; nothing was kept."""


@transaction.atomic
def keep(*, user_id: int, path: str, fields: Sequence[Field]) -> Stash:
    """Keep a form for one person. The same form kept before gives way to this one. Raises TooMuch."""
    column = Stash._meta.get_field("path").max_length or 0
    # NUL is no part of a text, and PostgreSQL refuses it.
    pairs = [[name.replace("\0", ""), None if value is None else value.replace("\0", "")] for name, value in fields]
    size = sum(len(part.encode()) for pair in pairs for part in pair if part)
    if len(path) > column or size > LARGEST:
        raise TooMuch
    earlier = list(Stash.objects.filter(user_id=user_id).order_by("-at", "-pk"))
    same = {row.pk for row in earlier if row.path == path and row.fields == pairs}
    others = [row.pk for row in earlier if row.pk not in same]
    Stash.objects.filter(pk__in=[*same, *others[MOST - 1 :]]).delete()
    now = clock.now()
    return Stash.objects.create(user_id=user_id, path=path, fields=pairs, at=now, expires=now + LIFE)


def drop(*, user_id: int, pk: int) -> bool:
    """Forget one kept form: it was sent, or thrown away. False if this person has no such."""
    return bool(Stash.objects.filter(user_id=user_id, pk=pk).delete()[0])


def drop_expired() -> int:
    """Forget what is older than a day; returns how many."""
    return Stash.objects.filter(expires__lte=clock.now()).delete()[0]
