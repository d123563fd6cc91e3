"""What is kept for a person whose session ended while they wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core import clock
from core.actor import Actor
from core.models import Stash

PROSE = 25
"""Characters from which one word alone counts as text, for showing."""
_HASH = re.compile(r"[0-9a-f]{20,}")


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A kept form: ``texts`` as the person knows them again, ``more`` other answers, ``pairs`` what is sent again."""

    row: Stash
    texts: tuple[str, ...]
    more: int
    pairs: tuple[tuple[str, str], ...]
    left_out: bool

    @property
    def gist(self) -> str:
        """The text the person knows it by: the longest."""
        return max(self.texts, key=len, default="")


def kept_for(actor: Actor) -> list[KeptForm]:
    """The person's kept forms that still hold, newest first. Through a personal link, see core.keeping.waiting."""
    if actor.person is None:
        return []
    rows = Stash.objects.filter(user=actor.person, expires__gt=clock.now()).order_by("-at", "-pk")
    return [_kept(row) for row in rows]


def _kept(row: Stash) -> KeptForm:
    pairs = tuple((name, value) for name, value in row.fields if value is not None)
    texts = tuple(value for _name, value in pairs if is_text(value))
    return KeptForm(
        row=row,
        texts=texts,
        more=sum(1 for _name, value in pairs if value) - len(texts),
        pairs=pairs,
        left_out=len(pairs) < len(row.fields),
    )


def is_text(value: str) -> bool:
    """Written by hand rather than chosen or carried along: more than a word, a long one, or one with a capital letter.
    The hashes some forms carry are long, too."""
    if _HASH.fullmatch(value):
        return False
    return len(value.split()) > 1 or len(value) >= PROSE or value[:1].isupper()
