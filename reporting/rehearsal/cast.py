"""The invented people. A person's name follows from their part and the seed alone, so that a later year finds them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date

from accounts.models import User
from accounts.services.people import register_person
from core import clock
from core.actor import Actor

FIRST_NAMES = (
    "Anne", "Arne", "Astrid", "Berit", "Bjørn", "Brit", "Dag", "Eirik", "Elin", "Espen", "Eva", "Frode", "Gro",
    "Gunnar", "Guri", "Hanne", "Harald", "Heidi", "Helge", "Hilde", "Inger", "Ivar", "Jorunn", "Kari", "Kjersti",
    "Knut", "Kristin", "Lars", "Liv", "Magne", "Marit", "Mari", "Mona", "Nils", "Odd", "Ola", "Olav", "Per", "Ragnhild",
    "Randi", "Rune", "Signe", "Sigrid", "Siri", "Solveig", "Stein", "Svein", "Tone", "Tor", "Torill", "Trond", "Unni",
    "Vidar", "Åse", "Øyvind",
)  # fmt: skip
LAST_NAMES = (
    "Aasen", "Alvheim", "Bakkerud", "Bergseng", "Brattbakken", "Dalsrud", "Eikremsvik", "Elvestad", "Engelien",
    "Fagerli", "Fjellheim", "Flatøy", "Fossheim", "Grindstad", "Granlund", "Haugerud", "Heggelien", "Hjellvik",
    "Holtet", "Huseby", "Kleivane", "Kvamsdal", "Lillegård", "Lindseth", "Lunde", "Midtbø", "Moen", "Myhrvold",
    "Nordgarden", "Nesheim", "Opdal", "Rognlien", "Rustad", "Sandvik", "Skogheim", "Skjelbred", "Solheimdal",
    "Stavheim", "Storlien", "Sundgot", "Svarstad", "Sætre", "Teigen", "Tveiten", "Ulvestad", "Vangen", "Veum",
    "Vollan", "Ødegårdstuen", "Øverli",
)  # fmt: skip

_ASCII = str.maketrans({"æ": "ae", "ø": "o", "å": "a", " ": "-"})


def ascii_slug(text: str) -> str:
    """A word for an address: «Møre og Romsdal» → «more-og-romsdal»."""
    return re.sub(r"[^a-z0-9-]+", "", text.lower().translate(_ASCII)).strip("-")


@dataclass(slots=True)
class Cast:
    """The people of one rehearsal."""

    seed: int
    place: str
    by: Actor
    forms: tuple[str, ...]
    people: dict[str, User] = field(default_factory=dict)
    acting: dict[tuple[str, str, date], Actor] = field(default_factory=dict)

    def person(self, part: str, *, domain: str, title: tuple[str, str] = ("", ""), form: str = "") -> User:
        """The person who plays ``part`` («coordinator:IN-1»), registered on first use."""
        if part not in self.people:
            name = self.name_of(part)
            local = ".".join(ascii_slug(word) for word in name.split())
            self.people[part] = register_person(
                email=f"{local}@{ascii_slug(domain)}.example",
                name=name,
                by=self.by,
                form=form or self.forms[0],
                title_nb=title[0],
                title_nn=title[1] or title[0],
                phone="00 00 00 00",
                is_demo=True,
            )
        return self.people[part]

    def actor(self, part: str, *, role: str = "") -> Actor:
        """The person as one who acts today, with what they held when they first acted today."""
        key = (part, role, clock.today())
        if key not in self.acting:
            self.acting[key] = Actor.for_user(self.people[part], role=role)
        return self.acting[key]

    def name_of(self, part: str) -> str:
        digest = hashlib.sha256(f"{self.seed}:{self.place}:{part}".encode()).digest()
        first = FIRST_NAMES[int.from_bytes(digest[:4]) % len(FIRST_NAMES)]
        last = LAST_NAMES[int.from_bytes(digest[4:8]) % len(LAST_NAMES)]
        return f"{first} {last}"
