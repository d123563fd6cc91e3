"""The places an office sees people at, and finding one by what a person typed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts import places
from core.collation import fold, sort_key
from core.models import Anchor, Office
from core.nearness import Names
from core.unreadable import Unreadable

SUGGESTED = 5
"""So many places a sentence names («Mente du …?»)."""

folded = lru_cache(maxsize=50_000)(fold)
"""Names of places, folded once: a search goes through all of an office's."""


def in_sight(office: Office) -> QuerySet[Anchor]:
    """The office itself, its networks and forums, and the organisations it works with."""
    found = Q(pk=office.anchor_id) | Q(office=office)
    for source in places.sources():
        found |= Q(pk__in=source.anchors(office))
    return Anchor.objects.filter(found)


@dataclass(frozen=True)
class Places:
    """An office's places with everything they are known by, for as many look-ups as there are rows. ``by_word``:
    folded name, number or code → ids."""

    anchors: dict[int, Anchor]
    by_word: dict[str, set[int]] = field(default_factory=dict)

    def named(self, typed: str, kinds: Collection[str] = ()) -> list[Anchor]:
        """The places with exactly this name, number or code."""
        words = folded(typed.strip())
        close = words.replace(" ", "")
        return self._of(self.by_word.get(close if close.isdecimal() else words, set()), kinds)

    def holding(self, words: str, kinds: Collection[str] = ()) -> list[Anchor]:
        """The places that all of the folded words are a part of."""
        parts = words.split()
        found = {pk for name, ids in self.by_word.items() if all(part in name for part in parts) for pk in ids}
        return self._of(found, kinds)

    def near(self, typed: str, kinds: Collection[str] = ()) -> list[Anchor]:
        """The places whose name is spelt nearly so, the likeliest first."""
        close = self._names.near(typed, SUGGESTED)
        return self._of({pk for name in close for pk in self.by_word[name]}, kinds)

    @cached_property
    def _names(self) -> Names:
        return Names(self.by_word)

    def find(self, typed: str, kinds: Collection[str] = ()) -> Anchor:
        """The one place with this name or number. Raises Unreadable with those it could be: a part of a name is asked
        back, so that nobody is let in at the wrong place."""
        found = self.named(typed, kinds)
        if len(found) == 1:
            return found[0]
        words: dict[str, Any] = {"typed": typed, "places": names_of(found)}
        if found:
            text = _("«%(typed)s» can be several: %(places)s. Write the whole name, or the organisation number.")
            raise Unreadable("several", text, words)
        near = self.holding(folded(typed), kinds) or self.near(typed, kinds)
        if near:
            words |= {"places": names_of(near), "names": tuple(anchor.name for anchor in near[:SUGGESTED])}
            raise Unreadable("near", _("We don’t find «%(typed)s» here. Did you mean %(places)s?"), words)
        text = _("We don’t find «%(typed)s» among the office’s networks, forums and organisations. Register it first.")
        raise Unreadable("unknown", text, words)

    def _of(self, ids: Iterable[int], kinds: Collection[str]) -> list[Anchor]:
        found = [self.anchors[pk] for pk in ids if not kinds or self.anchors[pk].kind in kinds]
        return sorted(found, key=lambda anchor: (sort_key(anchor.name), anchor.pk))


def places_of(office: Office) -> Places:
    """All of them. Two queries and one for each source's names, however many."""
    anchors = {anchor.pk: anchor for anchor in in_sight(office).select_related("office")}
    by_word: dict[str, set[int]] = {}
    for anchor in anchors.values():
        by_word.setdefault(folded(anchor.name), set()).add(anchor.pk)
    for source in places.sources():
        for pk, name in source.other_names(list(anchors)):
            if pk in anchors and name:
                by_word.setdefault(folded(name), set()).add(pk)
    return Places(anchors, by_word)


def names_of(found: Sequence[Anchor]) -> str:
    """Some of the names, for a sentence."""
    return ", ".join(f"«{anchor.name}»" for anchor in found[:SUGGESTED])
